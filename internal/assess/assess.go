// Package assess explains what the law says about given facts on a day: which paragraphs come into question, which
// conditions are met, what is needed, what it costs, when to file. It aids a decision and never makes one.
package assess

import (
	"maps"
	"slices"
	"strings"

	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Report is the whole answer.
type Report struct {
	Service     string      `json:"service"`
	Title       string      `json:"title"`
	Hash        string      `json:"hash"`
	On          civil.Day   `json:"on"`
	Bases       []Basis     `json:"bases"`
	Evidence    []Evidence  `json:"evidence"`
	Fee         Fee         `json:"fee"`
	Notices     []Notice    `json:"notices"`
	Filing      *Filing     `json:"filing"`
	Parameters  []Parameter `json:"parameters"`
	Unconfirmed []Doubt     `json:"unconfirmed"`
	Errors      []Mistake   `json:"errors"`
	// Sources are the editions of the laws that are cited above, in force on the day.
	Sources []law.Source `json:"sources"`
}

// Basis is one paragraph. Status is met when all conditions are, not_met when one is not, discretion when only those are
// left that the authority weighs, else unknown.
type Basis struct {
	ID         string      `json:"id"`
	Paragraph  string      `json:"paragraph"`
	Name       string      `json:"name"`
	Nature     string      `json:"nature,omitempty"`
	Status     string      `json:"status"`
	Conditions []Condition `json:"conditions"`
	Trace      *Trace      `json:"trace,omitempty"` // why it comes into question
}

// Condition with what the facts say about it. Ask lists the facts that would make an unknown one known.
type Condition struct {
	ID       string   `json:"id"`
	Text     string   `json:"text"`
	Status   string   `json:"status"`
	Citation []string `json:"citation"`
	Ask      []string `json:"ask,omitempty"`
	Trace    *Trace   `json:"trace,omitempty"`
}

// Trace is the rule as evaluated: each part with its result (true, false, known, unknown, invalid), never a fact. What always holds has
// none.
type Trace struct {
	Rule   string   `json:"rule"`
	Result string   `json:"result"`
	Parts  []*Trace `json:"parts,omitempty"`
}

// Evidence is a document with the rule that asks for it.
type Evidence struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Level    string   `json:"level"`
	Citation []string `json:"citation"`
	Why      string   `json:"why"`
	Trace    *Trace   `json:"trace,omitempty"`
}

// Fee sums the lines whose price is published.
type Fee struct {
	Total    string `json:"total"`
	Complete bool   `json:"complete"` // false when a line has no published price, or an answer is missing that a fee depends on
	Lines    []Line `json:"lines"`
}

// Line is one fee; Amount is empty when no price is published for the day.
type Line struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Amount   string `json:"amount"`
	Minor    bool   `json:"minor,omitempty"`
	Citation string `json:"citation"`
	Trace    *Trace `json:"trace,omitempty"`
}

// Notice is a blocker, a warning or a hint; none of them stops an application.
type Notice struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Text     string   `json:"text"`
	Citation []string `json:"citation"`
	Link     string   `json:"link,omitempty"`
	Trace    *Trace   `json:"trace,omitempty"`
}

// Filing says when to file and what filing does.
type Filing struct {
	Effect   string    `json:"effect"`
	Earliest civil.Day `json:"earliest,omitzero"`
	Latest   civil.Day `json:"latest,omitzero"`
	Text     string    `json:"text"`
	Citation []string  `json:"citation"`
	Trace    *Trace    `json:"trace,omitempty"`
}

// Parameter is a figure of the law that the service uses, as it stands on the day.
type Parameter struct {
	Name      string    `json:"name"`
	Value     string    `json:"value"` // empty: no value for the day
	From      civil.Day `json:"from,omitzero"`
	Source    string    `json:"source"`
	Certainty string    `json:"certainty"`
}

// Doubt is what the law does not say for sure on the day; nothing above rests on it.
type Doubt struct {
	Kind     string   `json:"kind"`
	ID       string   `json:"id"`
	Citation []string `json:"citation"`
}

