package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aufenthalt/internal/form"
	"aufenthalt/internal/strict"
)

// lintLiterals finds words in rules that a field can never be: an option that does not exist, or not on the days of the rule; a
// country without a key. Such a rule compiles and is never true.
func (b *builder) lintLiterals(out *body) {
	options, offered := map[string][]option{}, map[string]func(string) bool{}
	for _, f := range out.Fields {
		switch f.Type {
		case form.Choice, form.Choices:
			for _, o := range f.Options {
				o.dated = within(o.dated, f.dated)
				options[f.ID] = append(options[f.ID], o)
			}
		case form.Country:
			offered[f.ID] = func(s string) bool { _, ok := b.names.Country(s, Binding); return ok }
		case form.Nationality, form.Nationalities:
			offered[f.ID] = func(s string) bool { _, ok := b.names.Nationality(s, Binding); return ok }
		}
	}
	for _, p := range b.placed {
		raw, err := p.tree.MarshalJSON()
		var tree any
		if err != nil || json.Unmarshal(raw, &tree) != nil {
			continue
		}
		comparisons(tree, func(id, word string) {
			named := func(o option) bool { return o.Value == word }
			switch list := options[id]; {
			case list != nil && !slices.ContainsFunc(list, named), offered[id] != nil && !offered[id](word):
				b.say(p.src, p.line, "%s: %s can never be %q", p.about, id, word)
			case list != nil && !slices.ContainsFunc(list, func(o option) bool { return named(o) && o.overlaps(p.dated) }):
				b.say(p.src, p.line, "%s: %s is never %q on the days of this rule; take the word away, or mend the days", p.about, id, word)
			}
		})
	}
}

// comparisons visits every place of a tree where a field is compared with a word.
func comparisons(tree any, visit func(field, word string)) {
	node, ok := tree.([]any)
	if !ok || len(node) == 0 {
		return
	}
	if len(node) == 3 && slices.Contains([]any{"==s", "!=s", "in", "any"}, node[0]) {
		for _, pair := range [][2]any{{node[1], node[2]}, {node[2], node[1]}} {
			if f := wordsOf(pair[0], "f"); len(f) == 1 {
				for _, w := range append(wordsOf(pair[1], "s"), wordsOf(pair[1], "l")...) {
					visit(f[0], w)
				}
			}
		}
	}
	for _, part := range node[1:] {
		comparisons(part, visit)
	}
}

