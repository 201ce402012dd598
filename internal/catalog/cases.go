package catalog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
	"aufenthalt/internal/strict"
)

// Case is one applicant as an example: answers on a day, and what must follow. It is written beside the rules.
type Case struct {
	Service string
	File    string
	Name    string
	Line    int
	on      civil.Day
	opened  civil.Day
	answers *yaml.Node
	want    want
}

// caseYAML is one document of a case file, or one entry of its list.
type caseYAML struct {
	Name    string    `yaml:"name"`
	About   string    `yaml:"about"`
	On      civil.Day `yaml:"on"`
	Opened  civil.Day `yaml:"opened"` // the day on which the form was shown; the same when absent
	Answers yaml.Node `yaml:"answers"`
	Want    want      `yaml:"want"`
}

// want is what must follow. A key that is absent is not looked at; one that is there is exact.
type want struct {
	Pages    *[]string          `yaml:"pages"`
	Evidence *map[string]string `yaml:"evidence"` // id → level
	Notices  *[]string          `yaml:"notices"`
	Warnings *[]string          `yaml:"warnings"` // checks of that kind
	Fees     *[]string          `yaml:"fees"`     // codes, or "F01 100.00"
	Errors   *[]string          `yaml:"errors"`   // "field", "error.key" or "field error.key"
	Bases    *bases             `yaml:"bases"`
	Codes    *map[string]string `yaml:"codes"`
	Filing   *filingWant        `yaml:"filing"`
	Routes   *[]string          `yaml:"routes"` // of the router, in order, the last one left out
}

// filingWant is the advice on filing; days that are not written are not looked at. An empty id wants none.
type filingWant struct {
	ID       string    `yaml:"id"`
	Effect   string    `yaml:"effect"`
	Earliest civil.Day `yaml:"earliest"`
	Latest   civil.Day `yaml:"latest"`
}

// bases is a list of ids, or a map to the status of conditions.
type bases map[string]map[string]string

// Forms are a list of ids and a map.
func (bases) Forms() []any { return []any{[]string{}, map[string]map[string]string{}} }

// UnmarshalYAML reads either form.
func (b *bases) UnmarshalYAML(n *yaml.Node) error {
	*b = bases{}
	if n.Kind == yaml.SequenceNode {
		var ids []string
		if err := n.Decode(&ids); err != nil {
			return err
		}
		for _, id := range ids {
			(*b)[id] = nil
		}
		return nil
	}
	return n.Decode((*map[string]map[string]string)(b))
}