// Mistake is a fact that the form would refuse.
type Mistake struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// Assess explains the facts in a language.
func Assess(def *form.Definition, book *law.Book, answers form.Answers, lang string) Report {
	clocks := form.Clocks{Submitted: def.Day, FormOpened: def.Day}
	wrong := mistakes(def, answers, clocks, lang)
	for _, m := range wrong { // what the form refuses is not known, and decides nothing here
		if _, ok := answers[m.Field]; ok {
			answers = maps.Clone(answers)
			delete(answers, m.Field)
		}
	}
	s := def.Evaluate(answers, clocks)
	r := Report{Service: def.Service, Title: def.Text(lang, "service.title"), Hash: def.Hash, On: def.Day,
		Bases: []Basis{}, Evidence: []Evidence{}, Parameters: []Parameter{}}
	for _, c := range s.Bases {
		r.Bases = append(r.Bases, basis(def, s, c, lang))
	}
	for _, e := range s.Evidence {
		full, _ := def.EvidenceByID(e.ID)
		r.Evidence = append(r.Evidence, Evidence{e.ID, def.Text(lang, "evidence."+e.ID+".name"), e.Level, e.Basis, why(full.When), traceOf(full.When, s)})
	}
	r.Fee = fee(def, s, lang)
	r.Notices = notices(def, s, lang)
	if f := s.Filing; f != nil {
		i := slices.IndexFunc(def.Filing, func(x form.Filing) bool { return x.ID == f.ID && holds(x.When, s) })
		r.Filing = &Filing{f.Effect, f.Earliest, f.Latest, def.Sentence(lang, "filing."+f.ID), f.Basis, traceOf(def.Filing[i].When, s)}
	}
	r.Parameters = parameters(def, book)
	r.Unconfirmed = doubts(def)
	r.Errors = wrong
	r.Sources = book.Sources(r.citations(), def.Day)
	return r
}

// citations lists what the report cites.
func (r Report) citations() (list []string) {
	for _, b := range r.Bases {
		list = append(list, b.Paragraph)
		for _, c := range b.Conditions {
			list = append(list, c.Citation...)
		}
	}
	for _, e := range r.Evidence {
		list = append(list, e.Citation...)
	}
	for _, l := range r.Fee.Lines {
		list = append(list, l.Citation)
	}
	for _, n := range r.Notices {
		list = append(list, n.Citation...)
	}
	if r.Filing != nil {
		list = append(list, r.Filing.Citation...)
	}
	return list
}

func notices(def *form.Definition, s *form.State, lang string) []Notice {
	out := []Notice{}
	for _, n := range s.Notices {
		text := strings.TrimSpace(def.Sentence(lang, "notice."+n.ID+".lead") + " " + def.Sentence(lang, "notice."+n.ID+".text"))
		i := slices.IndexFunc(def.Notices, func(x form.Notice) bool { return x.ID == n.ID && holds(x.When, s) })
		out = append(out, Notice{n.ID, n.Kind, text, n.Basis, n.Link, traceOf(def.Notices[i].When, s)})
	}
	return out
}

func doubts(def *form.Definition) []Doubt {
	out := []Doubt{}
	for _, d := range def.Doubts {
		out = append(out, Doubt{d.Kind, d.ID, d.Basis})
	}
	return out
}

// mistakes are the facts that the form would refuse. That one is missing is none: an assessment may know less than an application.
func mistakes(def *form.Definition, answers form.Answers, clocks form.Clocks, lang string) []Mistake {
	out := []Mistake{}
	for _, e := range def.Validate(answers, clocks) {
		if e.Key != "error.required" && e.Key != "error.declaration" {
			out = append(out, Mistake{e.Field, e.Fill(def.Text(lang, e.Key))})
		}
	}
	return out
}

func basis(def *form.Definition, s *form.State, c form.Candidate, lang string) Basis {
	out := Basis{ID: c.ID, Paragraph: c.Paragraph, Name: def.Text(lang, "basis."+c.ID+".name"), Nature: c.Nature, Conditions: []Condition{}}
	i := slices.IndexFunc(def.Bases, func(b form.Basis) bool { return b.ID == c.ID })
	for j, f := range c.Conditions {
		cond := Condition{ID: f.ID, Text: def.Sentence(lang, "condition."+f.ID), Status: string(f.Status), Citation: f.Basis}
		_, tr := rule.EvalTrace(def.Bases[i].Conditions[j].When, s.Facts)
		cond.Ask, cond.Trace = tr.Unanswered(), trace(tr)
		out.Conditions = append(out.Conditions, cond)
	}
	out.Status, out.Trace = status(c.Conditions), traceOf(def.Bases[i].When, s)
	return out
}

func status(conditions []form.Finding) string {
	worst := form.Met
	for _, c := range conditions {
		switch {
		case c.Status == form.NotMet:
			return string(form.NotMet)
		case c.Status == form.Unknown:
			worst = form.Unknown
		case c.Status == form.Discretion && worst == form.Met:
			worst = form.Discretion
		}
	}
	return string(worst)
}

// holds tells whether a rule lets something be, as the form does.
func holds(t rule.Tree, s *form.State) bool { return t.IsZero() || rule.Eval(t, s.Facts).IsTrue() }

func traceOf(t rule.Tree, s *form.State) *Trace {
	_, tr := rule.EvalTrace(t, s.Facts)
	return trace(tr)
}

