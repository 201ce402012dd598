// Package pdf writes the product's documents: the summary of an application for the case worker and the applicant's
// receipt. The output is PDF 1.7 (ISO 32000-1), tagged for screen readers, with embedded fonts for all letters of
// DIN 91379, Greek, Cyrillic and Arabic. The same input gives the same bytes.
package pdf

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-text/typesetting/language"
)

// Options say what a document is and what stands on every page.
type Options struct {
	Title      string    // shown in the window and at the head of every page but the first
	Lang       string    // BCP 47, language of the text
	Author     string    // who made it
	Created    time.Time // goes into the metadata
	Footer     string    // at the foot of every page, such as the case number
	PageFormat string    // beside it, with {page} and {pages}: "Seite {page} von {pages}"
}

// Doc is a document that grows from top to bottom. It is for one goroutine.
type Doc struct {
	fonts    *Fonts
	tools    *shaper
	o        Options
	lang     language.Language
	blocks   []block
	root     *element
	open     *element // the table that a further Row belongs to
	headings []*heading
	err      error
}

// heading is kept for the bookmarks.
type heading struct {
	level int
	text  string
	el    *element
	top   float64 // from the upper edge of its page, known once drawn
}

// Measures in points. The page is A4 with margins of 20 mm.
const (
	pageWidth  = 595.28
	pageHeight = 841.89
	margin     = 56.69
	bodyWidth  = pageWidth - 2*margin
	bodyTop    = margin
	bodyBottom = pageHeight - margin
	labelWidth = 168
	valueLeft  = labelWidth + 14
	bodySize   = 10
	bodyLine   = 14
)

// Shades of grey, for print: text is black.
const (
	black = "0 g"
	muted = "0.32 g"
	rule  = "0.8 g"
	wash  = "0.95 g"
)

// New begins a document.
func New(fonts *Fonts, o Options) *Doc {
	if o.Lang == "" {
		o.Lang = "de"
	}
	return &Doc{fonts: fonts, o: o, lang: language.NewLanguage(o.Lang), root: &element{kind: "Document"}}
}

// shaper borrows what turns text into glyphs; Bytes gives it back.
func (d *Doc) shaper() *shaper {
	if d.tools == nil {
		d.tools = d.fonts.tools.Get().(*shaper)
	}
	return d.tools
}

// lines shapes what a person wrote. It is forgotten with the document.
func (d *Doc) lines(text string, l layout) []line { return d.shaper().wrap(text, d.lang, l) }

// own shapes a text of the program's own, or remembers how: labels and headings are most of a document.
func (d *Doc) own(text string, l layout) []line {
	p := phrase{text, d.lang, l}
	if lines, ok := d.fonts.remembered(p); ok {
		return lines
	}
	lines := d.lines(text, l)
	d.fonts.remember(p, lines)
	return lines
}

// block is what stands between two gaps. Strips are never cut.
type block struct {
	before   float64 // gap above, not at the head of a page
	strips   []strip
	together bool // all strips on one page, if a page can hold them
	withNext bool // not alone at the foot of a page
}

// strip is drawn with its upper edge at top.
type strip struct {
	height float64
	draw   func(c *canvas, top float64)
}

func (b block) height() (h float64) {
	for _, s := range b.strips {
		h += s.height
	}
	return h
}

// textStrips draws lines one below the other as content of an element.
func textStrips(el *element, lines []line, l layout, left, lineHeight float64, color string) []strip {
	out := make([]strip, len(lines))
	for i := range lines {
		out[i] = strip{lineHeight, func(c *canvas, top float64) {
			c.tagged(el, func() { c.line(lines[i], l, left, top, lineHeight, color) })
		}}
	}
	return out
}

// joined makes one strip of several, with padding above and below.
func joined(strips []strip, above, below float64) strip {
	h := above + below
	for _, s := range strips {
		h += s.height
	}
	return strip{h, func(c *canvas, top float64) {
		top += above
		for _, s := range strips {
			s.draw(c, top)
			top += s.height
		}
	}}
}

