package document

import (
	"bytes"
	"compress/zlib"
	"errors"
	"io"
)

// unpack gives the data of an object stream or a cross-reference stream. Writers use Flate or nothing for these.
func (p *pdfFile) unpack(s stream) ([]byte, error) {
	raw, err := p.rawStream(s)
	if err != nil {
		return nil, err
	}
	filter, parms := s.dict["Filter"], s.dict["DecodeParms"]
	if l, ok := filter.(list); ok {
		switch len(l) {
		case 0:
			filter = nil
		case 1:
			filter = l[0]
		default:
			return nil, errors.New("pdf: chain of filters")
		}
	}
	if l, ok := parms.(list); ok && len(l) == 1 {
		parms = l[0]
	}
	body := raw
	switch filter {
	case nil:
		p.unpacked += len(raw)
	case name("FlateDecode"), name("Fl"):
		z, err := zlib.NewReader(bytes.NewReader(raw))
		if err != nil {
			return nil, err
		}
		body, err = io.ReadAll(io.LimitReader(z, int64(maxUnpacked-p.unpacked)+1))
		p.unpacked += len(body)
		// Acrobat leaves the last block open or the checksum out; what was unpacked counts, as for every reader.
		if err != nil && !(len(body) > 0 && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, zlib.ErrChecksum))) {
			return nil, err
		}
	default:
		return nil, errors.New("pdf: filter of an object stream is not taken")
	}
	if p.unpacked > maxUnpacked {
		return nil, errors.New("pdf: unpacks to too much")
	}
	if d, ok := parms.(dict); ok {
		return unpredict(body, d)
	}
	if parms != nil {
		return nil, errors.New("pdf: parameters of a filter are not taken")
	}
	return body, nil
}

// rawStream gives the bytes between stream and endstream.
func (p *pdfFile) rawStream(s stream) ([]byte, error) {
	if r, ok := s.dict["Length"].(ref); ok && p.entries[r.num].in != 0 {
		return nil, errors.New("pdf: length of an object stream in an object stream") // § 7.5.7 forbids it; it could be a circle
	}
	length, err := p.resolve(s.dict["Length"])
	if err != nil {
		return nil, err
	}
	n, ok := length.(int)
	if !ok || n < 0 || s.start+n > len(p.data) {
		return nil, errors.New("pdf: length of a stream is wrong")
	}
	l := &lexer{data: p.data, pos: s.start + n}
	if !l.keyword("endstream") {
		return nil, errors.New("pdf: length of a stream is wrong")
	}
	return p.data[s.start : s.start+n], nil
}

// unpredict undoes the PNG predictors (ISO 32000-1 § 7.4.4.4).
func unpredict(body []byte, parms dict) ([]byte, error) {
	number := func(key name, otherwise int) int {
		if v, ok := parms[key].(int); ok {
			return v
		}
		return otherwise
	}
	predictor, colors, bits, columns := number("Predictor", 1), number("Colors", 1), number("BitsPerComponent", 8), number("Columns", 1)
	if predictor == 1 {
		return body, nil
	}
	if predictor < 10 || predictor > 15 || colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > 1<<20 {
		return nil, errors.New("pdf: predictor is not taken")
	}
	bpp, row := max(1, colors*bits/8), (colors*bits*columns+7)/8
	out := make([]byte, 0, len(body))
	before := make([]byte, row)
	for len(body) > row {
		kind, line := body[0], append(out[len(out):], body[1:1+row]...)
		body = body[1+row:]
		for i := range line {
			var left, up, corner byte
			up = before[i]
			if i >= bpp {
				left, corner = line[i-bpp], before[i-bpp]
			}
			switch kind {
			case 0:
			case 1:
				line[i] += left
			case 2:
				line[i] += up
			case 3:
				line[i] += byte((int(left) + int(up)) / 2)
			case 4:
				line[i] += paeth(left, up, corner)
			default:
				return nil, errors.New("pdf: predictor is not taken")
			}
		}
		out = out[:len(out)+row]
		before = line
	}
	return out, nil
}

// paeth is the predictor of PNG's filter 4.
func paeth(a, b, c byte) byte {
	p := int(a) + int(b) - int(c)
	abs := func(n int) int { return max(n, -n) }
	pa, pb, pc := abs(p-int(a)), abs(p-int(b)), abs(p-int(c))
	switch {
	case pa <= pb && pa <= pc:
		return a
	case pb <= pc:
		return b
	}
	return c
}
