package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bytes lays the document out and writes the file. It may be called once.
func (d *Doc) Bytes() ([]byte, error) {
	if d.err != nil {
		return nil, d.err
	}
	if len(d.blocks) == 0 {
		d.Paragraph(d.o.Title)
	}
	c := d.paginate()
	d.runningText(c)
	data, err := d.file(c)
	d.fonts.tools.Put(d.tools)
	d.tools = nil
	return data, err
}

// paginate draws the blocks from top to bottom, page after page.
func (d *Doc) paginate() *canvas {
	c := &canvas{fonts: map[*typeface]*usedFont{}}
	y := 0.0
	turn := func() {
		c.pages = append(c.pages, &page{})
		y = bodyTop
	}
	turn()
	const full = bodyBottom - bodyTop
	for i, b := range d.blocks {
		if y > bodyTop {
			y += b.before
		}
		if need := d.need(i); y > bodyTop && y+need > bodyBottom && need <= full {
			turn()
		}
		for _, s := range b.strips {
			if y+s.height > bodyBottom+0.01 && y > bodyTop {
				turn()
			}
			s.draw(c, y)
			y += s.height
		}
	}
	return c
}

// need is the height that must be left on the page for a block to begin: its first strip or all of it, and the same
// for what it must stand with.
func (d *Doc) need(i int) float64 {
	b := d.blocks[i]
	if len(b.strips) == 0 {
		return 0
	}
	h := b.strips[0].height
	if b.together {
		h = b.height()
	} else if len(b.strips) > 1 {
		h += b.strips[1].height // no single line at the foot
	}
	if b.withNext && i+1 < len(d.blocks) {
		h = b.height() + d.blocks[i+1].before + d.need(i+1)
	}
	return h
}

// runningText writes head and foot, now that the number of pages is known.
func (d *Doc) runningText(c *canvas) {
	all := c.pages
	l := layout{style: regular, size: 8, width: bodyWidth}
	title := d.lines(d.o.Title, l)
	for i, p := range all {
		c.pages = []*page{p}
		if i > 0 {
			c.running("Header", func() { c.line(title[0], l, 0, 28, 12, muted) })
			c.artifact(func() { c.rect(rule, 0, 43, bodyWidth, 0.5) })
		}
		foot := strings.NewReplacer("{page}", strconv.Itoa(i+1), "{pages}", strconv.Itoa(len(all))).Replace(d.o.PageFormat)
		if d.o.Footer != "" && foot != "" {
			foot = d.o.Footer + " · " + foot
		} else {
			foot = d.o.Footer + foot
		}
		if lines := d.lines(foot, l); foot != "" {
			c.running("Footer", func() { c.line(lines[0], l, 0, pageHeight-43, 12, muted) })
		}
	}
	c.pages = all
}

// writer collects numbered objects.
type writer struct {
	out     bytes.Buffer
	offsets []int // by object number; 0 is not used
	tools   *shaper
}

// reserve gives the number of an object that is written later.
func (w *writer) reserve() int {
	w.offsets = append(w.offsets, 0)
	return len(w.offsets) - 1
}

func (w *writer) object(num int, format string, args ...any) {
	w.offsets[num] = w.out.Len()
	fmt.Fprintf(&w.out, "%d 0 obj\n", num)
	fmt.Fprintf(&w.out, format, args...)
	w.out.WriteString("\nendobj\n")
}

// stream writes a compressed stream; dict is the rest of its dictionary.
func (w *writer) stream(num int, dict string, data []byte) error {
	b, zip := &w.tools.packed, w.tools.zip
	b.Reset()
	zip.Reset(b)
	if _, err := zip.Write(data); err != nil {
		return err
	}
	if err := zip.Close(); err != nil {
		return err
	}
	w.plainStream(num, dict+" /Filter /FlateDecode", b.Bytes())
	return nil
}

func (w *writer) plainStream(num int, dict string, data []byte) {
	w.offsets[num] = w.out.Len()
	fmt.Fprintf(&w.out, "%d 0 obj\n<< %s /Length %d >>\nstream\n", num, strings.TrimSpace(dict), len(data))
	w.out.Write(data)
	w.out.WriteString("\nendstream\nendobj\n")
}

