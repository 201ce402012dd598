package inbox

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"aufenthalt/internal/office"
)

// folded letters that do not come apart into a letter and marks.
var folded = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "ł", "l", "ı", "i", "þ", "th", "ŋ", "n", "ħ", "h", "ŧ", "t",
	"ə", "e", "ʼ", "", "’", "", "'", "", "-", " ", "ƶ", "z", "ǥ", "g", "ƙ", "k")

// umlauts as they are written where there is no key for them.
var umlauts = strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue")

// fold gives the form in which names are compared: small letters without marks.
func fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(folded.Replace(norm.NFC.String(strings.ToLower(s)))) {
		if !unicode.Is(unicode.Mn, r) {
			b.WriteRune(r)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// searchable puts together what a search may find: names with and without marks, umlauts also as ae, oe, ue, the number
// with and without dashes, the birth date both ways.
func searchable(number, name, birth string) string {
	small := norm.NFC.String(strings.ToLower(name))
	return strings.Join([]string{fold(name), fold(umlauts.Replace(small)), fold(number), fold(strings.ReplaceAll(number, "-", "")), fold(birth), office.German(birth)}, " | ")
}

// query is a search, taken apart: each word in the forms that it may have.
type query [][2]string

func newQuery(s string) query {
	var q query
	for _, w := range strings.Fields(strings.ReplaceAll(s, ",", " ")) {
		small := norm.NFC.String(strings.ToLower(w))
		q = append(q, [2]string{fold(small), fold(umlauts.Replace(small))})
	}
	return q
}

// finds tells whether every word occurs in one of its forms.
func (q query) finds(search string) bool {
	for _, w := range q {
		if !strings.Contains(search, w[0]) && !strings.Contains(search, w[1]) {
			return false
		}
	}
	return true
}
