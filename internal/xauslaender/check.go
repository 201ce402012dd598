package xauslaender

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// element describes one element: name, namespace, how often, and what is inside.
type element struct {
	name     string
	foreign  bool // declared outside XAusländer: no namespace
	min, max int  // max 0: any number
	text     kind // for a leaf
	list     *codeList
	kids     []*element
	choice   bool // exactly one of kids
}

// kind is what a leaf's text must be.
type kind int

const (
	none kind = iota
	textC
	uuidText
	day
	month
	year
	stamp
	boolean
	onlyTrue
	base64Text
	houseNumber
	houseLetter
	postcode
	floor
	height
	token
)

// codeList is a list of codes as a message must quote it.
type codeList struct {
	uri, version string
	codes        []string // nil: open list, the code is not checked here
	open         bool     // listVersionID is mandatory and free
	noName       bool     // the code element takes no label
	anyURI       bool     // the list is named by the message
}

var (
	uuidForm   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	monthForm  = regexp.MustCompile(`^[0-9]{4}-(0[1-9]|1[0-2])$`)
	yearForm   = regexp.MustCompile(`^[0-9]{4}$`)
	houseForm  = regexp.MustCompile(`^[0-9 ]{0,4}$`)
	letterForm = regexp.MustCompile(`^[\p{L}0-9./ ]{0,4}$`)
	plzForm    = regexp.MustCompile(`^[0-9 ]{0,5}$`)
	floorForm  = regexp.MustCompile(`^[\p{L}0-9 .]{0,4}$`)
	heightForm = regexp.MustCompile(`^[0-9]{1,3}$`)
)

// checker stops at the first thing that is wrong.
type checker struct {
	r   *Reader
	err *Rejection
}

func (c *checker) fail(code string, n *Node, path, what, want string) {
	if c.err == nil {
		c.err = &Rejection{code, n.Line, path, what, want}
	}
}

func (c *checker) element(n *Node, e *element, path string) {
	if n.Qualified == e.foreign {
		want := "the namespace of XAusländer"
		if e.foreign {
			want = "no namespace: the element is declared outside XAusländer"
		}
		c.fail("X001", n, path, "wrong namespace", want)
		return
	}
	switch {
	case e.list != nil:
		c.code(n, e.list, path)
	case e.text != none:
		if len(n.Kids) > 0 {
			c.fail("X001", n.Kids[0], path+"/"+n.Kids[0].Name, "element inside a text", "")
			return
		}
		c.leaf(n, e.text, path)
	default:
		if strings.TrimSpace(n.Text) != "" {
			c.fail("X001", n, path, "text between elements", "")
			return
		}
		c.children(n, e, path)
	}
}

func (c *checker) children(n *Node, e *element, path string) {
	if e.choice {
		c.oneOf(n, e, path)
		return
	}
	i := 0
	for _, want := range e.kids {
		count := 0
		for i < len(n.Kids) && n.Kids[i].Name == want.name && (want.max == 0 || count < want.max) {
			c.element(n.Kids[i], want, path+"/"+want.name)
			count++
			i++
		}
		if count < want.min {
			at := n
			if i < len(n.Kids) {
				at = n.Kids[i]
			}
			c.fail("X001", at, path, "element is missing or out of order", want.name)
		}
		if c.err != nil {
			return
		}
	}
	if i < len(n.Kids) {
		c.fail("X001", n.Kids[i], path+"/"+n.Kids[i].Name, "element is unknown here, out of order, or there too often", "")
	}
}

// oneOf checks a choice; the chosen element may repeat if it says so.
func (c *checker) oneOf(n *Node, e *element, path string) {
	if len(n.Kids) == 0 {
		c.fail("X001", n, path, "empty", names(e.kids))
		return
	}
	i := slices.IndexFunc(e.kids, func(k *element) bool { return k.name == n.Kids[0].Name })
	if i < 0 {
		c.fail("X001", n.Kids[0], path+"/"+n.Kids[0].Name, "element is unknown here", names(e.kids))
		return
	}
	for j, k := range n.Kids {
		if k.Name != e.kids[i].name || (e.kids[i].max != 0 && j >= e.kids[i].max) {
			c.fail("X001", k, path+"/"+k.Name, "only one of these is allowed", names(e.kids))
			return
		}
		c.element(k, e.kids[i], path+"/"+k.Name)
	}
}

func names(list []*element) string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.name
	}
	return strings.Join(out, " or ")
}

