package form

import (
	"strconv"
	"strings"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Display gives what a person reads: the label of an option, a date, an amount, the name of a country. Languages without
// names or formats of their own read German. An answer of an unknown field is shown as written.
func (d *Definition) Display(field string, a Answer, lang string) string {
	if a.typ.Rule() == rule.List {
		parts := make([]string, len(a.list))
		for i, s := range a.list {
			parts[i] = d.displayCode(field, a.typ, s, lang)
		}
		return strings.Join(parts, ", ")
	}
	switch a.typ {
	case Choice, Country, Nationality:
		return d.displayCode(field, a.typ, a.text, lang)
	case Date, PartialDate:
		return displayDate(a.text, lang)
	case Money:
		return displayMoney(a.text, lang)
	case Int:
		return strconv.FormatInt(a.num, 10)
	case Decimal:
		return displayDecimal(a.text, lang)
	case Bool:
		return d.displayBool(a.flag, lang)
	}
	return a.text
}

func (d *Definition) displayCode(field string, t Type, code, lang string) string {
	name, ok := "", false
	switch t {
	case Country:
		name, ok = d.Names.Country(code, lang)
	case Nationality, Nationalities:
		name, ok = d.Names.Nationality(code, lang)
	default:
		name = d.Text(lang, "option."+field+"."+code)
		ok = name != ""
	}
	if !ok {
		return code
	}
	return name
}

func (d *Definition) displayBool(b bool, lang string) string {
	key, de, en := "ui.no", "nein", "no"
	if b {
		key, de, en = "ui.yes", "ja", "yes"
	}
	switch s := d.Text(lang, key); {
	case s != "":
		return s
	case lang == "en":
		return en
	}
	return de
}

func displayDate(s, lang string) string {
	p, err := civil.ParsePartial(s)
	if err != nil {
		return s
	}
	y, m, day := p.Earliest().Date()
	if lang == "en" {
		switch len(s) {
		case 10:
			return strconv.Itoa(day) + " " + m.String() + " " + strconv.Itoa(y)
		case 7:
			return m.String() + " " + strconv.Itoa(y)
		}
		return s
	}
	switch len(s) {
	case 10:
		return s[8:] + "." + s[5:7] + "." + s[:4]
	case 7:
		return s[5:7] + "." + s[:4]
	}
	return s
}

func displayMoney(s, lang string) string {
	cents, ok := law.ParseMoney(s)
	if !ok {
		return s
	}
	return DisplayMoney(cents, lang)
}

// DisplayMoney writes cents as "4.650,00 €" in German, "€4,650.00" in English.
func DisplayMoney(cents int64, lang string) string {
	point, group := ",", "."
	if lang == "en" {
		point, group = ".", ","
	}
	whole, rest, _ := strings.Cut(law.FormatMoney(cents), ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + group + whole[i:]
	}
	if lang == "en" {
		return "€" + whole + point + rest
	}
	return whole + point + rest + "\u00a0€"
}

// displayDecimal writes the decimal sign of the language: "38,5" in German, "38.5" in English.
func displayDecimal(s, lang string) string {
	if _, ok := rule.ParseDecimal(s); !ok || lang == "en" {
		return s
	}
	return strings.Replace(s, ".", ",", 1)
}

// DisplayFigure writes a figure of the law as people read it.
func DisplayFigure(v law.Value, lang string) string {
	if v.Type == law.Money {
		return DisplayMoney(v.Cents, lang)
	}
	return v.String()
}

// Sentence gives a text with the figures of the law that it names: {blue_card_normal} becomes the amount of the day. A
// figure without a confirmed value for the day leaves its placeholder.
func (d *Definition) Sentence(lang, key string) string {
	text := d.Text(lang, key)
	if !strings.Contains(text, "{") {
		return text
	}
	var pairs []string
	for name, v := range d.Parameters {
		shown := DisplayFigure(v, lang)
		pairs = append(pairs, "{"+name+"}", shown, "{p."+name+"}", shown)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}
