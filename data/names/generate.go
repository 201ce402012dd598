//go:build ignore

// generate writes countries.json and nationalities.json: which codes may be answered, their official keys, and their
// names in German and English. Run it in this directory:
//
//	go run generate.go -cldr <unpacked npm package cldr-localenames-full> -territory <folder of states.csv, nationalities.csv>
//
// Only keys and codes, which are facts, are taken from the official lists; all names are from CLDR.
package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"flag"
	"log"
	"os"
	"path/filepath"
	"slices"
)

type name struct {
	Code     string `json:"iso3"`
	Destatis string `json:"destatis"`
	DE       string `json:"de"`
	EN       string `json:"en"`
}

type file struct {
	Source  string `json:"source"`
	Licence string `json:"licence"`
	Names   []name `json:"names"`
}

func main() {
	cldr := flag.String("cldr", "", "unpacked package cldr-localenames-full")
	territory := flag.String("territory", "", "folder of the official lists")
	flag.Parse()
	g := generator{de: territories(*cldr, "de"), en: territories(*cldr, "en")}

	var countries, nationalities []name
	for _, r := range table(filepath.Join(*territory, "states.csv")) {
		countries = append(countries, g.name(r["iso3"], r["iso2"], r["destatis_key"]))
	}
	for _, r := range table(filepath.Join(*territory, "nationalities.csv")) {
		n, ok := g.nationality(r)
		if !ok {
			continue
		}
		nationalities = append(nationalities, n)
		if r["kind"] == "own-passport" || r["destatis_key"] == "459" { // people are born there too
			countries = append(countries, n)
		}
	}
	write("countries.json", countries)
	write("nationalities.json", nationalities)
}

type generator struct{ de, en map[string]string }

// nationality leaves out states that have ceased, and keys for internal use.
func (g generator) nationality(r map[string]string) (name, bool) {
	key := r["destatis_key"]
	switch {
	case r["kind"] == "state" || r["kind"] == "own-passport":
		return g.name(r["iso3"], r["cldr_territory"], key), true
	case key == "459":
		return g.name("PSE", "PS", key), true
	case key == "997":
		return name{"XXA", key, "staatenlos", "stateless"}, true
	case key == "998":
		return name{"XXX", key, "ungeklärt", "unclear"}, true
	}
	return name{}, false
}

func (g generator) name(iso3, cldr, key string) name {
	return name{iso3, key, pick(g.de, cldr), pick(g.en, cldr)}
}

// pick prefers the variant where CLDR's first choice is colloquial or too long.
func pick(names map[string]string, code string) string {
	variant := map[string]string{"CD": "-alt-variant", "CG": "-alt-variant", "HK": "-alt-short", "MO": "-alt-short"}
	if s := names[code+variant[code]]; s != "" {
		return s
	}
	if names[code] == "" {
		log.Fatalf("no name for %q", code)
	}
	return names[code]
}

func territories(dir, lang string) map[string]string {
	b, err := os.ReadFile(filepath.Join(dir, "main", lang, "territories.json"))
	if err != nil {
		log.Fatal(err)
	}
	var f struct {
		Main map[string]struct {
			LocaleDisplayNames struct {
				Territories map[string]string `json:"territories"`
			} `json:"localeDisplayNames"`
		} `json:"main"`
	}
	if err := json.Unmarshal(b, &f); err != nil {
		log.Fatal(err)
	}
	return f.Main[lang].LocaleDisplayNames.Territories
}

func table(path string) (rows []map[string]string) {
	b, err := os.ReadFile(path)
	if err != nil {
		log.Fatal(err)
	}
	records, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		log.Fatal(err)
	}
	for _, rec := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = rec[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func write(path string, names []name) {
	slices.SortFunc(names, func(a, b name) int { return cmp.Compare(a.Code, b.Code) })
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	f := file{"names: Unicode CLDR 48.2.0 (npm cldr-localenames-full); keys: Destatis staat and staatsangehoerigkeit, 2024-08-01", "Unicode-3.0", names}
	if err := enc.Encode(f); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		log.Fatal(err)
	}
}
