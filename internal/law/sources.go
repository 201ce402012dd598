package law

import (
	"cmp"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/strict"
)

// SourcesFile is the register of everything that is cited: acts, ordinances, decisions.
const SourcesFile = "sources.yaml"

// Law is something that entries cite.
type Law struct {
	Short    string    // as it is cited: AufenthG
	Name     string    // in full
	Kind     string    // one of Kinds
	Read     civil.Day // the last day whose consolidated text was read; zero when nobody knows
	Editions []Edition // in the order of days
	line     int
}

// Kinds of what is cited.
func Kinds() []string { return []string{"act", "ordinance", "eu_regulation", "eu_decision", "treaty"} }

// Edition is a law from the day on which a change of it is in force. Not Confirmed means that the day, or what it brings, rests
// on no text that was read.
type Edition struct {
	From      civil.Day
	Published civil.Day // in the gazette; zero when it is not known
	Source    string    // where to read it
	Checked   civil.Day // compared with the source
	Confirmed bool
	line      int
}

// On gives the edition in force on a day; false when none is known.
func (l Law) On(day civil.Day) (Edition, bool) {
	for _, e := range slices.Backward(l.Editions) {
		if e.From <= day {
			return e, true
		}
	}
	return Edition{}, false
}

// Began gives the edition that begins on just that day.
func (l Law) Began(day civil.Day) (Edition, bool) {
	e, ok := l.On(day)
	return e, ok && e.From == day
}

// Laws lists the register by abbreviation; it must not be changed.
func (b *Book) Laws() []Law { return b.laws }

// ErrUncited is the answer to a citation whose law is not in the register.
var ErrUncited = errors.New("names no law of law/" + SourcesFile + " at its end; write the abbreviation, as in § 18g Abs. 1 AufenthG, or register the law")

// Cited finds the laws of a citation in their order: "§ 24 Abs. 1 AufenthG, Art. 2 Abs. 4 Durchführungsbeschluss (EU) 2022/382". It
// ends with a law; what follows in brackets, or after a comma without a further paragraph, only explains.
func (b *Book) Cited(citation string) ([]Law, error) {
	var found []Law
	end := 0
	for at := range citation {
		if at < end {
			continue // inside of a longer abbreviation
		}
		if l, ok := b.at(citation, at); ok {
			end = at + len(l.Short)
			if !slices.ContainsFunc(found, func(x Law) bool { return x.Short == l.Short }) {
				found = append(found, l)
			}
		}
	}
	if rest := citation[end:]; len(found) == 0 || strings.ContainsAny(rest, "§") || strings.Contains(rest, "Art.") ||
		rest != "" && !strings.HasPrefix(rest, " (") && !strings.HasPrefix(rest, ", ") {
		return nil, ErrUncited
	}
	return found, nil
}

// at gives the law whose abbreviation, the longest one, stands as a word at a place.
func (b *Book) at(citation string, at int) (best Law, ok bool) {
	if before, _ := utf8.DecodeLastRuneInString(citation[:at]); isWord(before) {
		return Law{}, false
	}
	for _, l := range b.laws {
		rest, starts := strings.CutPrefix(citation[at:], l.Short)
		if after, _ := utf8.DecodeRuneInString(rest); starts && !isWord(after) && len(l.Short) > len(best.Short) {
			best, ok = l, true
		}
	}
	return best, ok
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) || r == '/' || r == '-'
}

type lawYAML struct {
	Law      string        `yaml:"law"`
	Name     string        `yaml:"name"`
	Kind     string        `yaml:"kind"`
	Read     civil.Day     `yaml:"read"`
	Editions []editionYAML `yaml:"editions"`
}

type editionYAML struct {
	From      civil.Day `yaml:"from"`
	Published civil.Day `yaml:"published"`
	Source    string    `yaml:"source"`
	Checked   civil.Day `yaml:"checked"`
	Certainty string    `yaml:"certainty"`
}

func (b *Book) readLaws(fsys fs.FS, wrong *strict.Problems) {
	var list []lawYAML
	line := decode(fsys, SourcesFile, &list, "editions", wrong)
	for i, y := range list {
		l := Law{Short: y.Law, Name: y.Name, Kind: y.Kind, Read: y.Read, line: line(i, -1)}
		for j, e := range y.Editions {
			x := Edition{From: e.From, Published: e.Published, Source: e.Source, Checked: e.Checked, line: line(i, j)}
			var err error
			if x.Confirmed, err = confirmed(e.Certainty); err != nil {
				wrong.Add(SourcesFile, x.line, "%s: %v", y.Law, err)
			}
			l.Editions = append(l.Editions, x)
		}
		slices.SortStableFunc(l.Editions, func(x, y Edition) int { return cmp.Compare(x.From, y.From) })
		b.laws = append(b.laws, l)
	}
	slices.SortStableFunc(b.laws, func(x, y Law) int { return strings.Compare(x.Short, y.Short) })
}

func (b *Book) lintLaws(wrong *strict.Problems) {
	for i, l := range b.laws {
		say := linter{SourcesFile, l.Short, wrong}.say
		if l.Short == "" || l.Name == "" {
			say(l.line, "law (as it is cited) or name (in full) is missing")
		}
		if i > 0 && b.laws[i-1].Short == l.Short {
			say(l.line, "is there twice")
		}
		if !slices.Contains(Kinds(), l.Kind) {
			say(l.line, "kind %q is none of %s", l.Kind, strings.Join(Kinds(), ", "))
		}
		for j, e := range l.Editions {
			switch {
			case e.From.IsZero():
				say(e.line, "from is missing: since when does this edition hold?")
			case j > 0 && l.Editions[j-1].From == e.From:
				say(e.line, "two editions begin on %v", e.From)
			case e.Published > e.From && e.Confirmed:
				say(e.line, "is published on %v, after it begins on %v; write it unconfirmed, or mend the days", e.Published, e.From)
			}
			linter{SourcesFile, l.Short, wrong}.origin(e.line, e.Source, e.Checked, e.Confirmed)
		}
	}
}

// Source is where something can be read: an edition of a law, or what an entry says itself. What is not known is absent.
type Source struct {
	Law       string    `json:"law,omitempty"`
	Name      string    `json:"name,omitempty"`
	From      civil.Day `json:"from,omitzero"`
	Published civil.Day `json:"published,omitzero"`
	Source    string    `json:"source,omitempty"`
	Checked   civil.Day `json:"checked,omitzero"`
	Read      civil.Day `json:"read,omitzero"` // the last day whose text was read
	Certainty string    `json:"certainty"`
}

// Certainty is the word for it.
func Certainty(confirmed bool) string {
	if confirmed {
		return "confirmed"
	}
	return "unconfirmed"
}

// Sources gives the editions, in force on the day, of the laws that citations name, each once and in their order. A law without
// a known edition is unconfirmed.
func (b *Book) Sources(citations []string, day civil.Day) []Source {
	list := []Source{}
	for _, citation := range citations {
		laws, _ := b.Cited(citation) // Lint has told
		for _, l := range laws {
			if slices.ContainsFunc(list, func(s Source) bool { return s.Law == l.Short }) {
				continue
			}
			e, ok := l.On(day)
			list = append(list, Source{l.Short, l.Name, e.From, e.Published, e.Source, e.Checked, l.Read, Certainty(ok && e.Confirmed)})
		}
	}
	return list
}
