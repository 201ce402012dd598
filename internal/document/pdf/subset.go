package pdf

import (
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// ttf is a TrueType file cut into its tables (OpenType 1.9, "Font tables").
type ttf struct {
	tables   map[string][]byte
	glyphs   int
	hMetrics int
	loca     []uint32
	advance  []uint16
}

// readTTF cuts the file and reads what is needed for a subset. Offsets are trusted only after a check of bounds.
func readTTF(data []byte) (ttf, error) {
	t := ttf{tables: map[string][]byte{}}
	if len(data) < 12 {
		return t, errors.New("truncated")
	}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return t, errors.New("truncated directory")
		}
		from, n := int(binary.BigEndian.Uint32(data[at+8:])), int(binary.BigEndian.Uint32(data[at+12:]))
		if from+n > len(data) {
			return t, errors.New("truncated table")
		}
		t.tables[string(data[at:at+4])] = data[from : from+n]
	}
	head, maxp, hhea, hmtx, loca := t.tables["head"], t.tables["maxp"], t.tables["hhea"], t.tables["hmtx"], t.tables["loca"]
	if len(head) < 54 || len(maxp) < 6 || len(hhea) < 36 || binary.BigEndian.Uint16(head[50:]) != 1 {
		return t, errors.New("not a TrueType font with long offsets")
	}
	t.glyphs, t.hMetrics = int(binary.BigEndian.Uint16(maxp[4:])), int(binary.BigEndian.Uint16(hhea[34:]))
	if len(loca) < 4*(t.glyphs+1) || t.hMetrics < 1 || len(hmtx) < 4*t.hMetrics+2*(t.glyphs-t.hMetrics) {
		return t, errors.New("truncated metrics")
	}
	for g := range t.glyphs + 1 {
		t.loca = append(t.loca, binary.BigEndian.Uint32(loca[4*g:]))
		if end := t.loca[g]; int(end) > len(t.tables["glyf"]) || g > 0 && end < t.loca[g-1] {
			return t, errors.New("glyph offsets out of order")
		}
	}
	for g := range t.glyphs {
		t.advance = append(t.advance, binary.BigEndian.Uint16(hmtx[4*min(g, t.hMetrics-1):]))
	}
	return t, nil
}

// box is the smallest box around all glyphs, as numbers for a font descriptor.
func (t *ttf) box() string {
	var b []string
	for at := 36; at < 44; at += 2 {
		b = append(b, strconv.Itoa(int(int16(binary.BigEndian.Uint16(t.tables["head"][at:])))))
	}
	return strings.Join(b, " ")
}

func (t *ttf) outline(g uint16) []byte { return t.tables["glyf"][t.loca[g]:t.loca[g+1]] }

// parts gives the glyphs that a composite glyph is put together from ("glyf", composite glyph description).
func (t *ttf) parts(g uint16) []uint16 {
	o := t.outline(g)
	if len(o) < 10 || int16(binary.BigEndian.Uint16(o)) >= 0 {
		return nil
	}
	var out []uint16
	for at := 10; at+4 <= len(o); {
		flags, part := binary.BigEndian.Uint16(o[at:]), binary.BigEndian.Uint16(o[at+2:])
		if int(part) < t.glyphs {
			out = append(out, part)
		}
		at += 6
		if flags&0x0001 != 0 { // arguments are words
			at += 2
		}
		switch {
		case flags&0x0008 != 0: // one scale
			at += 2
		case flags&0x0040 != 0: // two scales
			at += 4
		case flags&0x0080 != 0: // matrix
			at += 8
		}
		if flags&0x0020 == 0 { // no more components
			break
		}
	}
	return out
}

// subset writes a font with only the given glyphs and their parts. Glyphs keep their numbers; what is not used has no
// outline and packs to almost nothing.
func (t *ttf) subset(used []uint16) []byte {
	keep := map[uint16]bool{}
	var add func(g uint16)
	add = func(g uint16) {
		if int(g) < t.glyphs && !keep[g] {
			keep[g] = true
			for _, p := range t.parts(g) {
				add(p)
			}
		}
	}
	add(0)
	for _, g := range used {
		add(g)
	}
	last := uint16(0)
	for g := range keep {
		last = max(last, g)
	}
	n, size := int(last)+1, 0
	for g := range keep {
		size += len(t.outline(g)) + 3
	}
	glyf, loca, hmtx := make([]byte, 0, size), make([]byte, 0, 4*n+4), make([]byte, 0, 4*n)
	for g := range n {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		var advance, bearing uint16
		if keep[uint16(g)] {
			glyf = append(glyf, t.outline(uint16(g))...)
			for len(glyf)%4 != 0 {
				glyf = append(glyf, 0)
			}
			advance, bearing = t.advance[g], t.bearing(g)
		}
		hmtx = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(hmtx, advance), bearing)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	out := map[string][]byte{"glyf": glyf, "loca": loca, "hmtx": hmtx}
	for _, name := range []string{"head", "hhea", "maxp"} {
		out[name] = slices.Clone(t.tables[name])
	}
	for _, name := range []string{"cvt ", "fpgm", "prep"} {
		if b, ok := t.tables[name]; ok {
			out[name] = b
		}
	}
	binary.BigEndian.PutUint16(out["maxp"][4:], uint16(n))
	binary.BigEndian.PutUint16(out["hhea"][34:], uint16(n))
	binary.BigEndian.PutUint32(out["head"][8:], 0)
	return assemble(out)
}

func (t *ttf) bearing(g int) uint16 {
	hmtx := t.tables["hmtx"]
	if g < t.hMetrics {
		return binary.BigEndian.Uint16(hmtx[4*g+2:])
	}
	return binary.BigEndian.Uint16(hmtx[4*t.hMetrics+2*(g-t.hMetrics):])
}

// assemble writes a font file from its tables, with all checksums.
func assemble(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	n, size := len(names), 12
	for _, b := range tables {
		size += 16 + len(b) + 3
	}
	search, selector := 16, 0
	for search*2 <= 16*n {
		search, selector = search*2, selector+1
	}
	out := append(make([]byte, 0, size), 0, 1, 0, 0)
	for _, v := range []int{n, search, selector, 16*n - search} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at, headAt := 12+16*n, 0
	for _, name := range names {
		b := tables[name]
		if name == "head" {
			headAt = at
		}
		out = append(out, name...)
		for _, v := range []uint32{checksum(b), uint32(at), uint32(len(b))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		at += (len(b) + 3) &^ 3
	}
	for _, name := range names {
		out = append(out, tables[name]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[headAt+8:], 0xb1b0afba-checksum(out))
	return out
}

// checksum adds the table as big-endian words, padded with zeros.
func checksum(b []byte) uint32 {
	var sum uint32
	for ; len(b) >= 4; b = b[4:] {
		sum += binary.BigEndian.Uint32(b)
	}
	for i, c := range b {
		sum += uint32(c) << (24 - 8*i)
	}
	return sum
}