// wordsOf gives what follows the operation, when it is that one.
func wordsOf(node any, operation string) (out []string) {
	list, ok := node.([]any)
	if !ok || len(list) == 0 || list[0] != operation {
		return nil
	}
	for _, w := range list[1:] {
		if s, ok := w.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

// lintTexts finds texts that are missing in a language, texts that nothing asks for, and placeholders that differ.
func (b *builder) lintTexts(out *body) {
	for _, lang := range languages() {
		if b.own[lang].texts == nil {
			return // the file cannot be read, which is told; all that follows from it helps nobody
		}
	}
	needed, optional := textKeys(out)
	for _, lang := range languages() {
		own, all := b.own[lang], out.wording(lang)
		for _, key := range slices.Sorted(maps.Keys(needed)) {
			if all[key].missing() {
				b.say(own.src, 0, "text %s is missing", key)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(own.texts)) {
			if b.owned(key) && !needed[key] && !optional[key] {
				b.say(own.src, own.src.Line(key), "text %s belongs to nothing; %s", key, meant(key, needed, optional))
			}
		}
	}
	b.parity(map[string]map[string]text{Binding: out.wording(Binding), "en": out.wording("en")}, needed)
	b.lintDatedTexts(out)
}

// meant suggests the key that an author may have wanted to write.
func meant(key string, needed, optional map[string]bool) string {
	known := slices.AppendSeq(slices.Sorted(maps.Keys(needed)), maps.Keys(optional))
	if near := strict.Nearest(key, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "take it away"
}

// owned tells whether a key has the form of those that belong to parts of a definition.
func (b *builder) owned(key string) bool {
	kind, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"page", "field", "option", "evidence", "notice", "check", "basis", "condition", "filing", "route"}, kind)
}

// parity wants every text of one language in the other, with the same placeholders. That a needed text is missing is
// told already, and what is wrong with the shared ones is told once for all services.
func (b *builder) parity(texts map[string]map[string]text, needed map[string]bool) {
	comparePair(texts, func(lang, key, what string) {
		if b.shared[Binding][key] == "" && b.shared["en"][key] == "" && (!needed[key] || !texts[lang][key].missing()) {
			file, line := b.textPlace(lang, key)
			b.say(file, line, "text %s %s", key, what)
		}
	})
}

func comparePair(texts map[string]map[string]text, say func(lang, key, what string)) {
	for _, lang := range languages() {
		for _, other := range languages() {
			for _, key := range slices.Sorted(maps.Keys(texts[lang])) {
				here, there := texts[lang][key], texts[other][key]
				switch {
				case !here.missing() && there.missing():
					say(other, key, "is there in "+lang+" only")
				case lang == Binding && !here.sameDays(there):
					say(other, key, "has other days than in "+lang)
				case lang == Binding:
					for i, s := range here.all() {
						if !slices.Equal(placeholders(s), placeholders(there.all()[i])) {
							say(other, key, fmt.Sprintf("has other placeholders than in %s: %v", lang, placeholders(s)))
						}
					}
				}
			}
		}
	}
}

// plainTexts are texts of one day.
func plainTexts(texts map[string]string) map[string]text {
	out := make(map[string]text, len(texts))
	for key, s := range texts {
		out[key] = text{always: s}
	}
	return out
}

// lintShared checks the texts of the data directory's root: both languages, and a sentence for each error of answers.
func lintShared(texts map[string]map[string]string, found *Findings) {
	say := func(lang, key, what string) {
		*found = append(*found, finding("texts/"+lang+".yaml", "text "+key+" "+what))
	}
	if texts[Binding] == nil || texts["en"] == nil {
		return // told already
	}
	comparePair(map[string]map[string]text{Binding: plainTexts(texts[Binding]), "en": plainTexts(texts["en"])}, say)
	for _, lang := range languages() {
		for _, key := range form.ErrorKeys() {
			if texts[lang][key] == "" {
				say(lang, key, "is missing")
			}
		}
	}
}

// placeholders lists the {names} of a text, sorted, each once.
func placeholders(text string) []string {
	var names []string
	for {
		_, rest, found := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			break
		}
		if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_.") == "" && name != "" {
			names = append(names, name)
		}
		text = after
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// textUse is a parameter whose value stands in a text, on the days of the text.
type textUse struct {
	param, key string
	dated
}

// textUses finds the parameters whose value stands in texts, each with the first text that names it: {p.name}, or {name} when
// there is such a parameter.
func (b *builder) textUses(texts map[string]text) (list []textUse) {
	use := func(key, s string, d dated) {
		for _, placeholder := range placeholders(s) {
			name, explicit := strings.CutPrefix(placeholder, "p.")
			_, ok := b.book.Parameter(name)
			before := func(u textUse) bool { return u.param == name && u.dated == d }
			if (ok || explicit) && !slices.ContainsFunc(list, before) {
				list = append(list, textUse{name, key, d})
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		use(key, texts[key].always, dated{})
		for _, t := range texts[key].days {
			use(key, t.Text, t.dated)
		}
	}
	return list
}

// textKeys lists the keys that a definition must have, and those that it may have.
func textKeys(out *body) (needed, optional map[string]bool) {
	needed, optional = map[string]bool{"service.title": true}, map[string]bool{}
	for _, p := range out.Pages {
		needed["page."+p.ID+".title"] = true
		optional["page."+p.ID+".intro"] = true
	}
	for _, f := range out.Fields {
		needed["field."+f.ID+".label"] = true
		for _, part := range []string{"hint", "why", "text", "placeholder"} {
			optional["field."+f.ID+"."+part] = true
		}
		for _, o := range f.Options {
			needed["option."+f.ID+"."+o.Value] = true
			optional["option."+f.ID+"."+o.Value+".hint"] = true
		}
	}
	for _, e := range out.Evidence {
		needed["evidence."+e.ID+".name"] = true
		optional["evidence."+e.ID+".hint"] = true
	}
	for _, n := range out.Notices {
		needed["notice."+n.ID+".lead"], needed["notice."+n.ID+".text"] = true, true
		optional["notice."+n.ID+".link"] = true
	}
	for _, c := range out.Checks {
		needed["check."+c.ID] = true
	}
	for _, x := range out.Bases {
		needed["basis."+x.ID+".name"] = true
		for _, c := range x.Conditions {
			needed["condition."+c.ID] = true
		}
	}
	for _, r := range out.Routes {
		needed["route."+r.ID+".name"], needed["route."+r.ID+".why"] = true, true
	}
	for _, f := range out.Filing {
		needed["filing."+f.ID] = true
	}
	return needed, optional
}
