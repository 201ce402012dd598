package cli

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"aufenthalt/internal/assess"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/form"
)

type wegweiserCommand struct {
	dataFolder

	On       string `help:"Day of the law, as 2026-11-24; today when absent."`
	Facts    string `help:"YAML or JSON file: {question: answer}. Without it the questions are asked here. See 'service fields --service aufenthalt-wegweiser'."`
	JSON     bool   `help:"As JSON, with the trace of every way."`
	Language string `default:"de" enum:"de,en" help:"de or en."`
}

// Run leads from facts to services.
func (c *wegweiserCommand) Run(e *env) error {
	cat, def, err := which{catalog.RouterTag, c.On}.find(e)
	if err != nil {
		return err
	}
	var answers form.Answers
	if c.Facts == "" {
		answers, err = interview{def, c.Language, bufio.NewScanner(e.in), e.errOut}.run()
	} else {
		answers, err = readFacts(def, c.Facts)
	}
	if err != nil {
		return err
	}
	g := assess.Guide(cat, def, answers, c.Language)
	if c.JSON {
		return printJSON(e.out, g)
	}
	printGuidance(e.out, g)
	return nil
}

func readFacts(def *form.Definition, file string) (form.Answers, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	answers, err := catalog.ReadAnswers(def, raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return answers, nil
}

func printGuidance(w io.Writer, g assess.Guidance) {
	fmt.Fprintf(w, "Law of %s. An aid, not a decision.\n", g.On)
	for _, x := range g.Ways {
		fmt.Fprintf(w, "\n%s\n  %s (%s)\n  %s (%s)\n", x.Name, x.Title, x.Service, x.Why, strings.Join(x.Citation, "; "))
		for _, id := range slices.Sorted(maps.Keys(x.Answers)) {
			fmt.Fprintf(w, "    %s: %s\n", id, x.Answers[id])
		}
		if len(x.Carried) > 0 {
			fmt.Fprintf(w, "    as answered here: %s\n", strings.Join(x.Carried, ", "))
		}
	}
	for _, n := range g.Notices {
		fmt.Fprintf(w, "\n%s: %s (%s)\n", n.Kind, n.Text, strings.Join(n.Citation, "; "))
	}
	for _, m := range g.Errors {
		fmt.Fprintf(w, "\nfact %s: %s\n", m.Field, m.Text)
	}
	if len(g.Ask) > 0 {
		fmt.Fprintf(w, "\nstill open: %s\n", strings.Join(g.Ask, ", "))
	}
}

// interview asks the questions one after the other on a terminal.
type interview struct {
	def  *form.Definition
	lang string
	in   *bufio.Scanner
	out  io.Writer
}

// run asks until no question is open, or the input ends. An empty line leaves a question out.
func (v interview) run() (form.Answers, error) {
	given, asked := map[string]any{}, map[string]bool{}
	for {
		answers, err := form.AnswersOf(v.def, given)
		if err != nil {
			return nil, err
		}
		s := v.def.Evaluate(answers, form.Clocks{Submitted: v.def.Day, FormOpened: v.def.Day})
		i := slices.IndexFunc(s.Fields, func(id string) bool { return !asked[id] })
		if i < 0 {
			return answers, nil
		}
		f, _ := v.def.Field(s.Fields[i])
		value, ok := v.ask(f, s)
		if !ok {
			return answers, v.in.Err()
		}
		asked[f.ID] = true
		if value != nil {
			given[f.ID] = value
		}
	}
}

// ask repeats a question until the line is an answer; it gives nothing for an empty line, and false when the input ends.
func (v interview) ask(f *form.Field, s *form.State) (any, bool) {
	fmt.Fprintf(v.out, "\n%s\n", v.def.Label(f.ID, v.lang))
	options := slices.DeleteFunc(slices.Clone(f.Options), func(o form.Option) bool { return !s.OptionShown(o) })
	for i, o := range options {
		fmt.Fprintf(v.out, "  %2d  %s\n", i+1, v.def.Text(v.lang, "option."+f.ID+"."+o.Value))
	}
	for {
		fmt.Fprintf(v.out, "%s> ", expected(f, len(options)))
		if !v.in.Scan() {
			return nil, false
		}
		line := strings.TrimSpace(v.in.Text())
		if line == "" {
			return nil, true
		}
		if value, ok := typedAnswer(f, options, line); ok {
			return value, true
		}
	}
}

func expected(f *form.Field, options int) string {
	switch f.Type {
	case form.Choice:
		return "1-" + strconv.Itoa(options)
	case form.Bool:
		return "j/n (y/n)"
	case form.Nationalities:
		return "TUR, SYR ..."
	case form.Money:
		return "45000.00"
	}
	return "2026-11-24"
}

// typedAnswer reads a line as the answer to a question of the router, which has choices, yes or no, nationalities, amounts and days.
func typedAnswer(f *form.Field, options []form.Option, line string) (any, bool) {
	switch f.Type {
	case form.Choice:
		n, err := strconv.Atoi(line)
		if err != nil || n < 1 || n > len(options) {
			return nil, false
		}
		return options[n-1].Value, true
	case form.Bool:
		i := strings.Index("jynJYN", line[:1])
		return i%3 < 2, i >= 0
	case form.Nationalities:
		return strings.FieldsFunc(strings.ToUpper(line), func(r rune) bool { return r == ',' || r == ' ' }), true
	}
	return line, true
}