func (c *checker) code(n *Node, l *codeList, path string) {
	uri, hasURI := n.Attr["listURI"]
	version, hasVersion := n.Attr["listVersionID"]
	switch {
	case l.anyURI && (!hasURI || !hasVersion):
		c.fail("X001", n, path, "listURI or listVersionID is missing", "")
	case !l.anyURI && hasURI && uri != l.uri:
		c.fail("X001", n, path, "listURI is another list", l.uri)
	case l.open && !hasVersion:
		c.fail("X001", n, path, "listVersionID is missing", l.version)
	case !l.open && !l.anyURI && hasVersion && version != l.version:
		c.fail("X001", n, path, "listVersionID is another version", l.version)
	}
	form := &element{name: n.Name, kids: []*element{{name: "code", foreign: true, min: 1, max: 1, text: token}}}
	if !l.noName {
		form.kids = append(form.kids, &element{name: "name", foreign: true, max: 1, text: token})
	}
	c.children(n, form, path)
	if l.codes != nil && c.err == nil && !slices.Contains(l.codes, n.At("code")) {
		c.fail("X001", n, path+"/code", "code is not in the list", l.uri+" "+l.version)
	}
}

func (c *checker) leaf(n *Node, k kind, path string) {
	s, want := n.Text, ""
	ok := true
	switch k {
	case textC:
		ok, want = len(c.r.table.Check(s)) == 0, "DIN 91379 data type C"
	case token:
	case uuidText:
		ok, want = uuidForm.MatchString(s), "a UUID without prefix or braces"
	case day:
		_, err := time.Parse("2006-01-02", s)
		ok, want = err == nil, "a day like 2026-11-24, without zone"
	case month:
		ok, want = monthForm.MatchString(s), "a month like 2026-11"
	case year:
		ok, want = yearForm.MatchString(s), "a year like 2026"
	case stamp:
		_, err := time.Parse("2006-01-02T15:04:05.999999999Z07:00", s)
		if err != nil {
			_, err = time.Parse("2006-01-02T15:04:05.999999999", s) // the schema does not insist on a zone
		}
		ok, want = err == nil, "a time with milliseconds and zone"
	case boolean:
		ok, want = s == "true" || s == "false" || s == "1" || s == "0", "true or false"
	case onlyTrue:
		ok, want = s == "true" || s == "", "true, or leave the element out"
	case base64Text:
		ok, want = len(n.Data) > 0 || isBase64(s), "base64 with + and /"
	case houseNumber:
		ok, want = houseForm.MatchString(s), "digits, at most four; the letter has its own element"
	case houseLetter:
		ok, want = letterForm.MatchString(s) && len(c.r.table.Check(s)) == 0, "letters, digits, point, slash, at most four"
	case postcode:
		ok, want = plzForm.MatchString(s), "digits, at most five"
	case floor:
		ok, want = floorForm.MatchString(s) && len(c.r.table.Check(s)) == 0, "letters, digits, point, at most four"
	case height:
		ok, want = heightForm.MatchString(s), "one to three digits, centimetres"
	}
	if !ok {
		code := "X001"
		if k == textC {
			code = "S010"
		}
		c.fail(code, n, path, "value is not allowed", want)
	}
}

// isBase64 tells whether s is base64 (RFC 4648 § 4, padded, white space allowed) without decoding it: documents are
// megabytes.
func isBase64(s string) bool {
	signs, padding, last := 0, 0, byte('A')
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			continue
		case c == '=':
			padding++
		case padding > 0 || base64Value(c) < 0:
			return false
		default:
			last = c
		}
		signs++
	}
	// The bits that padding leaves over are zero (RFC 4648 § 3.5).
	left := [...]int{0, 3, 15}
	return signs%4 == 0 && padding <= 2 && base64Value(last)&left[min(padding, 2)] == 0
}

func base64Value(c byte) int {
	switch {
	case 'A' <= c && c <= 'Z':
		return int(c - 'A')
	case 'a' <= c && c <= 'z':
		return int(c-'a') + 26
	case '0' <= c && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

// attributes checks those of the root.
func (c *checker) attributes(n *Node) {
	known := map[string]string{"produkt": "", "produkthersteller": "", "produktversion": "", "standard": "XAusländer", "test": "", "version": c.r.profile.Version}
	for name, value := range n.Attr {
		fixed, ok := known[name]
		switch {
		case !ok:
			c.fail("X001", n, n.Name+"/@"+name, "unknown attribute", "")
		case fixed != "" && value != fixed:
			c.fail("X001", n, n.Name+"/@"+name, "value is fixed", fixed)
		case len(c.r.table.Check(value)) > 0:
			c.fail("S010", n, n.Name+"/@"+name, "value is not allowed", "DIN 91379 data type C")
		}
	}
	for _, name := range []string{"produkt", "produkthersteller", "standard", "version"} {
		if _, ok := n.Attr[name]; !ok {
			c.fail("X001", n, n.Name, "attribute is missing", name)
		}
	}
}

// typeOf demands that the head names the message that it is the head of.
func (c *checker) typeOf(n *Node) {
	if c.err == nil && n.Kid("nachrichtenkopf.g2g").Kid("identifikation.nachricht").Kid("nachrichtentyp").At("code") != n.Type() {
		c.fail("X001", n, n.Name+"/nachrichtenkopf.g2g", "nachrichtentyp is another message", n.Type())
	}
}
