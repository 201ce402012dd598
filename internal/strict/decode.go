package strict

import (
	"encoding"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/civil"
)

// Various is a type that can be written in several forms. Forms gives a value of each, of types that differ in their kind:
// a text, a list, keys. The type has an UnmarshalYAML of its own, which may rely on the forms being kept.
type Various interface{ Forms() []any }

// Decode reads the file into a value, which keeps what the file does not name. The error is Problems: all mistakes of form at
// once, and then the value is not to be used. A file in which nothing is written changes nothing.
func (f File) Decode(into any) error {
	if f.Root == nil {
		return nil
	}
	c := checker{file: f.Name}
	c.value(f.Root, reflect.TypeOf(into).Elem(), "")
	if len(c.wrong) > 0 {
		return c.wrong
	}
	if err := f.Root.Decode(into); err != nil { // the check has missed something
		return Problems{{File: f.Name, Text: "cannot be read: " + err.Error()}}
	}
	return nil
}

// checker compares a tree with a type.
type checker struct {
	file  string
	wrong Problems
}

// say tells a mistake in the value of a key.
func (c *checker) say(n *yaml.Node, key, format string, args ...any) {
	if key != "" {
		format, args = "%s: "+format, append([]any{key}, args...)
	}
	c.wrong.Add(c.file, n.Line, format, args...)
}

var (
	dayType      = reflect.TypeFor[civil.Day]()
	durationType = reflect.TypeFor[time.Duration]()
	nodeType     = reflect.TypeFor[yaml.Node]()
	textType     = reflect.TypeFor[encoding.TextUnmarshaler]()
	variousType  = reflect.TypeFor[Various]()
)

func (c *checker) value(n *yaml.Node, t reflect.Type, key string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case n.Kind == yaml.AliasNode: // so that a small file cannot become a large one, and every value has one place
		c.say(n, key, "refers to something elsewhere with *; write it here")
	case n.Style&yaml.TaggedStyle != 0:
		c.say(n, key, "has the type %s; write the value alone", n.Tag)
	case t == nodeType || t.Kind() == reflect.Interface:
		c.anything(n, key)
	case reflect.PointerTo(t).Implements(variousType):
		c.various(n, t, key)
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null":
		c.say(n, key, "has no value; write one, or take the key away")
	case t.Kind() == reflect.Struct:
		c.keys(n, t, key)
	case t.Kind() == reflect.Map:
		c.entries(n, key, func(string) reflect.Type { return t.Elem() })
	case t.Kind() == reflect.Slice:
		if c.kind(n, yaml.SequenceNode, key) {
			for _, part := range n.Content {
				c.value(part, t.Elem(), key)
			}
		}
	default:
		if c.kind(n, yaml.ScalarNode, key) {
			c.scalar(n, t, key)
		}
	}
}

// anything looks only for keys that are there twice.
func (c *checker) anything(n *yaml.Node, key string) {
	of := reflect.TypeFor[any]()
	switch n.Kind {
	case yaml.MappingNode:
		c.entries(n, key, func(string) reflect.Type { return of })
	case yaml.SequenceNode:
		for _, part := range n.Content {
			c.value(part, of, key)
		}
	}
}

func (c *checker) various(n *yaml.Node, t reflect.Type, key string) {
	var kinds []string
	for _, form := range reflect.New(t).Interface().(Various).Forms() {
		f := reflect.TypeOf(form)
		if kindOf(f) == n.Kind && n.Tag != "!!null" {
			c.value(n, f, key)
			return
		}
		kinds = append(kinds, kindName(kindOf(f)))
	}
	c.say(n, key, "needs %s, not %s", strings.Join(kinds, " or "), nodeName(n))
}

// kind tells whether a node has the kind, and says so when it has not.
func (c *checker) kind(n *yaml.Node, want yaml.Kind, key string) bool {
	if n.Kind != want {
		c.say(n, key, "needs %s, not %s", kindName(want), nodeName(n))
	}
	return n.Kind == want
}

// keys compares a node with the keys that a struct has.
func (c *checker) keys(n *yaml.Node, t reflect.Type, key string) {
	names, types := fieldsOf(t)
	c.entries(n, key, func(name string) reflect.Type {
		if i := slices.Index(names, name); i >= 0 {
			return types[i]
		}
		return nil
	}, names...)
}

