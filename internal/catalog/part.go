package catalog

import (
	"aufenthalt/internal/form"
	"aufenthalt/internal/rule"
)

// part is something that can happen to an applicant. Of is the field of an option, or the paragraph of a condition.
type part struct{ kind, of, id string }

// String writes "evidence X", "option field.value", "condition PARAGRAPH id".
func (p part) String() string {
	switch {
	case p.of == "":
		return p.kind + " " + p.id
	case p.kind == "option" || p.kind == "sending":
		return p.kind + " " + p.of + "." + p.id
	}
	return p.kind + " " + p.of + " " + p.id
}

// ruled is a part of a definition with the rule that lets it be, the part without which it cannot be, and the fields that count for
// it beside those of its rule.
type ruled struct {
	part, within part
	when         rule.Tree
	fields       []string
	given        bool // a condition of which nobody has to miss it
}

// ruledParts lists every part that has a rule, in the order of the definition: a part comes after the one within which it stands.
func ruledParts(def *form.Definition) (list []ruled) {
	add := func(kind, id string, within part, when rule.Tree, fields ...string) part {
		p := part{kind, "", id}
		list = append(list, ruled{part: p, within: within, when: when, fields: fields})
		return p
	}
	for _, p := range def.Pages {
		page := add("page", p.ID, part{}, p.When)
		for _, id := range p.Fields {
			f, _ := def.Field(id)
			field := add("field", id, page, f.When, p.When.Fields()...)
			for _, o := range f.Options {
				list = append(list, ruled{part: part{"option", id, o.Value}, within: field, when: o.When, fields: []string{id}})
			}
		}
	}
	for _, e := range def.Evidence {
		add("evidence", e.ID, part{}, e.When)
	}
	for _, n := range def.Notices {
		add("notice", n.ID, part{"page", "", n.Page}, n.When)
	}
	for _, c := range def.Checks {
		add("check", c.ID, part{"field", "", c.Field}, c.When, c.Field)
	}
	for _, f := range def.Fees {
		add("fee", f.Code, part{}, f.When)
	}
	for _, b := range def.Bases {
		basis := add("basis", b.ID, part{}, b.When)
		for _, c := range b.Conditions {
			list = append(list, ruled{part{"condition", b.ID, c.ID}, basis, c.When, b.When.Fields(), c.Given})
		}
	}
	for _, f := range def.Filing {
		add("filing", f.ID, part{}, f.When)
	}
	for _, r := range def.Routes {
		add("route", r.ID, part{}, r.When)
	}
	return list
}
