package form

import (
	"log/slog"
	"slices"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// State is what follows from answers on the definition's day.
type State struct {
	Pages    []string // shown, in order
	Fields   []string // shown, in page order
	Facts    rule.Facts
	Evidence []Required // needed to submit first, then to decide, then helpful
	Notices  []Raised
	Checks   []Raised // contradictions
	Fees     []Due
	Bases    []Candidate
	Routes   []Route           // of the router, in order
	Filing   *Advice           // nil when nothing is known about it
	Codes    map[string]string // coded elements of the message that are known

	facts facts
}

// String hides the state, because facts are answers.
func (State) String() string { return "[redacted]" }

// GoString hides the state.
func (State) GoString() string { return "[redacted]" }

// LogValue hides the state.
func (State) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Required is a document that these answers call for.
type Required struct {
	ID, Level, Place string
	Min, Max         int
	Basis            []string
}

// Raised is a notice, or a check that failed.
type Raised struct {
	ID, Page, Field, Kind, Link string
	Basis                       []string
}

// Due is a fee. Without Known there is no confirmed price for the day.
type Due struct {
	Code   string
	Amount int64 // cents
	Known  bool
	Minor  bool
	Basis  string
}

// Candidate is a paragraph that comes into question.
type Candidate struct {
	ID, Paragraph, Nature string
	Conditions            []Finding
}

// Advice is when to file and what filing does; zero days are no limit, or one that is not known yet.
type Advice struct {
	ID, Effect       string
	Earliest, Latest civil.Day
	Basis            []string
}

// Finding is one condition with what the answers say about it; it is no decision.
type Finding struct {
	ID     string
	Status Status
	Basis  []string
}

// Status of a condition.
type Status string

// A condition is unknown while a question that it needs is unanswered, and left to discretion where no rule can tell.
const (
	Met        Status = "met"
	NotMet     Status = "not_met"
	Unknown    Status = "unknown"
	Discretion Status = "discretion"
)

// Shown tells whether a field is shown.
func (s *State) Shown(field string) bool { _, ok := s.facts.shown[field]; return ok }

// facts hold only answers of shown fields: what a person cannot see cannot count.
type facts struct {
	shown  map[string]rule.Value // unknown when unanswered
	params map[string]law.Value
	clocks Clocks
}

// String hides the facts; printed as a field of something else, they would show what is in them.
func (facts) String() string { return "[redacted]" }

// GoString hides the facts.
func (facts) GoString() string { return "[redacted]" }

func (f facts) Field(name string) rule.Value { return f.shown[name] }

func (f facts) Param(name string) rule.Value {
	switch v := f.params[name]; v.Type {
	case law.Money:
		return rule.OfMoney(v.Cents)
	case law.Int:
		return rule.OfInt(v.Int)
	case law.Text:
		return rule.OfText(v.Text)
	}
	return rule.Value{}
}

func (f facts) Clock(name string) rule.Value {
	var day civil.Day
	switch name {
	case "submitted":
		day = f.clocks.Submitted
	case "form_opened":
		day = f.clocks.FormOpened
	}
	return rule.OfDay(day)
}

// holds tells whether a rule lets something be: no rule does, and unknown counts as no.
func holds(t rule.Tree, f rule.Facts) bool { return t.IsZero() || rule.Eval(t, f).IsTrue() }

// Evaluate works out what follows from the answers. Fields are taken in page order and rules of visibility read only
// fields before them (the catalogue refuses others), so one pass reaches the fixed point.
func (d *Definition) Evaluate(a Answers, c Clocks) *State {
	f := facts{shown: make(map[string]rule.Value, len(d.fields)), params: d.Parameters, clocks: c}
	s := &State{Facts: f, facts: f}
	for _, p := range d.Pages {
		if !holds(p.When, f) {
			continue
		}
		s.Pages = append(s.Pages, p.ID)
		for _, id := range p.Fields {
			field, ok := d.Field(id)
			if !ok || !holds(field.When, f) {
				continue
			}
			s.Fields = append(s.Fields, id)
			f.shown[id] = rule.Value{}
			if answer, ok := d.answer(a, id); ok {
				f.shown[id] = answer.value()
			}
		}
	}
	d.consequences(s)
	return s
}

func (d *Definition) consequences(s *State) {
	for _, e := range d.Evidence {
		if holds(e.When, s.facts) {
			s.Evidence = append(s.Evidence, Required{e.ID, e.Level, e.Place, e.Min, e.Max, e.Basis})
		}
	}
	slices.SortStableFunc(s.Evidence, func(x, y Required) int { return urgency(x.Level) - urgency(y.Level) })
	for _, n := range d.Notices {
		if slices.Contains(s.Pages, n.Page) && holds(n.When, s.facts) {
			s.Notices = append(s.Notices, Raised{ID: n.ID, Page: n.Page, Kind: n.Kind, Link: n.Link, Basis: n.Basis})
		}
	}
	for _, c := range d.Checks {
		if s.Shown(c.Field) && holds(c.When, s.facts) {
			s.Checks = append(s.Checks, Raised{ID: c.ID, Field: c.Field, Kind: c.Kind})
		}
	}
	for _, fee := range d.Fees {
		if holds(fee.When, s.facts) {
			s.Fees = append(s.Fees, d.due(fee, s.facts))
		}
	}
	for _, b := range d.Bases {
		if holds(b.When, s.facts) {
			s.Bases = append(s.Bases, candidate(b, s.facts))
		}
	}
	for _, r := range d.Routes {
		if holds(r.When, s.facts) {
			s.Routes = append(s.Routes, r)
		}
	}
	for _, f := range d.Filing {
		if holds(f.When, s.facts) {
			s.Filing = &Advice{f.ID, f.Effect, day(f.Earliest, s.facts), day(f.Latest, s.facts), f.Basis}
			break
		}
	}
	s.Codes = make(map[string]string, len(d.Codes))
	for _, c := range d.Codes {
		if v := rule.Eval(c.Rule, s.facts); v.Known() && v.Text() != "" {
			s.Codes[c.Name] = v.Text()
		}
	}
}

func urgency(level string) int { return slices.Index(Levels(), level) }

// Levels of evidence, the most urgent first.
func Levels() []string { return []string{"submit", "decide", "helpful"} }

func (d *Definition) due(fee Fee, f rule.Facts) Due {
	t, known := d.Tariffs[fee.Code]
	due := Due{Code: fee.Code, Known: known, Amount: t.Adult, Basis: t.Basis}
	if !fee.Minor.IsZero() && rule.Eval(fee.Minor, f).IsTrue() {
		due.Minor, due.Amount = true, t.Minor
	}
	return due
}

// day gives the day of a rule, zero for none.
func day(t rule.Tree, f rule.Facts) civil.Day {
	if t.IsZero() {
		return 0
	}
	return rule.Eval(t, f).Day()
}

func candidate(b Basis, f rule.Facts) Candidate {
	c := Candidate{ID: b.ID, Paragraph: b.Paragraph, Nature: b.Nature}
	for _, cond := range b.Conditions {
		status := Unknown
		switch v := rule.Eval(cond.When, f); {
		case v.IsTrue():
			status = Met
		case v.IsFalse():
			status = NotMet
		case cond.Discretion:
			status = Discretion
		}
		c.Conditions = append(c.Conditions, Finding{cond.ID, status, cond.Basis})
	}
	return c
}

// OptionShown tells whether an option of a choice can be chosen.
func (s *State) OptionShown(o Option) bool { return holds(o.When, s.facts) }
