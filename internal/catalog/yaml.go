package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/law"
)

const maxFile = 1 << 20 // bytes of one authored file

// Finding is a mistake in the data, told so that its author can mend it. Line is 0 when it is about a whole file.
type Finding struct {
	Service string
	File    string
	Line    int
	Text    string
}

func (f Finding) String() string { return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text) }

// Findings are all mistakes at once, and an error.
type Findings []Finding

func (f Findings) Error() string {
	lines := make([]string, len(f))
	for i := range f {
		lines[i] = f[i].String()
	}
	return strings.Join(lines, "\n")
}

// dated is the interval of an entry, both ends included; a zero end is open.
type dated struct {
	From  civil.Day `yaml:"from" json:"from,omitzero"`
	Until civil.Day `yaml:"until" json:"until,omitzero"`
}

func (d dated) span() law.Span { return law.Span{From: d.From, Until: d.Until} }

func (d dated) has(day civil.Day) bool { return d.span().Has(day) }

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
	}
	optionYAML struct {
		Value string `yaml:"value"`
		dated `yaml:",inline"`
		When  string `yaml:"when"`
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
	}
	filingYAML struct {
		ID       string `yaml:"id"`
		dated    `yaml:",inline"`
		When     string  `yaml:"when"`
		Effect   string  `yaml:"effect"`
		Earliest string  `yaml:"earliest"`
		Latest   string  `yaml:"latest"`
		Basis    several `yaml:"basis"`
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
	}
	checkYAML struct {
		ID    string `yaml:"id"`
		dated `yaml:",inline"`
		Field string  `yaml:"field"`
		When  string  `yaml:"when"`
		Kind  string  `yaml:"kind"`
		Basis several `yaml:"basis"`
	}
	feeYAML struct {
		Code  string `yaml:"code"`
		dated `yaml:",inline"`
		When  string `yaml:"when"`
		Minor string `yaml:"minor"`
	}
	basisYAML struct {
		ID         string `yaml:"id"`
		dated      `yaml:",inline"`
		Paragraph  string          `yaml:"paragraph"`
		Nature     string          `yaml:"nature"`
		When       string          `yaml:"when"`
		Conditions []conditionYAML `yaml:"conditions"`
		Certainty  string          `yaml:"certainty"`
	}
	conditionYAML struct {
		ID         string `yaml:"id"`
		dated      `yaml:",inline"`
		When       string  `yaml:"when"`
		Discretion bool    `yaml:"discretion"`
		Basis      several `yaml:"basis"`
		Certainty  string  `yaml:"certainty"`
	}
)

// several is one text or a list of texts.
type several []string

// UnmarshalYAML reads either form.
func (s *several) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*s = several{n.Value}
		return nil
	}
	return n.Decode((*[]string)(s))
}

// source is one authored file: its place, and its tree for line numbers.
type source struct {
	file string
	root *yaml.Node
}

// line gives the line of a path of keys and positions, as near as there is one.
func (s source) line(steps ...any) int {
	n := s.root
	if n == nil {
		return 0
	}
	for _, step := range steps {
		next := child(n, step)
		if next == nil {
			break
		}
		n = next
	}
	return n.Line
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch key := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && key < len(n.Content) {
			return n.Content[key]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1]
			}
		}
	}
	return nil
}

// decode reads one strict YAML document: no unknown key, no key twice, nothing after it.
func decode(fsys fs.FS, file string, into any) (source, error) {
	s, b, err := read(fsys, file)
	if err != nil {
		return s, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(b)) // a tree cannot be decoded strictly
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return s, err
	}
	return s, nil
}

// decodeTexts reads a file of texts, where any key is known.
func decodeTexts(fsys fs.FS, file string) (map[string]string, source, error) {
	texts := map[string]string{}
	s, _, err := read(fsys, file)
	if err != nil || s.root == nil {
		return texts, s, err
	}
	return texts, s, s.root.Decode(&texts)
}

// read gives the tree and the bytes of one YAML document.
func read(fsys fs.FS, file string) (source, []byte, error) {
	s := source{file: file}
	b, err := fs.ReadFile(fsys, file)
	if err != nil {
		return s, nil, err
	}
	if len(b) > maxFile {
		return s, nil, errors.New("file is too large")
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc, rest yaml.Node
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return s, nil, err
	}
	if err := dec.Decode(&rest); !errors.Is(err, io.EOF) {
		return s, nil, errors.New("more than one document")
	}
	if len(doc.Content) > 0 {
		s.root = doc.Content[0]
	}
	return s, b, nil
}

// exists tells whether a file is there at all; some are optional.
func exists(fsys fs.FS, file string) bool {
	_, err := fs.Stat(fsys, file)
	return err == nil
}
