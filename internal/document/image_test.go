package document

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"os"
	"strconv"
	"testing"

	"aufenthalt/internal/errs"
)

// corners is a picture of 48 × 32: red at top left, green at top right, blue at bottom left, white at bottom right.
func corners() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 48, 32))
	for i, c := range []color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}} {
		r := image.Rect(0, 0, 24, 16).Add(image.Pt(i%2*24, i/2*16))
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	return img
}

func asJPEG(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif makes an APP1 segment with an orientation and a place; the place must not survive.
func exif(order binary.AppendByteOrder, mark string, orientation int) []byte {
	tiff := []byte(mark)
	tiff = order.AppendUint16(tiff, 42)
	tiff = order.AppendUint32(tiff, 8)
	tiff = order.AppendUint16(tiff, 2)
	entry := func(tag, kind uint16, value uint32, short bool) {
		tiff = order.AppendUint16(tiff, tag)
		tiff = order.AppendUint16(tiff, kind)
		tiff = order.AppendUint32(tiff, 1)
		if short {
			tiff = order.AppendUint16(tiff, uint16(value))
			tiff = order.AppendUint16(tiff, 0)
			return
		}
		tiff = order.AppendUint32(tiff, value)
	}
	entry(0x0112, 3, uint32(orientation), true)
	entry(0x8825, 4, 38, false) // GPS directory
	tiff = order.AppendUint32(tiff, 0)
	tiff = append(tiff, "GPS 52.3906 N 13.0645 E"...)
	body := append([]byte("Exif\x00\x00"), tiff...)
	seg := []byte{0xff, 0xe1}
	seg = binary.BigEndian.AppendUint16(seg, uint16(len(body)+2))
	return append(seg, body...)
}

func withSegment(jpg, seg []byte) []byte {
	return bytes.Join([][]byte{jpg[:2], seg, jpg[2:]}, nil)
}

func photo(t testing.TB, orientation int) []byte {
	return withSegment(asJPEG(t, corners()), exif(binary.BigEndian, "MM", orientation))
}

func TestCleanJPEGKeepsItsBytes(t *testing.T) {
	jpg := asJPEG(t, corners())
	info, err := Check(jpg, "text/html", Limits{MaxBytes: limit10})
	if err != nil {
		t.Fatal(err)
	}
	if info.Cleaned || !bytes.Equal(info.Data, jpg) || info.MIME != "image/jpeg" || info.Ext != ".jpg" || info.Pages != 1 {
		t.Errorf("got %s %s %d pages, cleaned %v", info.MIME, info.Ext, info.Pages, info.Cleaned)
	}
}

// TestOrientation: whatever a camera says, the red corner comes out where a person sees it (Exif 2.32 § 4.6.4).
func TestOrientation(t *testing.T) {
	// For each orientation the colours seen at top left, top right, bottom left, bottom right of the upright picture.
	want := [9]string{1: "RGBW", 2: "GRWB", 3: "WBGR", 4: "BWRG", 5: "RBGW", 6: "BRWG", 7: "WGBR", 8: "GWRB"}
	sources := map[string]image.Image{"colour": corners(), "gray": grayCorners()}
	for name, img := range sources {
		for o := 1; o <= 8; o++ {
			for _, order := range []struct {
				mark string
				binary.AppendByteOrder
			}{{"MM", binary.BigEndian}, {"II", binary.LittleEndian}} {
				jpg := withSegment(asJPEG(t, img), exif(order.AppendByteOrder, order.mark, o))
				info, err := Check(jpg, "", Limits{MaxBytes: limit10})
				if err != nil {
					t.Fatal(err)
				}
				if !info.Cleaned || bytes.Contains(info.Data, []byte("GPS")) || bytes.Contains(info.Data, []byte("Exif")) {
					t.Fatalf("orientation %d: metadata survives", o)
				}
				out, err := jpeg.Decode(bytes.NewReader(info.Data))
				if err != nil {
					t.Fatal(err)
				}
				if w := out.Bounds().Dx(); (w == 48) != (o < 5) {
					t.Errorf("orientation %d: width %d", o, w)
				}
				expect := want[o]
				if name == "gray" {
					expect = string(bytes.Map(func(r rune) rune { return map[rune]rune{'R': '1', 'G': '2', 'B': '0', 'W': '3'}[r] }, []byte(expect)))
				}
				if got := seen(out, name == "gray"); got != expect {
					t.Errorf("%s orientation %d: %s, want %s", name, o, got, expect)
				}
			}
		}
	}
}

func grayCorners() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 48, 32))
	for i, y := range []uint8{85, 170, 0, 255} {
		draw.Draw(img, image.Rect(0, 0, 24, 16).Add(image.Pt(i%2*24, i/2*16)), image.NewUniform(color.Gray{y}), image.Point{}, draw.Src)
	}
	return img
}

