package catalog

import (
	"errors"
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/law"
	"aufenthalt/internal/strict"
)

// Finding is a mistake in the data of a service, told so that its author can mend it. No service is named when it is about what
// all of them share.
type Finding struct {
	Service string
	strict.Problem
}

// finding makes a finding without a line: about a whole file or directory.
func finding(file, text string) Finding {
	return Finding{Problem: strict.Problem{File: file, Text: text}}
}

// Findings are all mistakes at once, and an error.
type Findings []Finding

func (f Findings) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].String()
	}
	return strings.Join(lines, "\n")
}

// add notes what a reader of files tells, or any other mistake in a file.
func (f *Findings) add(service, file string, err error) {
	var problems strict.Problems
	if !errors.As(err, &problems) {
		problems = strict.Problems{{File: file, Text: err.Error()}}
	}
	for _, p := range problems {
		*f = append(*f, Finding{service, p})
	}
}

// dated is the interval of an entry, both ends included; a zero end is open.
type dated struct {
	From  civil.Day `yaml:"from" json:"from,omitzero"`
	Until civil.Day `yaml:"until" json:"until,omitzero"`
}

func (d dated) span() law.Span { return law.Span{From: d.From, Until: d.Until} }

func (d dated) has(day civil.Day) bool { return d.span().Has(day) }

// valid tells whether there is a day in the interval at all.
func (d dated) valid() bool { return d.Until.IsZero() || d.From <= d.Until }

func (d dated) overlaps(e dated) bool {
	return (d.Until.IsZero() || e.From <= d.Until) && (e.Until.IsZero() || d.From <= e.Until)
}

// What authors write, see docs of the data directory. Rules are CEL.
type (
	serviceYAML struct {
		ID    string `yaml:"id"`
		dated `yaml:",inline"`
		Codes map[string]string `yaml:"codes"`
		Pages []pageYAML        `yaml:"pages"`
		Field []fieldYAML       `yaml:"fields"`
	}
	pageYAML struct {
		ID     string `yaml:"id"`
		dated  `yaml:",inline"`
		When   string   `yaml:"when"`
		Kind   string   `yaml:"kind"`
		Fields []string `yaml:"fields"`

		Block   string   `yaml:"block"`   // takes a block's pages in this place
		Without []string `yaml:"without"` // parts of the block that are left out
	}
	fieldYAML struct {
		ID           string `yaml:"id"`
		dated        `yaml:",inline"`
		Type         string       `yaml:"type"`
		Required     *bool        `yaml:"required"`
		When         string       `yaml:"when"`
		Options      []optionYAML `yaml:"options"`
		Style        string       `yaml:"style"`
		Max          *int64       `yaml:"max"`
		Min          *int64       `yaml:"min"`
		Latin        bool         `yaml:"latin"`
		Declaration  bool         `yaml:"declaration"`
		Autocomplete string       `yaml:"autocomplete"`
		Width        string       `yaml:"width"`
		Period       string       `yaml:"period"`
		Past         bool         `yaml:"past"`
		Future       string       `yaml:"future"`
		Basis        several      `yaml:"basis"`
		Household    several      `yaml:"household"`
		Certainty    string       `yaml:"certainty"`
		origin       `yaml:",inline"`
	}
	optionYAML struct {
		Value     string `yaml:"value"`
		dated     `yaml:",inline"`
		When      string `yaml:"when"`
		Certainty string `yaml:"certainty"`
		origin    `yaml:",inline"`
	}
	evidenceYAML struct {
		ID        string `yaml:"id"`
		dated     `yaml:",inline"`
		Level     string  `yaml:"level"`
		When      string  `yaml:"when"`
		Min       *int    `yaml:"min"`
		Max       *int    `yaml:"max"`
		Place     string  `yaml:"place"`
		Basis     several `yaml:"basis"`
		Certainty string  `yaml:"certainty"`
		origin    `yaml:",inline"`
	}
	rulesYAML struct {
		Notices []noticeYAML `yaml:"notices"`
		Checks  []checkYAML  `yaml:"checks"`
		Fees    []feeYAML    `yaml:"fees"`
		Bases   []basisYAML  `yaml:"bases"`
		Filing  []filingYAML `yaml:"filing"`
		Routes  []routeYAML  `yaml:"routes"`
	}
	routeYAML struct {
		ID        string `yaml:"id"`
		dated     `yaml:",inline"`
		When      string            `yaml:"when"`
		Service   string            `yaml:"service"`
		Answers   map[string]string `yaml:"answers"`
		Basis     several           `yaml:"basis"`
		Certainty string            `yaml:"certainty"`
		origin    `yaml:",inline"`
	}
	filingYAML struct {
		ID        string `yaml:"id"`
		dated     `yaml:",inline"`
		When      string  `yaml:"when"`
		Effect    string  `yaml:"effect"`
		Earliest  string  `yaml:"earliest"`
		Latest    string  `yaml:"latest"`
		Basis     several `yaml:"basis"`
		Certainty string  `yaml:"certainty"`
		origin    `yaml:",inline"`
	}
	noticeYAML struct {
		ID        string `yaml:"id"`
		dated     `yaml:",inline"`
		Page      string  `yaml:"page"`
		Kind      string  `yaml:"kind"`
		When      string  `yaml:"when"`
		Basis     several `yaml:"basis"`
		Certainty string  `yaml:"certainty"`
		Link      string  `yaml:"link"`
		origin    `yaml:",inline"`
	}
	checkYAML struct {
		ID        string `yaml:"id"`
		dated     `yaml:",inline"`
		Field     string  `yaml:"field"`
		When      string  `yaml:"when"`
		Kind      string  `yaml:"kind"`
		Basis     several `yaml:"basis"`
		Certainty string  `yaml:"certainty"`
		origin    `yaml:",inline"`
	}
	feeYAML struct {
		Code      string `yaml:"code"`
		dated     `yaml:",inline"`
		When      string `yaml:"when"`
		Minor     string `yaml:"minor"`
		Certainty string `yaml:"certainty"`
		origin    `yaml:",inline"`
	}
	basisYAML struct {
		ID         string `yaml:"id"`
		dated      `yaml:",inline"`
		Paragraph  string          `yaml:"paragraph"`
		Nature     string          `yaml:"nature"`
		When       string          `yaml:"when"`
		Conditions []conditionYAML `yaml:"conditions"`
		Certainty  string          `yaml:"certainty"`
		origin     `yaml:",inline"`
	}
	conditionYAML struct {
		ID         string `yaml:"id"`
		dated      `yaml:",inline"`
		When       string  `yaml:"when"`
		Discretion bool    `yaml:"discretion"`
		Given      bool    `yaml:"given"`
		Basis      several `yaml:"basis"`
		Certainty  string  `yaml:"certainty"`
		origin     `yaml:",inline"`
	}
)

// several is one text or a list of texts.
type several []string

// Forms are a text and a list.
func (several) Forms() []any { return []any{"", []string{}} }

// UnmarshalYAML reads either form.
func (s *several) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*s = several{n.Value}
		return nil
	}
	return n.Decode((*[]string)(s))
}

// decode reads a file into a value.
func decode(fsys fs.FS, name string, into any) (strict.File, error) {
	file, err := strict.Read(fsys, name)
	if err != nil {
		return file, err
	}
	return file, file.Decode(into)
}

// exists tells whether a file is there at all; some are optional.
func exists(fsys fs.FS, file string) bool {
	_, err := fs.Stat(fsys, file)
	return err == nil
}
