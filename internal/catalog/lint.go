package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
	"aufenthalt/internal/rule"
	"aufenthalt/internal/strict"
)

// lint finds what is wrong with the service as written, on whatever day.
func (b *builder) lint(y serviceYAML, out *body) {
	if y.ID != b.tag {
		b.say(b.service, b.service.Line("id"), "id is %q, the directory is %q", y.ID, b.tag)
	}
	if y.From.IsZero() {
		b.say(b.service, 0, "from is missing: since when is the service offered?")
	}
	b.interval(b.service, b.service.Line("until"), "the service", y.dated)
	b.lintPages(out)
	b.lintFields(out)
	b.lintEvidence(out)
	b.lintRules(out)
	b.lintRoutes(out)
	b.lintEntries(out)
	b.lintIDs(out)
	b.lintLiterals(out)
	b.lintTexts(out)
}

// listed writes words for people.
func listed[T ~string](list []T) string {
	var out []string
	for _, w := range list {
		if w != "" {
			out = append(out, string(w))
		}
	}
	return strings.Join(out, ", ")
}

// vocabulary lists the words that a key of a kind of entry takes; an empty one means that it may be left out.
func vocabulary(kind, key string) []string {
	switch kind + " " + key {
	case "page kind":
		return []string{"notice", "form", "evidence", "declarations"}
	case "field style":
		return []string{"", "cards", "select"}
	case "field width":
		return []string{"", "short", "medium", "long"}
	case "field period":
		return []string{"", "month", "year"}
	case "field future":
		return []string{"", "warn"}
	case "evidence level":
		return form.Levels()
	case "evidence place":
		return []string{"ausweisseite", "aufenthaltsdokument", "nachweis", "vertretung"}
	case "notice kind":
		return []string{"blocker", "warning", "hint"}
	case "check kind":
		return []string{"error", "warning"}
	case "filing effect":
		return form.Effects()
	case "basis nature":
		return append(form.Natures(), "")
	}
	if key == "certainty" {
		return []string{"", "confirmed", "unconfirmed"}
	}
	return nil
}

// one tells a word that is not in the vocabulary.
func (b *builder) one(s strict.File, line int, kind, id, key, word string) {
	if allowed := vocabulary(kind, key); !slices.Contains(allowed, word) {
		b.say(s, line, "%s %s: %s: %q is none of %s", kind, id, key, word, listed(allowed))
	}
}

func (b *builder) lintPages(out *body) {
	for i, p := range out.Pages {
		line := b.service.Line("pages", i)
		b.one(b.service, line, "page", p.ID, "kind", p.Kind)
		if p.Kind == "form" && len(p.Page.Fields) == 0 {
			b.say(b.service, line, "page %s: has no fields", p.ID)
		}
		for _, id := range p.Page.Fields {
			if !slices.ContainsFunc(out.Fields, func(f field) bool { return f.ID == id }) {
				b.say(b.service, line, "page %s: there is no field %q", p.ID, id)
			}
		}
	}
}