// Heading adds a heading of level 1 to 3. It must not hold personal data: headings are remembered.
func (d *Doc) Heading(level int, text string) {
	level = min(max(level, 1), 3)
	sizes := [...]struct{ size, line, before, after float64 }{{17, 23, 22, 7}, {13, 18, 15, 4}, {10.5, 15, 12, 3}}
	m := sizes[level-1]
	el := d.add(d.root, fmt.Sprintf("H%d", level))
	h := &heading{level: level, text: text, el: el}
	d.headings = append(d.headings, h)
	l := layout{style: bold, size: m.size, width: bodyWidth}
	strips := textStrips(el, d.own(text, l), l, 0, m.line, black)
	first := strips[0]
	strips[0].draw = func(c *canvas, top float64) {
		h.top = top
		first.draw(c, top)
	}
	strips = append(strips, strip{m.after, func(*canvas, float64) {}})
	d.put(block{before: m.before, strips: strips, together: true, withNext: true})
}

// Paragraph adds running text, without personal data: it is remembered.
func (d *Doc) Paragraph(text string) {
	l := layout{style: regular, size: bodySize, width: bodyWidth}
	strips := textStrips(d.add(d.root, "P"), d.own(text, l), l, 0, bodyLine, black)
	d.put(block{before: 6, strips: strips, together: len(strips) <= 6})
}

// Row adds a label and its value. Rows that follow one another form one table. The value stands in bidi isolation; line
// feeds in it are kept. The label must not hold personal data: it is remembered, the value is not.
func (d *Doc) Row(label, value string) { d.row(label, value, d.lines) }

// Finding is a Row whose value is a text of the program's own as well.
func (d *Doc) Finding(label, value string) { d.row(label, value, d.own) }

func (d *Doc) row(label, value string, shape func(string, layout) []line) {
	table := d.open
	if table == nil {
		table = d.add(d.root, "Table")
	}
	tr := d.add(table, "TR")
	th, td := d.add(tr, "TH"), d.add(tr, "TD")
	th.attributes = "/A << /O /Table /Scope /Row >>"
	ll, vl := layout{style: regular, size: 9.5, width: labelWidth}, layout{style: regular, size: bodySize, width: bodyWidth - valueLeft}
	labels := textStrips(th, d.own(label, ll), ll, 0, bodyLine, muted)
	values := textStrips(td, shape(isolate(value), vl), vl, valueLeft, bodyLine, black)
	const above, below = 3.25, 3.25
	ruled := strip{0.5, func(c *canvas, top float64) { c.artifact(func() { c.rect(rule, 0, top, bodyWidth, 0.5) }) }}
	n := max(len(labels), len(values))
	b := block{together: true}
	if first := d.open == nil; first {
		b.before = 8
		b.strips = append(b.strips, ruled)
	}
	if n <= 16 {
		b.strips = append(b.strips, strip{float64(n)*bodyLine + above + below, func(c *canvas, top float64) {
			joined(labels, above, 0).draw(c, top)
			joined(values, above, 0).draw(c, top)
		}}, ruled)
	} else { // too tall to keep together: line by line
		b.together = false
		for i := range n {
			b.strips = append(b.strips, strip{bodyLine, func(c *canvas, top float64) {
				if i < len(labels) {
					labels[i].draw(c, top)
				}
				if i < len(values) {
					values[i].draw(c, top)
				}
			}})
		}
		b.strips = append(b.strips, ruled)
	}
	d.put(b)
	d.open = table
}

// List adds a list with bullets.
func (d *Doc) List(items []string) {
	if len(items) == 0 {
		return
	}
	const indent = 14
	list := d.add(d.root, "L")
	list.attributes = "/A << /O /List /ListNumbering /Disc >>"
	l := layout{style: regular, size: bodySize, width: bodyWidth - indent}
	bullet := d.own("•", l)
	for i, text := range items {
		li := d.add(list, "LI")
		label, body := d.add(li, "Lbl"), d.add(li, "LBody")
		strips := textStrips(body, d.lines(isolate(text), l), l, indent, bodyLine, black)
		first := strips[0]
		strips[0] = strip{first.height, func(c *canvas, top float64) {
			c.tagged(label, func() { c.line(bullet[0], l, 3, top, bodyLine, black) })
			first.draw(c, top)
		}}
		b := block{before: 2, strips: strips, together: len(strips) <= 6, withNext: i == 0 && len(items) > 1}
		if i == 0 {
			b.before = 6
		}
		d.put(b)
	}
}

