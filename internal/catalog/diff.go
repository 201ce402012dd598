package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Change is one difference between two definitions of a service, in words: what was, what is. Empty means absent.
type Change struct {
	Kind string `json:"kind"` // page, field, option, evidence, notice, check, fee, basis, condition, filing, route, figure, text
	ID   string `json:"id"`
	Was  string `json:"was"`
	Is   string `json:"is"`
}

// String writes a line for people.
func (c Change) String() string {
	switch {
	case c.Was == "":
		return fmt.Sprintf("+ %-9s %s: %s", c.Kind, c.ID, c.Is)
	case c.Is == "":
		return fmt.Sprintf("- %-9s %s: %s", c.Kind, c.ID, c.Was)
	}
	return fmt.Sprintf("~ %-9s %s: %s\n            now: %s", c.Kind, c.ID, c.Was, c.Is)
}

// kinds in the order in which people read them.
var kinds = []string{"page", "field", "option", "evidence", "notice", "check", "fee", "basis", "condition", "filing", "route", "figure", "text"}

// Kinds lists the kinds of parts in the order in which people read them.
func Kinds() []string { return slices.Clone(kinds) }

// Diff tells what changes from one definition to another, by kind and id. Texts count in the language.
func Diff(was, is *form.Definition, lang string) []Change {
	a, b := describe(was, lang), describe(is, lang)
	var out []Change
	for _, kind := range kinds {
		ids := slices.Collect(maps.Keys(a[kind]))
		for id := range b[kind] {
			if _, both := a[kind][id]; !both {
				ids = append(ids, id)
			}
		}
		slices.Sort(ids)
		for _, id := range ids {
			if x, y := a[kind][id], b[kind][id]; x != y {
				out = append(out, Change{kind, id, x, y})
			}
		}
	}
	return out
}

// Describe writes what a definition consists of: kind → id → words.
func Describe(d *form.Definition, lang string) map[string]map[string]string { return describe(d, lang) }

func describe(d *form.Definition, lang string) map[string]map[string]string {
	out := map[string]map[string]string{}
	put := func(kind, id string, parts ...string) {
		if out[kind] == nil {
			out[kind] = map[string]string{}
		}
		out[kind][id] = strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
	}
	for _, p := range d.Pages {
		put("page", p.ID, p.Kind, "fields "+strings.Join(p.Fields, " "), when(p.When))
	}
	for _, f := range d.Fields() {
		put("field", f.ID, string(f.Type), map[bool]string{true: "required"}[f.Required], limits(f), when(f.When), cite(f.Basis))
		for _, o := range f.Options {
			put("option", f.ID+"."+o.Value, "offered", when(o.When))
		}
	}
	for _, e := range d.Evidence {
		put("evidence", e.ID, e.Level, fmt.Sprintf("%d to %d", e.Min, e.Max), when(e.When), cite(e.Basis))
	}
	for _, n := range d.Notices {
		put("notice", n.ID, n.Kind, "on "+n.Page, when(n.When), cite(n.Basis))
	}
	for _, c := range d.Checks {
		put("check", c.ID, c.Kind, "at "+c.Field, when(c.When))
	}
	for _, f := range d.Fees {
		price := "no published price"
		if t, ok := d.Tariffs[f.Code]; ok {
			price = law.FormatMoney(t.Adult) + " / " + law.FormatMoney(t.Minor)
		}
		key := f.Code
		for n := 2; out["fee"][key] != ""; n++ {
			key = f.Code + "#" + strconv.Itoa(n)
		}
		put("fee", key, price, when(f.When))
	}
	for _, b := range d.Bases {
		put("basis", b.ID, b.Paragraph, b.Nature, when(b.When))
		for _, c := range b.Conditions {
			put("condition", b.ID+" "+c.ID, map[bool]string{true: "discretion"}[c.Discretion], when(c.When), cite(c.Basis))
		}
	}
	for _, f := range d.Filing {
		put("filing", f.ID, f.Effect, when(f.When), cite(f.Basis))
	}
	for _, r := range d.Routes {
		put("route", r.ID, "to "+r.Service, "with "+fmt.Sprint(r.Answers), when(r.When), cite(r.Basis))
	}
	for name, v := range d.Parameters {
		put("figure", name, v.String())
	}
	for key := range d.Texts[Binding] {
		put("text", key, d.Text(lang, key))
	}
	return out
}

func when(t rule.Tree) string {
	if t.IsZero() {
		return ""
	}
	return "when " + t.String()
}

func cite(basis []string) string {
	if len(basis) == 0 {
		return ""
	}
	return "(" + strings.Join(basis, "; ") + ")"
}

func limits(f form.Field) string {
	out := ""
	if f.Min != nil {
		out += "at least " + strconv.FormatInt(*f.Min, 10)
	}
	if f.Max != nil {
		out = strings.TrimSpace(out + " at most " + strconv.FormatInt(*f.Max, 10))
	}
	return out
}
