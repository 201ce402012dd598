package law

import (
	"regexp"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/strict"
)

// Lint finds what is well-formed and still wrong: overlaps, gaps, intervals that end before they begin, and records
// without basis, source or day of checking, or whose basis cites a law that is not registered. It is empty for good data.
func (b *Book) Lint() strict.Problems {
	var wrong strict.Problems
	names := regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	codes := regexp.MustCompile(`^F[0-9]{2}[a-z]?$`)
	for i, p := range b.parameters {
		l := linter{ParametersFile, p.Name, &wrong}
		if !names.MatchString(p.Name) {
			l.say(p.line, "a name has small letters, digits and _")
		}
		if i > 0 && b.parameters[i-1].Name == p.Name {
			l.say(p.line, "is there twice")
		}
		if p.Unit == "" && p.Type != Text {
			l.say(p.line, "unit is missing")
		}
		l.meaning(p.line, p.Meaning)
		spans := make([]Span, len(p.Records))
		lines := make([]int, len(p.Records))
		for j, r := range p.Records {
			spans[j], lines[j] = r.Span, r.line
			b.basis(l, r.line, r.Basis)
			l.origin(r.line, r.Source, r.Checked, r.Confirmed)
		}
		l.spans(p.line, spans, lines)
	}
	for i, f := range b.fees {
		l := linter{FeesFile, f.Code, &wrong}
		if !codes.MatchString(f.Code) {
			l.say(f.line, "a code is F and two digits, with a letter if need be")
		}
		if i > 0 && b.fees[i-1].Code == f.Code {
			l.say(f.line, "is there twice")
		}
		l.meaning(f.line, f.Meaning)
		spans := make([]Span, len(f.Tariffs))
		lines := make([]int, len(f.Tariffs))
		for j, t := range f.Tariffs {
			spans[j], lines[j] = t.Span, t.line
			b.basis(l, t.line, t.Basis)
			l.origin(t.line, t.Source, t.Checked, t.Confirmed)
		}
		l.spans(f.line, spans, lines)
	}
	b.lintLaws(&wrong)
	return wrong
}

func (b *Book) basis(l linter, line int, basis string) {
	if basis == "" {
		l.say(line, "basis is missing")
	} else if _, err := b.Cited(basis); err != nil {
		l.say(line, "basis %q %v", basis, err)
	}
}

type linter struct {
	file, name string
	wrong      *strict.Problems
}

func (l linter) say(line int, format string, args ...any) {
	l.wrong.Add(l.file, line, l.name+": "+format, args...)
}

func (l linter) meaning(line int, m map[string]string) {
	for _, lang := range []string{"de", "en"} {
		if m[lang] == "" {
			l.say(line, "meaning.%s is missing", lang)
		}
	}
}

func (l linter) origin(line int, source string, checked civil.Day, confirmed bool) {
	if source == "" {
		l.say(line, "source is missing")
	}
	if checked.IsZero() && confirmed { // what nobody could confirm needs no day of confirmation
		l.say(line, "checked is missing")
	}
}

// spans are sorted by their first day.
func (l linter) spans(line int, spans []Span, lines []int) {
	if len(spans) == 0 {
		l.say(line, "has no values")
	}
	for i, s := range spans {
		if s.From.IsZero() {
			l.say(lines[i], "from is missing")
		}
		if !s.Until.IsZero() && s.Until < s.From {
			l.say(lines[i], "ends on %v, before it begins on %v", s.Until, s.From)
		}
		if i == 0 {
			continue
		}
		switch before := spans[i-1]; {
		case before.Until.IsZero() || before.Until >= s.From:
			l.say(lines[i], "overlaps with the value before, from %v", s.From)
		case before.Until.AddDays(1) != s.From:
			l.say(lines[i], "gap between %v and %v", before.Until, s.From)
		}
	}
}