func (b *builder) lintFields(out *body) {
	name := regexp.MustCompile(`^[A-Za-z0-9_]{1,63}$`)
	for i, f := range out.Fields {
		line := b.service.Line("fields", i)
		say := func(text string, args ...any) { b.say(b.service, line, "field "+f.ID+": "+text, args...) }
		if len(f.Field.Basis) == 0 {
			say("basis is missing: why may this be asked?")
		}
		if !slices.ContainsFunc(out.Pages, func(p page) bool { return slices.Contains(p.Page.Fields, f.ID) }) {
			say("stands on no page")
		}
		b.one(b.service, line, "field", f.ID, "style", f.Style)
		b.one(b.service, line, "field", f.ID, "width", f.Width)
		b.one(b.service, line, "field", f.ID, "period", f.Period)
		b.one(b.service, line, "field", f.ID, "future", f.Future)
		for _, id := range f.Household {
			if !slices.ContainsFunc(out.Fields, func(g field) bool { return g.ID == id && g.Type == f.Type }) {
				say("household names %q, which is no field of the same type", id)
			}
		}
		isChoice := f.Type == form.Choice || f.Type == form.Choices
		isDate := f.Type == form.Date || f.Type == form.PartialDate
		isText := f.Type == form.Text || f.Type == form.LongText
		switch {
		case isChoice && len(f.Options) == 0:
			say("a choice needs options")
		case !isChoice && len(f.Options) > 0:
			say("only choices have options")
		case f.Declaration && f.Type != form.Bool:
			say("only a bool can be a declaration")
		case (f.Past || f.Future != "") && !isDate:
			say("only dates lie in the past or future")
		case f.Latin && !isText:
			say("only texts are latin")
		case f.Period != "" && f.Type != form.Money:
			say("only amounts have a period")
		case f.Min != nil && f.Max != nil && *f.Min > *f.Max:
			say("min is more than max")
		}
		for j, o := range f.Options {
			if !name.MatchString(o.Value) {
				say("option %q has other signs than letters, digits and _", o.Value)
			}
			b.interval(b.service, b.service.Line("fields", i, "options", j), "field "+f.ID+": option "+o.Value, o.dated)
			for _, before := range f.Options[:j] {
				if before.Value == o.Value && before.overlaps(o.dated) {
					say("option %s is there twice", o.Value)
				}
			}
		}
	}
}

func (b *builder) lintEvidence(out *body) {
	for i, e := range out.Evidence {
		line := b.evidence.Line(i)
		about := "evidence " + e.ID
		b.one(b.evidence, line, "evidence", e.ID, "level", e.Level)
		b.one(b.evidence, line, "evidence", e.ID, "place", e.Place)
		if e.Min < 0 || e.Max < 1 || e.Min > e.Max {
			b.say(b.evidence, line, "%s: min and max do not fit", about)
		}
		if len(e.Evidence.Basis) == 0 {
			b.say(b.evidence, line, "%s: basis is missing", about)
		}
	}
}

func (b *builder) lintRules(out *body) {
	for i, n := range out.Notices {
		line := b.rules.Line("notices", i)
		b.one(b.rules, line, "notice", n.ID, "kind", n.Kind)
		if len(n.Notice.Basis) == 0 {
			b.say(b.rules, line, "notice %s: basis is missing", n.ID)
		}
		if !slices.ContainsFunc(out.Pages, func(p page) bool { return p.ID == n.Page }) {
			b.say(b.rules, line, "notice %s: there is no page %q", n.ID, n.Page)
		}
	}
	for i, c := range out.Checks {
		line := b.rules.Line("checks", i)
		b.one(b.rules, line, "check", c.ID, "kind", c.Kind)
		if !slices.ContainsFunc(out.Fields, func(f field) bool { return f.ID == c.Check.Field }) {
			b.say(b.rules, line, "check %s: there is no field %q", c.ID, c.Check.Field)
		}
	}
	for i, f := range out.Fees {
		line := b.rules.Line("fees", i)
		if _, ok := b.book.FeeByCode(f.Code); !ok {
			b.say(b.rules, line, "fee %s: there is no such code in law/fees.yaml", f.Code)
		}
		b.interval(b.rules, line, "fee "+f.Code, f.dated)
	}
	for i, f := range out.Filing {
		line := b.rules.Line("filing", i)
		b.one(b.rules, line, "filing", f.ID, "effect", f.Effect)
		if len(f.Filing.Basis) == 0 {
			b.say(b.rules, line, "filing %s: basis is missing", f.ID)
		}
	}
	for i, x := range out.Bases {
		line := b.rules.Line("bases", i)
		b.one(b.rules, line, "basis", x.ID, "nature", x.Nature)
		if x.Paragraph == "" {
			b.say(b.rules, line, "basis %s: paragraph is missing", x.ID)
		}
		for j, c := range x.Conditions {
			if len(c.Condition.Basis) == 0 {
				b.say(b.rules, b.rules.Line("bases", i, "conditions", j), "condition %s: basis is missing", c.ID)
			}
		}
	}
}