// entries visits keys with their values; a key without a type is unknown, and names are the known ones.
func (c *checker) entries(n *yaml.Node, about string, typeOf func(string) reflect.Type, names ...string) {
	if !c.kind(n, yaml.MappingNode, about) {
		return
	}
	lines := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		t := reflect.Type(nil)
		if key.Kind == yaml.ScalarNode {
			t = typeOf(key.Value)
		}
		switch before := lines[key.Value]; {
		case key.Kind != yaml.ScalarNode || key.Tag == "!!null" || key.Style&yaml.TaggedStyle != 0:
			c.say(key, about, "a key is a plain word")
		case key.Tag == "!!merge":
			c.say(key, about, "keys cannot be merged with <<; write them here")
		case before != 0:
			c.say(key, "", "the key %q is there twice, first in line %d; keep one of them", key.Value, before)
		case t == nil:
			c.say(key, "", "there is no key %q here; %s", key.Value, instead(key.Value, names))
		default:
			c.value(n.Content[i+1], t, key.Value)
		}
		if lines[key.Value] == 0 {
			lines[key.Value] = key.Line
		}
	}
}

var whole = regexp.MustCompile(`^(0|-?[1-9][0-9]*)$`)

// scalar tells when a single value is none of its type. It repeats the value only where that can be no secret.
func (c *checker) scalar(n *yaml.Node, t reflect.Type, key string) {
	switch {
	case t == dayType:
		if _, err := civil.Parse(n.Value); err != nil {
			c.say(n, key, "%q is no day; write it like 2026-02-28", clip(n.Value))
		}
	case t == durationType:
		if _, err := time.ParseDuration(n.Value); err != nil || whole.MatchString(n.Value) {
			c.say(n, key, "%q has no unit; write it like 5s or 10m", clip(n.Value))
		}
	case reflect.PointerTo(t).Implements(textType):
		if err := reflect.New(t).Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(n.Value)); err != nil {
			c.say(n, key, "%v", err)
		}
	case t.Kind() == reflect.Bool:
		if n.Tag != "!!bool" || n.Value != "true" && n.Value != "false" {
			c.say(n, key, "%q is neither true nor false", clip(n.Value))
		}
	case t.Kind() >= reflect.Int && t.Kind() <= reflect.Int64:
		if _, err := strconv.ParseInt(n.Value, 10, t.Bits()); err != nil || n.Tag != "!!int" || !whole.MatchString(n.Value) {
			c.say(n, key, "%q is no whole number; write it like 12", clip(n.Value))
		}
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// fieldsOf lists the keys of a struct with their types, those of inlined structs in their place.
func fieldsOf(t reflect.Type) (names []string, types []reflect.Type) {
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(options, "inline"):
			n, ts := fieldsOf(f.Type)
			names, types = append(names, n...), append(types, ts...)
		case f.IsExported() && name != "-":
			if name == "" {
				name = strings.ToLower(f.Name)
			}
			names, types = append(names, name), append(types, f.Type)
		}
	}
	return names, types
}

// kindOf gives the kind of node that a type is written as.
func kindOf(t reflect.Type) yaml.Kind {
	switch {
	case t == dayType:
		return yaml.ScalarNode
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Map:
		return yaml.MappingNode
	case t.Kind() == reflect.Slice:
		return yaml.SequenceNode
	}
	return yaml.ScalarNode
}

func kindName(k yaml.Kind) string {
	switch k {
	case yaml.MappingNode:
		return "keys with values"
	case yaml.SequenceNode:
		return "a list"
	}
	return "a single value"
}

func nodeName(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return "nothing"
	}
	return kindName(n.Kind)
}

// instead suggests the known key that is near, else tells which there are.
func instead(key string, names []string) string {
	if near := Nearest(key, names); near != "" {
		return "did you mean " + strconv.Quote(near) + "?"
	}
	return "there are " + strings.Join(names, ", ")
}

// Nearest gives the word that differs from a mistyped one in few letters; empty when none does.
func Nearest(word string, known []string) string {
	best, distance := "", 3
	if len(word) < 5 {
		distance = 2 // short words are near to many
	}
	for _, k := range known {
		if d := edits(word, k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

// edits counts the letters to insert, delete or replace between two words.
func edits(a, b string) int {
	if len(a) > 100 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := corner
			if a[i] != b[j] {
				change++
			}
			corner = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