// seen names the colours of the four corners.
func seen(img image.Image, gray bool) string {
	b := img.Bounds()
	out := ""
	for _, p := range []image.Point{{3, 3}, {b.Dx() - 4, 3}, {3, b.Dy() - 4}, {b.Dx() - 4, b.Dy() - 4}} {
		r, g, bl, _ := img.At(p.X, p.Y).RGBA()
		r, g, bl = r>>8, g>>8, bl>>8
		switch {
		case gray:
			out += strconv.Itoa(int(r+42) / 85)
		case r > 200 && g > 200 && bl > 200:
			out += "W"
		case r > 200:
			out += "R"
		case g > 200:
			out += "G"
		case bl > 200:
			out += "B"
		default:
			out += "?"
		}
	}
	return out
}

// TestTurnedPlanes compares the turn of every subsampling with the turn of single pixels.
func TestTurnedPlanes(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		img := image.NewYCbCr(image.Rect(0, 0, 16, 8), ratio)
		for i := range img.Y {
			img.Y[i] = byte(i)
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = byte(100+i), byte(200-i)
		}
		for o := 2; o <= 8; o++ {
			out := upright(img, o)
			for y := range 8 {
				for x := range 16 {
					tx, ty := [9]int{0, x, 15 - x, 15 - x, x, y, 7 - y, 7 - y, y}[o], [9]int{0, y, y, 7 - y, 7 - y, x, x, 15 - x, 15 - x}[o]
					r0, g0, b0, _ := img.At(x, y).RGBA()
					r1, g1, b1, _ := out.At(tx, ty).RGBA()
					if r0>>8 != r1>>8 || g0>>8 != g1>>8 || b0>>8 != b1>>8 {
						t.Fatalf("%v orientation %d: pixel %d,%d differs", ratio, o, x, y)
					}
				}
			}
		}
	}
}

func TestMetadataGoes(t *testing.T) {
	jpg := asJPEG(t, corners())
	for what, data := range map[string][]byte{
		"comment":       withSegment(jpg, append([]byte{0xff, 0xfe, 0, 8}, "secret"...)),
		"colour":        withSegment(jpg, append([]byte{0xff, 0xe2, 0, 8}, "secret"...)),
		"behind":        append(bytes.Clone(jpg), "secret film"...),
		"zip behind":    append(bytes.Clone(jpg), "PK\x05\x06 secret"...),
		"IPTC":          withSegment(jpg, append([]byte{0xff, 0xed, 0, 8}, "secret"...)),
		"JFIF thumb":    withSegment(jpg, append([]byte{0xff, 0xe0, 0, 13}, "JFIF\x00secret"...)),
		"broken EXIF":   withSegment(jpg, append([]byte{0xff, 0xe1, 0, 14}, "Exif\x00\x00secret"...)),
		"EXIF far away": withSegment(jpg, append([]byte{0xff, 0xe1, 0, 22}, "Exif\x00\x00MM\x00*\xff\xff\xff\xffsecret"...)),
	} {
		info, err := Check(data, "", Limits{MaxBytes: limit10})
		if err != nil || !info.Cleaned || bytes.Contains(info.Data, []byte("secret")) {
			t.Errorf("%s: cleaned %v, %v", what, info.Cleaned, err)
		}
	}
}

func TestPNGOnWhite(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 32, 32)) // transparent
	draw.Draw(img, image.Rect(0, 0, 16, 32), image.NewUniform(color.NRGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	info, err := Check(b.Bytes(), "image/png", Limits{MaxBytes: limit10})
	if err != nil || !info.Cleaned || info.MIME != "image/jpeg" || info.Ext != ".jpg" {
		t.Fatalf("%+v %v", info.MIME, err)
	}
	out, err := jpeg.Decode(bytes.NewReader(info.Data))
	if err != nil {
		t.Fatal(err)
	}
	if r, g, bl, _ := out.At(28, 16).RGBA(); r>>8 < 250 || g>>8 < 250 || bl>>8 < 250 {
		t.Errorf("transparent became %d %d %d", r>>8, g>>8, bl>>8)
	}
	if r, g, _, _ := out.At(4, 16).RGBA(); r>>8 < 240 || g>>8 > 20 {
		t.Errorf("red became %d %d", r>>8, g>>8)
	}
	wantRefused(t, b.Bytes()[:b.Len()-20], "broken")
}

// pngHeader is a PNG that only claims a size.
func pngHeader(w, h uint32) []byte {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), w)
	chunk = binary.BigEndian.AppendUint32(chunk, h)
	chunk = append(chunk, 8, 6, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	return binary.BigEndian.AppendUint32(append(out, chunk...), crc32.ChecksumIEEE(chunk))
}

