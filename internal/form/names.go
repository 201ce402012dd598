package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Name is one country or nationality.
type Name struct {
	Code     string `json:"iso3"`     // ISO 3166-1 alpha-3, or the passport codes XXA and XXX
	Destatis string `json:"destatis"` // three digits
	DE       string `json:"de"`
	EN       string `json:"en"`
}

// In gives the name in a language; German for those that have no names yet.
func (n Name) In(lang string) string {
	if lang == "en" {
		return n.EN
	}
	return n.DE
}

// Names knows the countries and nationalities that may be answered.
type Names struct {
	countries, nationalities []Name
	country, nationality     map[string]int
}

// ParseNames reads the two lists; each is a JSON object with source, licence and a list of names sorted by code.
func ParseNames(countries, nationalities []byte) (*Names, error) {
	n := &Names{}
	var err error
	if n.countries, n.country, err = parseNames(countries); err != nil {
		return nil, fmt.Errorf("form: countries: %w", err)
	}
	if n.nationalities, n.nationality, err = parseNames(nationalities); err != nil {
		return nil, fmt.Errorf("form: nationalities: %w", err)
	}
	return n, nil
}

func parseNames(b []byte) ([]Name, map[string]int, error) {
	var file struct {
		Source  string `json:"source"`
		Licence string `json:"licence"`
		Names   []Name `json:"names"`
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&file); err != nil {
		return nil, nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, nil, errors.New("something follows the list")
	}
	if file.Source == "" || file.Licence == "" || len(file.Names) == 0 || len(file.Names) > 1000 {
		return nil, nil, errors.New("source, licence or names are missing")
	}
	index := make(map[string]int, len(file.Names))
	for i, n := range file.Names {
		if !isCode(n.Code) || len(n.Destatis) != 3 || !isDigits(n.Destatis) || n.DE == "" || n.EN == "" {
			return nil, nil, fmt.Errorf("entry %d is not complete", i)
		}
		if i > 0 && file.Names[i-1].Code >= n.Code {
			return nil, nil, fmt.Errorf("%s is not in order", n.Code)
		}
		index[n.Code] = i
	}
	return file.Names, index, nil
}

func isCode(s string) bool {
	return len(s) == 3 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

func isDigits(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// Countries lists all countries by code.
func (n *Names) Countries() []Name { return slices.Clone(n.countries) }

// Nationalities lists all nationalities by code, with XXA (stateless) and XXX (unclear).
func (n *Names) Nationalities() []Name { return slices.Clone(n.nationalities) }

// Country gives the name of a country.
func (n *Names) Country(code, lang string) (string, bool) {
	if n == nil {
		return "", false
	}
	i, ok := n.country[code]
	if !ok {
		return "", false
	}
	return n.countries[i].In(lang), true
}

// Nationality gives the name of a nationality.
func (n *Names) Nationality(code, lang string) (string, bool) {
	if n == nil {
		return "", false
	}
	i, ok := n.nationality[code]
	if !ok {
		return "", false
	}
	return n.nationalities[i].In(lang), true
}

// Destatis gives the official key of a nationality or country; both lists share their keys.
func (n *Names) Destatis(code string) (string, bool) {
	if n == nil {
		return "", false
	}
	if i, ok := n.nationality[code]; ok {
		return n.nationalities[i].Destatis, true
	}
	if i, ok := n.country[code]; ok {
		return n.countries[i].Destatis, true
	}
	return "", false
}
