package document

import "errors"

// readObject reads "N G obj …" at an offset and gives N.
func (p *pdfFile) readObject(at int) (int, any, error) {
	if at <= 0 || at >= len(p.data) {
		return 0, nil, errors.New("pdf: object outside the file")
	}
	l := p.lexerAt(at)
	num, ok1 := l.digits()
	_, ok2 := l.digits()
	if !ok1 || !ok2 || !l.keyword("obj") {
		return 0, nil, errors.New("pdf: no object at its place")
	}
	v, err := l.object(0)
	if spent := p.spend(l.pos - at); spent != nil {
		return 0, nil, spent
	}
	if err != nil {
		return 0, nil, err
	}
	if w, ok := v.(word); ok {
		if w == "endobj" {
			return num, nil, nil
		}
		return 0, nil, errSyntax
	}
	d, isDict := v.(dict)
	if !isDict || !l.keyword("stream") {
		p.seeName(v) // the kind may stand in an object of its own
		return num, v, nil
	}
	if l.pos < len(l.data) && l.data[l.pos] == '\r' {
		l.pos++
	}
	if l.pos < len(l.data) && l.data[l.pos] == '\n' {
		l.pos++
	}
	if d["F"] != nil {
		p.refuse("script", "stream outside the file")
	}
	return num, stream{d, l.pos}, nil
}

// objectStream gives an opened object stream by its number (§ 7.5.7).
func (p *pdfFile) objectStream(num int) (*objectStream, error) {
	if o, ok := p.packed[num]; ok {
		return o, nil
	}
	e, ok := p.entries[num]
	if !ok || e.in != 0 || e.offset <= 0 {
		return nil, errors.New("pdf: object stream is missing")
	}
	_, v, err := p.readObject(e.offset)
	if err != nil {
		return nil, err
	}
	s, ok := v.(stream)
	if !ok || s.dict["Type"] != name("ObjStm") {
		return nil, errors.New("pdf: no object stream at its place")
	}
	o, err := p.openObjectStream(s)
	if err != nil {
		return nil, err
	}
	p.packed[num] = o
	return o, nil
}

// openObjectStream unpacks an object stream and looks at each object in it.
func (p *pdfFile) openObjectStream(s stream) (*objectStream, error) {
	body, err := p.unpack(s)
	if err != nil {
		return nil, err
	}
	n, ok1 := s.dict["N"].(int)
	first, ok2 := s.dict["First"].(int)
	if !ok1 || !ok2 || n < 0 || n > maxObjects || first < 0 || first > len(body) {
		return nil, errors.New("pdf: object stream with odd head")
	}
	o := &objectStream{data: body}
	head := &lexer{data: body[:first]}
	for range n {
		num, ok1 := head.digits()
		offset, ok2 := head.digits()
		if !ok1 || !ok2 || first+offset > len(body) {
			return nil, errors.New("pdf: object stream with odd head")
		}
		o.numbers = append(o.numbers, num)
		o.offsets = append(o.offsets, first+offset)
	}
	for i := range o.offsets {
		v, err := p.packedObject(o, i)
		if err != nil {
			return nil, err
		}
		p.seeName(v)
	}
	return o, nil
}

func (p *pdfFile) packedObject(o *objectStream, i int) (any, error) {
	l := &lexer{data: o.data, pos: o.offsets[i], see: p.see}
	v, err := l.object(0)
	if err != nil {
		return nil, err
	}
	if _, ok := v.(word); ok {
		return nil, errSyntax
	}
	return v, p.spend(l.pos - o.offsets[i])
}

// resolve follows references, one after the other, to an object; an unknown number is null (§ 7.3.10).
func (p *pdfFile) resolve(v any) (any, error) {
	for range 16 {
		r, ok := v.(ref)
		if !ok {
			return v, nil
		}
		e, ok := p.entries[r.num]
		if !ok || e.offset < 0 {
			return nil, nil
		}
		var err error
		if e.in == 0 {
			_, v, err = p.readObject(e.offset)
		} else {
			var o *objectStream
			if o, err = p.objectStream(e.in); err == nil {
				if e.index >= len(o.offsets) || o.numbers[e.index] != r.num {
					return nil, errors.New("pdf: object is not in its object stream")
				}
				v, err = p.packedObject(o, e.index)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, errors.New("pdf: references form a circle")
}

func (p *pdfFile) resolveDict(v any) (dict, error) {
	v, err := p.resolve(v)
	if err != nil {
		return nil, err
	}
	d, ok := v.(dict)
	if !ok {
		return nil, errors.New("pdf: dictionary expected")
	}
	return d, nil
}
