package pdf

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"

	embedded "aufenthalt/internal/document/font"
)

// style is regular or bold.
type style int

const (
	regular style = iota
	bold
	styles
)

// The fonts of one style, in the order in which they are asked for a character.
const (
	latinScript = iota
	arabicScript
	scripts
)

// unitsPerEm of all our fonts; widths and positions are in these units, which are also those of PDF (1/1000 em).
const unitsPerEm = 1000

// Fonts are the parsed fonts. One value serves the whole process and may be used by several goroutines.
type Fonts struct {
	faces [styles][scripts]*typeface
	tools sync.Pool // of *shaper

	mu    sync.RWMutex
	known map[phrase][]line
}

// phrase is a text of the program's own, such as a label, that comes again in document after document.
type phrase struct {
	text string
	lang language.Language
	layout
}

// maxKnown bounds the phrases that are remembered; a platform's texts are some thousand.
const maxKnown = 8192

// remembered gives the lines of a phrase if it came before.
func (f *Fonts) remembered(p phrase) ([]line, bool) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	lines, ok := f.known[p]
	return lines, ok
}

// remember keeps the lines of a phrase without what belongs to one goroutine.
func (f *Fonts) remember(p phrase, lines []line) {
	for i := range lines {
		for j := range lines[i].items {
			lines[i].items[j].face.shape = nil
		}
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil || len(f.known) >= maxKnown {
		f.known = map[phrase][]line{}
	}
	f.known[p] = lines
}

// typeface is one font file, read-only.
type typeface struct {
	name    string // PostScript name
	font    *font.Font
	file    ttf
	unknown uint16 // glyph for what no font has
	// In units per em, for the font descriptor.
	ascent, descent, capHeight int
	bold                       bool
}

// Load parses the embedded fonts. An error means that the program was built with a damaged font.
func Load() (*Fonts, error) {
	f := &Fonts{}
	for _, in := range []struct {
		style  style
		script int
		name   string
		data   []byte
	}{
		{regular, latinScript, "NotoSans-Regular", embedded.Regular},
		{bold, latinScript, "NotoSans-Bold", embedded.Bold},
		{regular, arabicScript, "NotoSansArabic-Regular", embedded.ArabicRegular},
		{bold, arabicScript, "NotoSansArabic-Bold", embedded.ArabicBold},
	} {
		face, err := font.ParseTTF(bytes.NewReader(in.data))
		if err != nil {
			return nil, fmt.Errorf("pdf: font %s: %w", in.name, err)
		}
		file, err := readTTF(in.data)
		if err != nil {
			return nil, fmt.Errorf("pdf: font %s: %w", in.name, err)
		}
		if face.Upem() != unitsPerEm {
			return nil, fmt.Errorf("pdf: font %s has %d units per em", in.name, face.Upem())
		}
		extents, _ := face.FontHExtents()
		unknown, _ := face.NominalGlyph(unicode.ReplacementChar)
		f.faces[in.style][in.script] = &typeface{
			name: in.name, font: face.Font, file: file, bold: in.style == bold, unknown: uint16(unknown),
			ascent: int(extents.Ascender), descent: int(extents.Descender), capHeight: int(face.LineMetric(font.CapHeight)),
		}
	}
	f.tools.New = func() any { return newShaper(f) }
	return f, nil
}

// shaper turns text into glyphs and packs streams. It keeps buffers and serves one goroutine at a time.
type shaper struct {
	faces     [styles][scripts]face
	harfbuzz  shaping.HarfbuzzShaper
	bidi      bidi.Paragraph
	segmenter segmenter.Segmenter
	zip       *zlib.Writer
	packed    bytes.Buffer
}

// face is a typeface with what is not safe to share.
type face struct {
	*typeface
	shape *font.Face
}

func newShaper(f *Fonts) *shaper {
	s := &shaper{}
	for st := range f.faces {
		for sc, t := range f.faces[st] {
			s.faces[st][sc] = face{t, font.NewFace(t.font)}
		}
	}
	s.harfbuzz.SetFontCacheSize(int(styles) * scripts)
	s.zip, _ = zlib.NewWriterLevel(nil, zlib.BestSpeed) // the level is one that exists: no error
	return s
}
