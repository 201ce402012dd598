package catalog

import (
	"slices"
	"strings"

	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
)

// News is a difference between two definitions that an applicant notices, in her words.
type News struct {
	Change string   `json:"change"` // new, gone or changed
	Kind   string   `json:"kind"`   // field, option, evidence, notice, fee or figure
	Name   string   `json:"name"`
	Was    string   `json:"was,omitempty"` // of a fee or figure
	Is     string   `json:"is,omitempty"`
	Basis  []string `json:"basis"`
}

// NewsBetween tells what an applicant notices of the differences; names of figures come from the book of law.
func NewsBetween(was, is *form.Definition, book *law.Book, lang string) []News {
	news := []News{}
	for _, c := range Diff(was, is, lang) {
		def, n := is, News{Change: "changed", Kind: c.Kind}
		switch {
		case c.Was == "":
			n.Change = "new"
		case c.Is == "":
			n.Change, def = "gone", was
		}
		switch id, _, _ := strings.Cut(c.ID, "#"); c.Kind {
		case "field":
			f, _ := def.Field(id)
			n.Name, n.Basis = def.Sentence(lang, "field."+id+".label"), f.Basis
		case "option":
			field, _, _ := strings.Cut(id, ".")
			f, _ := def.Field(field)
			n.Name, n.Basis = def.Sentence(lang, "field."+field+".label")+" – "+def.Sentence(lang, "option."+id), f.Basis
		case "evidence":
			e, _ := def.EvidenceByID(id)
			n.Name, n.Basis = def.Sentence(lang, "evidence."+id+".name"), e.Basis
		case "notice":
			i := slices.IndexFunc(def.Notices, func(x form.Notice) bool { return x.ID == id })
			n.Name, n.Basis = def.Sentence(lang, "notice."+id+".lead"), def.Notices[i].Basis
		case "fee":
			n.Name, n.Was, n.Is = def.Sentence(lang, "fee."+id+".name"), priceShown(was, id, lang), priceShown(is, id, lang)
			n.Basis = []string{def.Tariffs[id].Basis}
		case "figure":
			p, _ := book.Parameter(id)
			n.Name, n.Was, n.Is = p.Meaning[lang], figureShown(was, id, lang), figureShown(is, id, lang)
			r, _ := p.On(def.Day)
			n.Basis = []string{r.Basis}
		default:
			continue
		}
		news = append(news, n)
	}
	return news
}

// priceShown gives what an act costs a grown person, empty when the price of the day is not known.
func priceShown(def *form.Definition, code, lang string) string {
	t, ok := def.Tariffs[code]
	if !ok {
		return ""
	}
	return form.DisplayMoney(t.Adult, lang)
}

// figureShown gives a figure of the day as people read it, empty when it has no value.
func figureShown(def *form.Definition, name, lang string) string {
	v, ok := def.Parameters[name]
	if !ok {
		return ""
	}
	return form.DisplayFigure(v, lang)
}
