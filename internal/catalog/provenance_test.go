package catalog

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aufenthalt/internal/civil"
)

// Where a part comes from is found through its citation; an entry may say otherwise; figures and fees tell their own.
func TestProvenance(t *testing.T) {
	m := good(t)
	patch(t, m, docs, "level: decide,", "level: decide, source: circular, published: 2026-02-01, checked: 2026-11-20,")
	patch(t, m, rulesAt, "page: start, kind: hint,", "page: start, kind: hint, checked: 2026-11-21,")
	c, d := loaded(t, m)
	find := func(day, kind, id string) Provenance {
		t.Helper()
		list := c.Provenance(d, civil.MustParse(day))
		i := slices.IndexFunc(list, func(p Provenance) bool { return p.Kind == kind && p.ID == id })
		if i < 0 {
			t.Fatalf("%s %s on %s is not there", kind, id, day)
		}
		return list[i]
	}
	field := find("2026-03-01", "field", "name")
	if s := field.Sources[0]; len(field.Sources) != 1 || s.Law != "AufenthG" || s.From.String() != "2025-01-01" || s.Published.String() != "2024-12-27" || s.Checked.String() != "2026-11-24" || s.Certainty != "confirmed" || field.Certainty != "confirmed" {
		t.Errorf("%+v", field)
	}
	if s := find("2026-08-01", "field", "name").Sources[0]; s.From.String() != "2026-07-01" || s.Certainty != "unconfirmed" {
		t.Errorf("the edition of August: %+v", s)
	}
	if p := find("2026-08-01", "option", "kind.work"); p.Basis[0] != "§ 7 AufenthG" || p.Sources[0].Law != "AufenthG" {
		t.Errorf("an option rests on what its field does: %+v", p)
	}
	if s := find("2026-03-01", "evidence", "CONTRACT").Sources; len(s) != 1 || s[0].Law != "" || s[0].Source != "circular" || s[0].Published.String() != "2026-02-01" || s[0].Checked.String() != "2026-11-20" {
		t.Errorf("a source of its own: %+v", s)
	}
	if s := find("2026-03-01", "notice", "welcome").Sources[0]; s.Law != "AufenthG" || s.Checked.String() != "2026-11-21" {
		t.Errorf("compared by itself: %+v", s)
	}
	if p := find("2026-03-01", "condition", "W own"); p.From.String() != "2026-02-01" || p.Certainty != "confirmed" {
		t.Errorf("%+v", p)
	}
	if p := find("2026-03-01", "figure", "least"); p.From.String() != "2026-01-01" || p.Until.String() != "2026-12-31" || p.Sources[0].Source != "invented" {
		t.Errorf("%+v", p)
	}
	if p := find("2026-07-01", "fee", "F01"); p.From.String() != "2026-07-01" || p.Basis[0] != "§ 45 AufenthV" {
		t.Errorf("%+v", p)
	}
	if s := find("2026-03-01", "check", "long_hours").Sources[0]; s.Law != "ArbZG" || s.Certainty != "unconfirmed" || s.Source != "" {
		t.Errorf("a law without editions: %+v", s)
	}
	// Packed data keep it.
	files, err := c.Pack(m)
	if err != nil {
		t.Fatal(err)
	}
	packed := fstest.MapFS{}
	for name, content := range files {
		packed[name] = &fstest.MapFile{Data: content}
	}
	again, err := Load(packed)
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := again.Service("at-test")
	if !reflect.DeepEqual(again.Provenance(doc, civil.MustParse("2026-03-01")), c.Provenance(d, civil.MustParse("2026-03-01"))) {
		t.Error("packed data tell something else")
	}
	// That somebody compared an entry is no part of the document: nothing that is shown has changed.
	if _, plain := loaded(t, good(t)); plain.Hash() != d.Hash() {
		t.Error("another hash")
	}
	// What begins later than the service, and not with an edition of a law that it cites.
	var unknown []string
	for _, u := range c.UnknownEditions() {
		unknown = append(unknown, u.Law+" "+u.From.String()+" "+strings.Join(u.Entries, "+"))
	}
	want := []string{"AufenthG 2026-02-01 at-test: condition W own", "AufenthG 2026-10-01 at-test: option kind.study_now"}
	if !slices.Equal(unknown, want) {
		t.Errorf("unknown editions %q, want %q", unknown, want)
	}
}

// An entry of any kind can be unconfirmed: it is left out of the resolved service, and listed.
func TestUnconfirmedEntries(t *testing.T) {
	for kind, c := range map[string][3]string{
		"option topics.b":  {service, "{value: b}", "{value: b, certainty: unconfirmed}"},
		"check long_hours": {rulesAt, "{id: long_hours,", "{id: long_hours, certainty: unconfirmed,"},
		"fee F01":          {rulesAt, "{code: F01,", "{code: F01, certainty: unconfirmed,"},
	} {
		m := good(t)
		patch(t, m, c[0], c[1], c[2])
		_, d := loaded(t, m)
		def := on(t, d, "2026-03-01")
		f, _ := def.Field("topics")
		if len(def.Doubts) != 1 || def.Doubts[0].Kind+" "+def.Doubts[0].ID != kind || len(f.Options)+len(def.Checks)+len(def.Fees) != 3 {
			t.Errorf("%s: doubts %v; %d options, %d checks, %d fees", kind, def.Doubts, len(f.Options), len(def.Checks), len(def.Fees))
		}
	}
}
