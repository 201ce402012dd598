// Package catalog turns the authored directories into documents: checked as a whole, canonical JSON, addressed by its
// hash, and resolved for a day of law.
package catalog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/form"
	"aufenthalt/internal/latin"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Hash addresses a document: "sha256-" and 64 hexadecimal digits of its canonical JSON.
type Hash string

// format is the version of the document's own shape.
const format = 1

// Binding is the language that binds in law.
const Binding = "de"

// Document is one service through time, with all its rules compiled, its figures and its texts. It is never changed and
// may be used by many goroutines.
type Document struct {
	body  body
	json  []byte
	hash  Hash
	names *form.Names
	words func(lang string) *Words              // what its views leave out
	ways  func(*form.Definition, string, *view) // of the router: what its routes lead to
	latin *latin.Table

	origins map[string]origin // of entries that have one of their own, by place

	mu    sync.Mutex
	days  map[civil.Day]*form.Definition
	texts map[civil.Day]map[string]map[string]string // by the day since which they hold
	views map[viewKey][]byte
}

// maxCached bounds both caches; days come and go one by one, so throwing all away is rare.
const maxCached = 64

// body is the document's JSON.
type body struct {
	Format int    `json:"format"`
	ID     string `json:"service"`
	dated
	Pages      []page                       `json:"pages"`
	Fields     []field                      `json:"fields"`
	Evidence   []evidence                   `json:"evidence"`
	Notices    []notice                     `json:"notices"`
	Checks     []check                      `json:"checks"`
	Fees       []fee                        `json:"fees"`
	Bases      []basis                      `json:"bases"`
	Filing     []filing                     `json:"filing"`
	Routes     []route                      `json:"routes,omitempty"`
	Codes      []form.Code                  `json:"codes"`
	Parameters []parameter                  `json:"parameters"`
	Tariffs    []tariff                     `json:"tariffs"`
	Mapping    json.RawMessage              `json:"mapping,omitempty"`
	Texts      map[string]map[string]string `json:"texts"` // language → key → text
	// Dated are texts that change. They stand beside the others, so that a service without any is written as it always was.
	Dated map[string]map[string][]datedText `json:"dated_texts,omitempty"`
}

type (
	page struct {
		dated
		form.Page
	}
	field struct {
		dated
		form.Field
		Options   []option `json:"options,omitempty"` // in place of the undated ones
		Certainty string   `json:"certainty,omitempty"`
	}
	option struct {
		dated
		form.Option
		Certainty string `json:"certainty,omitempty"`
	}
	evidence struct {
		dated
		form.Evidence
		Certainty string `json:"certainty,omitempty"`
	}
	notice struct {
		dated
		form.Notice
		Certainty string `json:"certainty,omitempty"`
	}
	check struct {
		dated
		form.Check
		Basis     []string `json:"basis,omitempty"`
		Certainty string   `json:"certainty,omitempty"`
	}
	fee struct {
		dated
		form.Fee
		Certainty string `json:"certainty,omitempty"`
	}
	basis struct {
		dated
		form.Basis
		Conditions []condition `json:"conditions"` // in place of the undated ones
		Certainty  string      `json:"certainty,omitempty"`
	}
	filing struct {
		dated
		form.Filing
		Certainty string `json:"certainty,omitempty"`
	}
	route struct {
		dated
		form.Route
		Certainty string `json:"certainty,omitempty"`
	}
	condition struct {
		dated
		form.Condition
		Certainty string `json:"certainty,omitempty"`
	}
	parameter struct {
		Name   string   `json:"name"`
		Type   law.Type `json:"type"`
		Unit   string   `json:"unit,omitempty"`
		Values []figure `json:"values"`
	}
	figure struct {
		dated
		Value  string `json:"value"`
		Basis  string `json:"basis"`
		Source string `json:"source"`
	}
	tariff struct {
		Code   string  `json:"code"`
		Values []price `json:"values"`
	}
	price struct {
		dated
		Adult  string `json:"adult"`
		Minor  string `json:"minor"`
		Basis  string `json:"basis"`
		Source string `json:"source"`
	}
)

func newDocument(names *form.Names, letters *latin.Table) *Document {
	return &Document{names: names, latin: letters, days: map[civil.Day]*form.Definition{}, texts: map[civil.Day]map[string]map[string]string{}, views: map[viewKey][]byte{}}
}

