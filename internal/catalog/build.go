package catalog

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/form"
	"aufenthalt/internal/latin"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
	"aufenthalt/internal/strict"
)

// builder makes the document of one service and collects what is wrong with it.
type builder struct {
	tag    string
	dir    string // of its files: services/<tag>, or that of the router
	fsys   fs.FS
	book   *law.Book
	names  *form.Names
	shared map[string]map[string]string
	found  *Findings

	service, evidence, rules strict.File
	blocks                   []*block         // that the service uses
	merged                   []string         // their files, for the places of what was merged
	own                      map[string]words // language → its own file of texts
	uses                     []textUse        // figures in its German texts
	env                      *rule.Env
	placed                   []placed // every rule with its place, for the lint
}

// words are a file of texts and its places.
type words struct {
	texts map[string]text
	src   strict.File
}

// placed is a compiled rule with the place and the days it is written for.
type placed struct {
	tree  rule.Tree
	dated dated
	src   strict.File
	line  int
	about string
	shows string // the field, or "page <id>", whose visibility it rules; it may then read only what stands before
}

func (b *builder) say(s strict.File, line int, text string, args ...any) {
	file, line := b.where(s, line)
	*b.found = append(*b.found, Finding{b.tag, strict.Problem{File: file, Line: line, Text: fmt.Sprintf(text, args...)}})
}

func (b *builder) file(name string) string { return path.Join(b.dir, name) }

// build gives nil when the service cannot be made at all; what is only wrong is told and built nevertheless, so that as
// much as possible is found at once.
func (b *builder) build(letters *latin.Table) *Document {
	var service serviceYAML
	var docs []evidenceYAML
	var rules rulesYAML
	ok := true
	for _, f := range []struct {
		name string
		into any
		src  *strict.File
	}{{"service.yaml", &service, &b.service}, {"evidence.yaml", &docs, &b.evidence}, {"rules.yaml", &rules, &b.rules}} {
		src, err := decode(b.fsys, b.file(f.name), f.into)
		if err != nil {
			b.found.add(b.tag, b.file(f.name), err)
			ok = false
		}
		*f.src = src
	}
	if !ok || !b.merge(&service, &docs, &rules) || !b.declare(service) {
		return nil
	}
	body := body{Format: format, ID: service.ID, dated: service.dated}
	b.pages(service, &body)
	b.fields(service, &body)
	b.codes(service, &body)
	b.documents(docs, &body)
	b.consequences(rules, &body)
	body.Mapping = b.mapping()
	b.texts(&body)
	b.figures(&body)
	b.lint(service, &body)
	raw, err := body.canonical()
	if err != nil {
		b.say(b.service, 0, "%v", err)
		return nil
	}
	doc, err := Parse(raw, b.names, letters)
	if err != nil {
		b.say(b.service, 0, "%v", err)
		return nil
	}
	doc.origins = origins(service, docs, rules)
	b.lintDays(doc)
	return doc
}

