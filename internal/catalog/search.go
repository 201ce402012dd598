package catalog

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// How long is looked for one part on one day, so that a proof always ends.
const (
	fewTries   = 1000  // applicants, at first
	maxTries   = 30000 // applicants, when somebody met it on another day
	maxSending = 60    // applicants of a purpose that are completed
	maxMending = 60    // rounds in which an applicant's mistakes are mended
)

// search looks for witnesses on one day.
type search struct {
	def     *form.Definition
	clocks  form.Clocks
	random  *rand.Rand
	values  map[string][]form.Answer // worth trying, by field
	shows   map[string][]string      // fields read by what shows a field
	targets []target
	people  []form.Answers // each met some part first
	witness map[part]int   // part → its witness among them
	tries   int
	asleep  int // parts that the dates exclude on this day
}

func newSearch(def *form.Definition) *search {
	s := &search{def: def, clocks: form.Clocks{Submitted: def.Day, FormOpened: def.Day}, random: rand.New(rand.NewPCG(1, uint64(def.Day))), witness: map[part]int{}}
	s.pool()
	s.targets = s.parts()
	return s
}

// crowd tries people who answer at random; many parts fall to anybody.
func (s *search) crowd() {
	for range 200 {
		s.try(s.anybody())
	}
}

// follow tries the witnesses of another day: all of them, or of those parts that have none here. Who was just in time then is so
// today with all dates moved along.
func (s *search) follow(other *search, all bool) {
	if all {
		for _, a := range other.people {
			s.try(s.ofToday(a, 0))
		}
	}
	for _, t := range s.targets {
		s.adopt(t.part, []*search{other})
	}
}

// adopt tries the witnesses that a part has on other days, as they are and with all dates moved along.
func (s *search) adopt(p part, others []*search) bool {
	for _, other := range others {
		if i, ok := other.witness[p]; ok && !s.met(p) {
			s.try(s.ofToday(other.people[i], 0))
			s.try(s.ofToday(other.people[i], int(s.def.Day-other.def.Day)))
		}
	}
	return s.met(p)
}

// look looks for every part that has no witness yet.
func (s *search) look(tries int) {
	for _, t := range s.targets {
		s.find(t, tries)
	}
}

func (s *search) met(p part) bool { _, ok := s.witness[p]; return ok }

// ofToday leaves out answers to questions that are not asked on the day, and moves dates by some days.
func (s *search) ofToday(a form.Answers, shift int) form.Answers {
	out := form.Answers{}
	for id, v := range a {
		f, ok := s.def.Field(id)
		day, err := civil.Parse(v.Text())
		switch {
		case !ok:
		case shift != 0 && err == nil && (f.Type == form.Date || f.Type == form.PartialDate):
			out[id] = s.answerOf(id, day.AddDays(shift).String())
		default:
			out[id] = v
		}
	}
	return out
}

// pool collects for every field the values that rules compare it with, their neighbours, and its options.
func (s *search) pool() {
	s.values, s.shows = map[string][]form.Answer{}, map[string][]string{}
	words := s.words()
	for _, page := range s.def.Pages {
		for _, id := range page.Fields {
			f, _ := s.def.Field(id)
			s.shows[id] = append(f.When.Fields(), page.When.Fields()...)
			s.values[id] = s.answers(f, s.valuesOf(f, words[id]))
		}
	}
}

// answers reads values as answers; lists have one entry, and some have two.
func (s *search) answers(f *form.Field, values []string) (out []form.Answer) {
	for i, v := range values {
		switch f.Type {
		case form.Int:
			n, _ := strconv.Atoi(v)
			out = append(out, s.answerOf(f.ID, n))
		case form.Bool:
			out = append(out, s.answerOf(f.ID, v == "true"))
		case form.Choices, form.Nationalities:
			out = append(out, s.answerOf(f.ID, []string{v}), s.answerOf(f.ID, []string{v}))
			if second := values[s.random.IntN(len(values))]; second != v && i < 100 {
				out = append(out, s.answerOf(f.ID, []string{v, second}))
			}
		default:
			out = append(out, s.answerOf(f.ID, v))
		}
	}
	return out
}