// Parse reads a document back, from a store or another host. It takes only what JSON wrote: canonical, complete, of a
// known format. Names and the table of letters are not part of documents.
func Parse(b []byte, names *form.Names, letters *latin.Table) (*Document, error) {
	d := newDocument(names, letters)
	if err := json.Unmarshal(b, &d.body); err != nil {
		return nil, fmt.Errorf("catalog: document: %w", err)
	}
	if d.body.Format != format || d.body.ID == "" {
		return nil, errors.New("catalog: document: unknown format")
	}
	again, err := d.body.canonical()
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(again, b) { // an unknown key is lost in again, so it is refused too
		return nil, errors.New("catalog: document is not canonical")
	}
	d.json, d.hash = again, hashOf(again)
	return d, nil
}

func (b body) canonical() ([]byte, error) {
	raw, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("catalog: document: %w", err)
	}
	return canonical(raw)
}

func hashOf(b []byte) Hash {
	sum := sha256.Sum256(b)
	return Hash("sha256-" + hex.EncodeToString(sum[:]))
}

// Tag gives the name of the service, e.g. "at-erwerbstaetigkeit".
func (d *Document) Tag() string { return d.body.ID }

// Hash addresses this document.
func (d *Document) Hash() Hash { return d.hash }

// JSON gives the canonical form; it must not be changed.
func (d *Document) JSON() []byte { return d.json }

// Languages lists the languages of the texts, the binding one first.
func (d *Document) Languages() []string {
	list := []string{Binding}
	for lang := range d.body.Texts {
		if lang != Binding {
			list = append(list, lang)
		}
	}
	slices.Sort(list[1:])
	return list
}

// Mapping gives the way of the fields into the message, as canonical JSON; nil when there is none.
func (d *Document) Mapping() json.RawMessage { return d.body.Mapping }

// Offered tells whether the service is there on a day.
func (d *Document) Offered(day civil.Day) bool { return d.body.has(day) }

