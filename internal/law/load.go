package law

import (
	"errors"
	"io/fs"
	"slices"
	"strings"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/strict"
)

// The files of a directory of law.
const (
	ParametersFile = "parameters.yaml"
	FeesFile       = "fees.yaml"
)

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
	Published civil.Day `yaml:"published"`
	Checked   civil.Day `yaml:"checked"`
	Certainty string    `yaml:"certainty"`
}

func confirmed(certainty string) (bool, error) {
	switch certainty {
	case "confirmed", "unconfirmed":
		return certainty == "confirmed", nil
	}
	return false, errors.New("certainty is confirmed or unconfirmed")
}

// Load reads parameters.yaml, fees.yaml and sources.yaml of a directory strictly. It tells all mistakes of form at once, as strict.Problems;
// what Lint finds is not its business, so that a tool can show both.
func Load(fsys fs.FS) (*Book, error) {
	b := &Book{}
	var wrong strict.Problems
	var params []parameterYAML
	var fees []feeYAML
	line := decode(fsys, ParametersFile, &params, "values", &wrong)
	for i, p := range params {
		b.parameters = append(b.parameters, p.read(func(j int) int { return line(i, j) }, &wrong))
	}
	line = decode(fsys, FeesFile, &fees, "values", &wrong)
	for i, f := range fees {
		b.fees = append(b.fees, f.read(func(j int) int { return line(i, j) }, &wrong))
	}
	b.readLaws(fsys, &wrong)
	slices.SortStableFunc(b.parameters, func(x, y Parameter) int { return strings.Compare(x.Name, y.Name) })
	slices.SortStableFunc(b.fees, func(x, y Fee) int { return strings.Compare(x.Code, y.Code) })
	if len(wrong) > 0 {
		return nil, wrong
	}
	return b, nil
}

func (y parameterYAML) read(line func(int) int, wrong *strict.Problems) Parameter {
	p := Parameter{Name: y.Name, Type: y.Type, Unit: y.Unit, Meaning: y.Meaning, line: line(-1)}
	for i, v := range y.Values {
		r := Record{Span: Span{v.From, v.Until}, Basis: v.Basis, Source: v.Source, Published: v.Published, Checked: v.Checked, line: line(i)}
		var err error
		if r.Confirmed, err = confirmed(v.Certainty); err != nil {
			wrong.Add(ParametersFile, r.line, "%s: %v", y.Name, err)
		}
		if v.Value != "" || r.Confirmed { // unconfirmed without a value: known to be unpublished
			if r.Value, err = ParseValue(y.Type, v.Value); err != nil {
				wrong.Add(ParametersFile, r.line, "%s: %v", y.Name, err)
			}
		}
		p.Records = append(p.Records, r)
	}
	slices.SortStableFunc(p.Records, func(x, y Record) int { return x.From.Compare(y.From) })
	return p
}

func (y feeYAML) read(line func(int) int, wrong *strict.Problems) Fee {
	f := Fee{Code: y.Code, Meaning: y.Meaning, line: line(-1)}
	for i, v := range y.Values {
		t := Tariff{Span: Span{v.From, v.Until}, Basis: v.Basis, Source: v.Source, Published: v.Published, Checked: v.Checked, line: line(i)}
		var err error
		if t.Confirmed, err = confirmed(v.Certainty); err != nil {
			wrong.Add(FeesFile, t.line, "%s: %v", y.Code, err)
		}
		var ok1, ok2 bool
		t.Adult, ok1 = ParseMoney(v.Adult)
		t.Minor, ok2 = ParseMoney(v.Minor)
		if !ok1 || !ok2 {
			wrong.Add(FeesFile, t.line, "%s: adult and minor are amounts like 100.00", y.Code)
		}
		f.Tariffs = append(f.Tariffs, t)
	}
	slices.SortStableFunc(f.Tariffs, func(x, y Tariff) int { return x.From.Compare(y.From) })
	return f
}

// decode reads a file into list. The result gives the line of entry i, or of the j-th part that stands under a key of it.
func decode(fsys fs.FS, name string, list any, parts string, wrong *strict.Problems) func(i, j int) int {
	file, err := strict.Read(fsys, name)
	if err == nil {
		err = file.Decode(list)
	}
	if told, ok := err.(strict.Problems); ok { // they wrap nothing around it
		*wrong = append(*wrong, told...)
	}
	return func(i, j int) int {
		if j < 0 {
			return file.Line(i)
		}
		return file.Line(i, parts, j)
	}
}