func (s *search) answerOf(id string, value any) form.Answer {
	answers, err := form.AnswersOf(s.def, map[string]any{id: value})
	if err != nil {
		panic(fmt.Sprintf("catalog: a made-up answer is not readable: %v", err)) // a defect of this file
	}
	return answers[id]
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
		out = moneyAround(f, words)
	case form.Int:
		out = numbersAround(f, words)
	case form.Decimal:
		out = decimalsAround(words)
	case form.Date:
		out = s.daysAround(words)
	case form.PartialDate:
		out = []string{"1950-03-01", "1960", "1970-05", "1990", "2010-05", s.def.Day.AddDays(-8000).String()}
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
		out = []string{strings.Repeat("x", 1+int(value(f.Min)))}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if f.Type == form.Nationality || f.Type == form.Nationalities || f.Type == form.Country {
		out = append(out, slices.Repeat([]string{"IND"}, len(out))...) // rules name many states; as often it must be none of them
	}
	return out
}

func value(limit *int64) int64 {
	if limit == nil {
		return 0
	}
	return *limit
}

func moneyAround(f *form.Field, words []string) []string {
	out := []string{"0.00", "1000.00", "1000000.00", law.FormatMoney(100 * value(f.Min)), law.FormatMoney(100 * value(f.Max))}
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
	return out
}

func numbersAround(f *form.Field, words []string) []string {
	out := []string{"0", "1", "1000", strconv.FormatInt(value(f.Min), 10), strconv.FormatInt(value(f.Max), 10)}
	for _, w := range words {
		if n, err := strconv.Atoi(w); err == nil {
			out = append(out, strconv.Itoa(max(0, n-1)), strconv.Itoa(max(0, n)), strconv.Itoa(max(0, n+1)))
		}
	}
	return out
}

func decimalsAround(words []string) []string {
	out := []string{"0", "1", "1000"}
	for _, w := range words {
		if n, ok := rule.ParseDecimal(w); ok {
			out = append(out, rule.FormatDecimal(max(0, n-1)), rule.FormatDecimal(max(0, n)), rule.FormatDecimal(max(0, n+1)))
		}
	}
	return out
}

