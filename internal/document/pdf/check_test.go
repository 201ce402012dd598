package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
)

// file is a document of ours read back by other code than that which wrote it.
type file struct {
	t       testing.TB
	objects map[int]string // between "N 0 obj" and "endobj"
	catalog string
	pages   []int
	texts   []map[int]string // per page: MCID → text in the order of reading
	lowest  float64          // lowest base line of tagged text, from the lower edge
	fonts   map[string]map[uint16]string
}

var (
	objectHead = regexp.MustCompile(`^(\d+) 0 obj\n`)
	reference  = regexp.MustCompile(`(\d+) 0 R`)
)

// readBack checks the file's structure and gives what is needed to look at its content:
//   - every entry of the table leads to its object, every reference to an object
//   - all fonts are embedded and have ToUnicode
//   - all content is marked, and every piece of it belongs to the element that the parent tree says
//   - the catalogue has what a tagged file needs
func readBack(t testing.TB, data []byte) *file {
	t.Helper()
	f := &file{t: t, objects: map[int]string{}, fonts: map[string]map[uint16]string{}, lowest: pageHeight}
	f.table(data)
	for n, o := range f.objects {
		for _, m := range reference.FindAllStringSubmatch(withoutStream(o), -1) {
			if target, _ := strconv.Atoi(m[1]); f.objects[target] == "" {
				t.Errorf("object %d points to %d, which is not there", n, target)
			}
		}
	}
	f.readFonts()
	for _, key := range []string{"/Lang ", "/MarkInfo << /Marked true >>", "/StructTreeRoot ", "/Metadata ", "/DisplayDocTitle true"} {
		if !strings.Contains(f.catalog, key) {
			t.Errorf("the catalogue lacks %s", key)
		}
	}
	for _, n := range f.refs(f.get(f.ref(f.catalog, "Pages")), "Kids") {
		f.pages = append(f.pages, n)
		f.texts = append(f.texts, f.content(f.stream(f.ref(f.get(n), "Contents"))))
	}
	f.parents()
	return f
}

func withoutStream(o string) string {
	head, _, _ := strings.Cut(o, "\nstream\n")
	return head
}

func (f *file) get(n int) string { return withoutStream(f.objects[n]) }

func (f *file) ref(dict, key string) int {
	m := regexp.MustCompile("/" + key + ` (\d+) 0 R`).FindStringSubmatch(dict)
	if m == nil {
		f.t.Fatalf("no %s in %.200s", key, dict)
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

func (f *file) refs(dict, key string) (out []int) {
	m := regexp.MustCompile("/" + key + ` \[([^\]]*)\]`).FindStringSubmatch(dict)
	if m == nil {
		f.t.Fatalf("no %s in %.200s", key, dict)
	}
	for _, r := range reference.FindAllStringSubmatch(m[1], -1) {
		n, _ := strconv.Atoi(r[1])
		out = append(out, n)
	}
	return out
}

// table follows the cross-reference table.
func (f *file) table(data []byte) {
	f.t.Helper()
	s := string(data)
	at, err := strconv.Atoi(strings.TrimSuffix(s[strings.LastIndex(s, "startxref\n")+10:], "\n%%EOF\n"))
	if err != nil || !strings.HasPrefix(s[at:], "xref\n0 ") {
		f.t.Fatal("startxref does not lead to the table")
	}
	lines := strings.SplitAfter(s[at:], "\n")
	n, _ := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(lines[1], "0 ")))
	for i := 1; i < n; i++ {
		if len(lines[2+i]) != 20 {
			f.t.Fatalf("entry %d has %d bytes, not 20", i, len(lines[2+i]))
		}
		offset, _ := strconv.Atoi(lines[2+i][:10])
		m := objectHead.FindStringSubmatch(s[offset:min(len(s), offset+30)])
		if m == nil || m[1] != strconv.Itoa(i) {
			f.t.Fatalf("entry %d leads to %.20q", i, s[offset:])
		}
		body := s[offset+len(m[0]):]
		f.objects[i] = body[:strings.Index(body, "\nendobj\n")+1]
		if l := regexp.MustCompile(`/Length (\d+) >>\nstream\n`).FindStringSubmatchIndex(body); l != nil && l[0] < strings.Index(body, "\nendobj\n") {
			size, _ := strconv.Atoi(body[l[2]:l[3]])
			if !strings.HasPrefix(body[l[1]+size:], "\nendstream\nendobj\n") {
				f.t.Fatalf("object %d: Length is wrong", i)
			}
			f.objects[i] = body[:l[1]+size]
		}
	}
	trailer := strings.Join(lines[2+n:], "")
	f.catalog = f.get(f.ref(trailer, "Root"))
}

