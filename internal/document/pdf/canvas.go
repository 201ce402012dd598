package pdf

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
)

// page is the content of one page and which element each of its marked pieces belongs to.
type page struct {
	content []byte
	owners  []*element // by MCID
}

// canvas draws on the pages one after the other. Places are in points from the left margin and the upper edge of the
// page; the file counts from its lower left corner.
type canvas struct {
	pages  []*page
	fonts  map[*typeface]*usedFont
	listed []*usedFont // in order of first use
}

// usedFont collects which glyphs are needed and what each stands for.
type usedFont struct {
	*typeface
	resource string // name on the pages: F0, F1, …
	text     map[uint16]string
}

func (c *canvas) page() *page { return c.pages[len(c.pages)-1] }

func (c *canvas) write(parts ...string) {
	p := c.page()
	for _, s := range parts {
		p.content = append(p.content, s...)
	}
}

// number writes a length with at most two decimals.
func number(f float64) string {
	s := strconv.FormatFloat(f, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// tagged draws content that belongs to an element.
func (c *canvas) tagged(el *element, draw func()) {
	p := c.page()
	id := len(p.owners)
	p.owners = append(p.owners, el)
	el.kids = append(el.kids, kid{page: len(c.pages) - 1, mcid: id})
	c.write("/", el.kind, " <</MCID ", strconv.Itoa(id), ">> BDC\n")
	draw()
	c.write("EMC\n")
}

// artifact draws what is no content: lines, boxes, page numbers.
func (c *canvas) artifact(draw func()) {
	c.write("/Artifact BMC\n")
	draw()
	c.write("EMC\n")
}

// running draws text at the head or foot of pages (§ 14.8.2.2).
func (c *canvas) running(kind string, draw func()) {
	c.write("/Artifact <</Type /Pagination /Subtype /", kind, ">> BDC\n")
	draw()
	c.write("EMC\n")
}

func (c *canvas) rect(color string, left, top, width, height float64) {
	c.write(color, " ", number(margin+left), " ", number(pageHeight-top-height), " ", number(width), " ", number(height), " re f\n")
}

func (c *canvas) frame(stroke, left, top, width, height float64) {
	half := stroke / 2
	c.write("0.35 G ", number(stroke), " w ", number(margin+left+half), " ", number(pageHeight-top-height+half), " ",
		number(width-stroke), " ", number(height-stroke), " re S\n")
}

// modules draws the dark squares of a code, neighbours in a row as one.
func (c *canvas) modules(rows []string, left, top, module float64) {
	c.write(black, "\n")
	for y, row := range rows {
		for x := 0; x < len(row); x++ {
			from := x
			for x < len(row) && row[x] == '1' {
				x++
			}
			if x > from {
				c.write(number(margin+left+float64(from)*module), " ", number(pageHeight-top-float64(y+1)*module), " ",
					number(float64(x-from)*module), " ", number(module), " re\n")
			}
		}
	}
	c.write("f\n")
}

// line draws one line of text in the middle of its height. Items are written in the order of reading, each at its place.
func (c *canvas) line(l line, how layout, left, top, height float64, color string) {
	const ascent, descent = 1.069, 0.293 // of Noto Sans, which sets the pace for all
	base := pageHeight - (top + (height-(ascent+descent)*how.size)/2 + ascent*how.size)
	places := make([]float64, len(l.items))
	x := margin + left
	for _, i := range l.order {
		places[i] = x
		for _, g := range l.items[i].glyphs {
			x += float64(g.advance) * how.size / unitsPerEm
		}
	}
	c.write("BT ", color, "\n")
	for i, it := range l.items {
		f := c.font(it.face.typeface)
		c.write("/", f.resource, " ", number(how.size), " Tf 1 0 0 1 ", number(places[i]), " ", number(base), " Tm\n")
		c.glyphs(f, it, l.text, how.size)
	}
	c.write("ET\n")
}

func (c *canvas) font(t *typeface) *usedFont {
	f, ok := c.fonts[t]
	if !ok {
		f = &usedFont{typeface: t, resource: "F" + strconv.Itoa(len(c.listed)), text: map[uint16]string{}}
		c.fonts[t] = f
		c.listed = append(c.listed, f)
	}
	return f
}

// glyphs writes the glyphs of an item from left to right. Readers turn text from right to left around by themselves.
// Where the glyphs of a cluster do not tell its text, its text stands beside them as ActualText (§ 14.9.4); so does a
// code set in wide cells, between whose signs readers would see blanks.
func (c *canvas) glyphs(f *usedFont, it item, text []rune, size float64) {
	w := glyphWriter{c: c, f: f, size: size}
	if it.cell > 0 {
		for at := 0; at < len(it.glyphs); {
			from := at
			for at++; at < len(it.glyphs) && (text[it.glyphs[at].cluster] == ' ') == (text[it.glyphs[from].cluster] == ' '); at++ {
			}
			w.word(it, it.glyphs[from:at], text)
		}
		return
	}
	for at := 0; at < len(it.glyphs); {
		g := it.glyphs[at]
		cluster := it.glyphs[at : at+max(1, min(g.glyphs, len(it.glyphs)-at))]
		at += len(cluster)
		if f.learn(cluster, text[g.cluster:g.cluster+g.runes], it.level%2 == 1) {
			for _, g := range cluster {
				w.put(g)
			}
			continue
		}
		w.flush()
		c.actualText(string(text[g.cluster:g.cluster+g.runes]), func() {
			for _, g := range cluster {
				w.put(g)
			}
			w.flush()
		})
	}
	w.flush()
}

// word writes glyphs that are read together.
func (w *glyphWriter) word(it item, glyphs []glyph, text []rune) {
	from, to := len(text), 0
	for _, g := range glyphs {
		w.f.learn([]glyph{g}, text[g.cluster:g.cluster+g.runes], it.level%2 == 1)
		from, to = min(from, g.cluster), max(to, g.cluster+g.runes)
	}
	w.c.actualText(string(text[from:to]), func() {
		for _, g := range glyphs {
			w.put(g)
		}
		w.flush()
	})
}

// learn notes what the glyphs of a cluster stand for: in the order of reading one character each, the last one the
// rest. It tells whether a reader that goes by the notes gets the text of this cluster.
func (f *usedFont) learn(cluster []glyph, text []rune, rtl bool) bool {
	told := len(cluster) == 1 || rtl && len(cluster) <= len(text) // from left to right, readers misplace marks of their own
	for i := range cluster {
		g := cluster[i]
		if rtl {
			g = cluster[len(cluster)-1-i]
		}
		part := text[min(i, len(text)-1):min(i+1, len(text))]
		if i == len(cluster)-1 {
			part = text[min(i, len(text)-1):]
		}
		if g.id == f.unknown {
			part = []rune{unicode.ReplacementChar}
			told = false
		}
		known, ok := f.text[g.id]
		if !ok {
			known = string(part)
			f.text[g.id] = known
		}
		told = told && known == string(part)
	}
	return told
}

// actualText wraps content whose text cannot be told from its glyphs.
func (c *canvas) actualText(text string, draw func()) {
	c.write("/Span <</ActualText ", utf16Hex(text), ">> BDC\n")
	draw()
	c.write("EMC\n")
}

const hexDigits = "0123456789ABCDEF"

// utf16Hex writes a text string (§ 7.9.2.2).
func utf16Hex(s string) string {
	b := []byte("<FEFF")
	b = appendUTF16(b, s)
	return string(append(b, '>'))
}

func appendUTF16(b []byte, s string) []byte {
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, hexDigits[u>>12], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
	}
	return b
}

// glyphWriter collects glyphs of one height for a TJ operator (§ 9.4.3).
type glyphWriter struct {
	c     *canvas
	f     *usedFont
	size  float64
	array []byte
	open  bool // within <>
	rise  int
	carry int // units that the pen still has to move to the right before the next glyph
}

func (w *glyphWriter) put(g glyph) {
	if g.dy != w.rise {
		w.send()
		w.rise = g.dy
		w.c.write(number(float64(g.dy)*w.size/unitsPerEm), " Ts\n")
	}
	w.move(w.carry + g.dx)
	if !w.open {
		w.array = append(w.array, '<')
		w.open = true
	}
	w.array = append(w.array, hexDigits[g.id>>12], hexDigits[g.id>>8&15], hexDigits[g.id>>4&15], hexDigits[g.id&15])
	w.carry = g.advance - g.dx - int(w.f.file.advance[g.id])
}

// move shifts the pen; TJ counts to the left.
func (w *glyphWriter) move(units int) {
	if units == 0 {
		return
	}
	if w.open {
		w.array = append(w.array, '>')
		w.open = false
	}
	w.array = strconv.AppendInt(w.array, int64(-units), 10)
}

// send writes what was collected.
func (w *glyphWriter) send() {
	if len(w.array) == 0 {
		return
	}
	if w.open {
		w.array = append(w.array, '>')
		w.open = false
	}
	p := w.c.page()
	p.content = append(p.content, '[')
	p.content = append(p.content, w.array...)
	p.content = append(p.content, "] TJ\n"...)
	w.array = w.array[:0]
}

// flush sends everything and goes back to the base line.
func (w *glyphWriter) flush() {
	w.move(w.carry)
	w.carry = 0
	w.send()
	if w.rise != 0 {
		w.rise = 0
		w.c.write("0 Ts\n")
	}
}

// used gives the glyphs in order.
func (f *usedFont) used() []uint16 {
	out := make([]uint16, 0, len(f.text))
	for g := range f.text {
		out = append(out, g)
	}
	slices.Sort(out)
	return out
}
