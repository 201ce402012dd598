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
	can     map[part]bool
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
	r := &reach{def: def, trees: trees, offered: map[string]map[string]bool{}, can: map[part]bool{}}
	for _, x := range ruledParts(def) {
		if x.part.kind != "condition" {
			r.check(x)
		}
	}
	return r.found
}

// check notes whether a part can be, when that within which it is can be.
func (r *reach) check(x ruled) {
	within := x.within == part{} || r.can[x.within]
	r.lacking = nil
	if !within {
		r.lacking = []string{strings.TrimPrefix(x.within.String(), "field ")}
	}
	can := within && r.of(x.when).yes
	r.can[x.part] = can
	r.found = append(r.found, reached{x.part, can, within, strings.Join(r.lacking, ", ")})
	switch x.part.kind {
	case "field":
		if f, _ := r.def.Field(x.part.id); f.Type == form.Choice || f.Type == form.Choices {
			r.offered[f.ID] = map[string]bool{}
		}
	case "option":
		if offered := r.offered[x.part.of]; offered != nil {
			offered[x.part.id] = can
		}
	}
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
	if asked, there := r.can[part{"field", "", name}]; there && !asked {
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
