package rule

import (
	"slices"
	"strings"
)

// pattern is a form of texts that has a name. There is no expression language for forms: two regexp engines do not
// agree with each other, and a name tells the reader of a rule what is meant.
type pattern struct {
	name     string
	of       string                 // the characters that may be there, all of ASCII
	min, max int                    // how many
	never    string                 // what it does not begin with; may be empty
	check    func(text string) bool // of a text that is right so far; may be nil
	example  string
}

const (
	digits        = "0123456789"
	latinCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// patterns are all of them, sorted by name; it is never written to. The TypeScript evaluator has the same table.
var patterns = [...]pattern{
	{"azr_number", digits, 12, 12, "", nil, "990101123456"},
	{"betriebsnummer", digits, 8, 8, "", betriebsnummer, "09912342"},
	{"digits", digits, 1, maxText, "", nil, "12345"},
	{"latin_capitals_digits", latinCapitals + digits, 1, maxText, "", nil, "C01X0006H"},
	{"postcode_de", digits, 5, 5, "00", nil, "01067"},
	{"year", digits, 4, 4, "0000", nil, "1992"},
}

func patternNamed(name string) (pattern, bool) {
	i := slices.IndexFunc(patterns[:], func(p pattern) bool { return p.name == name })
	if i < 0 {
		return pattern{}, false
	}
	return patterns[i], true
}

func isPattern(name string) bool {
	_, ok := patternNamed(name)
	return ok
}

func patternNames() string {
	var names []string
	for _, p := range patterns {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// fits tells whether the whole text has the form.
func (p pattern) fits(text string) bool {
	if len(text) < p.min || len(text) > p.max || p.never != "" && strings.HasPrefix(text, p.never) {
		return false
	}
	for i := range len(text) {
		if strings.IndexByte(p.of, text[i]) < 0 {
			return false
		}
	}
	return p.check == nil || p.check(text)
}

// betriebsnummer checks the last of eight digits as the common circular on the reports to social insurance says (of
// 29 June 2016, no. 1.3.2.2): the first seven are weighted 1, 2, 1, …, the digits of the products are added, and the
// remainder by ten is the check digit. The check digit plus five, without its tens, is valid as well.
func betriebsnummer(text string) bool {
	sum := 0
	for i := range 7 {
		product := int(text[i]-'0') * (1 + i%2)
		sum += product/10 + product%10
	}
	last := int(text[7] - '0')
	return last == sum%10 || last == (sum+5)%10
}