// file writes all objects, the cross-reference table and the trailer.
func (d *Doc) file(c *canvas) ([]byte, error) {
	w := &writer{offsets: []int{0}, tools: d.shaper()}
	w.out.Grow(64 << 10)
	w.out.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	catalog, pages, info, meta, tree := w.reserve(), w.reserve(), w.reserve(), w.reserve(), w.reserve()
	pageNums := make([]int, len(c.pages))
	for i := range pageNums {
		pageNums[i] = w.reserve()
	}
	var fonts strings.Builder
	for _, f := range c.listed {
		num, err := w.font(f)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&fonts, "/%s %d 0 R ", f.resource, num)
	}
	for i, p := range c.pages {
		content := w.reserve()
		if err := w.stream(content, "", p.content); err != nil {
			return nil, err
		}
		w.object(pageNums[i], "<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %s %s] /Contents %d 0 R "+
			"/Resources << /Font << %s>> >> /StructParents %d /Tabs /S >>", pages, number(pageWidth), number(pageHeight), content, fonts.String(), i)
	}
	w.object(pages, "<< /Type /Pages /Count %d /Kids [%s] >>", len(pageNums), refs(pageNums))
	w.structure(d.root, tree, c.pages, pageNums)
	w.object(info, "<< /Title %s /Author %s /Creator (Aufenthalt) /Producer (Aufenthalt) /CreationDate %s /ModDate %s >>",
		pdfText(d.o.Title), pdfText(d.o.Author), pdfDate(d.o.Created), pdfDate(d.o.Created))
	w.plainStream(meta, "/Type /Metadata /Subtype /XML", d.xmp())
	outlines := w.outlines(d.headings, pageNums)
	w.object(catalog, "<< /Type /Catalog /Version /1.7 /Pages %d 0 R /Lang %s /MarkInfo << /Marked true >> "+
		"/StructTreeRoot %d 0 R /Metadata %d 0 R /ViewerPreferences << /DisplayDocTitle true >>%s >>",
		pages, pdfText(d.o.Lang), tree, meta, outlines)
	return w.finish(catalog, info), nil
}

// finish writes the table and the trailer; the file's identifier is a hash of everything before it.
func (w *writer) finish(catalog, info int) []byte {
	sum := sha256.Sum256(w.out.Bytes())
	id := hex.EncodeToString(sum[:16])
	at := w.out.Len()
	fmt.Fprintf(&w.out, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets))
	for _, o := range w.offsets[1:] {
		fmt.Fprintf(&w.out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&w.out, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets), catalog, info, id, id, at)
	return w.out.Bytes()
}

func refs(nums []int) string {
	var b strings.Builder
	for i, n := range nums {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(strconv.Itoa(n) + " 0 R")
	}
	return b.String()
}

// font writes a font as Type 0 with a TrueType subset, whose codes are glyph numbers (§ 9.7).
func (w *writer) font(f *usedFont) (int, error) {
	used := f.used()
	subset := f.file.subset(used)
	sum := sha256.Sum256(subset)
	tag := make([]byte, 6) // § 9.6.4: six letters that name the subset
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	name := string(tag) + "+" + f.name
	num, descendant, descriptor, file, unicode := w.reserve(), w.reserve(), w.reserve(), w.reserve(), w.reserve()
	w.object(num, "<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%d 0 R] /ToUnicode %d 0 R >>",
		name, descendant, unicode)
	var widths strings.Builder
	for i, g := range used {
		if i == 0 || g != used[i-1]+1 {
			if i > 0 {
				widths.WriteString("] ")
			}
			widths.WriteString(strconv.Itoa(int(g)) + " [")
		} else {
			widths.WriteByte(' ')
		}
		widths.WriteString(strconv.Itoa(int(f.file.advance[g])))
	}
	widths.WriteByte(']')
	w.object(descendant, "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s "+
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> "+
		"/FontDescriptor %d 0 R /CIDToGIDMap /Identity /DW 0 /W [%s] >>", name, descriptor, widths.String())
	stem := 80
	if f.bold {
		stem = 140
	}
	w.object(descriptor, "<< /Type /FontDescriptor /FontName /%s /Flags 4 /FontBBox [%s] /ItalicAngle 0 /Ascent %d /Descent %d "+
		"/CapHeight %d /StemV %d /FontFile2 %d 0 R >>",
		name, f.file.box(), f.ascent, f.descent, f.capHeight, stem, file)
	if err := w.stream(file, "/Length1 "+strconv.Itoa(len(subset)), subset); err != nil {
		return 0, err
	}
	return num, w.stream(unicode, "", f.toUnicode(used))
}

