// Package form is a service definition as the law stands on one day, the answers to it, and what follows from them:
// which pages and fields are shown, which documents are needed, what it costs, and what is still wrong.
package form

import (
	"aufenthalt/internal/civil"
	"aufenthalt/internal/latin"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Definition is one service on one day. It is never changed and may be used by many goroutines.
type Definition struct {
	Service    string
	Hash       string    // of the document that it was resolved from
	Day        civil.Day // the day of law
	Pages      []Page
	Evidence   []Evidence
	Notices    []Notice
	Checks     []Check
	Fees       []Fee
	Bases      []Basis
	Filing     []Filing
	Routes     []Route // of the router only
	Codes      []Code
	Doubts     []Doubt
	Figures    []string                     // names of all parameters that rules and texts use, also of those without a value on the day
	Parameters map[string]law.Value         // what has no value on the day is absent, hence unknown
	Tariffs    map[string]law.Tariff        // by fee code
	Texts      map[string]map[string]string // language → key → text
	Names      *Names
	Latin      *latin.Table

	fields   []Field // in page order
	byID     map[string]int
	evidence map[string]int
}

// Page is one screen. When decides whether it is shown; without a rule it always is.
type Page struct {
	ID     string    `json:"id"`
	Kind   string    `json:"kind"` // form, notice, evidence or declarations
	When   rule.Tree `json:"when,omitzero"`
	Fields []string  `json:"fields"`
}

// Field is one question.
type Field struct {
	ID           string    `json:"id"`
	Type         Type      `json:"type"`
	Required     bool      `json:"required"`
	When         rule.Tree `json:"when,omitzero"`
	Options      []Option  `json:"options,omitempty"`
	Style        string    `json:"style,omitempty"` // cards or select
	Max          *int64    `json:"max,omitempty"`   // characters, entries, whole number or whole euros, by type
	Min          *int64    `json:"min,omitempty"`
	Latin        bool      `json:"latin,omitempty"`       // a name or text that goes to a register: DIN 91379
	Declaration  bool      `json:"declaration,omitempty"` // a box that must be ticked
	Autocomplete string    `json:"autocomplete,omitempty"`
	Width        string    `json:"width,omitempty"`  // short, medium, long
	Period       string    `json:"period,omitempty"` // month or year, of an amount
	Past         bool      `json:"past,omitempty"`   // the date may not lie after the day of submission
	Future       string    `json:"future,omitempty"` // "warn": a date not after the day of submission raises a warning
	Basis        []string  `json:"basis"`

	// Household names the questions of an application before, of somebody of the same family, whose answer is proposed here; the
	// first one that was answered counts.
	Household []string `json:"household,omitempty"`
}

// Option is one answer of a choice.
type Option struct {
	Value string    `json:"value"`
	When  rule.Tree `json:"when,omitzero"`
}

// Evidence is a document that the authority needs. No level ever blocks a submission: the day of receipt counts, and
// what is missing is asked for later (§ 82 Abs. 1 AufenthG).
type Evidence struct {
	ID    string    `json:"id"`
	Level string    `json:"level"` // submit, decide or helpful
	When  rule.Tree `json:"when,omitzero"`
	Min   int       `json:"min"`
	Max   int       `json:"max"`
	Place string    `json:"place,omitempty"` // where it goes in the message
	Basis []string  `json:"basis"`
}

// Notice explains something on a page. A blocker offers another way, and never stops a submission.
type Notice struct {
	ID    string    `json:"id"`
	Page  string    `json:"page"`
	Kind  string    `json:"kind"` // blocker, warning or hint
	When  rule.Tree `json:"when,omitzero"`
	Basis []string  `json:"basis"`
	Link  string    `json:"link,omitempty"`
}

// Check is a rule that is true when answers contradict each other.
type Check struct {
	ID    string    `json:"id"`
	Field string    `json:"field"`
	When  rule.Tree `json:"when"`
	Kind  string    `json:"kind"` // error or warning
}

// Fee is an act of the tariff that is due when its rule is true. Minor tells whether the person is under 18.
type Fee struct {
	Code  string    `json:"code"`
	When  rule.Tree `json:"when,omitzero"`
	Minor rule.Tree `json:"minor_when,omitzero"`
}

// Basis is a paragraph under which the title may be granted: When tells whether it comes into question at all.
type Basis struct {
	ID         string      `json:"id"`
	Paragraph  string      `json:"paragraph"`
	Nature     string      `json:"nature,omitempty"` // entitlement, should, may or declaratory: what the law says once the conditions are met
	When       rule.Tree   `json:"when,omitzero"`
	Conditions []Condition `json:"conditions"`
}

// Natures of a basis.
func Natures() []string { return []string{"entitlement", "should", "may", "declaratory"} }

// Condition is one condition of a basis. It collects facts; deciding is the authority's. One of discretion has no rule
// that could tell whether it is met.
type Condition struct {
	ID         string    `json:"id"`
	When       rule.Tree `json:"when,omitzero"`
	Discretion bool      `json:"discretion,omitempty"`
	Given      bool      `json:"given,omitempty"` // the paragraph comes into question only for those who meet it, or have not said yet
	Basis      []string  `json:"basis"`
}

// Filing says when to file and what filing does (§ 81 AufenthG). The first whose rule is true counts. Earliest and
// Latest are days; without them there is no such limit.
type Filing struct {
	ID       string    `json:"id"`
	When     rule.Tree `json:"when,omitzero"`
	Effect   string    `json:"effect"`
	Earliest rule.Tree `json:"earliest,omitzero"`
	Latest   rule.Tree `json:"latest,omitzero"`
	Basis    []string  `json:"basis"`
}

// Effects of filing: the old title continues, the stay counts as permitted, deportation is suspended, or nothing of
// these follows from the law.
func Effects() []string { return []string{"continues", "permitted", "suspended", "none"} }

// Route is a way that the router shows: a service, with what is answered there already. Routes stand in the order in which
// they are shown; the last one has no rule, so that nobody is left without a way.
type Route struct {
	ID      string            `json:"id"`
	When    rule.Tree         `json:"when,omitzero"`
	Service string            `json:"service"`
	Answers map[string]string `json:"answers"` // choices of that service
	Basis   []string          `json:"basis"`
}

// Doubt is an entry whose law is not confirmed for the day. It is no part of the definition, or has no rule there, so that
// nobody is shown it as fact; it is listed for those who keep the law.
type Doubt struct {
	Kind  string   `json:"kind"` // evidence, notice, basis, condition, field, route
	ID    string   `json:"id"`
	Basis []string `json:"basis"`
}

// Code is a coded element of the message that follows from the answers by a rule whose result is a text.
type Code struct {
	Name string    `json:"name"`
	Rule rule.Tree `json:"rule"`
}

// New completes a definition with its fields. Pages name fields of the list; the catalogue has made sure of that.
func New(d Definition, fields []Field) *Definition {
	index := make(map[string]int, len(fields))
	for i := range fields {
		index[fields[i].ID] = i
	}
	d.byID = make(map[string]int, len(fields))
	for _, p := range d.Pages {
		for _, id := range p.Fields {
			if i, ok := index[id]; ok {
				d.byID[id] = len(d.fields)
				d.fields = append(d.fields, fields[i])
			}
		}
	}
	d.evidence = make(map[string]int, len(d.Evidence))
	for i := range d.Evidence {
		d.evidence[d.Evidence[i].ID] = i
	}
	return &d
}

// Fields lists all fields in the order of the pages; they must not be changed.
func (d *Definition) Fields() []Field { return d.fields }

// Field finds a field.
func (d *Definition) Field(id string) (*Field, bool) {
	i, ok := d.byID[id]
	if !ok {
		return nil, false
	}
	return &d.fields[i], true
}

// EvidenceByID finds a document.
func (d *Definition) EvidenceByID(id string) (*Evidence, bool) {
	i, ok := d.evidence[id]
	if !ok {
		return nil, false
	}
	return &d.Evidence[i], true
}

// Text gives a text in the language, else in German, which is binding; empty when there is none.
func (d *Definition) Text(lang, key string) string {
	if s := d.Texts[lang][key]; s != "" {
		return s
	}
	return d.Texts["de"][key]
}

// Label gives the question of a field.
func (d *Definition) Label(field, lang string) string { return d.Text(lang, "field."+field+".label") }

// Clocks are the days that rules may ask for (handbook, law.md § 2).
type Clocks struct {
	Submitted  civil.Day // the day of receipt
	FormOpened civil.Day // the day on which the form was shown
}

// ClockNames are the clocks that a rule may read.
func ClockNames() []string { return []string{"form_opened", "submitted"} }