func trace(tr *rule.Trace) *Trace {
	if tr == nil {
		return nil
	}
	out := &Trace{Rule: tr.Expr, Result: "unknown"}
	switch v := tr.Value; {
	case v.IsTrue():
		out.Result = "true"
	case v.IsFalse():
		out.Result = "false"
	case v.Invalid():
		out.Result = "invalid"
	case v.Known():
		out.Result = "known"
	}
	for _, p := range tr.Parts {
		out.Parts = append(out.Parts, trace(p))
	}
	return out
}

// why is the rule in the words of its author; no rule means always.
func why(t rule.Tree) string {
	if t.IsZero() {
		return "true"
	}
	return t.String()
}

func fee(def *form.Definition, s *form.State, lang string) Fee {
	out := Fee{Complete: !open(def, s), Lines: []Line{}}
	var total int64
	for _, f := range s.Fees {
		i := slices.IndexFunc(def.Fees, func(x form.Fee) bool { return x.Code == f.Code && holds(x.When, s) })
		line := Line{Code: f.Code, Name: def.Text(lang, "fee."+f.Code+".name"), Minor: f.Minor, Citation: f.Basis, Trace: traceOf(def.Fees[i].When, s)}
		if f.Known {
			line.Amount = law.FormatMoney(f.Amount)
			total += f.Amount
		} else {
			out.Complete = false
		}
		out.Lines = append(out.Lines, line)
	}
	out.Total = law.FormatMoney(total)
	return out
}

// open tells whether an answer is missing, or says too little, that decides whether a fee is due, or which one.
func open(def *form.Definition, s *form.State) bool {
	waits := func(t rule.Tree) bool {
		v, tr := rule.EvalTrace(t, s.Facts)
		if t.IsZero() || v.Known() {
			return false
		}
		missing := tr.Unanswered()
		return len(missing) == 0 || slices.ContainsFunc(missing, func(id string) bool { return mayBeAsked(def, s, id) })
	}
	return slices.ContainsFunc(def.Fees, func(f form.Fee) bool { return waits(f.When) || holds(f.When, s) && waits(f.Minor) })
}

// mayBeAsked is false for a question that these answers rule out.
func mayBeAsked(def *form.Definition, s *form.State, id string) bool {
	out := func(t rule.Tree) bool { return !t.IsZero() && rule.Eval(t, s.Facts).IsFalse() }
	f, ok := def.Field(id)
	return ok && !out(f.When) && !slices.ContainsFunc(def.Pages, func(p form.Page) bool { return slices.Contains(p.Fields, id) && out(p.When) })
}

func parameters(def *form.Definition, book *law.Book) []Parameter {
	out := []Parameter{}
	for _, name := range def.Figures {
		p, ok := book.Parameter(name)
		if !ok {
			continue
		}
		x := Parameter{Name: name, Certainty: "unconfirmed"}
		if r, ok := p.On(def.Day); ok {
			x.From, x.Source = r.From, r.Source
			if r.Confirmed {
				x.Value, x.Certainty = r.Value.String(), "confirmed"
			}
		}
		out = append(out, x)
	}
	return out
}

// Fields lists the facts that a service understands on its day, so that an outsider can write a case from it alone.
func Fields(def *form.Definition) []Field {
	out := []Field{}
	for _, f := range def.Fields() {
		x := Field{ID: f.ID, Type: string(f.Type), Required: f.Required, Unit: unit(f), Meaning: both(def, "field."+f.ID+".label"), When: why(f.When), Citation: f.Basis}
		for _, o := range f.Options {
			x.Options = append(x.Options, Option{o.Value, both(def, "option."+f.ID+"."+o.Value)})
		}
		out = append(out, x)
	}
	return out
}

// Field is one fact.
type Field struct {
	ID       string            `json:"id"`
	Type     string            `json:"type"`
	Unit     string            `json:"unit,omitempty"`
	Required bool              `json:"required"`
	Options  []Option          `json:"options,omitempty"`
	Meaning  map[string]string `json:"meaning"`
	When     string            `json:"when"`
	Citation []string          `json:"citation"`
}

// Option is one value of a choice.
type Option struct {
	Value   string            `json:"value"`
	Meaning map[string]string `json:"meaning"`
}

// unit tells how a value is written.
func unit(f form.Field) string {
	switch f.Type {
	case form.Money:
		return strings.TrimSuffix("EUR, written 4650.00, per "+f.Period, ", per ")
	case form.Decimal:
		return "number with up to four decimals, written 38.5"
	case form.Date:
		return "day, written 2026-11-24"
	case form.PartialDate:
		return "day, month or year: 1992-08-14, 1992-08, 1992"
	case form.Country, form.Nationality, form.Nationalities:
		return "ISO 3166-1 alpha-3; XXA stateless, XXX unclear"
	case form.Bool:
		return "true or false"
	}
	return ""
}

func both(def *form.Definition, key string) map[string]string {
	return map[string]string{"de": def.Text(catalog.Binding, key), "en": def.Text("en", key)}
}