func (f *file) stream(n int) []byte {
	f.t.Helper()
	_, raw, ok := strings.Cut(f.objects[n], "\nstream\n")
	if !ok {
		f.t.Fatalf("object %d is no stream", n)
	}
	z, err := zlib.NewReader(strings.NewReader(raw))
	if err != nil {
		f.t.Fatal(err)
	}
	out, err := io.ReadAll(z)
	if err != nil {
		f.t.Fatal(err)
	}
	return out
}

var bfchar = regexp.MustCompile(`<([0-9A-F]{4})> <([0-9A-F]+)>`)

func (f *file) readFonts() {
	f.t.Helper()
	for _, m := range regexp.MustCompile(`/(F\d+) (\d+) 0 R`).FindAllStringSubmatch(f.get(f.refs(f.get(f.ref(f.catalog, "Pages")), "Kids")[0]), -1) {
		n, _ := strconv.Atoi(m[2])
		font := f.get(n)
		descendant := f.get(f.refs(font, "DescendantFonts")[0])
		if file := f.stream(f.ref(f.get(f.ref(descendant, "FontDescriptor")), "FontFile2")); !bytes.HasPrefix(file, []byte{0, 1, 0, 0}) {
			f.t.Errorf("font %s is not embedded", m[1])
		}
		f.fonts[m[1]] = map[uint16]string{}
		for _, c := range bfchar.FindAllStringSubmatch(string(f.stream(f.ref(font, "ToUnicode"))), -1) {
			g, _ := strconv.ParseUint(c[1], 16, 16)
			f.fonts[m[1]][uint16(g)] = fromHex(c[2])
		}
	}
}

func fromHex(s string) string {
	var u []uint16
	for ; len(s) >= 4; s = s[4:] {
		n, _ := strconv.ParseUint(s[:4], 16, 16)
		u = append(u, uint16(n))
	}
	return string(utf16.Decode(u))
}

var (
	marked = regexp.MustCompile(`^/(\w+) <</MCID (\d+)>> BDC$`)
	actual = regexp.MustCompile(`^/Span <</ActualText <FEFF([0-9A-F]*)>>> BDC$`)
	place  = regexp.MustCompile(`^/(F\d+) [\d.]+ Tf 1 0 0 1 ([\d.-]+) ([\d.-]+) Tm$`)
	shown  = regexp.MustCompile(`^\[(.*)\] TJ$`)
	codes  = regexp.MustCompile(`<([0-9A-F]*)>`)
	paints = regexp.MustCompile(` (re f|re S|re|f)$|^f$`)
)

// content reads one page and gives the text of each MCID.
func (f *file) content(data []byte) map[int]string {
	f.t.Helper()
	out := map[int]string{}
	var stack []string
	id, font, instead := -1, "", false
	var pieces []string // of one item
	flush := func() {
		if id >= 0 {
			out[id] += readingOrder(pieces)
		}
		pieces = nil
	}
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		switch {
		case marked.MatchString(line):
			m := marked.FindStringSubmatch(line)
			if id != -1 || len(stack) > 0 {
				f.t.Errorf("marked content within marked content: %s", line)
			}
			id, _ = strconv.Atoi(m[2])
			if _, twice := out[id]; twice {
				f.t.Errorf("MCID %d twice", id)
			}
			out[id] = ""
			stack = append(stack, "content")
		case actual.MatchString(line):
			pieces = append(pieces, fromHex(actual.FindStringSubmatch(line)[1]))
			instead = true
			stack = append(stack, "span")
		case strings.HasPrefix(line, "/Artifact "):
			if len(stack) > 0 {
				f.t.Errorf("artifact within content")
			}
			stack = append(stack, "artifact")
		case line == "EMC":
			if len(stack) == 0 {
				f.t.Fatal("EMC without BDC")
			}
			switch stack[len(stack)-1] {
			case "content":
				flush()
				id = -1
			case "span":
				instead = false
			}
			stack = stack[:len(stack)-1]
		case place.MatchString(line):
			flush()
			m := place.FindStringSubmatch(line)
			font = m[1]
			x, _ := strconv.ParseFloat(m[2], 64)
			y, _ := strconv.ParseFloat(m[3], 64)
			if x < margin-0.01 || x > pageWidth-margin+0.01 || y > pageHeight-20 {
				f.t.Errorf("text at %v, %v stands in the margin", x, y)
			}
			if id >= 0 {
				f.lowest = min(f.lowest, y)
			}
		case shown.MatchString(line):
			if len(stack) == 0 {
				f.t.Errorf("text that is not marked: %s", line)
			}
			for _, m := range codes.FindAllStringSubmatch(line, -1) {
				for c := m[1]; len(c) >= 4; c = c[4:] {
					g, _ := strconv.ParseUint(c[:4], 16, 16)
					text, ok := f.fonts[font][uint16(g)]
					if !ok || text == "" {
						f.t.Errorf("glyph %d of %s has no text", g, font)
					}
					if !instead {
						pieces = append(pieces, text)
					}
				}
			}
		case paints.MatchString(line), strings.HasSuffix(line, " Ts"), strings.HasSuffix(line, " g"), line == "ET":
			if len(stack) == 0 {
				f.t.Errorf("drawn without mark: %s", line)
			}
		default:
			f.t.Fatalf("unknown operator: %s", line)
		}
	}
	if len(stack) != 0 {
		f.t.Error("BDC without EMC")
	}
	return out
}