// On resolves the document for a day. Outside of the days of the service it is NotFound.
func (d *Document) On(day civil.Day) (*form.Definition, error) {
	if day.IsZero() || !d.body.has(day) {
		return nil, errs.E(errs.NotFound, "error.service.not_offered")
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if def := d.days[day]; def != nil {
		return def, nil
	}
	def, err := d.resolve(day)
	if err != nil {
		return nil, err
	}
	if len(d.days) >= maxCached {
		clear(d.days)
	}
	d.days[day] = def
	return def, nil
}

func (d *Document) resolve(day civil.Day) (*form.Definition, error) {
	b := &d.body
	def := form.Definition{
		Service: b.ID, Hash: string(d.hash), Day: day, Codes: b.Codes, Texts: d.textsOn(day), Names: d.names, Latin: d.latin,
		Parameters: map[string]law.Value{}, Tariffs: map[string]law.Tariff{},
	}
	var fields []form.Field
	there := map[string]bool{}
	for _, f := range b.Fields {
		if f.has(day) {
			fields = append(fields, f.on(day, &def))
			doubt(&def, f.Certainty, "field", f.ID, f.Field.Basis)
			there[f.ID] = true
		}
	}
	for _, p := range b.Pages {
		if p.has(day) {
			p.Page.Fields = slices.DeleteFunc(slices.Clone(p.Page.Fields), func(id string) bool { return !there[id] })
			def.Pages = append(def.Pages, p.Page)
		}
	}
	for _, e := range b.Evidence {
		if e.has(day) && !doubt(&def, e.Certainty, "evidence", e.ID, e.Evidence.Basis) {
			def.Evidence = append(def.Evidence, e.Evidence)
		}
	}
	for _, n := range b.Notices {
		if n.has(day) && !doubt(&def, n.Certainty, "notice", n.ID, n.Notice.Basis) {
			def.Notices = append(def.Notices, n.Notice)
		}
	}
	for _, c := range b.Checks {
		if c.has(day) && !doubt(&def, c.Certainty, "check", c.ID, c.Basis) {
			def.Checks = append(def.Checks, c.Check)
		}
	}
	for _, f := range b.Fees {
		if f.has(day) && !doubt(&def, f.Certainty, "fee", f.Code, nil) {
			def.Fees = append(def.Fees, f.Fee)
		}
	}
	for _, x := range b.Bases {
		if x.has(day) && !doubt(&def, x.Certainty, "basis", x.ID, []string{x.Paragraph}) {
			def.Bases = append(def.Bases, x.on(day, &def))
		}
	}
	for _, f := range b.Filing {
		if f.has(day) && !doubt(&def, f.Certainty, "filing", f.ID, f.Filing.Basis) {
			def.Filing = append(def.Filing, f.Filing)
		}
	}
	for _, r := range b.Routes {
		if r.has(day) && !doubt(&def, r.Certainty, "route", r.ID, r.Route.Basis) {
			def.Routes = append(def.Routes, r.Route)
		}
	}
	if err := d.figures(&def); err != nil {
		return nil, err
	}
	return form.New(def, fields), nil
}

func (f field) on(day civil.Day, def *form.Definition) form.Field {
	out := f.Field
	out.Options = nil
	for _, o := range f.Options {
		if o.has(day) && !doubt(def, o.Certainty, "option", f.ID+"."+o.Value, f.Field.Basis) {
			out.Options = append(out.Options, o.Option)
		}
	}
	return out
}

// doubt notes an entry that is not confirmed, and tells whether it is one.
func doubt(def *form.Definition, certainty, kind, id string, basis []string) bool {
	if certainty != "unconfirmed" {
		return false
	}
	def.Doubts = append(def.Doubts, form.Doubt{Kind: kind, ID: id, Basis: basis})
	return true
}

// on leaves a condition that is not confirmed in its place without its rule, so that it stays unknown.
func (x basis) on(day civil.Day, def *form.Definition) form.Basis {
	out := x.Basis
	out.Conditions = nil
	for _, c := range x.Conditions {
		if !c.has(day) {
			continue
		}
		if doubt(def, c.Certainty, "condition", x.ID+" "+c.ID, c.Condition.Basis) {
			c.When = rule.Tree{}
		}
		out.Conditions = append(out.Conditions, c.Condition)
	}
	return out
}

func (d *Document) figures(def *form.Definition) error {
	for _, p := range d.body.Parameters {
		def.Figures = append(def.Figures, p.Name)
		for _, v := range p.Values {
			if !v.has(def.Day) {
				continue
			}
			value, err := law.ParseValue(p.Type, v.Value)
			if err != nil {
				return errs.Wrap(errs.Internal, "error.internal", fmt.Errorf("catalog: parameter %s: %w", p.Name, err))
			}
			def.Parameters[p.Name] = value
		}
	}
	for _, t := range d.body.Tariffs {
		for _, v := range t.Values {
			if !v.has(def.Day) {
				continue
			}
			adult, ok1 := law.ParseMoney(v.Adult)
			minor, ok2 := law.ParseMoney(v.Minor)
			if !ok1 || !ok2 {
				return errs.Wrap(errs.Internal, "error.internal", fmt.Errorf("catalog: fee %s has no amount", t.Code))
			}
			def.Tariffs[t.Code] = law.Tariff{
				Span: v.span(), Adult: adult, Minor: minor, Basis: v.Basis, Source: v.Source, Confirmed: true,
			}
		}
	}
	return nil
}

// CheckDays lists every day of the service on which anything changes, and the day before: the days on which a mistake
// in an interval shows.
func CheckDays(d *Document) []civil.Day {
	days := []civil.Day{d.body.From}
	if !d.body.Until.IsZero() {
		days = append(days, d.body.Until)
	}
	for _, s := range d.body.spans() {
		for _, day := range s.span().Changes() {
			days = append(days, day, day.AddDays(-1))
		}
	}
	days = slices.DeleteFunc(days, func(day civil.Day) bool { return day.IsZero() || !d.body.has(day) })
	slices.Sort(days)
	return slices.Compact(days)
}

// spans lists all intervals of the document.
func (b *body) spans() (list []dated) {
	for _, e := range b.entries() {
		list = append(list, e.dated)
	}
	list = append(list, b.textSpans()...)
	for _, p := range b.Parameters {
		for _, v := range p.Values {
			list = append(list, v.dated)
		}
	}
	for _, t := range b.Tariffs {
		for _, v := range t.Values {
			list = append(list, v.dated)
		}
	}
	return list
}