func (s *search) daysAround(words []string) (out []string) {
	for _, back := range []int{-4000, -1200, -500, -200, -91, -31, -1, 0, 1, 14, 91, 200, 500, 1200} {
		out = append(out, s.def.Day.AddDays(back).String())
	}
	for _, w := range words {
		if day, err := civil.Parse(w); err == nil {
			out = append(out, day.AddDays(-1).String(), day.String(), day.AddDays(1).String())
		}
		out = append(out, s.longAgo(w)...)
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

// anybody answers most questions somehow.
func (s *search) anybody() form.Answers {
	answers := form.Answers{}
	for _, f := range s.def.Fields() {
		if s.random.IntN(8) > 0 {
			s.answer(answers, f.ID)
		}
	}
	return answers
}

func (s *search) answer(answers form.Answers, id string) {
	if pool := s.values[id]; len(pool) > 0 {
		answers[id] = pool[s.random.IntN(len(pool))]
	}
}

// find looks for a witness: somebody new, somebody near with a few changes, or anybody with the answers that count.
func (s *search) find(t target, tries int) bool {
	switch {
	case s.met(t.part):
		return true
	case t.within != part{} && !s.met(t.within): // it was looked for before, and what it cannot be without is told
		return false
	case t.part.kind == "sending":
		return s.send(t)
	}
	for i := 0; i < tries && !s.met(t.part); i++ {
		answers, fields := form.Answers{}, t.all
		switch near, ok := s.witness[t.within]; {
		case i%3 == 1 && ok:
			answers, fields = maps.Clone(s.people[near]), s.some([][]string{t.own, t.all}[s.random.IntN(2)])
		case i%3 == 2 && len(s.people) > 0:
			answers, fields = maps.Clone(s.people[s.random.IntN(len(s.people))]), t.own
		}
		for _, id := range fields {
			if _, ok := s.def.Field(id); ok && s.random.IntN(12) > 0 {
				s.answer(answers, id)
				if named := t.named[id]; len(named) > 0 && t.part.kind != missedCondition && s.random.IntN(2) > 0 {
					answers[id] = named[s.random.IntN(len(named))]
				}
			}
		}
		s.try(answers)
	}
	return s.met(t.part)
}

// some gives up to four of the fields.
func (s *search) some(fields []string) []string {
	out := slices.Clone(fields)
	s.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(len(out), 1+s.random.IntN(4))]
}

// try evaluates one applicant and notes every part that she reaches.
func (s *search) try(answers form.Answers) {
	s.tries++
	state := s.def.Evaluate(answers, s.clocks)
	first := len(s.witness)
	note := func(kind, of, id string) {
		if p := (part{kind, of, id}); !s.met(p) {
			s.witness[p] = len(s.people)
		}
	}
	for _, id := range state.Pages {
		note("page", "", id)
	}
	for _, id := range state.Fields {
		note("field", "", id)
		f, _ := s.def.Field(id)
		if (f.Type == form.Choice || f.Type == form.Choices) && !slices.ContainsFunc(f.Options, state.OptionShown) {
			note(deadEnd, "", id)
		}
		a, answered := answers[id]
		for _, o := range f.Options {
			if answered && (a.Text() == o.Value || slices.Contains(a.List(), o.Value)) && state.OptionShown(o) {
				note("option", id, o.Value)
			}
		}
	}
	for _, e := range state.Evidence {
		note("evidence", "", e.ID)
	}
	for _, n := range state.Notices {
		note("notice", "", n.ID)
	}
	for _, c := range state.Checks {
		note("check", "", c.ID)
	}
	for _, f := range state.Fees {
		note("fee", "", f.Code)
	}
	for _, b := range state.Bases {
		note("basis", "", b.ID)
		for _, c := range b.Conditions {
			switch c.Status {
			case form.Met:
				note("condition", b.ID, c.ID)
			case form.NotMet, form.Discretion:
				note(missedCondition, b.ID, c.ID)
			}
		}
	}
	for _, r := range state.Routes {
		note("route", "", r.ID)
	}
	if state.Filing != nil {
		note("filing", "", state.Filing.ID)
	}
	if a, ok := answers[purpose]; ok && len(s.def.Routes) == 0 && !s.met(part{"sending", purpose, a.Text()}) && s.met(part{"option", purpose, a.Text()}) &&
		len(s.def.Validate(answers, s.clocks)) == 0 {
		note("sending", purpose, a.Text())
	}
	if len(s.witness) > first {
		s.people = append(s.people, answers)
	}
}

// send looks for an applicant of a purpose whose application has no mistake: somebody of that purpose whose mistakes are mended
// until none is left.
func (s *search) send(t target) bool {
	fixed := map[string]bool{} // to change these would be to change the purpose
	for _, id := range t.all {
		fixed[id] = true
	}
	for i := 0; i < maxSending && !s.met(t.part); i++ {
		answers := maps.Clone(s.people[s.witness[t.within]])
		for range maxMending {
			wrong := s.def.Validate(answers, s.clocks)
			if len(wrong) == 0 {
				s.try(answers)
				break
			}
			for _, e := range wrong {
				s.mend(answers, e, fixed)
			}
		}
	}
	return s.met(t.part)
}

// mend answers anew what a mistake is about: the field itself, or one that its check reads.
func (s *search) mend(answers form.Answers, e *errs.Error, fixed map[string]bool) {
	fields := []string{e.Field}
	if id, ok := strings.CutPrefix(e.Key, "check."); ok {
		for _, c := range s.def.Checks {
			if c.ID == id {
				fields = append(fields, c.When.Fields()...)
			}
		}
	}
	id := fields[s.random.IntN(len(fields))]
	if _, answered := answers[id]; !fixed[id] || !answered {
		s.answer(answers, id)
	}
}
