package catalog

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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
			[]string{"check long_hours", "condition W paid", "field hours", "field salary", "field topics", "missed condition W paid", "notice low", "option topics.a", "option topics.b", "page work"}},
	} {
		m := good(t)
		patch(t, m, c.file, c.old, c.new)
		_, d := loaded(t, m)
		proof := prove([]*form.Definition{on(t, d, "2026-02-15")})
		var missing []string
		for _, x := range proof.Missing {
			missing = append(missing, x.String())
		}
		slices.Sort(missing)
		if !slices.Equal(missing, c.missing) || proof.Parts < 20 || proof.Tries == 0 {
			t.Errorf("%s: %d parts, missing %v, want %v", name, proof.Parts, missing, c.missing)
		}
	}
}

// A witness is wanted on every day: what happens on some of its days only is told with the first of the others.
func TestProveEveryDay(t *testing.T) {
	m := good(t)
	patch(t, m, docs, `when: 'kind == "work"'`, `when: 'kind == "work" && clock.submitted < day("2026-07-01")'`)
	_, d := loaded(t, m)
	proof, err := d.Prove()
	if err != nil {
		t.Fatal(err)
	}
	if len(proof.Missing) != 1 || !strings.HasPrefix(proof.Missing[0].String(), "evidence CONTRACT on ") || !strings.HasSuffix(proof.Missing[0].String(), " days, first on 2026-07-01") {
		t.Errorf("missing %v", proof.Missing)
	}
	if proof.Days != len(CheckDays(d)) || proof.Witnesses < proof.Days*25 {
		t.Errorf("%+v", proof)
	}
}

// What needs an option of other days is no mistake on these.
func TestProveAsleep(t *testing.T) {
	m := good(t)
	patch(t, m, docs, `when: 'kind == "work"'`, `when: 'kind == "study_now" && agency'`)
	_, d := loaded(t, m)
	proof, err := d.Prove()
	if err != nil || len(proof.Missing) > 0 {
		t.Errorf("%v %v", proof.Missing, err)
	}
	_, before := loaded(t, good(t))
	plain, err := before.Prove()
	if err != nil || proof.Asleep <= plain.Asleep || proof.Witnesses >= plain.Witnesses {
		t.Errorf("asleep %d and %d, witnesses %d and %d, %v", proof.Asleep, plain.Asleep, proof.Witnesses, plain.Witnesses, err)
	}
}

// A condition that nobody can miss is told, unless it is marked; a mark on one that somebody misses is told too.
func TestProveGiven(t *testing.T) {
	for name, c := range map[string]struct{ old, new, missing string }{
		"never missed": {"when: '!agency'", `when: 'kind == "work"'`, "missed condition W own"},
		"marked":       {"when: '!agency'", `given: true, when: 'kind == "work"'`, ""},
		"wrong mark":   {"when: '!agency'", "given: true, when: '!agency'", "the mark given of condition W own, for somebody misses it"},
	} {
		m := good(t)
		patch(t, m, rulesAt, c.old, c.new)
		_, d := loaded(t, m)
		proof, err := d.Prove()
		got := ""
		for _, x := range proof.Missing {
			got += x.String()
		}
		if err != nil || got != c.missing || (len(proof.Given) == 1) != (name != "never missed") {
			t.Errorf("%s: missing %q, given %v, %v", name, got, proof.Given, err)
		}
	}
}

// For every purpose somebody can send an application that has no mistake.
func TestProveSending(t *testing.T) {
	m := good(t)
	for file, f := range m {
		s := string(f.Data)
		for _, x := range [][2]string{{"- id: kind", "- id: purpose"}, {"kind ==", "purpose =="}, {"[name, kind, ", "[name, purpose, "}, {"field.kind.", "field.purpose."}, {"option.kind.", "option.purpose."}} {
			s = strings.ReplaceAll(s, x[0], x[1])
		}
		m[file] = &fstest.MapFile{Data: []byte(s)}
	}
	_, d := loaded(t, m)
	if proof := prove([]*form.Definition{on(t, d, "2026-02-15")}); len(proof.Missing) > 0 {
		t.Errorf("missing %v", proof.Missing)
	}
	patch(t, m, rulesAt, "checks:\n", `checks:
  - {id: stuck, field: truth, kind: error, when: 'purpose == "other" && truth', basis: § 82 AufenthG}
`)
	for _, lang := range []string{de, en} {
		m[lang] = &fstest.MapFile{Data: append(m[lang].Data, "check.stuck: \"x\"\n"...)}
	}
	_, d = loaded(t, m)
	proof := prove([]*form.Definition{on(t, d, "2026-02-15")})
	if len(proof.Missing) != 1 || proof.Missing[0].String() != "sending purpose.other" {
		t.Errorf("missing %v", proof.Missing)
	}
}

// Nobody is asked a choice without an option that can be chosen.
func TestProveDeadEnd(t *testing.T) {
	m := good(t)
	patch(t, m, service, "{value: a}, {value: b}]", "{value: a, when: 'hours > 5'}, {value: b, when: 'hours > 10'}]")
	_, d := loaded(t, m)
	proof := prove([]*form.Definition{on(t, d, "2026-02-15")})
	if len(proof.Missing) != 1 || proof.Missing[0].String() != "an option of topics, which is asked without any, first on 2026-02-15" {
		t.Errorf("missing %v", proof.Missing)
	}
}