// named is an entry of a list with an id that may be there again only for other days.
type named struct {
	id string
	dated
}

func (b *builder) lintIDs(out *body) {
	b.unique(b.service, list(out.Pages, func(p page) named { return named{p.ID, p.dated} }), "pages")
	b.unique(b.service, list(out.Fields, func(f field) named { return named{f.ID, f.dated} }), "fields")
	b.unique(b.evidence, list(out.Evidence, func(e evidence) named { return named{e.ID, e.dated} }))
	b.unique(b.rules, list(out.Notices, func(n notice) named { return named{n.ID, n.dated} }), "notices")
	b.unique(b.rules, list(out.Checks, func(c check) named { return named{c.ID, c.dated} }), "checks")
	b.unique(b.rules, list(out.Bases, func(x basis) named { return named{x.ID, x.dated} }), "bases")
	b.unique(b.rules, list(out.Filing, func(f filing) named { return named{f.ID, f.dated} }), "filing")
	for i, x := range out.Bases {
		b.unique(b.rules, list(x.Conditions, func(c condition) named { return named{c.ID, c.dated} }), "bases", i, "conditions")
	}
}

func list[T any](in []T, of func(T) named) []named {
	out := make([]named, len(in))
	for i := range in {
		out[i] = of(in[i])
	}
	return out
}

