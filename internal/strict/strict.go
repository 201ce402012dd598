// Package strict reads what people write in YAML: one document to a file, no key that nobody knows, no key twice, and every
// mistake told in the words of its author, with its line, what is allowed there, and how to mend it.
package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// MaxBytes is the size that a file may have.
const MaxBytes = 4 << 20

// Problem is a mistake in a file. Line is 0 when it is about the whole file.
type Problem struct {
	File string
	Line int
	Text string
}

// String writes "file:line: text", as editors and compilers do.
func (p Problem) String() string {
	if p.Line == 0 {
		return p.File + ": " + p.Text
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Text)
}

// Problems are all mistakes at once, and an error.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i := range p {
		lines[i] = p[i].String()
	}
	return strings.Join(lines, "\n")
}

// Add notes a mistake.
func (p *Problems) Add(file string, line int, format string, args ...any) {
	*p = append(*p, Problem{file, line, fmt.Sprintf(format, args...)})
}

// File is a document that was read, with its tree for the places of its parts. Root is nil when nothing is written in it.
type File struct {
	Name string
	Root *yaml.Node
}

// Read reads a file. The error is Problems; the file has its name even then.
func Read(fsys fs.FS, name string) (File, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return File{Name: name}, unreadable(name, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err != nil {
		return File{Name: name}, unreadable(name, err)
	}
	return Parse(name, b)
}

// unreadable says what the system says, without the path, which the problem tells already.
func unreadable(name string, err error) Problems {
	if errors.Is(err, fs.ErrNotExist) {
		return Problems{{File: name, Text: "there is no such file"}}
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return Problems{{File: name, Text: "the file cannot be read: " + err.Error()}}
}

// Parse reads one document from its bytes. The error is Problems.
func Parse(name string, b []byte) (File, error) {
	f := File{Name: name}
	if len(b) > MaxBytes {
		return f, Problems{{File: name, Text: fmt.Sprintf("the file is too large; it may have %d MiB", MaxBytes>>20)}}
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	var doc, rest yaml.Node
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		return f, Problems{syntax(name, err)}
	}
	switch err := dec.Decode(&rest); {
	case err == nil:
		return f, Problems{{File: name, Line: rest.Line, Text: "a second document begins here, and a file holds one; take the line --- away"}}
	case !errors.Is(err, io.EOF):
		return f, Problems{syntax(name, err)}
	}
	if len(doc.Content) > 0 {
		f.Root = doc.Content[0]
	}
	return f, nil
}

var lineOf = regexp.MustCompile(`^line (\d+): (.*)$`)

// syntax tells where a file is no YAML.
func syntax(name string, err error) Problem {
	p := Problem{File: name}
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := lineOf.FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		text = m[2]
		if strings.HasPrefix(text, "did not find expected") { // the library's parser counts lines from 0, its scanner from 1
			p.Line++
		}
	}
	p.Text = "this is no YAML: " + text + "; look at quotes, brackets and indentation here and around"
	return p
}

// Line gives the line of a path of keys and positions, as near as there is one; 0 for a file in which nothing is written.
func (f File) Line(steps ...any) int {
	n := f.Root
	if n == nil {
		return 0
	}
	for _, step := range steps {
		next := Child(n, step)
		if next == nil {
			break
		}
		n = next
	}
	return n.Line
}

// Child gives what stands under a key (a string) or at a position (an int), nil when there is nothing.
func Child(n *yaml.Node, step any) *yaml.Node {
	if n == nil {
		return nil
	}
	switch key := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && key >= 0 && key < len(n.Content) {
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
