package document

import (
	"bytes"
	"errors"

	"aufenthalt/internal/errs"
)

// readSections follows the chain of cross-reference sections from the last startxref (ISO 32000-1 § 7.5).
func (p *pdfFile) readSections() error {
	at := bytes.LastIndex(p.data, []byte("startxref"))
	if at < 0 {
		return errors.New("pdf: no startxref")
	}
	l := p.lexerAt(at + len("startxref"))
	next, ok := l.digits()
	if !ok {
		return errors.New("pdf: startxref without number")
	}
	seen := map[int]bool{}
	for queue := []int{next}; len(queue) > 0; {
		at, queue = queue[0], queue[1:]
		if at <= 0 || at >= len(p.data) || len(seen) > maxSections {
			return errors.New("pdf: cross-reference section out of place")
		}
		if seen[at] {
			return errors.New("pdf: cross-reference sections form a circle")
		}
		seen[at] = true
		t, err := p.readSection(at)
		if err != nil {
			return err
		}
		if e, ok := t["Encrypt"]; ok && e != nil {
			return errs.E(errs.Invalid, "error.document.locked")
		}
		if p.trailer == nil {
			p.trailer = t
		}
		if v, ok := t["Prev"].(int); ok {
			queue = append(queue, v)
		}
	}
	return nil
}

// readSection reads one table or stream and gives its trailer. A hybrid file has both: its table calls free what the
// stream knows, so the stream goes first (§ 7.5.8.4).
func (p *pdfFile) readSection(at int) (dict, error) {
	l := p.lexerAt(at)
	if !l.keyword("xref") {
		return p.readXRefStream(at)
	}
	type row struct {
		num, offset int
		used        bool
	}
	var rows []row
	for !l.keyword("trailer") {
		first, ok1 := l.digits()
		count, ok2 := l.digits()
		if !ok1 || !ok2 {
			return nil, errors.New("pdf: cross-reference table cannot be read")
		}
		for i := range count {
			offset, ok1 := l.digits()
			_, ok2 := l.digits()
			used := l.keyword("n")
			if !ok1 || !ok2 || !used && !l.keyword("f") || len(rows) >= maxObjects {
				return nil, errors.New("pdf: cross-reference table cannot be read")
			}
			rows = append(rows, row{first + i, offset, used})
		}
	}
	v, err := l.object(0)
	if err != nil {
		return nil, err
	}
	t, ok := v.(dict)
	if !ok {
		return nil, errors.New("pdf: trailer is no dictionary")
	}
	if hybrid, ok := t["XRefStm"].(int); ok {
		if _, err := p.readXRefStream(hybrid); err != nil {
			return nil, err
		}
	}
	for _, r := range rows {
		if !r.used {
			p.addFree(r.num)
		} else if err := p.add(r.num, entry{offset: r.offset}); err != nil {
			return nil, err
		}
	}
	return t, p.spend(l.pos - at)
}

// add notes where an object is; the first note is that of the newest revision.
func (p *pdfFile) add(num int, e entry) error {
	if e.in == 0 && e.offset == 0 {
		return nil // some writers mark unused numbers so
	}
	if num < 0 || len(p.entries)+len(p.old) >= maxObjects {
		return errors.New("pdf: too many objects")
	}
	if _, newer := p.entries[num]; newer {
		if e.in == 0 {
			p.old = append(p.old, entry{offset: e.offset, index: num})
		}
		return nil
	}
	p.entries[num] = e
	return nil
}

// addFree notes that the newest revision has deleted an object.
func (p *pdfFile) addFree(num int) {
	if _, newer := p.entries[num]; !newer && len(p.entries) < maxObjects {
		p.entries[num] = entry{offset: -1}
	}
}

// readXRefStream reads a cross-reference stream (§ 7.5.8).
func (p *pdfFile) readXRefStream(at int) (dict, error) {
	_, v, err := p.readObject(at)
	if err != nil {
		return nil, err
	}
	s, ok := v.(stream)
	if !ok || s.dict["Type"] != name("XRef") {
		return nil, errors.New("pdf: no cross-reference section at startxref")
	}
	if e := s.dict["Encrypt"]; e != nil {
		return nil, errs.E(errs.Invalid, "error.document.locked")
	}
	body, err := p.unpack(s)
	if err != nil {
		return nil, err
	}
	var w [3]int
	widths, _ := s.dict["W"].(list)
	if len(widths) != 3 {
		return nil, errors.New("pdf: cross-reference stream without W")
	}
	for i := range w {
		n, ok := widths[i].(int)
		if !ok || n < 0 || n > 7 {
			return nil, errors.New("pdf: cross-reference stream with odd W")
		}
		w[i] = n
	}
	size, _ := s.dict["Size"].(int)
	index, ok := s.dict["Index"].(list)
	if !ok {
		index = list{0, size}
	}
	row := w[0] + w[1] + w[2]
	if row == 0 {
		return nil, errors.New("pdf: cross-reference stream with odd W")
	}
	for ; len(index) >= 2; index = index[2:] {
		first, ok1 := index[0].(int)
		count, ok2 := index[1].(int)
		if !ok1 || !ok2 || first < 0 || count < 0 || count > len(body)/row {
			return nil, errors.New("pdf: cross-reference stream with odd Index")
		}
		for i := range count {
			if err := p.addRow(first+i, body[:row], w); err != nil {
				return nil, err
			}
			body = body[row:]
		}
	}
	return s.dict, nil
}

// addRow notes one row of a cross-reference stream: kind 0 free, 1 at an offset, 2 in an object stream.
func (p *pdfFile) addRow(num int, row []byte, w [3]int) error {
	field := func(n int) int {
		v := 0
		for _, b := range row[:n] {
			v = v<<8 | int(b)
		}
		row = row[n:]
		return v
	}
	kind := 1
	if w[0] > 0 {
		kind = field(w[0])
	}
	a, b := field(w[1]), field(w[2])
	switch kind {
	case 0:
		p.addFree(num)
	case 1:
		return p.add(num, entry{offset: a})
	case 2:
		return p.add(num, entry{in: a, index: b})
	}
	return nil // other kinds mean null (table 18)
}
