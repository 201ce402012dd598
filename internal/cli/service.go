package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"aufenthalt/internal/assess"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
)

type serviceCommand struct {
	dataFolder

	List    serviceList    `cmd:"" help:"All services with their titles and hashes."`
	Fields  serviceFields  `cmd:"" help:"The facts that a service understands: enough to write a case from."`
	Assess  serviceAssess  `cmd:"" help:"What the law says about given facts on a day. An aid, never a decision."`
	Show    serviceShow    `cmd:"" help:"What a service consists of on a day."`
	Diff    serviceDiff    `cmd:"" help:"What changes in a service between two days."`
	Preview servicePreview `cmd:"" help:"Show all forms as of a day."`
	Test    serviceTest    `cmd:"" help:"Check all services, run their cases, prove that nothing is dead."`

	Publish      servicePublish      `cmd:"" help:"Check, sign and schedule the data for a platform."`
	Publications servicePublications `cmd:"" help:"List what is published, after checking its signatures."`
}

// which names a service on a day.
type which struct {
	Service string `required:"" help:"Tag of the service, e.g. at-erwerbstaetigkeit."`
	On      string `help:"Day of the law, as 2026-11-24; today when absent."`
}

func (w which) find(e *env) (*catalog.Catalog, *form.Definition, error) {
	c, err := e.catalog()
	if err != nil {
		return nil, nil, err
	}
	def, err := w.in(c)
	return c, def, err
}

func (w which) in(c *catalog.Catalog) (*form.Definition, error) {
	day, err := dayOrToday(w.On)
	if err != nil {
		return nil, err
	}
	return definition(c, w.Service, day)
}

func definition(c *catalog.Catalog, tag string, day civil.Day) (*form.Definition, error) {
	doc, ok := c.Service(tag)
	if !ok {
		return nil, fmt.Errorf("there is no service %q; there are %s", tag, strings.Join(c.Services(), ", "))
	}
	def, err := doc.On(day)
	if err != nil {
		return nil, fmt.Errorf("%s is not offered on %s", tag, day)
	}
	return def, nil
}

func dayOrToday(s string) (civil.Day, error) {
	if s == "" {
		return civil.Today(time.Now()), nil
	}
	day, err := civil.Parse(s)
	if err != nil {
		return 0, fmt.Errorf("%q is no day like 2026-11-24", s)
	}
	return day, nil
}

func printJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

type serviceList struct{}

// Run prints a line each.
func (c *serviceList) Run(e *env) error {
	cat, err := e.catalog()
	if err != nil {
		return err
	}
	for _, tag := range cat.Services() {
		doc, _ := cat.Service(tag)
		def, err := doc.On(civil.Today(time.Now()))
		if err != nil {
			fmt.Fprintf(e.out, "%-28s not offered today\n", tag)
			continue
		}
		fmt.Fprintf(e.out, "%-28s %s  %s\n", tag, def.Hash[:19], def.Text(catalog.Binding, "service.title"))
	}
	return nil
}

type serviceFields struct {
	which
	JSON bool `help:"As JSON."`
}

// Run lists the facts in page order.
func (c *serviceFields) Run(e *env) error {
	_, def, err := c.find(e)
	if err != nil {
		return err
	}
	fields := assess.Fields(def)
	if c.JSON {
		return printJSON(e.out, fields)
	}
	for _, f := range fields {
		fmt.Fprintf(e.out, "%s (%s)  %s\n", f.ID, strings.TrimSuffix(f.Type+", "+f.Unit, ", "), f.Meaning["de"])
		fmt.Fprintf(e.out, "    %s\n", f.Meaning["en"])
		for _, o := range f.Options {
			fmt.Fprintf(e.out, "      %-22s %s / %s\n", o.Value, o.Meaning["de"], o.Meaning["en"])
		}
		if f.When != "true" {
			fmt.Fprintf(e.out, "    asked when %s\n", f.When)
		}
	}
	return nil
}

type serviceAssess struct {
	which
	Facts    string `required:"" help:"YAML or JSON file: {field: value}. See 'service fields'."`
	JSON     bool   `help:"As JSON, with the trace of every condition."`
	Language string `default:"de" enum:"de,en" help:"de or en."`
}

