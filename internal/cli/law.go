package cli

import (
	"fmt"
	"strings"
	"time"

	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/law"
)

type lawCommand struct {
	dataFolder

	Lint        lawLint        `cmd:"" help:"Tell every mistake in the figures and services, with file and line."`
	Timeline    lawTimeline    `cmd:"" help:"A figure, fee or law through time."`
	Unconfirmed lawUnconfirmed `cmd:"" help:"Everything whose law is not confirmed: shown to nobody as fact. And editions of laws that nobody knows."`
	Stale       lawStale       `cmd:"" help:"Figures and laws that nobody has compared with their source for long."`
}

type lawLint struct{}

// Run prints the findings; one is an error.
func (c *lawLint) Run(e *env) error {
	found := catalog.Lint(e.data)
	for _, f := range found {
		fmt.Fprintln(e.out, f)
	}
	if len(found) > 0 {
		return fmt.Errorf("%d mistakes", len(found))
	}
	fmt.Fprintln(e.out, "no mistakes")
	return nil
}

type lawTimeline struct {
	Name string `arg:"" help:"Name of a figure, e.g. blue_card_normal, code of a fee, e.g. F27, or abbreviation of a law."`
}

// Run prints one line per interval or edition.
func (c *lawTimeline) Run(e *env) error {
	cat, err := e.catalog()
	if err != nil {
		return err
	}
	book := cat.Book()
	if p, ok := book.Parameter(c.Name); ok {
		fmt.Fprintf(e.out, "%s: %s (%s)\n", p.Name, p.Meaning["de"], p.Unit)
		for _, r := range p.Records {
			value := "no value"
			if r.Value.Type != "" {
				value = r.Value.String()
			}
			timelineRow(e, r.Span, value, r.Basis, r.Source, r.Checked, r.Confirmed)
		}
		return nil
	}
	if f, ok := book.FeeByCode(c.Name); ok {
		fmt.Fprintf(e.out, "%s: %s (adult / reduced)\n", f.Code, f.Meaning["de"])
		for _, t := range f.Tariffs {
			timelineRow(e, t.Span, law.FormatMoney(t.Adult)+" / "+law.FormatMoney(t.Minor), t.Basis, t.Source, t.Checked, t.Confirmed)
		}
		return nil
	}
	for _, l := range book.Laws() {
		if l.Short == c.Name {
			lawEditions(e, l)
			return nil
		}
	}
	return fmt.Errorf("there is no figure, fee or law %q; there are %s", c.Name, strings.Join(names(book), ", "))
}

func lawEditions(e *env, l law.Law) {
	fmt.Fprintf(e.out, "%s: %s\n", l.Short, l.Name)
	for _, x := range l.Editions {
		fmt.Fprintln(e.out, x.From, edition(law.Source{Source: x.Source, Published: x.Published, Checked: x.Checked, Certainty: law.Certainty(x.Confirmed)}))
	}
	if !l.Read.IsZero() {
		fmt.Fprintf(e.out, "text read until %s\n", l.Read)
	}
}

// names lists everything that has a timeline.
func names(b *law.Book) (list []string) {
	for _, p := range b.Parameters() {
		list = append(list, p.Name)
	}
	for _, f := range b.Fees() {
		list = append(list, f.Code)
	}
	for _, l := range b.Laws() {
		list = append(list, l.Short)
	}
	return list
}

func timelineRow(e *env, s law.Span, value, basis, source string, checked civil.Day, confirmed bool) {
	until := "          "
	if !s.Until.IsZero() {
		until = s.Until.String()
	}
	certainty := "confirmed"
	if !confirmed {
		certainty = "unconfirmed"
	}
	day := "-"
	if !checked.IsZero() {
		day = checked.String()
	}
	fmt.Fprintf(e.out, "%s  %s  %18s  %-11s  %s; %s; compared %s\n", s.From, until, value, certainty, basis, source, day)
}

type lawUnconfirmed struct{}

