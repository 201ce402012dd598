package document

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"aufenthalt/internal/errs"
)

// Bounds of a PDF. An upload of 10 MB with a few hundred scanned pages stays far below them.
const (
	maxPages     = 300
	maxObjects   = 250_000
	maxSections  = 256      // cross-reference sections: one per saved change
	maxUnpacked  = 64 << 20 // bytes of all object streams and cross-reference streams together
	maxTreeDepth = 64
	workPerByte  = 16 // bytes read again and again, as a multiple of the file
)

// checkPDF reads the file's skeleton: cross-reference sections, every object of every revision, object streams and
// the page tree. It gives the number of pages, or the reason for which the file is refused.
func checkPDF(data []byte) (int, error) {
	if err := checkEnds(data); err != nil {
		return 0, err
	}
	p := &pdfFile{data: data, entries: map[int]entry{}, packed: map[int]*objectStream{}, work: workPerByte * (len(data) + 1<<16)}
	if err := p.readSections(); err != nil {
		return 0, p.verdict(err)
	}
	if err := p.inspectAll(); err != nil {
		return 0, p.verdict(err)
	}
	pages, err := p.countPages()
	if err != nil {
		return 0, p.verdict(err)
	}
	return pages, nil
}

var activeHead = regexp.MustCompile(`(?i)<(html|script|!doctype|\?php|svg)`)

// checkEnds refuses a file that could also be read as another kind: something behind the end, a ZIP directory near the
// end, HTML at the start.
func checkEnds(data []byte) error {
	eof := bytes.LastIndex(data, []byte("%%EOF"))
	if eof < 0 {
		return broken(errors.New("pdf: no end marker"))
	}
	behind := bytes.TrimFunc(data[eof+5:], func(r rune) bool { return r < 0x80 && isSpace(byte(r)) })
	if len(behind) > 0 || endsAsZip(data) || activeHead.Match(data[:min(len(data), headWindow)]) {
		return errs.E(errs.Invalid, "error.document.polyglot")
	}
	return nil
}

// entry says where an object is: at an offset, or as number index of an object stream.
type entry struct {
	offset int
	in     int // number of the object stream, 0 for none
	index  int
}

type pdfFile struct {
	data     []byte
	entries  map[int]entry // newest first wins
	old      []entry       // offsets of older revisions, with their number in index
	trailer  dict          // of the newest section
	packed   map[int]*objectStream
	unpacked int
	work     int
	refusal  error // the first reason found in passing
}

type objectStream struct {
	data    []byte
	offsets []int
	numbers []int
}

// verdict puts what was found before what could not be read: a hostile file stays hostile when it is also broken.
func (p *pdfFile) verdict(err error) error {
	if p.refusal != nil {
		return p.refusal
	}
	var e *errs.Error
	if errors.As(err, &e) {
		return err
	}
	return broken(err)
}

func (p *pdfFile) lexerAt(offset int) *lexer {
	return &lexer{data: p.data, pos: offset, see: p.see}
}

// spend counts bytes read; a file that makes us read it many times over is refused.
func (p *pdfFile) spend(n int) error {
	if p.work -= n; p.work < 0 {
		return errors.New("pdf: too entangled")
	}
	return nil
}

// see looks at one entry of a dictionary. What is refused, and why:
//   - script: code that a viewer runs, or that sends data, starts programs or opens files elsewhere
//   - embedded: files and media inside the file, which no virus scan and no case worker sees
func (p *pdfFile) see(key name, value any) {
	if value == nil || p.refusal != nil {
		return
	}
	if r := keyReason(key); r != "" {
		p.refuse(r, string(key))
	}
	if v, ok := value.(name); ok && (key == "S" || key == "Type" || key == "Subtype") {
		p.seeName(v)
	}
}

// seeName looks at a name that says what kind of thing it is.
func (p *pdfFile) seeName(v any) {
	n, _ := v.(name)
	if r := valueReason(n); r != "" {
		p.refuse(r, string(n))
	}
}

func (p *pdfFile) refuse(reason, what string) {
	if p.refusal == nil {
		p.refusal = errs.E(errs.Invalid, "error.document."+reason).Because(fmt.Errorf("pdf: holds %q", what))
	}
}

func keyReason(key name) string {
	switch key {
	case "JS", "JavaScript", "XFA":
		return "script"
	case "EmbeddedFiles", "EmbeddedFile", "EF", "RichMediaContent", "RichMediaSettings":
		return "embedded"
	}
	return ""
}