// toUnicode maps glyph numbers to text (§ 9.10.3).
func (f *usedFont) toUnicode(used []uint16) []byte {
	b := []byte("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(used, 100) {
		b = append(b, strconv.Itoa(len(part))+" beginbfchar\n"...)
		for _, g := range part {
			b = append(b, '<', hexDigits[g>>12], hexDigits[g>>8&15], hexDigits[g>>4&15], hexDigits[g&15], '>', ' ', '<')
			b = append(appendUTF16(b, f.text[g]), ">\n"...)
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"...)
}

// structure writes the structure tree and the parent tree, which leads from marked content to its element (§ 14.7).
func (w *writer) structure(root *element, tree int, pages []*page, pageNums []int) {
	prune(root)
	var number func(el *element)
	number = func(el *element) {
		el.object = w.reserve()
		for _, k := range el.kids {
			if k.el != nil {
				number(k.el)
			}
		}
	}
	number(root)
	var write func(el *element, parent int)
	write = func(el *element, parent int) {
		var kids, page string
		onPage := -1
		for _, k := range el.kids {
			switch {
			case k.el != nil:
				kids += strconv.Itoa(k.el.object) + " 0 R "
			case onPage == -1 || onPage == k.page:
				onPage = k.page
				page = fmt.Sprintf(" /Pg %d 0 R", pageNums[k.page])
				kids += strconv.Itoa(k.mcid) + " "
			default:
				kids += fmt.Sprintf("<< /Type /MCR /Pg %d 0 R /MCID %d >> ", pageNums[k.page], k.mcid)
			}
		}
		extra := ""
		if el.alt != "" {
			extra += " /Alt " + pdfText(el.alt)
		}
		if el.attributes != "" {
			extra += " " + el.attributes
		}
		w.object(el.object, "<< /Type /StructElem /S /%s /P %d 0 R%s%s /K [%s] >>", el.kind, parent, page, extra, strings.TrimSpace(kids))
		for _, k := range el.kids {
			if k.el != nil {
				write(k.el, el.object)
			}
		}
	}
	write(root, tree)
	parents := w.reserve()
	var nums strings.Builder
	for i, p := range pages {
		owners := make([]int, len(p.owners))
		for j, el := range p.owners {
			owners[j] = el.object
		}
		fmt.Fprintf(&nums, "%d [%s] ", i, refs(owners))
	}
	w.object(parents, "<< /Nums [%s] >>", strings.TrimSpace(nums.String()))
	w.object(tree, "<< /Type /StructTreeRoot /K [%d 0 R] /ParentTree %d 0 R /ParentTreeNextKey %d >>", root.object, parents, len(pages))
}

// prune removes elements to which nothing was drawn, such as a text of blanks in a list; cells of a table stay.
func prune(el *element) bool {
	el.kids = slices.DeleteFunc(el.kids, func(k kid) bool { return k.el != nil && !prune(k.el) })
	return len(el.kids) > 0 || el.kind == "TH" || el.kind == "TD"
}

// outlines writes the bookmarks, one per heading, all on one level, and gives the catalogue's entry.
func (w *writer) outlines(headings []*heading, pageNums []int) string {
	headings = slices.DeleteFunc(slices.Clone(headings), func(h *heading) bool { return h.level > 2 || len(h.el.kids) == 0 })
	if len(headings) < 2 {
		return ""
	}
	root := w.reserve()
	first := len(w.offsets)
	for range headings {
		w.reserve()
	}
	for i, h := range headings {
		links := ""
		if i > 0 {
			links += fmt.Sprintf(" /Prev %d 0 R", first+i-1)
		}
		if i < len(headings)-1 {
			links += fmt.Sprintf(" /Next %d 0 R", first+i+1)
		}
		w.object(first+i, "<< /Title %s /Parent %d 0 R%s /Dest [%d 0 R /XYZ null %s null] >>", pdfText(h.text), root, links,
			pageNums[h.el.kids[0].page], number(pageHeight-h.top))
	}
	w.object(root, "<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>", first, first+len(headings)-1, len(headings))
	return fmt.Sprintf(" /Outlines %d 0 R /PageMode /UseNone", root)
}

// pdfText writes a text string (§ 7.9.2.2): as it is if it is plain, otherwise in UTF-16.
func pdfText(s string) string {
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune(`()\`, r) })
	if plain {
		return "(" + s + ")"
	}
	return utf16Hex(s)
}

// pdfDate writes a point in time (§ 7.9.4).
func pdfDate(t time.Time) string {
	zone := t.Format("-07'00")
	return "(D:" + t.Format("20060102150405") + zone + ")"
}

// xmp writes the metadata stream (ISO 16684-1).
func (d *Doc) xmp() []byte {
	esc := func(s string) string {
		var b strings.Builder
		xml.EscapeText(&b, []byte(s))
		return b.String()
	}
	at := d.o.Created.Format(time.RFC3339)
	return []byte("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" ` +
		`xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">` +
		"\n<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">" + esc(d.o.Title) + "</rdf:li></rdf:Alt></dc:title>" +
		"\n<dc:creator><rdf:Seq><rdf:li>" + esc(d.o.Author) + "</rdf:li></rdf:Seq></dc:creator>" +
		"\n<dc:language><rdf:Bag><rdf:li>" + esc(d.o.Lang) + "</rdf:li></rdf:Bag></dc:language>" +
		"\n<xmp:CreateDate>" + at + "</xmp:CreateDate><xmp:ModifyDate>" + at + "</xmp:ModifyDate><xmp:CreatorTool>Aufenthalt</xmp:CreatorTool>" +
		"<pdf:Producer>Aufenthalt</pdf:Producer>\n</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>")
}
