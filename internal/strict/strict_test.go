package strict

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/civil"
)

type span struct {
	From  civil.Day `yaml:"from"`
	Until civil.Day `yaml:"until"`
}

type oneOrMore []string

func (oneOrMore) Forms() []any { return []any{"", []string{}} }

func (o *oneOrMore) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*o = oneOrMore{n.Value}
		return nil
	}
	return n.Decode((*[]string)(o))
}

type entry struct {
	ID    string `yaml:"id"`
	span  `yaml:",inline"`
	Label string            `yaml:"label"`
	Max   *int64            `yaml:"max"`
	On    bool              `yaml:"on"`
	Basis oneOrMore         `yaml:"basis"`
	Words map[string]string `yaml:"words"`
	Poll  time.Duration     `yaml:"poll"`
	Facts yaml.Node         `yaml:"facts"`
	Rest  any               `yaml:"rest"`
}

const good = `- id: a
  from: 2026-01-01
  label: 2026-02-28
  max: -12
  on: true
  basis: § 1
  words: {de: Wort, en: no}
  poll: 5s
  facts: {x: 1, y: [a, ~]}
  rest: [{a: 1}]
- id: "b"
  basis: [§ 1, § 2]
  until: 2026-12-31
`

func decode(text string) (list []entry, err error) {
	f, err := Parse("a.yaml", []byte(text))
	if err != nil {
		return nil, err
	}
	return list, f.Decode(&list)
}

func TestDecode(t *testing.T) {
	list, err := decode(good)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d entries, %v", len(list), err)
	}
	a, b := list[0], list[1]
	if a.ID != "a" || a.From.String() != "2026-01-01" || a.Label != "2026-02-28" || *a.Max != -12 || !a.On || a.Basis[0] != "§ 1" || a.Words["en"] != "no" || a.Poll != 5*time.Second || a.Facts.Kind != yaml.MappingNode {
		t.Errorf("%+v", a)
	}
	if b.ID != "b" || len(b.Basis) != 2 || b.Until.String() != "2026-12-31" || b.Max != nil {
		t.Errorf("%+v", b)
	}
	kept := entry{Label: "default"}
	f, err := Parse("a.yaml", []byte("id: x"))
	if err != nil || f.Decode(&kept) != nil || kept.Label != "default" || kept.ID != "x" {
		t.Errorf("a default is lost: %+v, %v", kept, err)
	}
	for _, nothing := range []string{"", "# nothing yet\n", "\n\n"} {
		if f, err := Parse("a.yaml", []byte(nothing)); err != nil || f.Root != nil || f.Line("x") != 0 || f.Decode(&kept) != nil || kept.ID != "x" {
			t.Errorf("%q: %v", nothing, err)
		}
	}
}