func valueReason(v name) string {
	switch v {
	case "JavaScript", "Launch", "SubmitForm", "ImportData", "GoToR", "GoToE", "Rendition", "RichMediaExecute":
		return "script"
	case "EmbeddedFile", "FileAttachment", "RichMedia", "Movie", "Sound", "Screen", "3D":
		return "embedded"
	}
	return ""
}

// inspectAll reads every object: those of the newest revision, which must be where the table says, those of older
// revisions, and whatever else in the file looks like an object and might be found by a viewer that repairs.
func (p *pdfFile) inspectAll() error {
	for num, e := range p.entries {
		if e.in != 0 {
			if _, err := p.objectStream(e.in); err != nil {
				return err
			}
			continue
		}
		if e.offset < 0 {
			continue
		}
		if err := p.inspect(num, e.offset); err != nil {
			return fmt.Errorf("object %d: %w", num, err)
		}
	}
	for _, e := range p.old {
		if err := p.inspect(e.index, e.offset); err != nil {
			return fmt.Errorf("older object %d: %w", e.index, err)
		}
	}
	if err := p.inspectStray(); err != nil {
		return err
	}
	return p.refusal
}

func (p *pdfFile) inspect(num, offset int) error {
	got, v, err := p.readObject(offset)
	if err != nil {
		return err
	}
	if got != num {
		return errors.New("pdf: another object at its place")
	}
	if s, ok := v.(stream); ok && s.dict["Type"] == name("ObjStm") {
		_, err = p.objectStream(num)
	}
	return err
}

// inspectStray looks at everything that starts like an object, known or not. What cannot be read is passed over: no
// table leads there.
func (p *pdfFile) inspectStray() error {
	known := map[int]bool{}
	for _, e := range p.entries {
		known[e.offset] = true
	}
	for at := 0; ; {
		next := bytes.Index(p.data[at:], []byte("obj"))
		if next < 0 {
			return nil
		}
		from := p.headBefore(at + next)
		at += next + len("obj")
		if from < 0 || known[from] {
			continue
		}
		_, v, err := p.readObject(from)
		if s, ok := v.(stream); ok && err == nil && s.dict["Type"] == name("ObjStm") {
			_, err = p.openObjectStream(s)
		}
		if p.refusal != nil || p.work < 0 || p.unpacked > maxUnpacked {
			return err
		}
	}
}

// headBefore gives the offset of "N G" before a position, or -1.
func (p *pdfFile) headBefore(at int) int {
	for range 2 {
		end := at
		for at > 0 && isSpace(p.data[at-1]) {
			at--
		}
		if at == end {
			return -1
		}
		end = at
		for at > 0 && p.data[at-1] >= '0' && p.data[at-1] <= '9' {
			at--
		}
		if at == end {
			return -1
		}
	}
	return at
}

// countPages walks the page tree from the catalogue (§ 7.7.3); the tree's own /Count is not trusted.
func (p *pdfFile) countPages() (int, error) {
	root, err := p.resolveDict(p.trailer["Root"])
	if err != nil {
		return 0, err
	}
	pages := 0
	seen := map[ref]bool{}
	var walk func(v any, depth int) error
	walk = func(v any, depth int) error {
		if depth > maxTreeDepth {
			return errors.New("pdf: page tree too deep")
		}
		if r, ok := v.(ref); ok {
			if seen[r] {
				return errors.New("pdf: page tree forms a circle")
			}
			seen[r] = true
		}
		node, err := p.resolveDict(v)
		if err != nil {
			return err
		}
		if node["Kids"] == nil {
			if pages++; pages > maxPages {
				return errs.E(errs.TooLarge, "error.document.pages").With("max", strconv.Itoa(maxPages))
			}
			return nil
		}
		kids, err := p.resolve(node["Kids"])
		if err != nil {
			return err
		}
		l, ok := kids.(list)
		if !ok {
			return errors.New("pdf: page tree without kids")
		}
		for _, kid := range l {
			if err := walk(kid, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	if root["Pages"] == nil {
		return 0, errors.New("pdf: catalogue without pages")
	}
	if err := walk(root["Pages"], 0); err != nil {
		return 0, err
	}
	if pages == 0 {
		return 0, errors.New("pdf: no pages")
	}
	return pages, nil
}
