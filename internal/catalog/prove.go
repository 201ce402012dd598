package catalog

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
	"aufenthalt/internal/rule"
)

// Proof is what was shown for a service: an applicant, made up, for every part of it on every day on which the service changes,
// and on the day before. A part without one can never happen: a page nobody reaches, a document nobody is asked for, a fee nobody
// pays, a condition that everybody meets, a purpose whose application nobody can send.
type Proof struct {
	Days      int
	Parts     int      // different ones, on all days
	Witnesses int      // applicants found: one for each part on each of its days
	Asleep    int      // parts that need, on one of their days at least, an option or question of other days, counted for each day
	Tries     int      // applicants made up
	Given     []string // conditions that nobody misses, and that are marked so
	Missing   []Missing
}

// Missing is a part without a witness on some of its days.
type Missing struct {
	Part string // "evidence X"
	Days []civil.Day
	Of   int // days on which the part is there
}

// String writes "evidence X on 2 of its 11 days, first on 2024-03-01".
func (m Missing) String() string {
	if len(m.Days) == m.Of {
		return m.Part
	}
	return fmt.Sprintf("%s on %d of its %d days, first on %v", m.Part, len(m.Days), m.Of, m.Days[0])
}

// Prove looks for witnesses on every day on which the service changes, and the day before.
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

// Prove proves all definitions, in the order in which Definitions lists them, as many at once as there are processors.
func (c *Catalog) Prove() ([]Proof, error) {
	tags := c.Definitions()
	proofs := make([]Proof, len(tags))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, tag := range tags {
		work.Go(func() (err error) {
			d, _ := c.Service(tag)
			proofs[i], err = d.Prove()
			return err
		})
	}
	return proofs, work.Wait()
}

// prove looks for a witness of every part of a service, given as it is on days in their order. Who met something on one day often
// does on the next or the one before, so what one search found is tried in the others. It finds the same every time.
func prove(days []*form.Definition) Proof {
	searches := make([]*search, len(days))
	for i, def := range days {
		searches[i] = newSearch(def)
		if i > 0 {
			searches[i].follow(searches[i-1], true)
		} else {
			searches[i].crowd()
		}
		searches[i].look(fewTries)
	}
	for i := len(searches) - 2; i >= 0; i-- {
		searches[i].follow(searches[i+1], false)
	}
	somewhere := map[part]bool{}
	for _, s := range searches {
		for p := range s.witness {
			somewhere[p] = true
		}
	}
	proof := Proof{Days: len(days)}
	there, missing, order := map[part]int{}, map[part][]civil.Day{}, []part{}
	for _, s := range searches {
		for _, t := range s.targets {
			if there[t.part] == 0 {
				order = append(order, t.part)
			}
			there[t.part]++
			if s.met(t.part) || s.adopt(t.part, searches) || s.find(t, tries(somewhere[t.part], len(days))) {
				proof.Witnesses++
			} else {
				missing[t.part] = append(missing[t.part], s.def.Day)
			}
		}
		proof.Tries += s.tries
		proof.Asleep += s.asleep
	}
	proof.Parts = len(order)
	for _, p := range order {
		if len(missing[p]) > 0 {
			proof.Missing = append(proof.Missing, Missing{p.String(), missing[p], there[p]})
		}
	}
	proof.given(days, somewhere)
	proof.deadEnds(searches)
	return proof
}

// tries tells how long is looked once more: hardly for what nobody met on any of many days.
func tries(somewhere bool, days int) int {
	if somewhere {
		return maxTries
	}
	return maxTries / days
}

// deadEnds tells the choices that somebody is asked without being offered any option: nobody could go on if it is required.
func (p *Proof) deadEnds(searches []*search) {
	told := map[part]bool{}
	for _, s := range searches {
		for _, f := range s.def.Fields() {
			if x := (part{deadEnd, "", f.ID}); s.met(x) && !told[x] {
				told[x] = true
				p.Missing = append(p.Missing, Missing{Part: fmt.Sprintf("an option of %s, which is asked without any, first on %v", f.ID, s.def.Day)})
			}
		}
	}
}

// given lists the conditions that are marked as met by everybody in question, and tells those that somebody misses.
func (p *Proof) given(days []*form.Definition, met map[part]bool) {
	seen := map[part]bool{}
	for _, def := range days {
		for _, b := range def.Bases {
			for _, c := range b.Conditions {
				missed := part{missedCondition, b.ID, c.ID}
				if !c.Given || seen[missed] {
					continue
				}
				seen[missed] = true
				p.Given = append(p.Given, b.ID+" "+c.ID)
				if met[missed] {
					p.Missing = append(p.Missing, Missing{Part: "the mark given of condition " + b.ID + " " + c.ID + ", for somebody misses it"})
				}
			}
		}
	}
}

const (
	missedCondition = "missed condition"
	deadEnd         = "question without an answer to choose:" // somebody is asked a choice of which no option is offered
)

// target is a part with the part without which it cannot be, the fields of its own rule, the answers that this rule names, and all
// fields on which it depends.
type target struct {
	part, within part
	own, all     []string
	named        map[string][]form.Answer
}

// purpose is the field whose options are the titles, or acts, that can be applied for.
const purpose = "purpose"

// parts lists every part in the order of the definition. A condition is there twice: met, and not met.
func (s *search) parts() []target {
	var out []target
	dead := map[part]bool{} // what the dates alone exclude on this day is not looked for
	for _, x := range reachable(s.def, map[rule.Tree]any{}) {
		dead[x.part] = !x.can
	}
	add := func(x ruled) {
		switch {
		case dead[x.part] || dead[x.within]:
			s.asleep++
		case !s.unpublished(x.when):
			own := slices.Concat(x.fields, x.when.Fields())
			out = append(out, target{x.part, x.within, own, s.closure(own), s.named(x.when)})
		}
	}
	for _, x := range ruledParts(s.def) {
		if x.part.kind == "condition" && len(x.when.Fields()) == 0 {
			continue // it is for the authority to say, or suspended by law
		}
		add(x)
		switch {
		case x.part.kind == "option" && x.part.of == purpose && len(s.def.Routes) == 0: // the router sends nothing
			x.part, x.within = part{"sending", purpose, x.part.id}, x.part
			add(x)
		case x.part.kind == "condition" && !x.given:
			x.part.kind = missedCondition
			add(x)
		}
	}
	return out
}

// named gives the answers that a rule compares a field with.
func (s *search) named(t rule.Tree) map[string][]form.Answer {
	out, constants := map[string][]form.Answer{}, t.Constants()
	for _, id := range t.Fields() {
		for _, a := range s.values[id] {
			if slices.Contains(constants, a.Text()) || len(a.List()) == 1 && slices.Contains(constants, a.List()[0]) {
				out[id] = append(out[id], a)
			}
		}
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

// rules gives every rule of a definition.
func rules(def *form.Definition) (all []rule.Tree) {
	for _, x := range ruledParts(def) {
		all = append(all, x.when)
	}
	for _, f := range def.Fees {
		all = append(all, f.Minor)
	}
	for _, c := range def.Codes {
		all = append(all, c.Rule)
	}
	return slices.DeleteFunc(all, rule.Tree.IsZero)
}

func isCountryCode(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
