package document

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"aufenthalt/internal/errs"
)

// Bounds of a picture, checked before a single pixel is decoded. A phone of today makes 50 million pixels; decoding
// costs 1.5 to 3 bytes each. Progressive JPEG (up to 12 bytes each) and PNG (up to 8) are therefore bounded lower.
const (
	maxPixels      = 52_000_000
	maxPixelsHeavy = 26_000_000
	maxScans       = 64 // a progressive picture has about ten; each costs a pass over all pixels
)

// qualities are tried in turn until the picture is small enough.
var qualities = [...]int{90, 80, 65}

func tooManyPixels() error { return errs.E(errs.TooLarge, "error.document.pixels") }

// checkJPEG decodes the picture and keeps its bytes if they hold nothing but the picture, upright and in grey or
// three colours. Otherwise it writes the picture anew.
func checkJPEG(data []byte, l Limits) (out []byte, cleaned bool, err error) {
	seg, err := walkJPEG(data)
	if err != nil {
		return nil, false, broken(err)
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, false, broken(err)
	}
	limit := maxPixels
	if seg.progressive || seg.components > 3 {
		limit = maxPixelsHeavy
	}
	if cfg.Width*cfg.Height > limit {
		return nil, false, tooManyPixels()
	}
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, false, broken(err)
	}
	if seg.clean && seg.components != 4 && !endsAsZip(data) {
		return data, false, nil
	}
	out, err = encodeJPEG(upright(img, seg.orientation), l)
	return out, true, err
}

// convertPNG puts the picture on white and writes it as JPEG.
func convertPNG(data []byte, l Limits) ([]byte, error) {
	cfg, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, broken(err)
	}
	if cfg.Width > 1<<16 || cfg.Height > 1<<16 || cfg.Width*cfg.Height > maxPixelsHeavy {
		return nil, tooManyPixels()
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, broken(err)
	}
	return encodeJPEG(onWhite(img), l)
}

// onWhite flattens a picture, since JPEG has no transparency.
func onWhite(img image.Image) *image.RGBA {
	flat := image.NewRGBA(image.Rect(0, 0, img.Bounds().Dx(), img.Bounds().Dy()))
	draw.Draw(flat, flat.Rect, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(flat, flat.Rect, img, img.Bounds().Min, draw.Over)
	return flat
}

// encodeJPEG writes a picture without any metadata, in the best quality that keeps the limit.
func encodeJPEG(img image.Image, l Limits) ([]byte, error) {
	var b bytes.Buffer
	for _, q := range qualities {
		b.Reset()
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: q}); err != nil {
			return nil, broken(err)
		}
		if l.MaxBytes <= 0 || int64(b.Len()) <= l.MaxBytes {
			return b.Bytes(), nil
		}
	}
	return nil, tooLarge(int64(b.Len()), l.MaxBytes)
}

// segments is what the markers of a JPEG tell (ITU-T T.81 annex B).
type segments struct {
	clean       bool // only tables, frame, scans and a plain JFIF header; nothing behind the end
	orientation int  // EXIF 1..8
	progressive bool
	components  int
}

// walkJPEG goes from marker to marker to the end of the picture.
func walkJPEG(data []byte) (segments, error) {
	s := segments{clean: true, orientation: 1}
	scans := 0
	for i := 2; ; {
		for i < len(data) && data[i] == 0xff && i+1 < len(data) && data[i+1] == 0xff {
			i++ // fill bytes
		}
		if i+1 >= len(data) {
			return s, errors.New("jpeg: ends before its end marker")
		}
		if data[i] != 0xff {
			return s, errors.New("jpeg: marker expected")
		}
		m := data[i+1]
		i += 2
		if m == 0xd9 { // EOI
			s.clean = s.clean && i == len(data)
			return s, nil
		}
		if i+2 > len(data) {
			return s, errors.New("jpeg: ends in a marker")
		}
		n := int(binary.BigEndian.Uint16(data[i:]))
		if n < 2 || i+n > len(data) {
			return s, errors.New("jpeg: ends in a segment")
		}
		body := data[i+2 : i+n]
		i += n
		switch {
		case m == 0xe0 && bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) == 14: // without thumbnail
		case m == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")):
			s.clean = false
			s.orientation = exifOrientation(body[6:])
		case m >= 0xe0 && m <= 0xef, m == 0xfe: // application data, comment
			s.clean = false
		case m == 0xc4, m == 0xdb, m == 0xdd: // tables, restart interval
		case m == 0xc0, m == 0xc1, m == 0xc2:
			if len(body) < 6 {
				return s, errors.New("jpeg: frame header too short")
			}
			s.progressive, s.components = m == 0xc2, int(body[5])
		case m == 0xda:
			if scans++; scans > maxScans {
				return s, errors.New("jpeg: too many scans")
			}
			i = skipScan(data, i)
		default:
			return s, errors.New("jpeg: marker of a kind that is not taken")
		}
	}
}

// skipScan passes over entropy-coded data: FF 00 is a stuffed byte, FF D0..D7 a restart.
func skipScan(data []byte, i int) int {
	for {
		j := bytes.IndexByte(data[i:], 0xff)
		if j < 0 || i+j+1 >= len(data) {
			return len(data)
		}
		i += j
		switch next := data[i+1]; {
		case next == 0 || next >= 0xd0 && next <= 0xd7:
			i += 2
		default:
			return i
		}
	}
}

