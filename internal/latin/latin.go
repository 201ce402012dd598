// Package latin brings text to DIN 91379: the Latin letters, sequences and signs that German registers can process.
package latin

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Problem is a character that cannot be processed.
type Problem struct {
	Text   string // the character, or the letter with its marks
	Offset int    // in bytes of the text that was checked
}

// Table answers which text is allowed. Make one with New and share it.
type Table struct {
	text, name map[rune]bool
	after      map[string]bool // every allowed sequence and its beginnings
	whole      map[string]bool // every allowed sequence
}

// New builds the table, some hundred entries.
func New() *Table {
	t := &Table{text: map[rune]bool{}, name: map[rune]bool{}, after: map[string]bool{}, whole: map[string]bool{}}
	for _, r := range letters {
		t.text[r] = true
	}
	for _, r := range nameLetters {
		t.name[r] = true
	}
	for _, s := range sequences {
		t.whole[s] = true
		for i := range s {
			if i > 0 {
				t.after[s[:i]] = true
			}
		}
		t.after[s] = true
	}
	return t
}

// Check tells what of a text lies outside data type C.
func (t *Table) Check(s string) []Problem { return t.scan(s, t.text) }

// CheckName tells what of a name lies outside data type A (no digits, slashes, brackets). Outside A but inside C is a
// reason to ask back, not to refuse.
func (t *Table) CheckName(s string) []Problem { return t.scan(s, t.name) }

func (t *Table) scan(s string, single map[rune]bool) (wrong []Problem) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf && (i+1 == len(s) || s[i+1] < utf8.RuneSelf) { // the usual case
			if !single[rune(c)] {
				wrong = append(wrong, Problem{s[i : i+1], i})
			}
			i++
			continue
		}
		n, ok := t.next(s[i:], single)
		if !ok {
			wrong = append(wrong, Problem{s[i : i+n], i})
		}
		i += n
	}
	return wrong
}

// next measures one letter with all its marks and judges it.
func (t *Table) next(s string, single map[rune]bool) (length int, ok bool) {
	best, bestOK := 0, false
	end := 0
	for end < len(s) {
		_, n := utf8.DecodeRuneInString(s[end:])
		if end > 0 && !t.after[s[:end+n]] {
			break
		}
		end += n
		if t.whole[s[:end]] {
			best, bestOK = end, true
		}
	}
	if bestOK {
		return best, true
	}
	r, n := utf8.DecodeRuneInString(s)
	return n, single[r] && !(r == utf8.RuneError && n == 1)
}

// replaced are typographic signs that people get from telephones and word processors (XAusländer refuses them).
var replaced = strings.NewReplacer(
	"\r\n", "\n",
	"\u2010", "-", "\u2011", "-", "\u2012", "-", "\u2013", "-", "\u2014", "-", "\u2212", "-", "\u2022", "-",
	"\u201c", `"`, "\u201d", `"`, "\u201e", `"`, "\u2018", "'", "\u201a", "'", "\u02bc", "\u2019", "\u02bb", "\u02bf",
	"\u2026", "...", "\ufb01", "fi", "\ufb02", "fl", "\u017f", "s",
	"\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u200e", "", "\u200f", "", "\u202a", "", "\u202b", "", "\u202c", "", "\u202d", "", "\u202e", "",
	"\u2066", "", "\u2067", "", "\u2068", "", "\u2069", "", "\ufeff", "",
	"\u2007", " ", "\u2009", " ", "\u200a", " ", "\u202f", " ", "\u2002", " ", "\u2003", " ", "\u2005", " ", "\u2006", " ",
)

// Clean brings a text to NFC, replaces typographic signs and drops invisible ones; what cannot be processed stays and
// is told. Names must be shown to the person when Clean changed them.
func (t *Table) Clean(s string) (string, []Problem) {
	if !utf8.ValidString(s) {
		return s, []Problem{{Text: "\ufffd"}}
	}
	// Replacing can bring letter and mark together, so NFC comes last; it never makes a sign that would be replaced.
	s = norm.NFC.String(replaced.Replace(norm.NFC.String(s)))
	return s, t.Check(s)
}
