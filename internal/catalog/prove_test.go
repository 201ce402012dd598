package catalog

import (
	"slices"
	"testing"

	"aufenthalt/internal/form"
)

// What can never be is told by name, and nothing else is.
func TestProveFindsWhatIsDead(t *testing.T) {
	for name, c := range map[string]struct {
		file, old, new string
		missing        []string
	}{
		"good":      {rulesAt, "fees:", "fees:", nil},
		"evidence":  {docs, `when: 'kind == "work"'`, `when: 'kind == "work" && kind == "other"'`, []string{"evidence CONTRACT"}},
		"condition": {rulesAt, `'!agency'`, `'agency && !agency'`, []string{"condition W own"}},
		"threshold": {rulesAt, `'salary * 12 >= p.least'`, `'salary * 12 >= p.least && salary * 12 < p.least'`, []string{"condition W paid"}},
		"field and what rests on it": {service, `{id: hours, type: int, required: false, when: 'answered(salary)'`, `{id: hours, type: int, required: false, when: 'kind == "other"'`,
			[]string{"check long_hours", "field hours"}},
		"page with all that is on it": {service, `{id: work, when: 'kind == "work"'`, `{id: work, when: 'kind == "work" && kind == "other"'`,
			[]string{"check long_hours", "condition W paid", "field hours", "field salary", "field topics", "notice low", "option topics.a", "option topics.b", "page work"}},
	} {
		m := good(t)
		patch(t, m, c.file, c.old, c.new)
		_, d := loaded(t, m)
		proof := prove([]*form.Definition{on(t, d, "2026-02-15")})
		slices.Sort(proof.Missing)
		if !slices.Equal(proof.Missing, c.missing) || proof.Parts < 20 || proof.Tries == 0 {
			t.Errorf("%s: %d parts, missing %v, want %v", name, proof.Parts, proof.Missing, c.missing)
		}
	}
}
