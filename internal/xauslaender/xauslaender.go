// Package xauslaender knows the XAusländer messages of the online application: which elements they have, in which
// namespace, order and number, and which values. Written against 26.11, checked with its schemas in tests, never
// certified. One description of each message serves reading and writing.
//
// So far: 130101 (application), 130301 (application under the FreizügG/EU), 130102 (question), 130103 (answer), 130104 (status), 000002 (rejection).
package xauslaender

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"aufenthalt/internal/latin"
)

// Profile is one half-yearly release of the standard.
type Profile struct {
	Namespace string
	Version   string
	TypeList  string // list version of nachrichtentyp
}

// V2611 is valid from 1 November 2026.
var V2611 = Profile{Namespace: "http://www.osci.de/xauslaender2611", Version: "26.11", TypeList: "19"}

// MaxMessage bounds a message: the standard allows 50 MB.
const MaxMessage = 50_000_000

// Rejection says why a message is refused: the standard's reason code, where, what is wrong, what would be right.
type Rejection struct {
	Code string // of list fehlercodes.synchron, e.g. S001
	Line int
	Path string // element names from the root; no content
	What string
	Want string
}

func (r *Rejection) Error() string {
	s := fmt.Sprintf("%s line %d %s: %s", r.Code, r.Line, r.Path, r.What)
	if r.Want != "" {
		s += "; want " + r.Want
	}
	return s
}

// Node is one element that was read.
type Node struct {
	Name      string
	Qualified bool // in the namespace of XAusländer
	Attr      map[string]string
	Text      string
	Data      []byte // content of a document to be written as base64, in place of Text; never set by reading
	Kids      []*Node
	Line      int
}

// Kid gives the first child of a name, nil when there is none.
func (n *Node) Kid(name string) *Node {
	if n == nil {
		return nil
	}
	for _, k := range n.Kids {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// At follows a path of names and gives its text, empty when there is no such element.
func (n *Node) At(path ...string) string {
	for _, p := range path {
		n = n.Kid(p)
	}
	if n == nil {
		return ""
	}
	return n.Text
}

// IsApplication tells whether a message type opens a case: an application, under whichever law.
func IsApplication(messageType string) bool {
	return messageType == "130101" || messageType == "130301"
}

// Type gives the message's number, e.g. 130101.
func (n *Node) Type() string { return n.Name[strings.LastIndexByte(n.Name, '.')+1:] }

// Reader reads and writes messages of one profile. It is safe for concurrent use.
type Reader struct {
	profile Profile
	table   *latin.Table
	roots   map[string]*element
}

// NewReader prepares the descriptions of a profile.
func NewReader(p Profile) *Reader { return &Reader{p, latin.New(), messages(p)} }

// Read parses and checks a message completely; the error is a *Rejection.
func (r *Reader) Read(data []byte) (*Node, error) {
	root, err := r.parse(data)
	if err != nil {
		return nil, err
	}
	if err := r.check(root); err != nil {
		return nil, err
	}
	return root, nil
}

func (r *Reader) check(root *Node) error {
	form, ok := r.roots[root.Name]
	if !ok {
		return &Rejection{"X001", root.Line, root.Name, "unknown message", "a message of the online application"}
	}
	c := &checker{r: r}
	c.element(root, form, root.Name)
	c.attributes(root)
	c.typeOf(root)
	if c.err != nil {
		return c.err
	}
	return nil
}

const maxDepth = 24

// parse builds the tree: UTF-8, no DOCTYPE, no entities beyond XML's own, bounded.
func (r *Reader) parse(data []byte) (*Node, error) {
	if len(data) > MaxMessage {
		return nil, &Rejection{"S999", 1, "", "message is larger than 50 MB", ""}
	}
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errors.New("not UTF-8") }
	var root *Node
	var stack []*Node
	for {
		tok, err := dec.Token()
		line, _ := dec.InputPos()
		if err == io.EOF {
			break
		}
		if err != nil {
			code := "X000"
			if strings.Contains(err.Error(), "UTF-8") {
				code = "S001"
			}
			return nil, &Rejection{code, line, path(stack), "not well-formed XML in UTF-8", ""}
		}
		switch t := tok.(type) {
		case xml.Directive:
			return nil, &Rejection{"X000", line, path(stack), "DOCTYPE is forbidden", ""}
		case xml.StartElement:
			n, rej := r.start(t, line, stack)
			if rej != nil {
				return nil, rej
			}
			if len(stack) == 0 {
				if root != nil {
					return nil, &Rejection{"X000", line, "", "second root", ""}
				}
				root = n
			} else {
				top := stack[len(stack)-1]
				top.Kids = append(top.Kids, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 0 {
				stack[len(stack)-1].Text += string(t)
			}
		}
	}
	if root == nil {
		return nil, &Rejection{"X000", 1, "", "no root element", ""}
	}
	return root, nil
}

func (r *Reader) start(t xml.StartElement, line int, stack []*Node) (*Node, *Rejection) {
	where := path(stack) + "/" + t.Name.Local
	if len(stack) >= maxDepth {
		return nil, &Rejection{"X001", line, where, "nested too deeply", ""}
	}
	n := &Node{Name: t.Name.Local, Qualified: t.Name.Space == r.profile.Namespace, Line: line, Attr: map[string]string{}}
	if len(stack) == 0 && !n.Qualified {
		return nil, &Rejection{"V000", line, where, "namespace of another release or standard", r.profile.Namespace}
	}
	if !n.Qualified && t.Name.Space != "" {
		return nil, &Rejection{"X001", line, where, "element in a foreign namespace", ""}
	}
	for _, a := range t.Attr {
		switch {
		case a.Name.Space == "xmlns" || a.Name.Local == "xmlns":
		case a.Name.Space == "http://www.w3.org/2001/XMLSchema-instance" && a.Name.Local == "schemaLocation":
		case a.Name.Space != "":
			return nil, &Rejection{"X001", line, where, "unknown attribute", ""}
		default:
			n.Attr[a.Name.Local] = a.Value
		}
	}
	return n, nil
}

func path(stack []*Node) string {
	names := make([]string, len(stack))
	for i, n := range stack {
		names[i] = n.Name
	}
	return strings.Join(names, "/")
}