var ruleName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`) // what a rule can read

// declare makes the environment of the rules: the fields with their types, all parameters, the clocks.
func (b *builder) declare(y serviceYAML) bool {
	types := rule.Types{}
	for i, f := range y.Field {
		t := form.Type(f.Type).Rule()
		if t == 0 {
			b.say(b.service, b.service.Line("fields", i, "type"), "field %s: there is no type %q; there are %s", f.ID, f.Type, listed(form.Types()))
			return false
		}
		if !ruleName.MatchString(f.ID) {
			b.say(b.service, b.service.Line("fields", i), "field %q: an id begins with a small letter and has small letters, digits and _", f.ID)
			return false
		}
		if before, ok := types[f.ID]; ok && before != t {
			b.say(b.service, b.service.Line("fields", i), "%s: has another type at another time", f.ID)
			return false
		}
		types[f.ID] = t
	}
	for _, p := range b.book.Parameters() {
		t, ok := rule.ParseType(string(p.Type))
		if !ok {
			continue // law has told it
		}
		types["p."+p.Name] = t
	}
	for _, c := range form.ClockNames() {
		types["clock."+c] = rule.Day
	}
	env, err := rule.NewEnv(types)
	if err != nil {
		b.say(b.service, 0, "%v", err)
		return false
	}
	b.env = env
	return true
}

// compile gives the zero tree for no rule, and tells a wrong one.
func (b *builder) compile(src string, want rule.Type, at placed) rule.Tree {
	if strings.TrimSpace(src) == "" {
		return rule.Tree{}
	}
	tree, err := b.env.CompileAs(src, want)
	if err != nil {
		for _, line := range strings.Split(err.Error(), "\n") { // one mistake each
			b.say(at.src, at.line, "%s: %s", at.about, line)
		}
		return rule.Tree{}
	}
	at.tree = tree
	b.placed = append(b.placed, at)
	return tree
}

// must is compile for a rule that may not be left out.
func (b *builder) must(src string, want rule.Type, at placed) rule.Tree {
	if strings.TrimSpace(src) == "" {
		b.say(at.src, at.line, "%s: needs a rule", at.about)
	}
	return b.compile(src, want, at)
}

func (b *builder) pages(y serviceYAML, out *body) {
	for i, p := range y.Pages {
		kind := p.Kind
		if kind == "" {
			kind = "form"
		}
		when := b.compile(p.When, rule.Bool, placed{
			dated: p.dated, src: b.service, line: b.service.Line("pages", i, "when"), about: "page " + p.ID, shows: "page " + p.ID,
		})
		out.Pages = append(out.Pages, page{p.dated, form.Page{ID: p.ID, Kind: kind, When: when, Fields: orEmpty(p.Fields)}})
	}
}

func (b *builder) fields(y serviceYAML, out *body) {
	for i, f := range y.Field {
		line := func(steps ...any) int { return b.service.Line(append([]any{"fields", i}, steps...)...) }
		x := field{dated: f.dated, Certainty: f.Certainty, Field: form.Field{
			ID: f.ID, Type: form.Type(f.Type), Required: f.Required == nil || *f.Required, Style: f.Style, Max: f.Max, Min: f.Min,
			Latin: f.Latin, Declaration: f.Declaration, Autocomplete: f.Autocomplete, Width: f.Width, Period: f.Period,
			Past: f.Past, Future: f.Future, Basis: orEmpty(f.Basis), Household: f.Household,
			When: b.compile(f.When, rule.Bool, placed{dated: f.dated, src: b.service, line: line("when"), about: "field " + f.ID, shows: f.ID}),
		}}
		for j, o := range f.Options {
			x.Options = append(x.Options, option{o.dated, form.Option{Value: o.Value, When: b.compile(o.When, rule.Bool, placed{
				dated: within(o.dated, f.dated), src: b.service, line: line("options", j), about: "option " + f.ID + "." + o.Value,
			})}, o.Certainty})
		}
		out.Fields = append(out.Fields, x)
	}
}

// within narrows the days of a part to those of the whole.
func within(part, whole dated) dated {
	if part.From < whole.From {
		part.From = whole.From
	}
	if !whole.Until.IsZero() && (part.Until.IsZero() || part.Until > whole.Until) {
		part.Until = whole.Until
	}
	return part
}

func (b *builder) codes(y serviceYAML, out *body) {
	out.Codes = []form.Code{}
	for _, name := range slices.Sorted(maps.Keys(y.Codes)) {
		tree := b.must(y.Codes[name], rule.Text, placed{src: b.service, line: b.service.Line("codes", name), about: "code " + name})
		if !tree.IsZero() {
			out.Codes = append(out.Codes, form.Code{Name: name, Rule: tree})
		}
	}
}

func (b *builder) documents(list []evidenceYAML, out *body) {
	out.Evidence = []evidence{}
	for i, e := range list {
		x := form.Evidence{ID: e.ID, Level: e.Level, Min: 1, Max: 6, Place: e.Place, Basis: orEmpty(e.Basis)}
		if e.Min != nil {
			x.Min = *e.Min
		}
		if e.Max != nil {
			x.Max = *e.Max
		}
		x.When = b.compile(e.When, rule.Bool, placed{
			dated: e.dated, src: b.evidence, line: b.evidence.Line(i, "when"), about: "evidence " + e.ID,
		})
		out.Evidence = append(out.Evidence, evidence{e.dated, x, e.Certainty})
	}
}

func (b *builder) consequences(y rulesYAML, out *body) {
	out.Notices, out.Checks, out.Fees, out.Bases, out.Filing = []notice{}, []check{}, []fee{}, []basis{}, []filing{}
	at := func(d dated, about string, steps ...any) placed {
		return placed{dated: d, src: b.rules, line: b.rules.Line(steps...), about: about}
	}
	for i, n := range y.Notices {
		when := b.compile(n.When, rule.Bool, at(n.dated, "notice "+n.ID, "notices", i, "when"))
		x := form.Notice{ID: n.ID, Page: n.Page, Kind: n.Kind, When: when, Basis: orEmpty(n.Basis), Link: n.Link}
		out.Notices = append(out.Notices, notice{n.dated, x, n.Certainty})
	}
	for i, c := range y.Checks {
		when := b.must(c.When, rule.Bool, at(c.dated, "check "+c.ID, "checks", i, "when"))
		if when.IsZero() {
			continue
		}
		out.Checks = append(out.Checks, check{c.dated, form.Check{ID: c.ID, Field: c.Field, When: when, Kind: c.Kind}, c.Basis, c.Certainty})
	}
	for i, f := range y.Fees {
		x := form.Fee{Code: f.Code, When: b.compile(f.When, rule.Bool, at(f.dated, "fee "+f.Code, "fees", i, "when")),
			Minor: b.compile(f.Minor, rule.Bool, at(f.dated, "fee "+f.Code, "fees", i, "minor"))}
		out.Fees = append(out.Fees, fee{f.dated, x, f.Certainty})
	}
	for i, y := range y.Bases {
		x := basis{dated: y.dated, Certainty: y.Certainty, Conditions: []condition{}, Basis: form.Basis{ID: y.ID, Paragraph: y.Paragraph, Nature: y.Nature,
			When: b.compile(y.When, rule.Bool, at(y.dated, "basis "+y.ID, "bases", i, "when"))}}
		for j, c := range y.Conditions {
			when := b.compile(c.When, rule.Bool, at(within(c.dated, y.dated), "condition "+c.ID, "bases", i, "conditions", j))
			x.Conditions = append(x.Conditions, condition{c.dated, form.Condition{ID: c.ID, When: when, Discretion: c.Discretion, Given: c.Given, Basis: orEmpty(c.Basis)}, c.Certainty})
		}
		out.Bases = append(out.Bases, x)
	}
	for i, r := range y.Routes {
		when := b.compile(r.When, rule.Bool, at(r.dated, "route "+r.ID, "routes", i, "when"))
		x := form.Route{ID: r.ID, When: when, Service: r.Service, Answers: r.Answers, Basis: orEmpty(r.Basis)}
		out.Routes = append(out.Routes, route{r.dated, x, r.Certainty})
	}
	for i, f := range y.Filing {
		about := "filing " + f.ID
		out.Filing = append(out.Filing, filing{f.dated, form.Filing{
			ID: f.ID, Effect: f.Effect, Basis: orEmpty(f.Basis), When: b.compile(f.When, rule.Bool, at(f.dated, about, "filing", i, "when")),
			Earliest: b.compile(f.Earliest, rule.Day, at(f.dated, about, "filing", i, "earliest")),
			Latest:   b.compile(f.Latest, rule.Day, at(f.dated, about, "filing", i, "latest")),
		}, f.Certainty})
	}
}

// mapping takes mapping.yaml as it is: its meaning is the composer's, but it belongs to what the hash addresses. The
// elements of blocks are added to the service's own.
func (b *builder) mapping() json.RawMessage {
	own, ok := b.mappingFile(b.file("mapping.yaml"))
	if !ok {
		return nil
	}
	for _, x := range b.blocks {
		part, ok := b.mappingFile(b.blockFile(x.name, "mapping.yaml"))
		if !ok {
			continue
		}
		elements, _ := own["elements"].(map[string]any)
		if elements == nil {
			elements = map[string]any{}
		}
		more, _ := part["elements"].(map[string]any)
		for name, field := range more {
			if _, there := elements[name]; !there {
				elements[name] = field
			}
		}
		own["elements"] = elements
	}
	raw, err := json.Marshal(own)
	if err == nil {
		raw, err = canonical(raw)
	}
	if err != nil {
		b.say(strict.File{Name: b.file("mapping.yaml")}, 0, "%v", err)
		return nil
	}
	return raw
}

// mappingFile reads one mapping; false when there is none, or a wrong one, which is told.
func (b *builder) mappingFile(file string) (map[string]any, bool) {
	if !exists(b.fsys, file) {
		return nil, false
	}
	var checked any // reading it once refuses a key that is there twice
	src, err := decode(b.fsys, file, &checked)
	if err != nil {
		b.found.add(b.tag, file, err)
		return nil, false
	}
	if n := inexact(src.Root); n != nil {
		b.say(src, n.Line, "%s is no whole number that JSON carries exactly; write codes in quotes", n.Value)
		return nil, false
	}
	m, ok := plain(src.Root).(map[string]any)
	if !ok {
		b.say(src, 0, "a mapping has keys")
	}
	return m, ok
}

// inexact finds a number that would become another one, like the code 02 without quotes.
func inexact(n *yaml.Node) *yaml.Node {
	if n == nil {
		return nil
	}
	if n.Tag == "!!float" || n.Tag == "!!int" {
		if _, err := law.ParseValue(law.Int, n.Value); err != nil {
			return n
		}
	}
	for _, part := range n.Content {
		if found := inexact(part); found != nil {
			return found
		}
	}
	return nil
}

// plain makes JSON values out of YAML: numbers and truth values keep their type, everything else is text.
func plain(n *yaml.Node) any {
	if n == nil {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i := range n.Content {
			list[i] = plain(n.Content[i])
		}
		return list
	}
	switch n.Tag {
	case "!!int":
		return json.Number(n.Value)
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!null":
		return nil
	}
	return n.Value
}

// texts are the shared ones, those of the blocks as far as the service needs them, and its own, which come last.
func (b *builder) texts(out *body) {
	needed, optional := textKeys(out)
	out.Texts = map[string]map[string]string{}
	for _, lang := range languages() {
		out.Texts[lang] = map[string]string{}
		maps.Copy(out.Texts[lang], b.shared[lang])
		for _, x := range b.blocks {
			for key, t := range x.texts[lang] {
				if needed[key] || optional[key] || !b.owned(key) {
					out.put(lang, key, t)
				}
			}
		}
		own, src := readTexts(b.fsys, b.file("texts/"+lang+".yaml"), b.tag, b.found)
		b.own[lang] = words{own, src}
		for key, t := range own {
			out.put(lang, key, t)
		}
	}
}

// figures puts into the document what its rules and texts use, and only what is confirmed; fees bring their names along.
func (b *builder) figures(out *body) {
	out.Parameters, out.Tariffs = []parameter{}, []tariff{}
	for _, name := range b.usedParameters(out) {
		p, ok := b.book.Parameter(name)
		if !ok {
			continue // a text names it; the lint tells
		}
		x := parameter{Name: name, Type: p.Type, Unit: p.Unit, Values: []figure{}}
		for _, r := range p.Records {
			if r.Confirmed {
				x.Values = append(x.Values, figure{dated{r.From, r.Until}, r.Value.String(), r.Basis, r.Source})
			}
		}
		out.Parameters = append(out.Parameters, x)
	}
	var codes []string
	for _, f := range out.Fees {
		codes = append(codes, f.Code)
	}
	slices.Sort(codes)
	for _, code := range slices.Compact(codes) {
		f, ok := b.book.FeeByCode(code)
		if !ok {
			continue // the lint tells it
		}
		for lang, texts := range out.Texts {
			texts["fee."+code+".name"] = f.Meaning[lang]
		}
		x := tariff{Code: code, Values: []price{}}
		for _, t := range f.Tariffs {
			if t.Confirmed {
				x.Values = append(x.Values, price{dated{t.From, t.Until}, law.FormatMoney(t.Adult), law.FormatMoney(t.Minor), t.Basis, t.Source})
			}
		}
		out.Tariffs = append(out.Tariffs, x)
	}
}

func (b *builder) usedParameters(out *body) []string {
	var names []string
	for _, p := range b.placed {
		names = append(names, p.tree.Params()...)
	}
	b.uses = b.textUses(out.wording(Binding))
	for _, u := range b.uses {
		names = append(names, u.param)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