func TestPixelBombs(t *testing.T) {
	wantRefused(t, pngHeader(20_000, 20_000), "pixels")
	wantRefused(t, pngHeader(1<<31-1, 1<<31-1), "broken")
	wantRefused(t, pngHeader(1, 1<<30), "pixels")
	jpg := asJPEG(t, corners())
	i := bytes.Index(jpg, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(jpg[i+5:], 20_000)
	binary.BigEndian.PutUint16(jpg[i+7:], 20_000)
	wantRefused(t, jpg, "pixels")
	binary.BigEndian.PutUint16(jpg[i+5:], 6_000)
	binary.BigEndian.PutUint16(jpg[i+7:], 6_000)
	jpg[i+1] = 0xc2 // progressive pictures cost more and are bounded lower
	wantRefused(t, jpg, "pixels")
}

func TestBrokenJPEG(t *testing.T) {
	jpg := asJPEG(t, corners())
	for n := 3; n < len(jpg); n += 7 {
		wantRefused(t, jpg[:n], "broken")
	}
	ended := append(bytes.Clone(jpg[:len(jpg)-60]), 0xff, 0xd9) // cut, but with an end marker
	wantRefused(t, ended, "broken")
	scans := append(bytes.Clone(jpg[:2]), bytes.Repeat([]byte{0xff, 0xda, 0, 2, 1}, 100)...)
	wantRefused(t, append(scans, 0xff, 0xd9), "broken")
}

func TestTypes(t *testing.T) {
	for _, c := range []struct {
		what, data, declared, reason string
		kind                         errs.Kind
	}{
		{"empty", "", "", "empty", errs.Invalid},
		{"text", "Hello", "application/pdf", "type", errs.Unsupported},
		{"GIF", "GIF89a....", "image/jpeg", "type", errs.Unsupported},
		{"ZIP", "PK\x03\x04 a.txt", "", "type", errs.Unsupported},
		{"HEIC", "\x00\x00\x00\x18ftypheic....", "image/jpeg", "heic", errs.Unsupported},
		{"HEIF", "\x00\x00\x00\x18ftypmif1....", "", "heic", errs.Unsupported},
		{"AVIF", "\x00\x00\x00\x18ftypavif....", "", "type", errs.Unsupported},
		{"docx", "PK\x03\x04....[Content_Types].xml", "", "word", errs.Unsupported},
		{"odt", "PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.text", "", "word", errs.Unsupported},
		{"doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "", "word", errs.Unsupported},
		{"rtf", `{\rtf1 a}`, "", "word", errs.Unsupported},
	} {
		t.Run(c.what, func(t *testing.T) {
			if e := wantRefused(t, []byte(c.data), c.reason); e.Kind != c.kind {
				t.Errorf("kind %s, want %s", e.Kind, c.kind)
			}
		})
	}
}

func TestTooLarge(t *testing.T) {
	e := wantRefused(t, make([]byte, 10_000_001), "too_large")
	if e.Args["limit"] != "10" || e.Args["size"] != "11" || e.Kind != errs.TooLarge {
		t.Errorf("got %v", e.Args)
	}
	if _, err := Check(asJPEG(t, corners()), "", Limits{}); err != nil {
		t.Errorf("without limit: %v", err)
	}
}

func BenchmarkCheckPhoto(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 4000, 3000))
	for i := range img.Pix {
		img.Pix[i] = byte(i>>6) ^ byte(i*7>>12)
	}
	data := withSegment(asJPEG(b, img), exif(binary.BigEndian, "MM", 6))
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Check(data, "", Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestOtherWriters reads pictures that Go's own encoder cannot make.
func TestOtherWriters(t *testing.T) {
	for file, cleaned := range map[string]bool{"progressive.jpg": false, "cmyk.jpg": true} {
		data, err := os.ReadFile("testdata/" + file)
		if err != nil {
			t.Fatal(err)
		}
		info, err := Check(data, "", Limits{MaxBytes: limit10})
		if err != nil || info.Cleaned != cleaned {
			t.Fatalf("%s: cleaned %v, %v", file, info.Cleaned, err)
		}
		out, err := jpeg.Decode(bytes.NewReader(info.Data))
		if err != nil {
			t.Fatal(err)
		}
		if _, four := out.(*image.CMYK); four || seen(out, false) != "RGBW" {
			t.Errorf("%s comes out as %s", file, seen(out, false))
		}
		turned, err := Check(withSegment(data, exif(binary.BigEndian, "MM", 6)), "", Limits{MaxBytes: limit10})
		if err != nil {
			t.Fatal(err)
		}
		out, err = jpeg.Decode(bytes.NewReader(turned.Data))
		if err != nil || seen(out, false) != "BRWG" {
			t.Errorf("%s turned comes out as %s, %v", file, seen(out, false), err)
		}
	}
}