// Run explains the facts.
func (c *serviceAssess) Run(e *env) error {
	cat, def, err := c.find(e)
	if err != nil {
		return err
	}
	answers, err := readFacts(def, c.Facts)
	if err != nil {
		return err
	}
	r := assess.Assess(def, cat.Book(), answers, c.Language)
	if c.JSON {
		return printJSON(e.out, r)
	}
	printReport(e.out, r)
	return nil
}

func printReport(w io.Writer, r assess.Report) {
	fmt.Fprintf(w, "%s (%s), law of %s\nAn aid, not a decision.\n", r.Title, r.Service, r.On)
	for _, b := range r.Bases {
		fmt.Fprintf(w, "\n%s: %s  [%s]\n", b.Paragraph, b.Name, b.Status)
		for _, c := range b.Conditions {
			fmt.Fprintf(w, "  %-10s %s (%s)\n", c.Status, c.Text, strings.Join(c.Citation, "; "))
			if len(c.Ask) > 0 {
				fmt.Fprintf(w, "             depends on %s\n", strings.Join(c.Ask, ", "))
			}
		}
	}
	fmt.Fprintln(w, "\nDocuments")
	for _, d := range r.Evidence {
		fmt.Fprintf(w, "  %-8s %-10s %s (%s)\n", d.Level, d.ID, d.Name, strings.Join(d.Citation, "; "))
	}
	fmt.Fprintf(w, "\nFees %s EUR%s\n", r.Fee.Total, map[bool]string{false: ", and lines without a published price"}[r.Fee.Complete])
	for _, l := range r.Fee.Lines {
		fmt.Fprintf(w, "  %-5s %8s %s (%s)\n", l.Code, l.Amount, l.Name, l.Citation)
	}
	if f := r.Filing; f != nil {
		fmt.Fprintf(w, "\nFiling [%s]\n  %s (%s)\n", f.Effect, f.Text, strings.Join(f.Citation, "; "))
		if !f.Latest.IsZero() {
			fmt.Fprintf(w, "  latest %s\n", f.Latest)
		}
	}
	for _, n := range r.Notices {
		fmt.Fprintf(w, "\n%s: %s (%s)\n", n.Kind, n.Text, strings.Join(n.Citation, "; "))
	}
	for _, p := range r.Parameters {
		if p.Value == "" {
			fmt.Fprintf(w, "\nno value on that day: %s (%s)\n", p.Name, p.Source)
		}
	}
	for _, m := range r.Errors {
		fmt.Fprintf(w, "\nfact %s: %s\n", m.Field, m.Text)
	}
	for _, d := range r.Unconfirmed {
		fmt.Fprintf(w, "\nnot confirmed: %s %s (%s)\n", d.Kind, d.ID, strings.Join(d.Citation, "; "))
	}
}

type serviceShow struct{ which }

