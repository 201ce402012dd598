package catalog

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Proof is what was shown for a service: an applicant, made up, for every part of it on one of its days at least. What has
// none can never happen: a page nobody reaches, a document nobody is asked for, a fee nobody pays.
type Proof struct {
	Days    int
	Parts   int      // different ones, on all days
	Tries   int      // applicants made up
	Missing []string // parts without a witness, in the order of the definition: "evidence X"
}

// maxTries bounds the search for one part on one day, so that a proof always ends.
const maxTries = 6000

// applicant is a made-up person: wire values by field.
type applicant map[string]any

// Prove looks for witnesses on every day on which the service changes.
func (d *Document) Prove() (Proof, error) {
	var days []*form.Definition
	for _, day := range CheckDays(d) {
		def, err := d.On(day)
		if err != nil {
			return Proof{}, fmt.Errorf("%s on %s: %w", d.Tag(), day, err)
		}
		days = append(days, def)
	}
	return prove(days), nil
}

// prove looks for a witness of every page, field, option, document, notice, check, fee, paragraph, condition that can be
// met, and filing of a service, given as it is on the days on which it changes. The search is the same every time.
func prove(days []*form.Definition) Proof {
	proof := Proof{Days: len(days)}
	met, order := map[string]bool{}, []string{}
	searches := make([]*search, len(days))
	var known []applicant // who met something on one day often does on the next
	for i, def := range days {
		s := newSearch(def, known)
		for _, t := range s.targets {
			if _, seen := met[t.name]; !seen {
				order = append(order, t.name)
			}
			met[t.name] = met[t.name] || s.witness[t.name] != nil
		}
		searches[i], known = s, s.found
	}
	for _, s := range slices.Backward(searches) { // the law of late first: that is where most parts live
		for _, t := range s.targets {
			met[t.name] = met[t.name] || s.find(t)
		}
		proof.Tries += s.tries
	}
	proof.Parts = len(order)
	for _, name := range order {
		if !met[name] {
			proof.Missing = append(proof.Missing, name)
		}
	}
	return proof
}

func newSearch(def *form.Definition, known []applicant) *search {
	s := &search{def: def, clocks: form.Clocks{Submitted: def.Day, FormOpened: def.Day}, random: rand.New(rand.NewPCG(1, uint64(def.Day))), witness: map[string]applicant{}}
	s.pool()
	s.targets = s.parts()
	for _, a := range known {
		s.try(s.ofToday(a))
	}
	for range 200 { // many parts fall to anybody
		s.try(s.anybody())
	}
	return s
}

// ofToday leaves out answers to questions that are not asked on the day.
func (s *search) ofToday(a applicant) applicant {
	out := applicant{}
	for id, v := range a {
		if _, ok := s.def.Field(id); ok {
			out[id] = v
		}
	}
	return out
}

// target is a part with the part without which it cannot be, the fields of its own rule, and all on which it depends.
type target struct {
	name, within string
	own, all     []string
}

type search struct {
	def     *form.Definition
	clocks  form.Clocks
	random  *rand.Rand
	values  map[string][]string // wire values worth trying, by field
	shows   map[string][]string // fields read by what shows a field
	targets []target
	witness map[string]applicant
	found   []applicant // each met some part first
	tries   int
}

// pool collects for every field the values that rules compare it with, their neighbours, and its options.
func (s *search) pool() {
	s.values, s.shows = map[string][]string{}, map[string][]string{}
	words := s.words()
	for _, page := range s.def.Pages {
		for _, id := range page.Fields {
			f, _ := s.def.Field(id)
			s.shows[id] = append(f.When.Fields(), page.When.Fields()...)
			s.values[id] = s.valuesOf(f, words[id])
		}
	}
}

// words finds the constants that stand beside a field anywhere in the rules.
func (s *search) words() map[string][]string {
	out := map[string][]string{}
	for _, t := range rules(s.def) {
		constants := t.Constants()
		for _, name := range t.Params() {
			constants = append(constants, s.def.Parameters[name].String())
		}
		for _, id := range t.Fields() {
			out[id] = append(out[id], constants...)
		}
	}
	return out
}

// rules gives every rule of a definition.
func rules(def *form.Definition) (all []rule.Tree) {
	for _, p := range def.Pages {
		all = append(all, p.When)
	}
	for _, f := range def.Fields() {
		all = append(all, f.When)
		for _, o := range f.Options {
			all = append(all, o.When)
		}
	}
	for _, e := range def.Evidence {
		all = append(all, e.When)
	}
	for _, n := range def.Notices {
		all = append(all, n.When)
	}
	for _, c := range def.Checks {
		all = append(all, c.When)
	}
	for _, f := range def.Fees {
		all = append(all, f.When, f.Minor)
	}
	for _, b := range def.Bases {
		all = append(all, b.When)
		for _, c := range b.Conditions {
			all = append(all, c.When)
		}
	}
	for _, f := range def.Filing {
		all = append(all, f.When)
	}
	for _, r := range def.Routes {
		all = append(all, r.When)
	}
	for _, c := range def.Codes {
		all = append(all, c.Rule)
	}
	return slices.DeleteFunc(all, rule.Tree.IsZero)
}