// unique looks at the entries of the list that stands at a path.
func (b *builder) unique(s strict.File, entries []named, path ...any) {
	id := regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,62}$`)
	for i, e := range entries {
		line := s.Line(append(slices.Clone(path), i)...)
		if !id.MatchString(e.id) {
			b.say(s, line, "%q is no id: a letter, then letters, digits, _ and -", e.id)
		}
		b.interval(s, line, e.id, e.dated)
		for _, before := range entries[:i] {
			if before.id == e.id && before.overlaps(e.dated) {
				b.say(s, line, "%s is there twice on the same days", e.id)
				break
			}
		}
	}
}

func (b *builder) interval(s strict.File, line int, about string, d dated) {
	if !d.valid() {
		b.say(s, line, "%s ends before it begins", about)
	}
}

// lintDays checks the resolved service on every day on which anything changes, and the day before.
func (b *builder) lintDays(doc *Document) {
	days := append(CheckDays(doc), b.unconfirmedDays(doc)...)
	slices.Sort(days)
	told := map[string]bool{} // one mistake is told once, not for each day
	trees, never := map[rule.Tree]any{}, map[part]reached{}
	for _, day := range slices.Compact(days) {
		def, err := doc.On(day)
		if err != nil {
			b.say(b.service, 0, "on %v: %v", day, err)
			continue
		}
		say := func(s strict.File, line int, text string) {
			if key := fmt.Sprint(s.Name, line, text); !told[key] {
				told[key] = true
				b.say(s, line, "%s (first on %v)", text, day)
			}
		}
		b.lintDay(doc, def, say)
		for _, x := range reachable(def, trees) {
			if before, seen := never[x.part]; x.can || !seen || !before.can {
				never[x.part] = x
			}
		}
	}
	b.lintReach(doc, never)
}

// lintReach tells parts that nobody can come to on any day. Where something else is wrong this may only follow from it.
func (b *builder) lintReach(doc *Document, parts map[part]reached) {
	if len(*b.found) > 0 {
		return
	}
	for _, e := range doc.body.entries() {
		x, ok := parts[e.part()]
		if !ok || x.can || !x.within {
			continue
		}
		delete(parts, e.part()) // once is enough
		file, line := b.place(e.at)
		why := "its rule is never true"
		if x.lacking != "" {
			why = "it needs " + x.lacking + ", which nobody is offered or asked"
		}
		b.say(file, line, "%s: nobody can come to it on any day: %s", x.part, why)
	}
}

// unconfirmedDays are the days on which figures change that did not get into the document.
func (b *builder) unconfirmedDays(doc *Document) []civil.Day {
	days := b.book.ChangeDays()
	return slices.DeleteFunc(days, func(day civil.Day) bool { return !doc.body.has(day) })
}

func (b *builder) lintDay(doc *Document, def *form.Definition, say func(strict.File, int, string)) {
	tell := func(p part, what string) {
		file, line := b.placeOn(doc, p, def.Day)
		say(file, line, what)
	}
	order := map[string]int{}
	for _, p := range def.Pages {
		for _, id := range p.Fields {
			if _, twice := order[id]; twice {
				tell(part{"field", "", id}, "field "+id+" stands on two pages, or twice on one")
			}
			order[id] = len(order)
		}
	}
	for _, p := range b.placed {
		if p.dated.has(def.Day) {
			b.lintPlaced(p, def, order, say)
		}
	}
	for _, f := range def.Fees {
		if _, ok := b.book.Fee(f.Code, def.Day); !ok {
			tell(part{"fee", "", f.Code}, "fee "+f.Code+": has no confirmed price")
		}
	}
	for _, n := range def.Notices {
		if !slices.ContainsFunc(def.Pages, func(p form.Page) bool { return p.ID == n.Page }) {
			tell(part{"notice", "", n.ID}, "notice "+n.ID+": its page "+n.Page+" does not exist on that day")
		}
	}
	for _, c := range def.Checks {
		if _, ok := def.Field(c.Field); !ok {
			tell(part{"check", "", c.ID}, "check "+c.ID+": its field "+c.Field+" does not exist on that day")
		}
	}
	for _, u := range b.uses {
		if why := b.withoutValue(u.param, def.Day); why != "" && u.has(def.Day) {
			file, line := b.textPlace(Binding, u.key)
			say(file, line, "text "+u.key+" uses p."+u.param+", which "+why)
		}
	}
}

// placeOn finds where a part is written as it holds on a day.
func (b *builder) placeOn(doc *Document, p part, day civil.Day) (strict.File, int) {
	for _, e := range doc.body.entries() {
		if e.part() == p && e.has(day) {
			return b.place(e.at)
		}
	}
	return b.service, 0
}

func (b *builder) lintPlaced(p placed, def *form.Definition, order map[string]int, say func(strict.File, int, string)) {
	for _, id := range p.tree.Fields() {
		pos, ok := order[id]
		switch {
		case !ok:
			say(p.src, p.line, p.about+": reads field "+id+", which is on no page on that day")
		case p.shows != "" && pos >= first(p, def, order):
			say(p.src, p.line, p.about+": reads field "+id+", which does not stand before it")
		}
	}
	for _, name := range p.tree.Params() {
		if why := b.withoutValue(name, def.Day); why != "" {
			say(p.src, p.line, p.about+": uses p."+name+", which "+why)
		}
	}
}

// first gives the position from which on a rule of visibility may not read: that of the field that it shows, or of the
// first field of its page.
func first(p placed, def *form.Definition, order map[string]int) int {
	if pos, ok := order[p.shows]; ok {
		return pos
	}
	pos := len(order)
	for i := len(def.Pages) - 1; i >= 0; i-- {
		if ids := def.Pages[i].Fields; len(ids) > 0 {
			pos = order[ids[0]]
		}
		if "page "+def.Pages[i].ID == p.shows {
			return pos
		}
	}
	return len(order)
}

// withoutValue tells why a parameter has no value that may be used. A figure that is known to be unpublished is no
// mistake: the rule gives unknown.
func (b *builder) withoutValue(name string, day civil.Day) string {
	p, ok := b.book.Parameter(name)
	if !ok {
		return "does not exist"
	}
	r, ok := p.On(day)
	switch {
	case !ok && !p.Ended(day):
		return "has no value"
	case ok && !r.Confirmed && r.Value.Type != "":
		return "is not confirmed"
	}
	return ""
}
