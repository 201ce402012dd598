package rule

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"aufenthalt/internal/civil"
)

// errTree is why a tree is refused; it holds nothing of the tree.
func errTree(why string) error { return errors.New("rule: tree: " + why) }

// MarshalJSON writes compact arrays: ["and", …], [">=m", a, b], ["f","purpose"], ["m","5070000"] (cents),
// ["n","385000"] (ten-thousandths), ["like","year",a]. The zero Tree is an error, leave it out instead.
func (t Tree) MarshalJSON() ([]byte, error) {
	if t.root == nil {
		return nil, errTree("there is no rule")
	}
	return t.root.appendJSON(nil), nil
}

func (n *node) appendJSON(b []byte) []byte {
	b = append(b, '[')
	b = appendString(b, signatures[n.op].name)
	switch n.op {
	case opField, opParam, opClock, opAnswered, opLike:
		b = appendString(append(b, ','), n.name)
	case opBool:
		b = strconv.AppendBool(append(b, ','), n.val.Bool())
	case opInt:
		b = strconv.AppendInt(append(b, ','), n.val.num, 10)
	case opText:
		b = appendString(append(b, ','), n.val.text)
	case opDay:
		b = appendString(append(b, ','), n.val.Day().String())
	case opMoney, opDecimal:
		b = appendString(append(b, ','), strconv.FormatInt(n.val.num, 10))
	case opList:
		for _, s := range n.val.list {
			b = appendString(append(b, ','), s)
		}
	}
	for i := range n.args {
		b = n.args[i].appendJSON(append(b, ','))
	}
	return append(b, ']')
}

func appendString(b []byte, s string) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(s) // a string always encodes
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// UnmarshalJSON reads what MarshalJSON writes, and only that: right types, simplest form, within the limits.
func (t *Tree) UnmarshalJSON(b []byte) error {
	tree, err := ParseTree(b)
	if err != nil {
		return err
	}
	*t = tree
	return nil
}

// ParseTree reads a tree from JSON as UnmarshalJSON does.
func ParseTree(b []byte) (Tree, error) {
	if len(b) > maxJSON {
		return Tree{}, errTree("too large")
	}
	if !utf8.Valid(b) {
		return Tree{}, errTree("not UTF-8")
	}
	d := decoder{}
	root, err := d.node(b, 0, 1)
	if err != nil {
		return Tree{}, err
	}
	return Tree{root: &root}, nil
}

type decoder struct {
	nodes int
	types map[string]Type // of variables, so that one name has one type in the whole tree
}

func (d *decoder) node(b []byte, want Type, depth int) (node, error) {
	if d.nodes++; d.nodes > maxNodes || depth > maxDepth {
		return node{}, errTree("too many parts")
	}
	var parts []json.RawMessage
	if err := json.Unmarshal(b, &parts); err != nil || len(parts) < 2 {
		return node{}, errTree("not an array of an operation and its arguments")
	}
	name, err := text(parts[0])
	if err != nil {
		return node{}, err
	}
	o, ok := opNamed(name)
	if !ok {
		return node{}, errTree("unknown operation")
	}
	n, err := d.operation(o, parts[1:], want, depth)
	if err != nil {
		return node{}, err
	}
	if want != 0 && n.typ != want {
		return node{}, errTree("an argument of the wrong type")
	}
	return n, nil
}

func (d *decoder) operation(o op, parts []json.RawMessage, want Type, depth int) (node, error) {
	switch {
	case o.variable() || o == opAnswered:
		return d.variable(o, parts, want)
	case o.constant():
		return literal(o, parts)
	}
	name := ""
	if o == opLike {
		if name, _ = text(parts[0]); !isPattern(name) {
			return node{}, errTree("unknown text pattern")
		}
		parts = parts[1:]
	}
	types, result, err := operands(o, len(parts), want)
	if err != nil {
		return node{}, err
	}
	args := make([]node, len(parts))
	for i := range parts {
		if args[i], err = d.node(parts[i], types(i), depth+1); err != nil {
			return node{}, err
		}
	}
	if result == 0 {
		if result, err = shared(o, args); err != nil {
			return node{}, err
		}
	}
	n := build(o, result, name, args)
	if n.op != o || len(n.args) != len(args) {
		return node{}, errTree("not in its simplest form")
	}
	return n, checked(&n)
}