// Note adds text that must not be overlooked, in a box.
func (d *Doc) Note(text string) {
	const padding = 10
	l := layout{style: regular, size: bodySize, width: bodyWidth - 2*padding - 3}
	el := d.add(d.root, "P")
	strips := textStrips(el, d.lines(text, l), l, padding+3, bodyLine, black)
	boxed := make([]strip, len(strips))
	for i, s := range strips {
		above, below := 0.0, 0.0
		if i == 0 {
			above = 8
		}
		if i == len(strips)-1 {
			below = 8
		}
		inner := joined([]strip{s}, above, below)
		boxed[i] = strip{inner.height, func(c *canvas, top float64) {
			c.artifact(func() {
				c.rect(wash, 0, top, bodyWidth, inner.height+0.1)
				c.rect(black, 0, top, 3, inner.height+0.1)
			})
			inner.draw(c, top)
		}}
	}
	d.put(block{before: 10, strips: boxed, together: true})
	d.gap(4)
}

// Big adds a number or code that people read out or copy by hand: large, all signs equally wide.
func (d *Doc) Big(label, value string) {
	const padding = 12
	div := d.add(d.root, "Div")
	pl, pv := d.add(div, "P"), d.add(div, "P")
	ll := layout{style: regular, size: 9.5, width: bodyWidth - 2*padding}
	vl := layout{style: bold, size: 15, width: bodyWidth - 2*padding, cell: 740}
	strips := textStrips(pl, d.lines(label, ll), ll, padding, 13, muted)
	strips = append(strips, textStrips(pv, d.lines(isolate(value), vl), vl, padding, 25, black)...)
	inner := joined(strips, 7, 5)
	d.put(block{before: 8, strips: []strip{{inner.height, func(c *canvas, top float64) {
		c.artifact(func() { c.frame(0.75, 0, top, bodyWidth, inner.height) })
		inner.draw(c, top)
	}}}})
	d.gap(2)
}

// Code draws a QR code given as rows of '0' and '1' (dark), with the quiet zone of four modules that readers need
// (ISO/IEC 18004 § 5.3.8). Alt says in words what it holds. Without rows it adds nothing.
func (d *Doc) Code(rows []string, alt string) {
	if len(rows) == 0 {
		return
	}
	for _, row := range rows {
		if len(row) != len(rows) || strings.Trim(row, "01") != "" {
			d.err = fmt.Errorf("pdf: a code needs as many signs 0 or 1 in each row as it has rows")
			return
		}
	}
	const module = 2.6 // points, 0.9 mm
	size := module * float64(len(rows))
	figure := d.add(d.root, "Figure")
	figure.alt = alt
	d.put(block{before: 4 * module, strips: []strip{{size, func(c *canvas, top float64) {
		foot := pageHeight - top - size
		figure.attributes = fmt.Sprintf("/A << /O /Layout /BBox [%s %s %s %s] >>",
			number(margin), number(foot), number(margin+size), number(foot+size))
		c.tagged(figure, func() { c.modules(rows, 0, top, module) })
	}}}})
	d.gap(module) // what follows keeps three more by its own gap
}

func (d *Doc) put(b block) {
	d.blocks = append(d.blocks, b)
	d.open = nil
}

// gap adds room below a block; it is lost at the end of a page.
func (d *Doc) gap(h float64) {
	d.blocks = append(d.blocks, block{before: h})
}

// element is a node of the structure tree (ISO 32000-1 § 14.7).
type element struct {
	kind, alt, attributes string
	parent                *element
	kids                  []kid
	object                int // number in the file
}

// kid is an element or a piece of marked content on a page.
type kid struct {
	el         *element
	page, mcid int
}

func (d *Doc) add(parent *element, kind string) *element {
	el := &element{kind: kind, parent: parent}
	parent.kids = append(parent.kids, kid{el: el})
	return el
}