// exifOrientation reads tag 0x0112 of the first directory of a TIFF block (Exif 2.32 § 4.6.4); 1 is upright and the
// answer for everything that cannot be read.
func exifOrientation(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := int(order.Uint16(tiff[at:]))
	for e := at + 2; entries > 0 && e+12 <= int64(len(tiff)); e, entries = e+12, entries-1 {
		if order.Uint16(tiff[e:]) == 0x0112 && order.Uint16(tiff[e+2:]) == 3 {
			if o := int(order.Uint16(tiff[e+8:])); o >= 1 && o <= 8 {
				return o
			}
		}
	}
	return 1
}

// upright turns and mirrors a picture as its EXIF orientation demands.
func upright(img image.Image, orientation int) image.Image {
	if orientation == 1 {
		if c, ok := img.(*image.CMYK); ok {
			return onWhite(c)
		}
		return img
	}
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	tw, th := w, h
	if orientation >= 5 {
		tw, th = h, w
	}
	switch p := img.(type) {
	case *image.Gray:
		out := image.NewGray(image.Rect(0, 0, tw, th))
		turn(out.Pix, out.Stride, p.Pix, p.Stride, w, h, 1, orientation)
		return out
	case *image.YCbCr:
		if ratio, ok := turnedRatio(p.SubsampleRatio, orientation); ok {
			out := image.NewYCbCr(image.Rect(0, 0, tw, th), ratio)
			cw, ch := (w+stepX(p.SubsampleRatio)-1)/stepX(p.SubsampleRatio), (h+stepY(p.SubsampleRatio)-1)/stepY(p.SubsampleRatio)
			turn(out.Y, out.YStride, p.Y, p.YStride, w, h, 1, orientation)
			turn(out.Cb, out.CStride, p.Cb, p.CStride, cw, ch, 1, orientation)
			turn(out.Cr, out.CStride, p.Cr, p.CStride, cw, ch, 1, orientation)
			return out
		}
	}
	flat := onWhite(img)
	out := image.NewRGBA(image.Rect(0, 0, tw, th))
	turn(out.Pix, out.Stride, flat.Pix, flat.Stride, w, h, 4, orientation)
	return out
}

// turnedRatio is the chroma subsampling after a turn; 4:1:1 and 4:1:0 have no turned form.
func turnedRatio(r image.YCbCrSubsampleRatio, orientation int) (image.YCbCrSubsampleRatio, bool) {
	switch r {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio420:
		return r, true
	case image.YCbCrSubsampleRatio422:
		if orientation >= 5 {
			return image.YCbCrSubsampleRatio440, true
		}
		return r, true
	case image.YCbCrSubsampleRatio440:
		if orientation >= 5 {
			return image.YCbCrSubsampleRatio422, true
		}
		return r, true
	}
	return r, false
}

func stepX(r image.YCbCrSubsampleRatio) int {
	if r == image.YCbCrSubsampleRatio420 || r == image.YCbCrSubsampleRatio422 {
		return 2
	}
	return 1
}

func stepY(r image.YCbCrSubsampleRatio) int {
	if r == image.YCbCrSubsampleRatio420 || r == image.YCbCrSubsampleRatio440 {
		return 2
	}
	return 1
}

// turn copies a plane of w × h samples of size bytes each into its upright place. For every orientation the target of
// sample (x, y) is affine: it starts at (0 or last) and goes one column or one row per step.
func turn(dst []byte, dstStride int, src []byte, srcStride, w, h, size, orientation int) {
	var start, dx, dy int // offsets in dst: of sample (0,0), per step in x, per step in y
	col, row := size, dstStride
	switch orientation {
	case 2: // mirrored
		start, dx, dy = (w-1)*col, -col, row
	case 3: // upside down
		start, dx, dy = (w-1)*col+(h-1)*row, -col, -row
	case 4: // mirrored, upside down
		start, dx, dy = (h-1)*row, col, -row
	case 5: // transposed
		start, dx, dy = 0, row, col
	case 6: // needs a quarter turn clockwise
		start, dx, dy = (h-1)*col, row, -col
	case 7: // transposed over the other diagonal
		start, dx, dy = (h-1)*col+(w-1)*row, -row, -col
	case 8: // needs a quarter turn counter-clockwise
		start, dx, dy = (w-1)*row, -row, col
	default:
		start, dx, dy = 0, col, row
	}
	for y := range h {
		at := start + y*dy
		line := src[y*srcStride : y*srcStride+w*size]
		if size == 1 {
			for _, sample := range line {
				dst[at] = sample
				at += dx
			}
			continue
		}
		for x := 0; x < len(line); x += size {
			copy(dst[at:at+size], line[x:x+size])
			at += dx
		}
	}
}

// endsAsZip tells whether a ZIP directory could be found from the end of the file (APPNOTE 4.3.16).
func endsAsZip(data []byte) bool {
	return bytes.Contains(data[max(0, len(data)-65557):], []byte("PK\x05\x06"))
}
