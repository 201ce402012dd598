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
	Timeline    lawTimeline    `cmd:"" help:"A figure or fee through time."`
	Unconfirmed lawUnconfirmed `cmd:"" help:"Everything whose law is not confirmed: shown to nobody as fact."`
	Stale       lawStale       `cmd:"" help:"Figures that nobody has compared with their source for long."`
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
	Name string `arg:"" help:"Name of a figure, e.g. blue_card_normal, or code of a fee, e.g. F27."`
}

// Run prints one line per interval.
func (c *lawTimeline) Run(e *env) error {
	cat, err := e.catalog()
	if err != nil {
		return err
	}
	if p, ok := cat.Book().Parameter(c.Name); ok {
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
	f, ok := cat.Book().FeeByCode(c.Name)
	if !ok {
		var names []string
		for _, p := range cat.Book().Parameters() {
			names = append(names, p.Name)
		}
		for _, f := range cat.Book().Fees() {
			names = append(names, f.Code)
		}
		return fmt.Errorf("there is no figure or fee %q; there are %s", c.Name, strings.Join(names, ", "))
	}
	fmt.Fprintf(e.out, "%s: %s (adult / reduced)\n", f.Code, f.Meaning["de"])
	for _, t := range f.Tariffs {
		timelineRow(e, t.Span, law.FormatMoney(t.Adult)+" / "+law.FormatMoney(t.Minor), t.Basis, t.Source, t.Checked, t.Confirmed)
	}
	return nil
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

// Run lists figures, fees and parts of services.
func (c *lawUnconfirmed) Run(e *env) error {
	cat, err := e.catalog()
	if err != nil {
		return err
	}
	n := 0
	line := func(format string, args ...any) {
		n++
		fmt.Fprintf(e.out, format+"\n", args...)
	}
	for _, p := range cat.Book().Parameters() {
		for _, r := range p.Records {
			if !r.Confirmed {
				line("figure %s from %s (%s; %s)", p.Name, r.From, r.Basis, r.Source)
			}
		}
	}
	for _, f := range cat.Book().Fees() {
		for _, t := range f.Tariffs {
			if !t.Confirmed {
				line("fee %s from %s (%s; %s)", f.Code, t.From, t.Basis, t.Source)
			}
		}
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
					line("%s: %s (%s)", tag, key, strings.Join(d.Basis, "; "))
				}
			}
		}
	}
	fmt.Fprintf(e.out, "%d points are not confirmed\n", n)
	return nil
}

type lawStale struct {
	Days int    `default:"180" help:"How old a comparison may be."`
	On   string `help:"Compared with this day; today when absent."`
}

// Run lists values still in force on the day whose last comparison is older.
func (c *lawStale) Run(e *env) error {
	cat, err := e.catalog()
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
	check := func(what string, s law.Span, checked civil.Day, confirmed bool) {
		if confirmed && s.Has(day) && day.DaysSince(checked) > c.Days {
			n++
			fmt.Fprintf(e.out, "%s: compared %s, %d days ago\n", what, checked, day.DaysSince(checked))
		}
	}
	for _, p := range cat.Book().Parameters() {
		for _, r := range p.Records {
			check("figure "+p.Name, r.Span, r.Checked, r.Confirmed)
		}
	}
	for _, f := range cat.Book().Fees() {
		for _, t := range f.Tariffs {
			check("fee "+f.Code, t.Span, t.Checked, t.Confirmed)
		}
	}
	fmt.Fprintf(e.out, "%d values in force on %s are older than %d days\n", n, day, c.Days)
	return nil
}
