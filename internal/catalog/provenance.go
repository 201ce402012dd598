package catalog

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/law"
	"aufenthalt/internal/strict"
)

// origin is where an entry comes from, when that is something else than the edition of the laws that it cites. It is no part of
// the document: that somebody compared an entry again changes nothing that is shown.
type origin struct {
	Source    string    `yaml:"source" json:"source,omitempty"`
	Published civil.Day `yaml:"published" json:"published,omitzero"`
	Checked   civil.Day `yaml:"checked" json:"checked,omitzero"`
}

// entry is a part of a document with its days, and with the place in which it is written: a path of keys and positions.
type entry struct {
	kind, id string
	dated
	basis     []string
	certainty string
	at        []any
}

// part names it.
func (e entry) part() part {
	of, id := "", e.id
	switch e.kind {
	case "option":
		of, id, _ = strings.Cut(e.id, ".")
	case "condition":
		of, id, _ = strings.Cut(e.id, " ")
	}
	return part{e.kind, of, id}
}

// entries lists every part that has days of its own, figures and prices left out. An option rests on what its field rests on.
func (b *body) entries() (list []entry) {
	add := func(kind, id string, d dated, basis []string, certainty string, at ...any) {
		list = append(list, entry{kind, id, d, basis, certainty, at})
	}
	for i, p := range b.Pages {
		add("page", p.ID, p.dated, nil, "", "pages", i)
	}
	for i, f := range b.Fields {
		add("field", f.ID, f.dated, f.Field.Basis, f.Certainty, "fields", i)
		for j, o := range f.Options {
			add("option", f.ID+"."+o.Value, o.dated, f.Field.Basis, o.Certainty, "fields", i, "options", j)
		}
	}
	for i, e := range b.Evidence {
		add("evidence", e.ID, e.dated, e.Evidence.Basis, e.Certainty, "evidence", i)
	}
	for i, n := range b.Notices {
		add("notice", n.ID, n.dated, n.Notice.Basis, n.Certainty, "notices", i)
	}
	for i, c := range b.Checks {
		add("check", c.ID, c.dated, c.Basis, c.Certainty, "checks", i)
	}
	for i, f := range b.Fees {
		add("fee", f.Code, f.dated, nil, f.Certainty, "fees", i)
	}
	for i, x := range b.Bases {
		add("basis", x.ID, x.dated, []string{x.Paragraph}, x.Certainty, "bases", i)
		for j, c := range x.Conditions {
			add("condition", x.ID+" "+c.ID, c.dated, c.Condition.Basis, c.Certainty, "bases", i, "conditions", j)
		}
	}
	for i, f := range b.Filing {
		add("filing", f.ID, f.dated, f.Filing.Basis, f.Certainty, "filing", i)
	}
	for i, r := range b.Routes {
		add("route", r.ID, r.dated, r.Route.Basis, r.Certainty, "routes", i)
	}
	return list
}

// origins collects what authors wrote about single entries, by the place of the entry.
func origins(y serviceYAML, docs []evidenceYAML, rules rulesYAML) map[string]origin {
	out := map[string]origin{}
	note := func(o origin, at ...any) {
		if (o != origin{}) {
			out[fmt.Sprint(at...)] = o
		}
	}
	for i, f := range y.Field {
		note(f.origin, "fields", i)
		for j, o := range f.Options {
			note(o.origin, "fields", i, "options", j)
		}
	}
	for i, e := range docs {
		note(e.origin, "evidence", i)
	}
	for i, n := range rules.Notices {
		note(n.origin, "notices", i)
	}
	for i, c := range rules.Checks {
		note(c.origin, "checks", i)
	}
	for i, f := range rules.Fees {
		note(f.origin, "fees", i)
	}
	for i, x := range rules.Bases {
		note(x.origin, "bases", i)
		for j, c := range x.Conditions {
			note(c.origin, "bases", i, "conditions", j)
		}
	}
	for i, f := range rules.Filing {
		note(f.origin, "filing", i)
	}
	for i, r := range rules.Routes {
		note(r.origin, "routes", i)
	}
	return out
}

// place gives the file and the line in which an entry is written.
func (b *builder) place(at []any) (strict.File, int) {
	switch at[0] {
	case "pages", "fields":
		return b.service, b.service.Line(at...)
	case "evidence":
		return b.evidence, b.evidence.Line(at[1:]...)
	}
	return b.rules, b.rules.Line(at...)
}

// lintEntries checks what every entry has: its certainty, and citations whose laws are registered.
func (b *builder) lintEntries(out *body) {
	for _, e := range out.entries() {
		file, line := b.place(e.at)
		about := e.kind + " " + e.id
		b.one(file, line, e.kind, e.id, "certainty", e.certainty)
		if !e.overlaps(out.dated) && line < blockLines && e.valid() && out.valid() { // a block has services of other days
			b.say(file, line, "%s: its days lie outside of those of the service", about)
		}
		if e.kind == "option" {
			continue // its field is told
		}
		for _, citation := range e.basis {
			if _, err := b.book.Cited(citation); citation != "" && err != nil {
				b.say(file, line, "%s: basis %q %v", about, citation, err)
			}
		}
	}
}