// shared gives the type that the arguments without a type of their own share; 0 when none of them tells.
func shared(o op, args []node) (Type, error) {
	result := Type(0)
	for i, t := range signatures[o].args {
		have := args[i].typ
		switch {
		case t != 0 || have == 0:
		case result != 0 && have != result:
			return 0, errTree("two branches of different types")
		default:
			result = have
		}
	}
	return result, nil
}

// checked refuses a node that build could not compute although all of it is constant, and a division that never can be
// computed.
func checked(n *node) error {
	if n.op.divides() && n.args[1].op == opInt && n.args[1].val.num <= 0 {
		return errTree("a division by zero or less")
	}
	if n.op.lazy() || slices.ContainsFunc(n.args, func(a node) bool { return !a.op.constant() }) {
		return nil
	}
	return errTree("a constant that cannot be computed")
}

// operands gives the type of each argument and of the result.
func operands(o op, count int, want Type) (types func(int) Type, result Type, err error) {
	s := signatures[o]
	switch o {
	case opAnd, opOr:
		if count < 2 {
			return nil, 0, errTree("and, or need two arguments")
		}
		return func(int) Type { return Bool }, Bool, nil
	case opLike:
		if count != 1 {
			return nil, 0, errTree("like needs a text pattern and one argument")
		}
		return func(int) Type { return Text }, Bool, nil
	}
	if count != len(s.args) {
		return nil, 0, errTree("wrong number of arguments")
	}
	result = s.result
	if result == 0 {
		result = want
	}
	return func(i int) Type {
		if s.args[i] == 0 {
			return want
		}
		return s.args[i]
	}, result, nil
}

func (d *decoder) variable(o op, parts []json.RawMessage, want Type) (node, error) {
	name, err := text(parts[0])
	if err != nil || len(parts) != 1 || !identifier(name) {
		return node{}, errTree("a variable needs one name")
	}
	n := node{op: o, typ: want, name: name}
	if s := signatures[o].result; s != 0 {
		n.typ = s
	}
	if o == opAnswered || n.typ == 0 {
		return n, nil
	}
	key := signatures[o].name + "." + name
	if known := d.types[key]; known != 0 && known != n.typ {
		return node{}, errTree("one variable with two types")
	}
	if d.types == nil {
		d.types = map[string]Type{}
	}
	d.types[key] = n.typ
	return n, nil
}

func literal(o op, parts []json.RawMessage) (node, error) {
	if o == opList {
		return listLiteral(parts)
	}
	if len(parts) != 1 {
		return node{}, errTree("a constant needs one value")
	}
	raw := string(bytes.TrimSpace(parts[0]))
	switch o {
	case opBool:
		if raw != "true" && raw != "false" {
			return node{}, errTree("not a truth value")
		}
		return constant(OfBool(raw == "true")), nil
	case opInt:
		return integer(raw, OfInt)
	}
	s, err := text(parts[0])
	if err != nil {
		return node{}, err
	}
	switch o {
	case opMoney:
		return integer(s, OfMoney)
	case opDecimal:
		return integer(s, OfDecimal)
	case opDay:
		day, err := civil.Parse(s)
		if err != nil {
			return node{}, errTree("not a day")
		}
		return constant(OfDay(day)), nil
	}
	return constant(OfText(s)), nil
}

func integer(s string, of func(int64) Value) (node, error) {
	i, err := strconv.ParseInt(s, 10, 64)
	if err != nil || strconv.FormatInt(i, 10) != s || of(i).Invalid() {
		return node{}, errTree("not an integer")
	}
	return constant(of(i)), nil
}

func listLiteral(parts []json.RawMessage) (node, error) {
	if len(parts) > maxList {
		return node{}, errTree("a list that is too long")
	}
	list := make([]string, len(parts))
	seen := make(map[string]bool, len(parts))
	for i, p := range parts {
		s, err := text(p)
		if err != nil {
			return node{}, err
		}
		if seen[s] {
			return node{}, errTree("a list that has an entry twice")
		}
		list[i], seen[s] = s, true
	}
	return constant(OfList(list)), nil
}

// text reads a JSON string that a rule may hold.
func text(raw json.RawMessage) (string, error) {
	var s *string
	if err := json.Unmarshal(raw, &s); err != nil || s == nil || !plain(*s) {
		return "", errTree("not a text")
	}
	return *s, nil
}

// plain tells whether s may stand in a rule: short, no control characters, no replacement of broken ones.
func plain(s string) bool {
	return len(s) <= maxText && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r < ' ' || r >= 0x7f && r <= 0x9f || r == utf8.RuneError
	})
}