// readingOrder turns around what a reader turns around: an item of letters from right to left.
func readingOrder(pieces []string) string {
	if slices.ContainsFunc(pieces, func(s string) bool { return strings.ContainsFunc(s, isRTL) }) {
		slices.Reverse(pieces)
	}
	return strings.Join(pieces, "")
}

func isRTL(r rune) bool { return unicode.In(r, unicode.Arabic, unicode.Hebrew) && unicode.IsLetter(r) }

// parents compares the parent tree with the elements' own kids and insists that every piece of content is in the tree.
func (f *file) parents() {
	f.t.Helper()
	tree := f.get(f.ref(f.catalog, "StructTreeRoot"))
	nums := f.get(f.ref(tree, "ParentTree"))
	for i, page := range f.pages {
		if !strings.Contains(f.get(page), fmt.Sprintf("/StructParents %d ", i)) {
			f.t.Errorf("page %d has no place in the parent tree", i)
		}
		m := regexp.MustCompile(fmt.Sprintf(`[\[\] ]%d \[([^\]]*)\]`, i)).FindStringSubmatch(nums)
		if m == nil {
			f.t.Fatalf("page %d is not in the parent tree", i)
		}
		owners := reference.FindAllStringSubmatch(m[1], -1)
		if len(owners) != len(f.texts[i]) {
			f.t.Errorf("page %d has %d pieces and %d owners", i, len(f.texts[i]), len(owners))
		}
		for id, o := range owners {
			n, _ := strconv.Atoi(o[1])
			if !slices.Contains(f.pieces(n), [2]int{i, id}) {
				f.t.Errorf("piece %d of page %d is not a kid of its owner %d", id, i, n)
			}
		}
	}
}

var (
	kidItem = regexp.MustCompile(`<< /Type /MCR /Pg (\d+) 0 R /MCID (\d+) >>|(\d+) 0 R|(\d+)`)
	kidList = regexp.MustCompile(`/K \[(.*)\] >>`)
)

// pieces gives page and MCID of an element's own content.
func (f *file) pieces(n int) (out [][2]int) {
	el := f.get(n)
	own := -1
	if m := regexp.MustCompile(`/Pg (\d+) 0 R`).FindStringSubmatch(strings.Split(el, "/K [")[0]); m != nil {
		num, _ := strconv.Atoi(m[1])
		own = slices.Index(f.pages, num)
	}
	for _, k := range kidItem.FindAllStringSubmatch(kidList.FindStringSubmatch(el)[1], -1) {
		switch {
		case k[1] != "":
			num, _ := strconv.Atoi(k[1])
			id, _ := strconv.Atoi(k[2])
			out = append(out, [2]int{slices.Index(f.pages, num), id})
		case k[4] != "":
			id, _ := strconv.Atoi(k[4])
			out = append(out, [2]int{own, id})
		}
	}
	return out
}

// node is an element with its text, for comparing.
type node struct {
	kind, text, raw string
	pages           []int // on which it has content, with its descendants
	kids            []node
}

// tree reads the structure tree from its root.
func (f *file) tree() node {
	return f.node(f.refs(f.get(f.ref(f.catalog, "StructTreeRoot")), "K")[0])
}

func (f *file) node(n int) node {
	el := f.get(n)
	out := node{kind: regexp.MustCompile(`/S /(\w+) /P`).FindStringSubmatch(el)[1], raw: el}
	for _, p := range f.pieces(n) {
		out.text += f.texts[p[0]][p[1]]
		out.pages = append(out.pages, p[0])
	}
	for _, k := range kidItem.FindAllStringSubmatch(kidList.FindStringSubmatch(el)[1], -1) {
		if k[3] != "" {
			num, _ := strconv.Atoi(k[3])
			kid := f.node(num)
			out.kids = append(out.kids, kid)
			out.pages = append(out.pages, kid.pages...)
		}
	}
	return out
}

// outline lists an element and its descendants as lines "  TD text".
func (n node) outline(depth int) string {
	out := strings.Repeat("  ", depth) + strings.TrimRight(n.kind+" "+n.text, " ") + "\n"
	for _, k := range n.kids {
		out += k.outline(depth + 1)
	}
	return out
}

// all gives every element of a kind.
func (n node) all(kind string) (out []node) {
	if n.kind == kind {
		out = append(out, n)
	}
	for _, k := range n.kids {
		out = append(out, k.all(kind)...)
	}
	return out
}
