package pdf

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// Characters that steer direction and have no shape (UAX 9 § 2).
const (
	lrm = '\u200e'
	lri = '\u2066'
	fsi = '\u2068'
	pdi = '\u2069'
)

// isoDate would be shown backwards in a line from right to left.
var isoDate = regexp.MustCompile(`\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b`)

// isolate puts each line of a value between FSI and PDI, so that its direction is its own and its neighbours keep
// theirs. Controls inside the value that could break out are removed.
func isolate(s string) string {
	s = strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, s)
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(s, "\r\n", "\n"), " \n"), "\n")
	lines = slices.CompactFunc(lines, func(a, b string) bool { return strings.TrimSpace(a+b) == "" }) // one empty line is enough
	for i := range lines {
		lines[i] = string(fsi) + isoDate.ReplaceAllString(lines[i], string(lri)+"$0"+string(pdi)) + string(pdi)
	}
	return strings.Join(lines, "\n")
}

func isDirectionControl(r rune) bool {
	return r == lrm || r == '\u200f' || r == '\u061c' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// item is a stretch of text of one direction, script and font, shaped as one.
type item struct {
	from, to int // runes of the paragraph
	level    int // of UAX 9; odd is right to left
	script   language.Script
	face     face
	cell     int // least width of a glyph
	glyphs   []glyph
}

// glyph is placed at the pen plus (dx, dy); then the pen moves by advance. All in units per em.
type glyph struct {
	id              uint16
	cluster         int // first rune of the paragraph that it stands for
	runes           int // how many runes the cluster has
	glyphs          int // how many glyphs the cluster has
	advance, dx, dy int
}

// line is one line of a paragraph: its items in the order of reading, and their place from the left.
type line struct {
	items []item
	order []int // indices of items from left to right
	width int   // units per em, without blanks at the end
	text  []rune
}

// layout is text in one style and size.
type layout struct {
	style style
	size  float64
	width float64 // points that a line may take
	cell  int     // units per em that a glyph takes at least, as on a typewriter; 0 for its own width
}

// wrap breaks text into lines. A line feed in the text is kept; control characters are dropped.
func (s *shaper) wrap(text string, lang language.Language, l layout) []line {
	var out []line
	limit := int(l.width / l.size * unitsPerEm)
	for _, part := range strings.Split(text, "\n") {
		runes := clean(part)
		items := s.itemize(runes, l.style)
		for i := range items {
			items[i].cell = l.cell
			s.shape(&items[i], runes, lang)
		}
		for _, cut := range s.breaks(runes, items, limit) {
			out = append(out, s.cutLine(runes, items, cut[0], cut[1], lang))
		}
	}
	return out
}

// clean prepares one paragraph: left to right as a whole, without control characters.
func clean(s string) []rune {
	out := make([]rune, 1, len(s)+1)
	out[0] = lrm
	for _, r := range s {
		switch {
		case r == '\t':
			out = append(out, ' ')
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == unicode.ReplacementChar:
		default:
			out = append(out, r)
		}
	}
	return out
}

// itemize cuts the paragraph where direction, script or font change. Direction controls belong to no item.
func (s *shaper) itemize(runes []rune, st style) []item {
	var items []item
	if len(runes) == 0 {
		return nil
	}
	levels := s.bidi.Segment(runes, 0)
	for i := range levels.NumRuns() {
		run := levels.Run(i)
		open := false
		for at := run.Start; at < run.End; at++ {
			r := runes[at]
			if isDirectionControl(r) {
				open = false
				continue
			}
			script := language.LookupScript(r)
			neutral := script == language.Common || script == language.Inherited
			if open {
				last := &items[len(items)-1]
				sameFace := stays(r, last.face) || s.faceFor(r, st).typeface == last.face.typeface
				if sameFace && (neutral || last.script == script || last.script == language.Common) {
					if last.script == language.Common && !neutral {
						last.script = script
					}
					last.to = at + 1
					continue
				}
			}
			if neutral {
				script = language.Common
			}
			items = append(items, item{from: at, to: at + 1, level: int(run.Level), script: script, face: s.faceFor(r, st)})
			open = true
		}
	}
	return items
}

// stays tells whether a character goes with the font of its neighbour: blanks always, marks and joiners if it can.
func stays(r rune, f face) bool {
	if r == ' ' || r == '\u00a0' || r == '\u200c' || r == '\u200d' {
		return true
	}
	if !unicode.In(r, unicode.Mn, unicode.Me) {
		return false
	}
	_, ok := f.font.NominalGlyph(r)
	return ok
}

// faceFor gives the first font that has the character.
func (s *shaper) faceFor(r rune, st style) face {
	for _, f := range s.faces[st] {
		if _, ok := f.font.NominalGlyph(r); ok {
			return f
		}
	}
	return s.faces[st][latinScript]
}

// shape fills in the glyphs of an item. A character that no font has becomes U+FFFD in print; the text behind it stays.
func (s *shaper) shape(it *item, runes []rune, lang language.Language) {
	shown := runes
	for at := it.from; at < it.to; at++ {
		if r := runes[at]; unicode.IsPrint(r) && !unicode.Is(unicode.Mn, r) && !s.has(r, it.face) {
			if &shown[0] == &runes[0] {
				shown = slices.Clone(runes)
			}
			shown[at] = unicode.ReplacementChar
		}
	}
	direction := di.DirectionLTR
	if it.level%2 == 1 {
		direction = di.DirectionRTL
	}
	out := s.harfbuzz.ShapeNoExtents(shaping.Input{
		Text: shown, RunStart: it.from, RunEnd: it.to, Direction: direction, Face: it.face.shape,
		Size: fixed.I(unitsPerEm), Script: it.script, Language: lang,
	})
	it.glyphs = make([]glyph, len(out.Glyphs))
	for i, g := range out.Glyphs {
		it.glyphs[i] = glyph{
			id: uint16(g.GlyphID), cluster: g.TextIndex(), runes: g.RunesCount(), glyphs: g.GlyphsCount(),
			advance: g.Advance.Round(), dx: g.XOffset.Round(), dy: g.YOffset.Round(),
		}
		if own := it.glyphs[i].advance; it.cell > 0 && g.GlyphsCount() == 1 {
			cell := max(it.cell, own+60)
			it.glyphs[i].dx += (cell - own) / 2
			it.glyphs[i].advance = cell
		}
	}
}

// has tells whether the font has a character, or all its parts.
func (s *shaper) has(r rune, f face) bool {
	if _, ok := f.font.NominalGlyph(r); ok {
		return true
	}
	parts := norm.NFD.String(string(r))
	for _, part := range parts {
		if _, ok := f.font.NominalGlyph(part); !ok {
			return false
		}
	}
	return true
}

// breaks gives the lines as pairs of rune indices, blanks at the end included. It breaks where UAX 14 allows it, and
// inside a word only when the word alone is too wide.
func (s *shaper) breaks(runes []rune, items []item, limit int) [][2]int {
	width := make([]int, len(runes)+1) // of the cluster that starts here
	for _, it := range items {
		for _, g := range it.glyphs {
			width[g.cluster] += g.advance
		}
	}
	sum := func(from, to int) (n int) {
		for _, w := range width[from:to] {
			n += w
		}
		return n
	}
	var out [][2]int
	start, used := 0, 0
	s.segmenter.Init(runes)
	for words := s.segmenter.LineIterator(); words.Next(); {
		word := words.Line()
		from, to := word.Offset, word.Offset+len(word.Text)
		ink := to
		for ink > from && (runes[ink-1] == ' ' || isDirectionControl(runes[ink-1])) {
			ink--
		}
		if used > 0 && used+sum(from, ink) > limit {
			out = append(out, [2]int{start, from})
			start, used = from, 0
		}
		if sum(from, ink) > limit {
			letters := s.segmenter.GraphemeIterator()
			for letters.Next() {
				letter := letters.Grapheme()
				if letter.Offset < from || letter.Offset >= ink {
					continue
				}
				w := sum(letter.Offset, letter.Offset+len(letter.Text))
				if used > 0 && used+w > limit {
					out = append(out, [2]int{start, letter.Offset})
					start, used = letter.Offset, 0
				}
				used += w
			}
			used += sum(ink, to)
			continue
		}
		used += sum(from, to)
	}
	return append(out, [2]int{start, len(runes)})
}

// cutLine takes the items of a line; those that go over its ends are cut, in the middle of a word by shaping again.
func (s *shaper) cutLine(runes []rune, items []item, from, to int, lang language.Language) line {
	l := line{text: runes}
	end := to
	for end > from && (runes[end-1] == ' ' || isDirectionControl(runes[end-1])) {
		end--
	}
	for _, it := range items {
		if it.to <= from || it.from >= to {
			continue
		}
		cut := it
		cut.from, cut.to = max(it.from, from), min(it.to, to)
		if it.level%2 == 1 {
			cut.to = min(cut.to, end) // blanks at the end of a line have the direction of the paragraph (UAX 9 L1)
		}
		if cut.from >= cut.to {
			continue
		}
		if cut.from != it.from || cut.to != it.to {
			if atBlank(runes, it, cut.from) && atBlank(runes, it, cut.to) {
				cut.glyphs = between(it.glyphs, cut.from, cut.to)
			} else {
				s.shape(&cut, runes, lang)
			}
		}
		l.items = append(l.items, cut)
		for _, g := range cut.glyphs {
			if g.cluster < end {
				l.width += g.advance
			}
		}
	}
	l.order = visualOrder(l.items)
	return l
}

// between gives the glyphs of a range of the text; clusters only rise or only fall, so they are neighbours.
func between(glyphs []glyph, from, to int) []glyph {
	outside := func(g glyph) bool { return g.cluster < from || g.cluster >= to }
	for len(glyphs) > 0 && outside(glyphs[0]) {
		glyphs = glyphs[1:]
	}
	for len(glyphs) > 0 && outside(glyphs[len(glyphs)-1]) {
		glyphs = glyphs[:len(glyphs)-1]
	}
	return glyphs
}

// atBlank tells whether an item may be cut without a change of its glyphs: at its ends and beside a blank.
func atBlank(runes []rune, it item, at int) bool {
	return at == it.from || at == it.to || runes[at-1] == ' ' || runes[at] == ' '
}

// visualOrder turns around every stretch of a level and above, from the highest to the lowest odd level (UAX 9 L2).
func visualOrder(items []item) []int {
	order := make([]int, len(items))
	highest := 0
	for i, it := range items {
		order[i] = i
		highest = max(highest, it.level)
	}
	for level := highest; level > 0; level-- {
		for i := 0; i < len(items); {
			j := i
			for j < len(items) && items[order[j]].level >= level {
				j++
			}
			slices.Reverse(order[i:j])
			i = max(j, i+1)
		}
	}
	return order
}