// Run lists figures, fees, parts of services, and what is not known about the editions of laws.
func (c *lawUnconfirmed) Run(e *env) error {
	cat, err := e.authored()
	if err != nil {
		return err
	}
	lines := append(unconfirmedFigures(cat.Book()), unconfirmedEditions(cat.Book())...)
	for _, u := range cat.UnknownEditions() {
		lines = append(lines, fmt.Sprintf("law %s: no edition begins on %s; what does is %s", u.Law, u.From, several(u.Entries)))
	}
	for _, tag := range cat.Definitions() {
		doc, _ := cat.Service(tag)
		seen := map[string]bool{}
		for _, day := range catalog.CheckDays(doc) {
			def, err := doc.On(day)
			if err != nil {
				return err
			}
			for _, d := range def.Doubts {
				if key := d.Kind + " " + d.ID; !seen[key] {
					seen[key] = true
					lines = append(lines, fmt.Sprintf("%s: %s (%s)", tag, key, strings.Join(d.Basis, "; ")))
				}
			}
		}
	}
	for _, line := range lines {
		fmt.Fprintln(e.out, line)
	}
	fmt.Fprintf(e.out, "%d points are not confirmed\n", len(lines))
	return nil
}

// several names the first of a list and counts the others.
func several(list []string) string {
	if len(list) == 1 {
		return list[0]
	}
	return fmt.Sprintf("%s and %d more", list[0], len(list)-1)
}

func unconfirmedFigures(b *law.Book) (lines []string) {
	for _, p := range b.Parameters() {
		for _, r := range p.Records {
			if !r.Confirmed {
				lines = append(lines, fmt.Sprintf("figure %s from %s (%s; %s)", p.Name, r.From, r.Basis, r.Source))
			}
		}
	}
	for _, f := range b.Fees() {
		for _, t := range f.Tariffs {
			if !t.Confirmed {
				lines = append(lines, fmt.Sprintf("fee %s from %s (%s; %s)", f.Code, t.From, t.Basis, t.Source))
			}
		}
	}
	return lines
}

func unconfirmedEditions(b *law.Book) (lines []string) {
	for _, l := range b.Laws() {
		if len(l.Editions) == 0 {
			lines = append(lines, "law "+l.Short+": no edition is known")
		}
		for _, x := range l.Editions {
			if !x.Confirmed {
				lines = append(lines, fmt.Sprintf("law %s from %s (%s)", l.Short, x.From, x.Source))
			}
		}
		if !l.Read.IsZero() {
			lines = append(lines, fmt.Sprintf("law %s: text after %s was not read", l.Short, l.Read))
		}
	}
	return lines
}

type lawStale struct {
	Days int    `default:"180" help:"How old a comparison may be."`
	On   string `help:"Compared with this day; today when absent."`
}

// Run lists values and editions in force on the day, and entries with a source of their own, whose last comparison is older.
func (c *lawStale) Run(e *env) error {
	cat, err := e.authored()
	if err != nil {
		return err
	}
	day := civil.Today(time.Now())
	if c.On != "" {
		if day, err = dayOrToday(c.On); err != nil {
			return err
		}
	}
	n := 0
	check := func(what string, checked civil.Day, confirmed bool) {
		if confirmed && !checked.IsZero() && day.DaysSince(checked) > c.Days {
			n++
			fmt.Fprintf(e.out, "%s: compared %s, %d days ago\n", what, checked, day.DaysSince(checked))
		}
	}
	for _, p := range cat.Book().Parameters() {
		if r, ok := p.On(day); ok {
			check("figure "+p.Name, r.Checked, r.Confirmed)
		}
	}
	for _, f := range cat.Book().Fees() {
		if t, ok := f.On(day); ok {
			check("fee "+f.Code, t.Checked, t.Confirmed)
		}
	}
	for _, l := range cat.Book().Laws() {
		if x, ok := l.On(day); ok {
			check("law "+l.Short, x.Checked, true)
		}
	}
	for _, tag := range cat.Definitions() {
		doc, _ := cat.Service(tag)
		for _, p := range cat.Provenance(doc, day) {
			for _, s := range p.Sources {
				if s.Law == "" && p.Kind != "figure" && p.Kind != "fee" { // those are told once for all services
					check(tag+": "+p.Kind+" "+p.ID, s.Checked, true)
				}
			}
		}
	}
	fmt.Fprintf(e.out, "%d values and laws in force on %s are older than %d days\n", n, day, c.Days)
	return nil
}