// Provenance tells where a part of a service comes from, on a day.
type Provenance struct {
	Kind, ID    string
	From, Until civil.Day // zero: as the service
	Basis       []string
	Sources     []law.Source // the editions of the laws that the basis cites, or what the entry says itself
	Certainty   string       // confirmed or unconfirmed
}

// Provenance lists it for every part that the service has on the day, figures and fees included, in their order.
func (c *Catalog) Provenance(d *Document, day civil.Day) []Provenance {
	var out []Provenance
	for _, e := range d.body.entries() {
		if !e.has(day) || e.kind == "page" || e.kind == "fee" {
			continue
		}
		out = append(out, c.provenance(e, d.origins[fmt.Sprint(e.at...)], day))
	}
	out = append(out, c.textProvenance(d, out, day)...)
	for _, p := range d.body.Parameters {
		known, _ := c.book.Parameter(p.Name)
		if r, ok := known.On(day); ok {
			own := law.Source{Source: r.Source, Published: r.Published, Checked: r.Checked, Certainty: law.Certainty(r.Confirmed)}
			out = append(out, Provenance{"figure", p.Name, r.From, r.Until, []string{r.Basis}, []law.Source{own}, own.Certainty})
		}
	}
	for _, t := range d.body.Tariffs {
		known, _ := c.book.FeeByCode(t.Code)
		if r, ok := known.On(day); ok {
			own := law.Source{Source: r.Source, Published: r.Published, Checked: r.Checked, Certainty: law.Certainty(r.Confirmed)}
			out = append(out, Provenance{"fee", t.Code, r.From, r.Until, []string{r.Basis}, []law.Source{own}, own.Certainty})
		}
	}
	return out
}

// textProvenance lists the texts that have days. They rest on what the part rests on whose words they are.
func (c *Catalog) textProvenance(d *Document, parts []Provenance, day civil.Day) (out []Provenance) {
	for _, key := range slices.Sorted(maps.Keys(d.body.Dated[Binding])) {
		for _, t := range d.body.Dated[Binding][key] {
			if !t.has(day) {
				continue
			}
			var basis []string
			for _, p := range parts {
				id := p.ID[strings.LastIndexByte(p.ID, ' ')+1:] // a condition has its paragraph in front
				if part := p.Kind + "." + id; key == part || strings.HasPrefix(key, part+".") {
					basis = p.Basis
				}
			}
			out = append(out, Provenance{"text", key, t.From, t.Until, basis, c.book.Sources(basis, day), "confirmed"})
		}
	}
	return out
}

func (c *Catalog) provenance(e entry, own origin, day civil.Day) Provenance {
	p := Provenance{Kind: e.kind, ID: e.id, From: e.From, Until: e.Until, Basis: e.basis, Certainty: law.Certainty(e.certainty != "unconfirmed")}
	p.Sources = c.book.Sources(e.basis, day)
	if own.Source != "" {
		p.Sources = []law.Source{{Source: own.Source, Certainty: p.Certainty}}
	}
	for i := range p.Sources {
		if !own.Published.IsZero() {
			p.Sources[i].Published = own.Published
		}
		if !own.Checked.IsZero() {
			p.Sources[i].Checked = own.Checked
		}
	}
	return p
}

// Unknown is a day from which entries hold by a law, and of which no edition of that law is registered.
type Unknown struct {
	Law     string
	From    civil.Day
	Entries []string // "at-x: evidence EXAMPLE"
}

// UnknownEditions lists them by law and day. Entries that have a source of their own need no edition.
func (c *Catalog) UnknownEditions() (list []Unknown) {
	for _, tag := range c.Definitions() {
		d, _ := c.Service(tag)
		for _, e := range d.body.entries() {
			if e.From <= d.body.From || d.origins[fmt.Sprint(e.at...)].Source != "" {
				continue
			}
			for _, l := range c.began(e) {
				i := slices.IndexFunc(list, func(u Unknown) bool { return u.Law == l && u.From == e.From })
				if i < 0 {
					i, list = len(list), append(list, Unknown{Law: l, From: e.From})
				}
				list[i].Entries = append(list[i].Entries, tag+": "+e.kind+" "+e.id)
			}
		}
	}
	slices.SortFunc(list, func(a, b Unknown) int {
		if a.Law != b.Law {
			return strings.Compare(a.Law, b.Law)
		}
		return a.From.Compare(b.From)
	})
	return list
}

// began gives the laws that an entry cites, unless one of them has an edition that begins with the entry.
func (c *Catalog) began(e entry) (laws []string) {
	for _, citation := range e.basis {
		cited, _ := c.book.Cited(citation) // the lint has told
		for _, l := range cited {
			if _, ok := l.Began(e.From); ok {
				return nil
			}
			if !slices.Contains(laws, l.Short) {
				laws = append(laws, l.Short)
			}
		}
	}
	return laws
}
