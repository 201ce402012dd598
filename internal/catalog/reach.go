package catalog

import (
	"encoding/json"
	"slices"
	"strings"

	"aufenthalt/internal/form"
	"aufenthalt/internal/rule"
)

// reach follows the questions of a day in their order and finds what nobody can come to: because an answer that a rule needs is
// not offered on that day, or a question that it reads is asked of nobody. So the days of an option hold for all that needs it,
// without being repeated. It takes every rule for as open as possible: what it finds is certain, and what it does not find, the
// search for witnesses may.
type reach struct {
	def     *form.Definition
	trees   map[rule.Tree]any          // rules as JSON, which is easy to walk
	offered map[string]map[string]bool // the answers of each choice that somebody can give
	asked   map[string]bool
	lacking []string // why the last rule cannot be true
	found   []reached
}

// reached tells whether somebody can come to a part, and what is lacking when nobody can.
type reached struct {
	part    part
	can     bool
	within  bool // somebody can come to the page or question where it stands
	lacking string
}

// truth is what a rule can come to; neither when it stays unknown.
type truth struct{ yes, no bool }

// reachable looks at all parts of a definition but conditions. The trees are only kept to be used again.
func reachable(def *form.Definition, trees map[rule.Tree]any) []reached {
	r := &reach{def: def, trees: trees, offered: map[string]map[string]bool{}, asked: map[string]bool{}}
	shown := map[string]bool{}
	for _, p := range def.Pages {
		shown[p.ID] = r.check(part{"page", "", p.ID}, p.When, true, "")
		for _, id := range p.Fields {
			f, _ := def.Field(id)
			r.field(f, shown[p.ID], "page "+p.ID)
		}
	}
	for _, e := range def.Evidence {
		r.check(part{"evidence", "", e.ID}, e.When, true, "")
	}
	for _, n := range def.Notices {
		r.check(part{"notice", "", n.ID}, n.When, shown[n.Page], "page "+n.Page)
	}
	for _, c := range def.Checks {
		r.check(part{"check", "", c.ID}, c.When, r.asked[c.Field], c.Field)
	}
	for _, f := range def.Fees {
		r.check(part{"fee", "", f.Code}, f.When, true, "")
	}
	for _, b := range def.Bases {
		r.check(part{"basis", "", b.ID}, b.When, true, "")
	}
	for _, f := range def.Filing {
		r.check(part{"filing", "", f.ID}, f.When, true, "")
	}
	for _, x := range def.Routes {
		r.check(part{"route", "", x.ID}, x.When, true, "")
	}
	return r.found
}

func (r *reach) field(f *form.Field, shown bool, page string) {
	r.asked[f.ID] = r.check(part{"field", "", f.ID}, f.When, shown, page)
	if f.Type != form.Choice && f.Type != form.Choices {
		return
	}
	r.offered[f.ID] = map[string]bool{}
	for _, o := range f.Options {
		if r.check(part{"option", f.ID, o.Value}, o.When, r.asked[f.ID], f.ID) {
			r.offered[f.ID][o.Value] = true
		}
	}
}

// check notes whether a part can be, when that within which it is can be.
func (r *reach) check(p part, when rule.Tree, within bool, what string) bool {
	r.lacking = []string{what}
	if within {
		r.lacking = nil
	}
	can := within && r.of(when).yes
	r.found = append(r.found, reached{p, can, within, strings.Join(r.lacking, ", ")})
	return can
}

// of tells what a rule can come to; no rule is true.
func (r *reach) of(t rule.Tree) truth {
	if t.IsZero() {
		return truth{yes: true}
	}
	tree, ok := r.trees[t]
	if !ok {
		raw, err := t.MarshalJSON()
		if err != nil || json.Unmarshal(raw, &tree) != nil {
			return truth{true, true}
		}
		r.trees[t] = tree
	}
	return r.node(tree)
}

func (r *reach) node(tree any) truth {
	node, _ := tree.([]any)
	if len(node) == 0 {
		return truth{true, true}
	}
	args := node[1:]
	switch node[0] {
	case "and":
		out := truth{yes: true}
		for _, a := range args {
			t := r.node(a)
			out = truth{out.yes && t.yes, out.no || t.no}
		}
		return out
	case "or":
		out := truth{no: true}
		for _, a := range args {
			t := r.node(a)
			out = truth{out.yes || t.yes, out.no && t.no}
		}
		return out
	case "not":
		t := r.node(args[0])
		return truth{t.no, t.yes}
	case "f":
		return r.known(args[0])
	case "answered":
		id, _ := args[0].(string)
		return truth{r.known(id).yes, true}
	case "b":
		return truth{args[0] == true, args[0] == false}
	case "==s", "!=s", "in", "any":
		return r.comparison(node)
	}
	return truth{true, true}
}

// known tells that a question can be answered at all.
func (r *reach) known(id any) truth {
	name, _ := id.(string)
	if asked, there := r.asked[name]; there && !asked {
		r.lack(name)
		return truth{}
	}
	return truth{true, true}
}

// comparison looks at a field beside words: one of them must be offered.
func (r *reach) comparison(node []any) truth {
	for _, pair := range [][2]any{{node[1], node[2]}, {node[2], node[1]}} {
		field := wordsOf(pair[0], "f")
		words := append(wordsOf(pair[1], "s"), wordsOf(pair[1], "l")...)
		if len(field) != 1 || len(words) == 0 {
			continue
		}
		if t := r.known(field[0]); !t.yes {
			return t
		}
		offered, choice := r.offered[field[0]]
		if !choice || slices.ContainsFunc(words, func(w string) bool { return offered[w] }) {
			return truth{true, true}
		}
		if node[0] == "!=s" {
			return truth{yes: true}
		}
		for _, w := range words {
			r.lack(field[0] + "." + w)
		}
		return truth{no: true}
	}
	return truth{true, true}
}

func (r *reach) lack(what string) {
	if !slices.Contains(r.lacking, what) {
		r.lacking = append(r.lacking, what)
	}
}
