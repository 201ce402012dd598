//go:build ignore

// Records what the tests of the component need from this side: the definition view in both languages, and what the
// server makes of random answers to it. Run it after the service changed: go run ./web/record.go
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"

	"aufenthalt/data"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
)

const (
	tag   = "at-erwerbstaetigkeit"
	cases = 40
)

var day = civil.MustParse("2026-11-24")

// vector is one set of answers with what follows from it.
type vector struct {
	Answers  json.RawMessage `json:"answers"`
	Pages    []string        `json:"pages"`
	Fields   []string        `json:"fields"`
	Evidence []string        `json:"evidence"`
	Notices  []string        `json:"notices"`
	Checks   []string        `json:"checks"`
	Fees     [][2]string     `json:"fees"`
	Problems []problem       `json:"problems"`
}

type problem struct {
	Field string            `json:"field"`
	Key   string            `json:"key"`
	Args  map[string]string `json:"args,omitempty"`
}

func main() {
	var source fs.FS = data.FS
	if len(os.Args) > 1 { // another folder with data
		source = os.DirFS(os.Args[1])
	}
	c, err := catalog.Load(source)
	if err != nil {
		log.Fatal(err)
	}
	doc, _ := c.Service(tag)
	def, err := doc.On(day)
	if err != nil {
		log.Fatal(err)
	}
	authority := catalog.Authority{AGS: "12099001", Name: "Landkreis Musterland", Address: []string{"Musterstraße 1", "00000 Musterstadt"},
		Phone: "0000 000-0", Email: "abh@musterland.example", PrivacyURL: "https://musterland.example/datenschutz"}
	for _, lang := range doc.Languages() {
		view, err := catalog.View(doc, def, lang, authority, catalog.Environment{Name: "PRE", DocumentBytes: 10_000_000, TotalBytes: 20_000_000, Documents: 30})
		if err != nil {
			log.Fatal(err)
		}
		write("view."+lang+".json", whole(view, c.Words(lang)))
	}
	random := rand.New(rand.NewPCG(1, 2))
	var out []byte
	for i := range cases {
		line, err := json.Marshal(record(def, random))
		if err != nil {
			log.Fatal(err)
		}
		out = append(out, "[,"[min(i, 1)], '\n')
		out = append(out, line...)
	}
	write("form-vectors.json", append(out, "\n]\n"...))
}

// whole is the view with the shared words, as the component puts them together.
func whole(view, words []byte) []byte {
	var v map[string]any
	var w catalog.Words
	if err := errors.Join(json.Unmarshal(view, &v), json.Unmarshal(words, &w)); err != nil {
		log.Fatal(err)
	}
	texts := v["texts"].(map[string]any)
	for key, text := range w.Texts {
		if _, own := texts[key]; !own {
			texts[key] = text
		}
	}
	v["countries"], v["nationalities"] = w.Countries, w.Nationalities
	raw, err := json.Marshal(v)
	if err != nil {
		log.Fatal(err)
	}
	return raw
}

func write(name string, content []byte) {
	if err := os.WriteFile(filepath.Join("web", "test", name), content, 0o644); err != nil {
		log.Fatal(err)
	}
}

func record(def *form.Definition, random *rand.Rand) vector {
	given := map[string]any{}
	for _, f := range def.Fields() {
		if random.IntN(4) > 0 {
			given[f.ID] = answer(f, random)
		}
	}
	raw, _ := json.Marshal(given)
	answers, wrong := form.Parse(def, raw)
	if len(wrong) > 0 {
		log.Fatal(fmt.Errorf("record: %w", wrong))
	}
	clocks := form.Clocks{Submitted: day, FormOpened: day}
	s := def.Evaluate(answers, clocks)
	v := vector{Answers: answers.JSON(), Pages: s.Pages, Fields: s.Fields, Evidence: []string{}, Notices: []string{}, Checks: []string{}, Fees: [][2]string{}, Problems: []problem{}}
	for _, e := range s.Evidence {
		v.Evidence = append(v.Evidence, e.ID)
	}
	for _, n := range s.Notices {
		v.Notices = append(v.Notices, n.ID)
	}
	for _, c := range s.Checks {
		v.Checks = append(v.Checks, c.ID)
	}
	for _, f := range s.Fees {
		v.Fees = append(v.Fees, [2]string{f.Code, fmt.Sprintf("%d.%02d", f.Amount/100, f.Amount%100)})
	}
	for _, e := range def.Validate(answers, clocks) {
		v.Problems = append(v.Problems, problem{e.Field, e.Key, e.Args})
	}
	return v
}

func answer(f form.Field, random *rand.Rand) any {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	country := func() string { return pick("IND", "SYR", "DEU", "FRA", "TUR", "CHE", "USA", "XXA", "QQQ") }
	option := func() string {
		if random.IntN(20) == 0 || len(f.Options) == 0 {
			return "elsewhere"
		}
		return f.Options[random.IntN(len(f.Options))].Value
	}
	switch f.Type {
	case form.Choice:
		return option()
	case form.Choices:
		return []string{option(), option()}
	case form.Country, form.Nationality:
		return country()
	case form.Nationalities:
		return []string{country(), country()}[:1+random.IntN(2)]
	case form.Date:
		return pick("1992-08-14", "2026-11-24", "2026-11-25", "2027-02-28", "2027-06-01", "2026-02-30", "26-1-1", "1899-12-31", "2024-02-29")
	case form.PartialDate:
		return pick("1992", "1992-08", "1992-08-14", "2027", "1992-13", "2023-02-29", "x")
	case form.Money:
		return pick("4650.00", "4224.99", "4225.00", "20000.00", "0.00", "3000.50", "12,5", "9999999.00", "01.00")
	case form.Int:
		return []int{-1, 0, 1, 40, 48, 49, 81, 9999, 10000}[random.IntN(9)]
	case form.Decimal:
		return pick("38.5", "0", "61.75", "0.0001", "-1", "38.50", "38,5", "81")
	case form.Bool:
		return random.IntN(2) == 0
	case form.Email:
		return pick("amina@muster.example", "a@b", "a b@muster.example", "ü@muster.example", "a@-b.de", " amina@muster.example ")
	case form.Phone:
		return pick("+49 30 123456", "1234", "0331/12 34-56", "12a34567", "(030) 12345")
	case form.Postcode:
		return pick("14467", "1446", "1446a")
	}
	return pick("Muster", "Świętosław", "Ω", "x\u0323", "K\u0315", "zwei\nZeilen", "  ", "„Zitat“", "Nguyễn", "\u200bLeer", "😀", "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz")
}
