package law

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/civil"
)

// The files of a directory of law.
const (
	ParametersFile = "parameters.yaml"
	FeesFile       = "fees.yaml"
)

const maxFile = 1 << 20 // bytes

type parameterYAML struct {
	Name    string            `yaml:"name"`
	Type    Type              `yaml:"type"`
	Unit    string            `yaml:"unit"`
	Meaning map[string]string `yaml:"meaning"`
	Values  []struct {
		Value      string `yaml:"value"`
		recordYAML `yaml:",inline"`
	} `yaml:"values"`
}

type feeYAML struct {
	Code    string            `yaml:"code"`
	Meaning map[string]string `yaml:"meaning"`
	Values  []struct {
		Adult      string `yaml:"adult"`
		Minor      string `yaml:"minor"`
		recordYAML `yaml:",inline"`
	} `yaml:"values"`
}

type recordYAML struct {
	From      civil.Day `yaml:"from"`
	Until     civil.Day `yaml:"until"`
	Basis     string    `yaml:"basis"`
	Source    string    `yaml:"source"`
	Checked   civil.Day `yaml:"checked"`
	Certainty string    `yaml:"certainty"`
}

func (r recordYAML) confirmed() (bool, error) {
	switch r.Certainty {
	case "confirmed", "unconfirmed":
		return r.Certainty == "confirmed", nil
	}
	return false, errors.New("certainty is confirmed or unconfirmed")
}

// Load reads parameters.yaml and fees.yaml of a directory strictly. It tells all mistakes of form at once, as Problems;
// what Lint finds is not its business, so that a tool can show both.
func Load(fsys fs.FS) (*Book, error) {
	b := &Book{}
	var wrong Problems
	var params []parameterYAML
	var fees []feeYAML
	lines := decode(fsys, ParametersFile, &params, &wrong)
	for i, p := range params {
		b.parameters = append(b.parameters, p.read(lines(i), &wrong))
	}
	lines = decode(fsys, FeesFile, &fees, &wrong)
	for i, f := range fees {
		b.fees = append(b.fees, f.read(lines(i), &wrong))
	}
	slices.SortStableFunc(b.parameters, func(x, y Parameter) int { return strings.Compare(x.Name, y.Name) })
	slices.SortStableFunc(b.fees, func(x, y Fee) int { return strings.Compare(x.Code, y.Code) })
	if len(wrong) > 0 {
		return nil, wrong
	}
	return b, nil
}

func (y parameterYAML) read(line func(int) int, wrong *Problems) Parameter {
	p := Parameter{Name: y.Name, Type: y.Type, Unit: y.Unit, Meaning: y.Meaning, line: line(-1)}
	for i, v := range y.Values {
		r := Record{Span: Span{v.From, v.Until}, Basis: v.Basis, Source: v.Source, Checked: v.Checked, line: line(i)}
		var err error
		if r.Confirmed, err = v.confirmed(); err != nil {
			wrong.add(ParametersFile, r.line, "%s: %v", y.Name, err)
		}
		if v.Value != "" || r.Confirmed { // unconfirmed without a value: known to be unpublished
			if r.Value, err = ParseValue(y.Type, v.Value); err != nil {
				wrong.add(ParametersFile, r.line, "%s: %v", y.Name, err)
			}
		}
		p.Records = append(p.Records, r)
	}
	slices.SortStableFunc(p.Records, func(x, y Record) int { return x.From.Compare(y.From) })
	return p
}

func (y feeYAML) read(line func(int) int, wrong *Problems) Fee {
	f := Fee{Code: y.Code, Meaning: y.Meaning, line: line(-1)}
	for i, v := range y.Values {
		t := Tariff{Span: Span{v.From, v.Until}, Basis: v.Basis, Source: v.Source, Checked: v.Checked, line: line(i)}
		var err error
		if t.Confirmed, err = v.confirmed(); err != nil {
			wrong.add(FeesFile, t.line, "%s: %v", y.Code, err)
		}
		var ok1, ok2 bool
		t.Adult, ok1 = ParseMoney(v.Adult)
		t.Minor, ok2 = ParseMoney(v.Minor)
		if !ok1 || !ok2 {
			wrong.add(FeesFile, t.line, "%s: adult and minor are amounts like 100.00", y.Code)
		}
		f.Tariffs = append(f.Tariffs, t)
	}
	slices.SortStableFunc(f.Tariffs, func(x, y Tariff) int { return x.From.Compare(y.From) })
	return f
}

// decode reads one strict YAML document into list. The result gives the line of entry i, or of its value j.
func decode(fsys fs.FS, name string, list any, wrong *Problems) func(i int) func(j int) int {
	none := func(int) func(int) int { return func(int) int { return 0 } }
	b, err := fs.ReadFile(fsys, name)
	if err == nil && len(b) > maxFile {
		err = errors.New("file is too large")
	}
	if err != nil {
		wrong.add(name, 0, "%v", err)
		return none
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	if err := dec.Decode(list); err != nil && !errors.Is(err, io.EOF) {
		wrong.add(name, 0, "%v", err)
		return none
	}
	var doc yaml.Node
	if err := dec.Decode(&doc); !errors.Is(err, io.EOF) {
		wrong.add(name, 0, "more than one document")
	}
	if yaml.Unmarshal(b, &doc) != nil || len(doc.Content) == 0 {
		return none
	}
	return func(i int) func(int) int { return linesOf(doc.Content[0], i) }
}

func linesOf(list *yaml.Node, i int) func(j int) int {
	if i >= len(list.Content) {
		return func(int) int { return 0 }
	}
	entry := list.Content[i]
	return func(j int) int {
		for k := 0; j >= 0 && k+1 < len(entry.Content); k += 2 {
			if values := entry.Content[k+1]; entry.Content[k].Value == "values" && j < len(values.Content) {
				return values.Content[j].Line
			}
		}
		return entry.Line
	}
}

// Problem is a mistake in the data. Line is 0 when it is about the whole file.
type Problem struct {
	File string
	Line int
	Text string
}

func (p Problem) String() string { return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text) }

// Problems is all mistakes at once, and an error.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

func (p *Problems) add(file string, line int, format string, args ...any) {
	*p = append(*p, Problem{file, line, fmt.Sprintf(format, args...)})
}