// valuesOf gives the wire values worth trying for a field.
func (s *search) valuesOf(f *form.Field, words []string) []string {
	var out []string
	switch f.Type {
	case form.Bool:
		return []string{"true", "false"}
	case form.Choice, form.Choices:
		for _, o := range f.Options {
			out = append(out, o.Value)
		}
		return out
	case form.Country, form.Nationality, form.Nationalities:
		out = []string{"IND", "DEU"}
		for _, w := range words {
			if isCountryCode(w) {
				out = append(out, w)
			}
		}
	case form.Money:
		out = []string{"0.00", "1000.00", "1000000.00"}
		for _, w := range words {
			if cents, ok := law.ParseMoney(w); ok {
				for _, part := range []int64{1, 12} { // many thresholds are yearly, answers monthly
					for _, d := range []int64{-1, 0, 1} {
						if n := (cents+part-1)/part + d; n >= 0 {
							out = append(out, law.FormatMoney(n))
						}
					}
				}
			}
		}
	case form.Int:
		out = []string{"0", "1", "1000"}
		for _, w := range words {
			if n, err := strconv.Atoi(w); err == nil {
				out = append(out, strconv.Itoa(max(0, n-1)), strconv.Itoa(max(0, n)), strconv.Itoa(max(0, n+1)))
			}
		}
	case form.Decimal:
		out = []string{"0", "1", "1000"}
		for _, w := range words {
			if n, ok := rule.ParseDecimal(w); ok {
				out = append(out, rule.FormatDecimal(max(0, n-1)), rule.FormatDecimal(max(0, n)), rule.FormatDecimal(max(0, n+1)))
			}
		}
	case form.Date:
		for _, back := range []int{-4000, -1200, -500, -200, -91, -31, -1, 0, 1, 14, 91, 200, 500, 1200} {
			out = append(out, s.def.Day.AddDays(back).String())
		}
		for _, w := range words {
			if day, err := civil.Parse(w); err == nil {
				out = append(out, day.AddDays(-1).String(), day.String(), day.AddDays(1).String())
			}
			out = append(out, s.longAgo(w)...)
		}
	case form.PartialDate:
		out = []string{"1990", "2010-05", s.def.Day.AddDays(-8000).String()}
		for _, w := range words {
			out = append(out, s.longAgo(w)...)
		}
	case form.Email:
		out = []string{"a@example.org"}
	case form.Phone:
		out = []string{"+49301"}
	case form.Postcode:
		out = []string{"10115"}
	default:
		out = []string{"x"}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if f.Type == form.Nationality || f.Type == form.Nationalities || f.Type == form.Country {
		out = append(out, slices.Repeat([]string{"IND"}, len(out))...) // rules name many states; as often it must be none of them
	}
	return out
}

// longAgo gives days that lie so many months or years ago, and hardly yet; none for a word that is no such number.
func (s *search) longAgo(word string) []string {
	n, err := strconv.Atoi(word)
	if err != nil || n < 1 || n > 120 {
		return nil
	}
	var out []string
	for _, days := range []int{31*n + 1, 28*n - 1, 366*n + 1, 365*n - 1} {
		out = append(out, s.def.Day.AddDays(-days).String())
	}
	return out
}

func isCountryCode(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// parts lists every part in the order of the definition.
func (s *search) parts() []target {
	var out []target
	add := func(name, within string, when rule.Tree, fields ...string) {
		if !s.unpublished(when) {
			own := append(fields, when.Fields()...)
			out = append(out, target{name, within, own, s.closure(own)})
		}
	}
	for _, page := range s.def.Pages {
		add("page "+page.ID, "", page.When)
		for _, id := range page.Fields {
			f, _ := s.def.Field(id)
			add("field "+id, "page "+page.ID, f.When, page.When.Fields()...)
			for _, o := range f.Options {
				add("option "+id+"."+o.Value, "field "+id, o.When, id)
			}
		}
	}
	for _, e := range s.def.Evidence {
		add("evidence "+e.ID, "", e.When)
	}
	for _, n := range s.def.Notices {
		add("notice "+n.ID, "page "+n.Page, n.When)
	}
	for _, c := range s.def.Checks {
		add("check "+c.ID, "field "+c.Field, c.When, c.Field)
	}
	for _, f := range s.def.Fees {
		add("fee "+f.Code, "", f.When)
	}
	for _, b := range s.def.Bases {
		add("basis "+b.ID, "", b.When)
		for _, c := range b.Conditions {
			if len(c.When.Fields()) > 0 { // else it is for the authority to say, or suspended by law
				add("condition "+b.ID+" "+c.ID, "basis "+b.ID, c.When, b.When.Fields()...)
			}
		}
	}
	for _, f := range s.def.Filing {
		add("filing "+f.ID, "", f.When)
	}
	for _, r := range s.def.Routes {
		add("route "+r.ID, "", r.When)
	}
	return out
}

// unpublished tells whether a rule reads a figure without a value on the day: nobody can meet it yet, or miss it.
func (s *search) unpublished(t rule.Tree) bool {
	return slices.ContainsFunc(t.Params(), func(name string) bool { _, ok := s.def.Parameters[name]; return !ok })
}

// closure adds the fields on which the showing of fields depends.
func (s *search) closure(fields []string) []string {
	seen := map[string]bool{}
	for queue := slices.Clone(fields); len(queue) > 0; queue = queue[1:] {
		if !seen[queue[0]] {
			seen[queue[0]] = true
			queue = append(queue, s.shows[queue[0]]...)
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// anybody answers about half of all questions somehow.
func (s *search) anybody() applicant {
	answers := applicant{}
	for _, f := range s.def.Fields() {
		if s.random.IntN(8) > 0 {
			s.answer(answers, &f)
		}
	}
	return answers
}

func (s *search) answer(answers applicant, f *form.Field) {
	pool := s.values[f.ID]
	if len(pool) == 0 {
		return
	}
	pick := func() string { return pool[s.random.IntN(len(pool))] }
	switch f.Type.Rule() {
	case rule.Bool:
		answers[f.ID] = pick() == "true"
	case rule.Int:
		n, _ := strconv.Atoi(pick())
		answers[f.ID] = n
	case rule.List:
		list := []string{pick()}
		if s.random.IntN(3) == 0 {
			if second := pick(); second != list[0] {
				list = append(list, second)
			}
		}
		answers[f.ID] = list
	default:
		answers[f.ID] = pick()
	}
}

// find looks for a witness: somebody new, somebody near with a few changes, or anybody with the answers that count.
func (s *search) find(t target) bool {
	for i := range maxTries {
		answers, fields := applicant{}, t.all
		switch near := s.witness[t.within]; {
		case i%3 == 1 && near != nil:
			answers, fields = maps.Clone(near), s.some(t.all)
		case i%3 == 2:
			answers, fields = maps.Clone(s.found[s.random.IntN(len(s.found))]), t.own
		}
		for _, id := range fields {
			if f, ok := s.def.Field(id); ok && s.random.IntN(12) > 0 {
				s.answer(answers, f)
			}
		}
		s.try(answers)
		if s.witness[t.name] != nil {
			return true
		}
	}
	return false
}

// some gives up to four of the fields.
func (s *search) some(fields []string) []string {
	out := slices.Clone(fields)
	s.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(len(out), 1+s.random.IntN(4))]
}

// try evaluates one applicant and notes every part that she reaches.
func (s *search) try(wire applicant) {
	s.tries++
	first := len(s.witness)
	answers, err := form.AnswersOf(s.def, wire)
	if err != nil {
		panic(fmt.Sprintf("catalog: made-up answers are not readable: %v", err)) // a defect of this file
	}
	state := s.def.Evaluate(answers, s.clocks)
	note := func(parts ...string) {
		if name := strings.Join(parts, " "); s.witness[name] == nil {
			s.witness[name] = wire
		}
	}
	for _, id := range state.Pages {
		note("page", id)
	}
	for _, id := range state.Fields {
		note("field", id)
		f, _ := s.def.Field(id)
		for _, o := range f.Options {
			if a, ok := answers[id]; ok && state.OptionShown(o) && (a.Text() == o.Value || slices.Contains(a.List(), o.Value)) {
				note("option", id+"."+o.Value)
			}
		}
	}
	for _, e := range state.Evidence {
		note("evidence", e.ID)
	}
	for _, n := range state.Notices {
		note("notice", n.ID)
	}
	for _, c := range state.Checks {
		note("check", c.ID)
	}
	for _, f := range state.Fees {
		note("fee", f.Code)
	}
	for _, b := range state.Bases {
		note("basis", b.ID)
		for _, c := range b.Conditions {
			if c.Status == form.Met {
				note("condition", b.ID, c.ID)
			}
		}
	}
	for _, r := range state.Routes {
		note("route", r.ID)
	}
	if state.Filing != nil {
		note("filing", state.Filing.ID)
	}
	if len(s.witness) > first {
		s.found = append(s.found, wire)
	}
}
