package catalog

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aufenthalt/data"
	"aufenthalt/internal/civil"
)

// What goes along to a service is only what means the same there: questions of shared blocks, the nationality, and for what
// the title is needed.
func TestCarried(t *testing.T) {
	c, err := Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	router, ok := c.Service(RouterTag)
	if !ok || slices.Contains(c.Services(), RouterTag) {
		t.Fatal("the router is there, and no service")
	}
	same := []string{"asylum_applied", "asylum_entry_early", "asylum_state", "current_status", "duldung_kind", "entry_ban", "nationalities", "reason", "title_section", "title_until"}
	day := civil.MustParse("2026-11-24")
	def, err := router.On(day)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range c.Services() {
		doc, _ := c.Service(tag)
		target, err := doc.On(day)
		if err != nil {
			t.Fatal(err)
		}
		carried := Carried(def, target)
		for _, id := range slices.Sorted(maps.Keys(carried)) {
			if !slices.Contains(same, id) {
				t.Errorf("%s takes over %s: does it mean the same?", tag, id)
			}
		}
		if reason, ok := carried["reason"]; ok && slices.Contains(reason, "other_purpose") != hasOther(tag) {
			t.Errorf("%s: reason %v", tag, reason)
		}
	}
}

func hasOther(tag string) bool {
	return slices.Contains([]string{"at-ausbildung", "at-erwerbstaetigkeit", "at-familiennachzug", "at-germany-for-ukraine", "at-humanitaere-gruende", "at-sonstiges"}, tag)
}

// A route that leads nowhere is told with its place; all of them at once.
func TestWrongRoutes(t *testing.T) {
	rules := "wegweiser/rules.yaml"
	m := memory(t, data.FS)
	text := string(m[rules].Data)
	wrong := []struct{ old, new, want string }{
		{"service: at-germany-for-ukraine, answers: {purpose: uk_national}", "service: at-ukraine, answers: {purpose: uk_national}", "route ukraine: there is no service at-ukraine (first on 2022-03-09)"},
		{"answers: {purpose: td, reason: first}", "answers: {aim: td, reason: first}", "route td: at-sonstiges has no question aim on that day (first on 2020-03-01)"},
		{"answers: {purpose: idsub,", "answers: {purpose: identity,", "route idsub: the question purpose of at-sonstiges has no option identity on that day"},
		{"{human_kind: integration, purpose: h_25b}", "{human_kind: integration, purpose: h_104c}", "route h_25b: the question purpose of at-humanitaere-gruende has no option h_104c on that day"},
		{"answers: {purpose: s60d}", "answers: {tolerated_since: s60d}", "route b_60d: the question tolerated_since of aw-beschaeftigungserlaubnis is no choice"},
		{"{id: s38a,", "{id: s38,", "s38 is there twice on the same days"},
		{`answers: {purpose: cert}, basis: ["§ 47 Abs. 1 Nr. 9 AufenthV"]`, "answers: {purpose: cert}", "route cert: basis is missing"},
		{"{id: other, service", "{id: other, when: 'lives_here', service", "the last route has neither rule nor days"},
		{`when: 'protection == "victim"'`, `when: 'protection == "moon"'`, `protection can never be "moon"`},
	}
	for _, x := range wrong {
		if !strings.Contains(text, x.old) {
			t.Fatalf("nothing to replace for %q", x.want)
		}
		text = strings.Replace(text, x.old, x.new, 1)
	}
	m[rules] = &fstest.MapFile{Data: []byte(text)}
	found := Lint(m)
	for _, x := range wrong {
		if !slices.ContainsFunc(found, func(f Finding) bool { return f.File == rules && f.Line > 0 && strings.Contains(f.Text, x.want) }) {
			t.Errorf("%q is not among %v", x.want, found)
		}
	}
}

// Only the router has routes.
func TestRoutesOfAService(t *testing.T) {
	m := memory(t, data.FS)
	file := "services/at-sonstiges/rules.yaml"
	m[file] = &fstest.MapFile{Data: append(slices.Clone(m[file].Data), "\nroutes:\n  - {id: x, service: at-sonstiges, basis: x}\n"...)}
	if found := Lint(m); !slices.ContainsFunc(found, func(f Finding) bool { return f.File == file && f.Text == "only the router has routes" }) {
		t.Errorf("%v", found)
	}
}
