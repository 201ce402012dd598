package catalog

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/strict"
)

// text is what stands under a key: one text for all days, or several with the days of each.
type text struct {
	always string
	days   []datedText
}

// datedText is a text for its days.
type datedText struct {
	dated `yaml:",inline"`
	Text  string `yaml:"text" json:"text"`
}

// Forms are a text and a list.
func (text) Forms() []any { return []any{"", []datedText{}} }

// UnmarshalYAML reads either form.
func (t *text) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*t = text{always: n.Value}
		return nil
	}
	*t = text{days: []datedText{}}
	return n.Decode(&t.days)
}

// all lists the texts of all days.
func (t text) all() []string {
	if t.days == nil {
		return []string{t.always}
	}
	list := make([]string, len(t.days))
	for i := range t.days {
		list[i] = t.days[i].Text
	}
	return list
}

// missing tells whether there is no text, on some day at least.
func (t text) missing() bool { return len(t.all()) == 0 || slices.Contains(t.all(), "") }

// sameDays tells whether two texts change on the same days.
func (t text) sameDays(u text) bool {
	return slices.EqualFunc(t.days, u.days, func(a, b datedText) bool { return a.dated == b.dated })
}

// readTexts reads a file of texts, where any key is known; nil when it cannot be read.
func readTexts(fsys fs.FS, name, tag string, found *Findings) (map[string]text, strict.File) {
	texts := map[string]text{}
	file, err := decode(fsys, name, &texts)
	if err != nil {
		found.add(tag, name, err)
		return nil, file
	}
	return texts, file
}

// put writes a text into the document, in place of what stood under the key.
func (b *body) put(lang, key string, t text) {
	delete(b.Texts[lang], key)
	delete(b.Dated[lang], key)
	switch {
	case t.days == nil:
		b.Texts[lang][key] = t.always
	case b.Dated == nil:
		b.Dated = map[string]map[string][]datedText{}
		fallthrough
	default:
		if b.Dated[lang] == nil {
			b.Dated[lang] = map[string][]datedText{}
		}
		b.Dated[lang][key] = t.days
	}
}

// wording gives all texts of a language, whichever form they have.
func (b *body) wording(lang string) map[string]text {
	out := make(map[string]text, len(b.Texts[lang])+len(b.Dated[lang]))
	for key, s := range b.Texts[lang] {
		out[key] = text{always: s}
	}
	for key, days := range b.Dated[lang] {
		out[key] = text{days: days}
	}
	return out
}

// textSpans lists the days of all texts that have some.
func (b *body) textSpans() (list []dated) {
	for _, texts := range b.Dated {
		for _, days := range texts {
			for _, t := range days {
				list = append(list, t.dated)
			}
		}
	}
	return list
}

// textsOn gives the texts of a day, the same map for all days between two changes.
func (d *Document) textsOn(day civil.Day) map[string]map[string]string {
	b := &d.body
	if len(b.Dated) == 0 {
		return b.Texts
	}
	var since civil.Day // the last change until the day
	for _, s := range b.textSpans() {
		for _, change := range s.span().Changes() {
			if change <= day {
				since = max(since, change)
			}
		}
	}
	if texts := d.texts[since]; texts != nil {
		return texts
	}
	texts := maps.Clone(b.Texts)
	for lang, keys := range b.Dated {
		texts[lang] = maps.Clone(texts[lang])
		for key, days := range keys {
			for _, t := range days {
				if t.has(day) {
					texts[lang][key] = t.Text
				}
			}
		}
	}
	d.texts[since] = texts
	return texts
}

// lintDatedTexts wants the texts of a key to follow each other without a gap over all days of the service.
func (b *builder) lintDatedTexts(out *body) {
	for _, lang := range languages() {
		for _, key := range slices.Sorted(maps.Keys(out.Dated[lang])) {
			file, line := b.textPlace(lang, key)
			if what := gap(out.Dated[lang][key], out.dated); what != "" {
				b.say(file, line, "text %s: %s", key, what)
			}
		}
	}
}

// gap tells what is wrong with the days of a list of texts; empty when nothing is.
func gap(list []datedText, whole dated) string {
	if len(list) == 0 {
		return "has no texts"
	}
	for i, t := range list {
		switch {
		case !t.Until.IsZero() && t.Until < t.From:
			return fmt.Sprintf("ends on %v, before it begins on %v", t.Until, t.From)
		case i == 0 && t.From > whole.From:
			return fmt.Sprintf("begins on %v; leave from away in the first text, for all days before", t.From)
		case i > 0 && t.From.IsZero():
			return "from is missing in a text that is not the first"
		case i > 0 && list[i-1].Until.AddDays(1) != t.From:
			return fmt.Sprintf("the text before ends on %v and this one begins on %v; each begins on the day after the one before", end(list[i-1]), t.From)
		}
	}
	if last := list[len(list)-1]; !last.Until.IsZero() && (whole.Until.IsZero() || last.Until < whole.Until) {
		return fmt.Sprintf("ends on %v; leave until away in the last text, for all days after", last.Until)
	}
	return ""
}

func end(t datedText) string {
	if t.Until.IsZero() {
		return "no day"
	}
	return t.Until.String()
}

// textPlace finds where a key was written: in the service's own texts, else in those of a block.
func (b *builder) textPlace(lang, key string) (strict.File, int) {
	files := []strict.File{b.own[lang].src}
	for _, x := range slices.Backward(b.blocks) {
		files = append(files, x.words[lang])
	}
	for _, f := range files {
		if n := strict.Child(f.Root, key); n != nil {
			return f, n.Line
		}
	}
	return files[0], 0
}