// Run prints the parts by kind.
func (c *serviceShow) Run(e *env) error {
	cat, err := e.authored()
	if err != nil {
		return err
	}
	def, err := c.in(cat)
	if err != nil {
		return err
	}
	doc, _ := cat.Service(c.Service)
	from := map[string]catalog.Provenance{}
	editions := map[string]law.Source{}
	provenance := cat.Provenance(doc, def.Day)
	for _, p := range provenance {
		from[p.Kind+" "+p.ID] = p
		for _, s := range p.Sources {
			if s.Law != "" {
				editions[s.Law] = s
			}
		}
	}
	fmt.Fprintf(e.out, "%s on %s, %s\n", def.Service, def.Day, def.Hash)
	parts := catalog.Describe(def, catalog.Binding)
	delete(parts, "text")
	for _, kind := range catalog.Kinds() {
		for _, id := range slices.Sorted(maps.Keys(parts[kind])) {
			fmt.Fprintf(e.out, "%-9s %-28s %s\n", kind, id, parts[kind][id])
			first, _, _ := strings.Cut(id, "#") // the same fee a second time
			if p, ok := from[kind+" "+first]; ok {
				fmt.Fprintf(e.out, "            %s\n", origin(p))
			}
		}
	}
	for _, p := range provenance {
		if p.Kind == "text" { // those that change; the others hold as long as what they are about
			fmt.Fprintf(e.out, "%-9s %-28s %s\n", p.Kind, p.ID, origin(p))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(editions)) {
		fmt.Fprintf(e.out, "%-9s %-28s %s\n", "law", name, edition(editions[name]))
	}
	for _, d := range def.Doubts {
		fmt.Fprintf(e.out, "%-9s %-28s not confirmed, shown to nobody as fact (%s)\n", d.Kind, d.ID, strings.Join(d.Basis, "; "))
	}
	return nil
}

// origin writes in a line where a part comes from; the editions themselves are listed once.
func origin(p catalog.Provenance) string {
	var parts []string
	for _, d := range []struct {
		what string
		day  civil.Day
	}{{"from", p.From}, {"until", p.Until}} {
		if !d.day.IsZero() {
			parts = append(parts, d.what+" "+d.day.String())
		}
	}
	for _, s := range p.Sources {
		switch {
		case s.Law == "":
			parts = append(parts, strings.TrimSuffix(edition(s), "; "+s.Certainty))
		case s.From.IsZero():
			parts = append(parts, s.Law+": no edition known")
		default:
			parts = append(parts, s.Law+" of "+s.From.String())
		}
	}
	return strings.Join(append(parts, p.Certainty), "; ")
}

// edition writes where something can be read.
func edition(s law.Source) string {
	parts := []string{s.Source}
	if s.Source == "" {
		parts[0] = "no edition known"
	}
	for _, d := range []struct {
		what string
		day  civil.Day
	}{{"from", s.From}, {"published", s.Published}, {"compared", s.Checked}, {"text read until", s.Read}} {
		if !d.day.IsZero() {
			parts = append(parts, d.what+" "+d.day.String())
		}
	}
	return strings.Join(append(parts, s.Certainty), "; ")
}

type serviceDiff struct {
	Service string `required:"" help:"Tag of the service."`
	From    string `required:"" help:"The earlier day."`
	To      string `required:"" help:"The later day."`
	JSON    bool   `help:"As JSON."`
}

// Run prints a line for each difference; nothing changed is said too.
func (c *serviceDiff) Run(e *env) error {
	cat, err := e.catalog()
	if err != nil {
		return err
	}
	var defs [2]*form.Definition
	for i, s := range []string{c.From, c.To} {
		day, err := dayOrToday(s)
		if err != nil {
			return err
		}
		if defs[i], err = definition(cat, c.Service, day); err != nil {
			return err
		}
	}
	changes := catalog.Diff(defs[0], defs[1], catalog.Binding)
	if c.JSON {
		return printJSON(e.out, changes)
	}
	for _, x := range changes {
		fmt.Fprintln(e.out, x)
	}
	fmt.Fprintf(e.out, "%d changes in %s from %s to %s\n", len(changes), c.Service, c.From, c.To)
	return nil
}

type serviceTest struct{}

// Run checks all that is written, runs every case and looks for a witness of every part on every day of change.
func (c *serviceTest) Run(e *env) error {
	start := time.Now()
	cat, err := catalog.Load(e.data) // from the sources, so that the linter sees them
	if err != nil {
		return err
	}
	built := time.Since(start)
	cases, err := catalog.Cases(e.data)
	if err != nil {
		return err
	}
	failed := 0
	for _, k := range cases {
		diff := cat.RunCase(k)
		if len(diff) > 0 {
			failed++
		}
		for _, d := range diff {
			fmt.Fprintf(e.out, "%s:%d: %s: %s\n", k.File, k.Line, k.Name, d)
		}
	}
	proofs, err := cat.Prove()
	if err != nil {
		return err
	}
	dead := 0
	for i, tag := range cat.Definitions() {
		dead += printProof(e.out, tag, proofs[i])
	}
	fmt.Fprintf(e.out, "%d services built in %d ms; %d of %d cases pass\n", len(cat.Services()), built.Milliseconds(), len(cases)-failed, len(cases))
	if failed+dead > 0 {
		return fmt.Errorf("%d cases differ, %d parts are met by nobody", failed, dead)
	}
	return nil
}

// printProof prints what was shown for a service and gives the number of parts that nobody meets.
func printProof(w io.Writer, tag string, proof catalog.Proof) int {
	for _, m := range proof.Missing {
		fmt.Fprintf(w, "%s: nobody meets %s\n", tag, m)
	}
	for _, id := range proof.Given {
		fmt.Fprintf(w, "%s: condition %s is given: everybody meets it for whom the paragraph comes into question\n", tag, id)
	}
	fmt.Fprintf(w, "%-28s %d days of change, %d of %d parts have a witness on each, %d witnesses, %d applicants made up; %d asleep\n",
		tag, proof.Days, proof.Parts-len(proof.Missing), proof.Parts, proof.Witnesses, proof.Tries, proof.Asleep)
	return len(proof.Missing)
}