// Every mistake is told with its line, in words of the file and not of the program.
func TestTells(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"label:", "lable:", `a.yaml:3: there is no key "lable" here; did you mean "label"?`},
		{"label:", "title:", `a.yaml:3: there is no key "title" here; there are id, from, until, label, max, on, basis, words, poll, facts, rest`},
		{"  max: -12", "  id: c", `a.yaml:4: the key "id" is there twice, first in line 1; keep one of them`},
		{"en: no", "de: no", `a.yaml:7: the key "de" is there twice, first in line 7; keep one of them`},
		{"y: [a, ~]", "x: 2", `a.yaml:9: the key "x" is there twice, first in line 9; keep one of them`},
		{"{a: 1}", "{a: 1, a: 2}", `a.yaml:10: the key "a" is there twice, first in line 10; keep one of them`},
		{"2026-01-01", "2026-02-30", `a.yaml:2: from: "2026-02-30" is no day; write it like 2026-02-28`},
		{"2026-01-01", "soon", `a.yaml:2: from: "soon" is no day; write it like 2026-02-28`},
		{"2026-01-01", "", "a.yaml:2: from: has no value; write one, or take the key away"},
		{"2026-01-01", "[2026-01-01]", "a.yaml:2: from: needs a single value, not a list"},
		{"-12", "twelve", `a.yaml:4: max: "twelve" is no whole number; write it like 12`},
		{"-12", `"12"`, `a.yaml:4: max: "12" is no whole number; write it like 12`},
		{"-12", "0x1F", `a.yaml:4: max: "0x1F" is no whole number; write it like 12`},
		{"-12", "1_000", `a.yaml:4: max: "1_000" is no whole number; write it like 12`},
		{"-12", "1.5", `a.yaml:4: max: "1.5" is no whole number; write it like 12`},
		{"-12", "99999999999999999999", `a.yaml:4: max: "99999999999999999999" is no whole number; write it like 12`},
		{"on: true", "on: yes", `a.yaml:5: on: "yes" is neither true nor false`},
		{"on: true", "on: True", `a.yaml:5: on: "True" is neither true nor false`},
		{"basis: § 1", "basis: {de: § 1}", "a.yaml:6: basis: needs a single value or a list, not keys with values"},
		{"basis: § 1", "basis: ~", "a.yaml:6: basis: needs a single value or a list, not nothing"},
		{"basis: § 1", "basis: [[§ 1]]", "a.yaml:6: basis: needs a single value, not a list"},
		{"{de: Wort, en: no}", "Wort", "a.yaml:7: words: needs keys with values, not a single value"},
		{"5s", "5", `a.yaml:8: poll: "5" has no unit; write it like 5s or 10m`},
		{"5s", "soon", `a.yaml:8: poll: "soon" has no unit; write it like 5s or 10m`},
		{"2026-02-28", "!!str x", "a.yaml:3: label: has the type !!str; write the value alone"},
		{"words: {de: Wort, en: no}", "<<: {max: 1}", "a.yaml:7: keys cannot be merged with <<; write them here"},
		{"words: {de: Wort, en: no}", "? [a]\n  : b", "a.yaml:7: a key is a plain word"},
		{"{de: Wort, en: no}", "{~: no}", "a.yaml:7: words: a key is a plain word"},
		{"[{a: 1}]", "&x [*x]", "a.yaml:10: rest: refers to something elsewhere with *; write it here"},
		{"y: [a, ~]", "&x y: 1, *x : 1", "a.yaml:9: facts: a key is a plain word"},
		{"en: no}", "en: no", "a.yaml:7: this is no YAML: did not find expected ',' or '}'"},
		{"label: 2026", "label: a: 2026", "a.yaml:3: this is no YAML: mapping values are not allowed in this context"},
		{"- id: \"b\"", "---\n- id: \"b\"", "a.yaml:11: a second document begins here, and a file holds one; take the line --- away"},
		{good, "id: a", "a.yaml:1: needs a list, not keys with values"},
		{good, strings.Repeat("#\n", MaxBytes), "a.yaml: the file is too large; it may have 4 MiB"},
		{good, "a: \x00", "a.yaml: this is no YAML: control characters are not allowed"},
	} {
		before, after, ok := strings.Cut(good, c.old)
		if !ok {
			t.Fatalf("nothing like %q", c.old)
		}
		_, err := decode(before + c.new + after)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.60q: %v, want %s", c.new, err, c.want)
		}
	}
	_, err := decode("- lable: a\n  from: 1\n- max: x\n")
	if err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("three mistakes: %v", err)
	}
}

func TestPlaces(t *testing.T) {
	f, err := Parse("a.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for want, steps := range map[int][]any{1: {0}, 7: {0, "words", "de"}, 9: {0, "facts", "y", 7}, 11: {1}, 12: {1, "basis", 1}} {
		if got := f.Line(steps...); got != want {
			t.Errorf("%v: line %d, want %d", steps, got, want)
		}
	}
	if Child(nil, 0) != nil || Child(f.Root, -1) != nil || Child(f.Root, 2) != nil || Child(f.Root, "id") != nil {
		t.Error("a part that is not there")
	}
}

func TestRead(t *testing.T) {
	m := fstest.MapFS{"dir/a.yaml": {Data: []byte(good)}}
	if f, err := Read(m, "dir/a.yaml"); err != nil || f.Root == nil || f.Name != "dir/a.yaml" {
		t.Errorf("%v", err)
	}
	for name, want := range map[string]string{"dir/b.yaml": "dir/b.yaml: there is no such file", "dir": "dir: the file cannot be read: "} {
		if _, err := Read(m, name); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever passes the check can be read: then no message of the library, which speaks of our types, is ever seen.
func FuzzDecode(f *testing.F) {
	for seed, ok := range map[string]bool{good: true, "- {id: a, basis: [b]}": true, "- {from: 2026-02-29}": false, "- {id: &a b, label: *a}": false, "- {id: [": false, "- 1": false} {
		if _, err := decode(seed); (err == nil) != ok {
			f.Errorf("seed %q: %v", seed, err)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := decode(text); err != nil && strings.Contains(err.Error(), "cannot be read: ") {
			t.Errorf("%q: %v", text, err)
		}
	})
}