// Cases reads the cases of all services. A file holds one case or a list of them.
func Cases(fsys fs.FS) ([]Case, error) {
	list, err := places(fsys)
	if err != nil {
		return nil, err
	}
	var cases []Case
	var found Findings
	for _, p := range list {
		files, err := fs.Glob(fsys, path.Join(p.dir, "cases", "*.yaml"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			read, err := readCases(fsys, p.tag, file)
			if err != nil {
				found.add(p.tag, file, err)
			}
			cases = append(cases, read...)
		}
	}
	if len(found) > 0 {
		return nil, found
	}
	return cases, nil
}

func readCases(fsys fs.FS, tag, name string) ([]Case, error) {
	file, err := strict.Read(fsys, name)
	if err != nil {
		return nil, err
	}
	if file.Root == nil {
		return nil, errors.New("the file is empty")
	}
	several := file.Root.Kind == yaml.SequenceNode
	var raw []caseYAML
	if several {
		err = file.Decode(&raw)
	} else {
		raw = make([]caseYAML, 1)
		err = file.Decode(&raw[0])
	}
	if err != nil {
		return nil, err
	}
	cases := make([]Case, len(raw))
	for i, y := range raw {
		line := file.Root.Line
		if several {
			line = file.Line(i)
		}
		if y.On.IsZero() {
			return nil, strict.Problems{{File: name, Line: line, Text: "on is missing: the day of the case"}}
		}
		if y.Name == "" {
			y.Name = strings.TrimSuffix(path.Base(name), ".yaml")
		}
		if y.Opened.IsZero() {
			y.Opened = y.On
		}
		cases[i] = Case{tag, name, y.Name, line, y.On, y.Opened, &y.Answers, y.Want}
	}
	return cases, nil
}

// RunCase tells every difference between what follows and what the case wants; nothing when it passes.
func (c *Catalog) RunCase(k Case) []string {
	def, answers, clocks, err := c.Facts(k)
	if err != nil {
		return []string{err.Error()}
	}
	return k.want.compare(def, answers, clocks)
}

// Facts gives the service on the day of a case, and the answers and days of the case.
func (c *Catalog) Facts(k Case) (*form.Definition, form.Answers, form.Clocks, error) {
	clocks := form.Clocks{Submitted: k.on, FormOpened: k.opened}
	doc, ok := c.Service(k.Service)
	if !ok {
		return nil, nil, clocks, fmt.Errorf("there is no service %s", k.Service)
	}
	def, err := doc.On(k.on)
	if err != nil {
		return nil, nil, clocks, err
	}
	answers, err := answersOf(def, k.answers)
	return def, answers, clocks, err
}

func (w want) compare(def *form.Definition, answers form.Answers, clocks form.Clocks) (diff []string) {
	s := def.Evaluate(answers, clocks)
	set := func(what string, wanted *[]string, got []string) {
		if wanted != nil {
			diff = append(diff, difference(what, *wanted, got)...)
		}
	}
	set("pages", w.Pages, s.Pages)
	set("notices", w.Notices, ids(s.Notices, ""))
	set("warnings", w.Warnings, ids(s.Checks, "warning"))
	if w.Evidence != nil {
		var wanted, got []string
		for id, level := range *w.Evidence {
			wanted = append(wanted, id+": "+level)
		}
		for _, e := range s.Evidence {
			got = append(got, e.ID+": "+e.Level)
		}
		set("evidence", &wanted, got)
	}
	if w.Fees != nil {
		diff = append(diff, w.fees(s)...)
	}
	if w.Errors != nil {
		diff = append(diff, w.errors(def, answers, clocks)...)
	}
	if w.Bases != nil {
		diff = append(diff, w.bases(s)...)
	}
	if w.Routes != nil {
		diff = append(diff, w.routes(s)...)
	}
	if w.Codes != nil && !maps.Equal(*w.Codes, s.Codes) {
		diff = append(diff, fmt.Sprintf("codes: want %v, got %v", *w.Codes, s.Codes))
	}
	if w.Filing != nil {
		diff = append(diff, w.Filing.compare(s.Filing)...)
	}
	return diff
}

// routes compares the ways in their order. The way that is open to everybody need not be written.
func (w want) routes(s *form.State) []string {
	got := make([]string, len(s.Routes))
	for i, r := range s.Routes {
		got[i] = r.ID
	}
	if n := len(got); n > 0 && s.Routes[n-1].When.IsZero() {
		got = got[:n-1]
	}
	if slices.Equal(got, *w.Routes) {
		return nil
	}
	return []string{fmt.Sprintf("routes: want %v, got %v", *w.Routes, got)}
}

func (w *filingWant) compare(got *form.Advice) (diff []string) {
	if got == nil {
		got = &form.Advice{}
	}
	for _, pair := range [][3]string{{"filing", w.ID, got.ID}, {"filing effect", w.Effect, got.Effect}, {"filing earliest", dayText(w.Earliest), dayText(got.Earliest)},
		{"filing latest", dayText(w.Latest), dayText(got.Latest)}} {
		if pair[1] != pair[2] && (pair[1] != "" || pair[0] == "filing") {
			diff = append(diff, fmt.Sprintf("%s: want %q, got %q", pair[0], pair[1], pair[2]))
		}
	}
	return diff
}

func dayText(d civil.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

func ids(list []form.Raised, kind string) (out []string) {
	for _, r := range list {
		if kind == "" || r.Kind == kind {
			out = append(out, r.ID)
		}
	}
	return out
}

func (w want) fees(s *form.State) []string {
	var got []string
	for _, due := range s.Fees {
		entry := due.Code
		if priced := due.Code + " " + law.FormatMoney(due.Amount); slices.Contains(*w.Fees, priced) {
			entry = priced
		}
		got = append(got, entry)
	}
	return difference("fees", *w.Fees, got)
}

// errors pairs each mistake with one wanted entry, whichever of the forms it has.
func (w want) errors(def *form.Definition, answers form.Answers, clocks form.Clocks) []string {
	var got []string
	open := slices.Clone(*w.Errors)
	for _, e := range def.Validate(answers, clocks) {
		entry := e.Field + " " + e.Key
		for _, written := range []string{entry, e.Field, e.Key, strings.TrimPrefix(e.Key, "check.")} {
			if i := slices.Index(open, written); i >= 0 {
				open = slices.Delete(open, i, i+1)
				entry = written
				break
			}
		}
		got = append(got, entry)
	}
	return difference("errors", *w.Errors, got)
}

func (w want) bases(s *form.State) (diff []string) {
	var got []string
	for _, b := range s.Bases {
		got = append(got, b.ID)
		for _, cond := range b.Conditions {
			if status, ok := (*w.Bases)[b.ID][cond.ID]; ok && status != string(cond.Status) {
				diff = append(diff, fmt.Sprintf("bases: %s %s: want %s, got %s", b.ID, cond.ID, status, cond.Status))
			}
		}
		for id := range (*w.Bases)[b.ID] {
			if !slices.ContainsFunc(b.Conditions, func(c form.Finding) bool { return c.ID == id }) {
				diff = append(diff, fmt.Sprintf("bases: %s has no condition %s", b.ID, id))
			}
		}
	}
	slices.Sort(diff)
	return append(difference("bases", slices.Collect(maps.Keys(*w.Bases)), got), diff...)
}

// difference compares two sets.
func difference(what string, wanted, got []string) (diff []string) {
	for _, x := range slices.Sorted(slices.Values(wanted)) {
		if !slices.Contains(got, x) {
			diff = append(diff, what+": "+x+" is missing")
		}
	}
	for _, x := range got {
		if !slices.Contains(wanted, x) {
			diff = append(diff, what+": "+x+" is too much")
		}
	}
	return diff
}

// ReadAnswers reads answers as authors write them, from YAML or JSON: {field: value, field: [value, value]}.
func ReadAnswers(def *form.Definition, raw []byte) (form.Answers, error) {
	file, err := strict.Parse("answers", raw)
	if err != nil {
		return nil, err
	}
	if file.Root == nil {
		return form.Answers{}, nil
	}
	return answersOf(def, file.Root)
}

func answersOf(def *form.Definition, n *yaml.Node) (form.Answers, error) {
	raw, err := wire(def, n)
	if err != nil {
		return nil, err
	}
	answers, wrong := form.Parse(def, raw)
	if len(wrong) > 0 {
		return nil, fmt.Errorf("answers: %w", wrong)
	}
	return answers, nil
}

// wire turns answers as authors write them into JSON, by the types of the fields: an author need not quote dates and
// amounts.
func wire(def *form.Definition, n *yaml.Node) (json.RawMessage, error) {
	out := map[string]any{}
	if n.Kind != yaml.MappingNode {
		if n.IsZero() {
			return json.RawMessage("{}"), nil
		}
		return nil, errors.New("answers are a map")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		id, v := n.Content[i].Value, n.Content[i+1]
		f, ok := def.Field(id)
		if !ok {
			return nil, fmt.Errorf("line %d: there is no field %s on that day", v.Line, id)
		}
		if _, twice := out[id]; twice {
			return nil, fmt.Errorf("line %d: %s is there twice", v.Line, id)
		}
		switch {
		case v.Kind == yaml.SequenceNode:
			list := []string{}
			for _, e := range v.Content {
				list = append(list, e.Value)
			}
			out[id] = list
		case v.Kind != yaml.ScalarNode:
			return nil, fmt.Errorf("line %d: %s is neither a value nor a list", v.Line, id)
		case f.Type.Rule() == rule.Int:
			out[id] = json.Number(v.Value)
		case f.Type.Rule() == rule.Bool && (v.Value == "true" || v.Value == "false"):
			out[id] = v.Value == "true"
		default:
			out[id] = v.Value
		}
	}
	return json.Marshal(out)
}
