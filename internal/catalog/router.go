package catalog

import (
	"io/fs"
	"maps"
	"path"
	"slices"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
)

// RouterTag names the router: a definition like that of a service, in a directory of its own, whose rules lead to services.
const RouterTag = "aufenthalt-wegweiser"

const routerDir = "wegweiser"

// place is a directory of a definition.
type place struct{ tag, dir string }

// places lists the services of a data directory, and the router where there is one.
func places(fsys fs.FS) (list []place, err error) {
	entries, err := fs.ReadDir(fsys, "services")
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() {
			list = append(list, place{e.Name(), path.Join("services", e.Name())})
		}
	}
	if exists(fsys, path.Join(routerDir, "service.yaml")) {
		list = append(list, place{RouterTag, routerDir})
	}
	return list, nil
}

// Carried gives the questions whose answers a service takes over from the router, because it asks the same: of a choice the
// options that both have, of anything else nothing, which means any answer.
func Carried(router, service *form.Definition) map[string][]string {
	out := map[string][]string{}
	for _, f := range router.Fields() {
		g, ok := service.Field(f.ID)
		if !ok || f.Type != g.Type {
			continue
		}
		shared := []string{}
		for _, o := range f.Options {
			if hasOption(g, o.Value) {
				shared = append(shared, o.Value)
			}
		}
		if len(shared) > 0 || len(f.Options) == 0 {
			out[f.ID] = shared
		}
	}
	return out
}

func hasOption(f *form.Field, value string) bool {
	return slices.ContainsFunc(f.Options, func(o form.Option) bool { return o.Value == value })
}

// lintRoutes checks the routes as written.
func (b *builder) lintRoutes(out *body) {
	if len(out.Routes) > 0 && b.tag != RouterTag {
		b.say(b.rules, b.rules.Line("routes"), "only the router has routes")
		return
	}
	b.unique(b.rules, list(out.Routes, func(r route) named { return named{r.ID, r.dated} }), "routes")
	for i, r := range out.Routes {
		line := b.rules.Line("routes", i)
		if len(r.Route.Basis) == 0 {
			b.say(b.rules, line, "route %s: basis is missing", r.ID)
		}
	}
	if n := len(out.Routes); b.tag == RouterTag && (n == 0 || !out.Routes[n-1].When.IsZero() || out.Routes[n-1].dated != dated{}) {
		b.say(b.rules, b.rules.Line("routes", n-1), "the last route has neither rule nor days, so that nobody is left without a way")
	}
}

// lintTargets checks on every day of change that each route leads to a service of that day, and to answers that it takes.
func (b *builder) lintTargets(router *Document, services map[string]*Document) {
	days := CheckDays(router)
	for _, d := range services {
		days = append(days, CheckDays(d)...)
	}
	slices.Sort(days)
	told := map[string]bool{} // by route: its first mistake is enough
	for _, day := range slices.Compact(days) {
		def, err := router.On(day)
		if err != nil {
			continue // not yet, or no more
		}
		for _, r := range def.Routes {
			if what := wrongTarget(r, services, day); what != "" && !told[r.ID] {
				told[r.ID] = true
				i := slices.IndexFunc(router.body.Routes, func(x route) bool { return x.ID == r.ID && x.has(day) })
				b.say(b.rules, b.rules.Line("routes", i), "route %s: %s (first on %v)", r.ID, what, day)
			}
		}
	}
}

func wrongTarget(r form.Route, services map[string]*Document, day civil.Day) string {
	doc, ok := services[r.Service]
	if !ok {
		return "there is no service " + r.Service
	}
	def, err := doc.On(day)
	if err != nil {
		return r.Service + " is not offered on that day"
	}
	for _, id := range slices.Sorted(maps.Keys(r.Answers)) {
		f, ok := def.Field(id)
		switch {
		case !ok:
			return r.Service + " has no question " + id + " on that day"
		case f.Type != form.Choice:
			return "the question " + id + " of " + r.Service + " is no choice"
		case !hasOption(f, r.Answers[id]):
			return "the question " + id + " of " + r.Service + " has no option " + r.Answers[id] + " on that day"
		}
	}
	return ""
}

// viewTarget is a service to which routes lead.
type viewTarget struct {
	Title   string              `json:"title"`
	Carried map[string][]string `json:"carried"`
}

// leads gives the router's views what their routes lead to.
func (c *Catalog) leads(def *form.Definition, lang string, v *view) {
	v.Routes, v.Targets = orEmpty(def.Routes), map[string]viewTarget{}
	for _, r := range def.Routes {
		doc, ok := c.services[r.Service]
		if !ok {
			continue
		}
		if target, err := doc.On(def.Day); err == nil {
			v.Targets[r.Service] = viewTarget{target.Text(lang, "service.title"), Carried(def, target)}
		}
	}
}
