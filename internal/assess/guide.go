package assess

import (
	"maps"
	"slices"

	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
)

// Guidance is what the router makes of given facts.
type Guidance struct {
	Hash        string    `json:"hash"`
	On          civil.Day `json:"on"`
	Ways        []Way     `json:"ways"` // the likeliest first, the one for everybody last
	Notices     []Notice  `json:"notices"`
	Ask         []string  `json:"ask"` // questions still open, in their order
	Unconfirmed []Doubt   `json:"unconfirmed"`
	Errors      []Mistake `json:"errors"`
}

// Way is one service with what is answered there already: by the way itself, and taken over from the facts.
type Way struct {
	ID       string            `json:"id"`
	Service  string            `json:"service"`
	Title    string            `json:"title"` // of the service
	Name     string            `json:"name"`
	Answers  map[string]string `json:"answers"`
	Carried  []string          `json:"carried"` // facts whose answers go along
	Why      string            `json:"why"`
	Citation []string          `json:"citation"`
	Trace    *Trace            `json:"trace,omitempty"` // none for the way that is open to everybody
}

// Guide leads from facts to services. The definition is that of the router.
func Guide(c *catalog.Catalog, def *form.Definition, answers form.Answers, lang string) Guidance {
	clocks := form.Clocks{Submitted: def.Day, FormOpened: def.Day}
	s := def.Evaluate(answers, clocks)
	g := Guidance{Hash: def.Hash, On: def.Day, Ways: []Way{}, Notices: notices(def, s, lang), Ask: []string{}, Unconfirmed: doubts(def), Errors: mistakes(def, answers, clocks, lang)}
	for _, r := range s.Routes {
		w := Way{ID: r.ID, Service: r.Service, Name: def.Text(lang, "route."+r.ID+".name"), Answers: r.Answers, Carried: []string{},
			Why: def.Sentence(lang, "route."+r.ID+".why"), Citation: r.Basis, Trace: traceOf(r.When, s)}
		if doc, ok := c.Service(r.Service); ok {
			if target, err := doc.On(def.Day); err == nil {
				w.Title, w.Carried = target.Text(lang, "service.title"), carried(def, target, answers)
			}
		}
		g.Ways = append(g.Ways, w)
	}
	for _, id := range s.Fields {
		if f, _ := def.Field(id); f.Required {
			if _, ok := answers[id]; !ok {
				g.Ask = append(g.Ask, id)
			}
		}
	}
	return g
}

// carried lists the facts that the service takes over as they are.
func carried(router, target *form.Definition, answers form.Answers) []string {
	shared := catalog.Carried(router, target)
	return slices.DeleteFunc(slices.Sorted(maps.Keys(shared)), func(id string) bool {
		a, ok := answers[id]
		return !ok || len(shared[id]) > 0 && !slices.Contains(shared[id], a.Text())
	})
}
