package pdf

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/go-text/typesetting/font"

	"aufenthalt/internal/latin"
)

func load(t testing.TB) *Fonts {
	t.Helper()
	f, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

var options = Options{
	Title: "Blaue Karte EU, AT-7K3M-9QX2-5", Lang: "de", Author: "Betreiber <der> Plattform & Co.", Created: time.Date(2026, 11, 24, 14, 41, 7, 0, time.UTC),
	Footer: "AT-7K3M-9QX2-5", PageFormat: "Seite {page} von {pages}",
}

// qr is not a code that can be read, only something as large as one.
func qr() []string {
	rows := make([]string, 29)
	for y := range rows {
		var b strings.Builder
		for x := range 29 {
			b.WriteByte("01"[(x*y+x/3+y/2)%2])
		}
		rows[y] = b.String()
	}
	return rows
}

var values = []struct{ label, value string }{
	{"Familienname", "Müller-Lüdenscheidt"},
	{"Name in arabischer Schrift", "محمد بن عبد اللّٰه، ١٩٩٢"},
	{"Name mit Vokalen", "مُحَمَّد الْأَمِين"},
	{"Persisch", "می‌خواهم 1992-02-29 به آلمان"},
	{"Vietnamesisch", "Nguyễn Thị Hồng Nhung, Đặng Hữu Phước, Trần Quỳnh"},
	{"Folgen nach DIN 91379", "S̩ s̩ Ṣ̌ k̄ n̂ C̨̆ L̥̄ ŗ̄ ẩ x̌ Ạ̈ g̀"},
	{"Kyrillisch", "Александр Сергеевич Пушкин, Київ"},
	{"Griechisch", "Γιώργος Παπαδόπουλος"},
	{"Türkisch", "İbrahim Işık Çağlayan Ğ ğ"},
	{"Chinesisch (nicht in der Schrift)", "王小明 (Wang Xiaoming)"},
	{"Zeichen von XML und PDF", `<a href="x">&amp; (Klammer) \ Rückstrich [eckig] {geschweift} % / #`},
	{"Langes Wort", strings.Repeat("Donaudampfschifffahrtsgesellschaftskapitän", 4)},
	{"Adresse", "Musterstraße 12\n12345 Musterstadt\nDeutschland"},
	{"Fassung", "sha256-0f343b0931126a20f133d67c2b018a3b1e5d7c2a9f64e0b1c8d7a6f5e4d3c2b1"},
	{"Gemischt", "Büro שלום 12 und العربية 2026-11-24, Ende"},
}

// sample has everything that a document can have, on some three pages.
func sample(fonts *Fonts) *Doc {
	d := New(fonts, options)
	d.Heading(1, "Aufenthaltserlaubnis für Fachkräfte (Blaue Karte EU)")
	d.Note("Testnachricht: nicht produktiv bearbeiten. Diese Nachricht dient nur der Erprobung und wird nach sieben Tagen gelöscht, ohne dass jemand sie liest.")
	d.Big("Vorgangsnummer", "AT-7K3M-9QX2-5")
	d.Big("Zugangscode", "7K3M 9QX2 MWMW 0123 4567 89AB")
	d.Row("Eingegangen", "24.11.2026, 14:41 Uhr")
	d.Row("Behörde", "Landkreis Musterland, Ausländerbehörde")
	d.Row("Beantragt nach", "§ 18g Abs. 1 Satz 1 AufenthG")
	d.Heading(2, "Angaben zur Person")
	for _, v := range values {
		d.Row(v.label, v.value)
	}
	d.Heading(2, "Rechtsgrundlagen, die in Frage kommen")
	d.Paragraph("Aus den Angaben errechnet, nicht geprüft. Keine Entscheidung.")
	d.Heading(3, "§ 18g Abs. 1 Satz 1 AufenthG: Blaue Karte EU")
	for i := range 8 {
		d.Row(fmt.Sprintf("Bedingung %d: Das Gehalt erreicht mindestens die Hälfte der jährlichen Beitragsbemessungsgrenze", i+1), "nach den Angaben erfüllt (§ 18g Abs. 1 Satz 1 AufenthG)")
	}
	d.Heading(2, "Was noch fehlt")
	d.List([]string{"Arbeitsvertrag", "Mietvertrag oder Bestätigung der Person, bei der Sie wohnen, mit Angabe der Größe der Wohnung und der Zahl der Personen, die dort leben", "Pass"})
	d.Heading(2, "So geht es weiter")
	d.Paragraph(strings.Repeat("Die Ausländerbehörde prüft Ihren Antrag. Sie meldet sich, wenn etwas fehlt. ", 9))
	d.Code(qr(), "QR-Code mit der Adresse der Statusseite")
	d.Row("Statusseite", "https://aufenthalt.example.org/status")
	return d
}

func mustBytes(t testing.TB, d *Doc) []byte {
	t.Helper()
	b, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSameBytes(t *testing.T) {
	a, b := mustBytes(t, sample(load(t))), mustBytes(t, sample(load(t)))
	if !bytes.Equal(a, b) {
		t.Error("the same input gives different bytes")
	}
	if name := os.Getenv("AUFENTHALT_PDF"); name != "" { // to look at it
		os.WriteFile(name+".sample.pdf", a, 0o600)
	}
	t.Logf("%d bytes", len(a))
}

func BenchmarkDocument(b *testing.B) {
	fonts := load(b)
	mustBytes(b, sample(fonts))
	for b.Loop() {
		mustBytes(b, sample(fonts))
	}
}

func TestStructure(t *testing.T) {
	f := readBack(t, mustBytes(t, sample(load(t))))
	if len(f.pages) != 3 {
		t.Errorf("%d pages", len(f.pages))
	}
	root := f.tree()
	got := root.outline(0)
	for _, want := range []string{
		"Document\n  H1 Aufenthaltserlaubnis für Fachkräfte (Blaue Karte EU)\n  P Testnachricht: nicht produktiv bearbeiten. ",
		"  Div\n    P Vorgangsnummer\n    P AT-7K3M-9QX2-5\n",
		"  Div\n    P Zugangscode\n    P 7K3M 9QX2 MWMW 0123 4567 89AB\n",
		"  Table\n    TR\n      TH Eingegangen\n      TD 24.11.2026, 14:41 Uhr\n    TR\n      TH Behörde\n",
		"  H3 § 18g Abs. 1 Satz 1 AufenthG: Blaue Karte EU\n  Table\n",
		"  L\n    LI\n      Lbl •\n      LBody Arbeitsvertrag\n    LI\n",
		"  Figure\n  Table\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the structure lacks\n%s", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
	for _, th := range root.all("TH") {
		if !strings.Contains(th.raw, "/Scope /Row") {
			t.Error("TH without scope")
		}
	}
	if fig := root.all("Figure")[0]; !strings.Contains(fig.raw, "/Alt (QR-Code mit") || !strings.Contains(fig.raw, "/BBox [") {
		t.Errorf("figure without alternative: %s", fig.raw)
	}
	if f.lowest < margin {
		t.Errorf("text at %v, in the lower margin", f.lowest)
	}
}

// TestText: what goes in comes out, letter by letter, through ToUnicode and ActualText.
func TestText(t *testing.T) {
	f := readBack(t, mustBytes(t, sample(load(t))))
	cells := f.tree().all("TD")
	for _, v := range values {
		want := strings.ReplaceAll(v.value, "\n", "")
		found := slices.ContainsFunc(cells, func(n node) bool { return n.text == want })
		if strings.ContainsFunc(want, isRTL) { // order within mixed lines is for readers to find: compare letters
			found = slices.ContainsFunc(cells, func(n node) bool { return sorted(n.text) == sorted(want) })
		}
		if !found {
			t.Errorf("%s: %q is not found", v.label, want)
		}
	}
	plain := New(load(t), options)
	plain.Row("Name", "محمد بن عبد العزيز")
	f = readBack(t, mustBytes(t, plain))
	if got := f.tree().all("TD")[0].text; got != "محمد بن عبد العزيز" {
		t.Errorf("Arabic comes back as %q", got)
	}
}

func sorted(s string) string {
	r := []rune(strings.ReplaceAll(s, " ", ""))
	slices.Sort(r)
	return string(r)
}

// TestLatin: the fonts have every letter and sequence of DIN 91379 in regular and bold.
func TestLatin(t *testing.T) {
	fonts, table := load(t), latin.New()
	s := newShaper(fonts)
	var letters, all []string
	for r := rune(0x20); r < 0x3000; r++ {
		if len(table.Check(string(r))) == 0 && !unicode.IsControl(r) {
			letters = append(letters, string(r))
		}
	}
	all = append(all, letters...)
	for _, l := range letters {
		if !unicode.IsLetter([]rune(l)[0]) {
			continue
		}
		for a := rune(0x300); a < 0x370; a++ {
			if len(table.Check(l+string(a))) == 0 {
				all = append(all, l+string(a))
			}
			for b := rune(0x300); b < 0x332; b++ {
				if q := l + string(a) + string(b); len(table.Check(q)) == 0 && len(table.Check(l+string(a))) > 0 {
					all = append(all, q)
				}
			}
		}
	}
	if len(all) < 700 {
		t.Fatalf("only %d letters and sequences", len(all))
	}
	for st := range styles {
		for _, text := range all {
			for _, l := range s.wrap(text, "de", layout{style: st, size: 10, width: 400}) {
				for _, it := range l.items {
					for _, g := range it.glyphs {
						if g.id == 0 || g.id == it.face.unknown {
							t.Errorf("%q (%U) is not in style %d", text, []rune(text), st)
						}
					}
				}
			}
		}
	}
}

func TestWrap(t *testing.T) {
	s := newShaper(load(t))
	l := layout{style: regular, size: 10, width: 120}
	for _, text := range []string{
		strings.Repeat("Wort ", 40), strings.Repeat("x", 300), "kurz " + strings.Repeat("Donaudampfschiff", 20) + " kurz",
		strings.Repeat("محمد ", 30), isolate(strings.Repeat("العربية", 40)), strings.Repeat("a\u0323\u0302", 80), strings.Repeat(" ", 100) + "x", "",
	} {
		lines := s.wrap(text, "de", l)
		back := ""
		for _, ln := range lines {
			if ln.width > 12_000 {
				t.Errorf("%.20q: a line is %d wide", text, ln.width)
			}
			for _, it := range ln.items {
				back += string(ln.text[it.from:it.to])
			}
		}
		without := func(s string) string {
			return strings.Map(func(r rune) rune {
				if r == ' ' || isDirectionControl(r) {
					return -1
				}
				return r
			}, s)
		}
		if without(back) != without(text) {
			t.Errorf("%.20q: text is lost: %q", text, back)
		}
	}
}

// TestVisualOrder follows examples of UAX 9: numbers within right-to-left text stand to the left of what precedes them.
func TestVisualOrder(t *testing.T) {
	s := newShaper(load(t))
	for _, c := range []struct{ text, want string }{
		{"abc", "abc"},
		{"abc محمد def", "abc |محمد| def"},
		{"abc محمد 12 العربية def", "abc |العربية| |12|محمد | def"},
		{isolate("محمد 1992-02-29"), "1992-02-29|محمد "},
		{"Name: " + isolate("محمد") + ", Alter: " + isolate("12"), "Name: |محمد|, Alter: |12"},
		{isolate("\u202eabc"), "abc"}, // an override inside a value is removed
	} {
		var got []string
		for _, l := range s.wrap(c.text, "de", layout{style: regular, size: 10, width: 500}) {
			for _, i := range l.order {
				got = append(got, string(l.text[l.items[i].from:l.items[i].to]))
			}
		}
		if strings.Join(strings.Fields(strings.Join(got, "|")), " ") != strings.Join(strings.Fields(c.want), " ") {
			t.Errorf("%q: %q, want %q", c.text, strings.Join(got, "|"), c.want)
		}
	}
}

// TestPageBreaks moves the break through everything.
func TestPageBreaks(t *testing.T) {
	fonts := load(t)
	for filler := range 45 {
		d := New(fonts, options)
		for i := range filler {
			d.Row(strconv.Itoa(i), "Zeile")
		}
		d.Heading(2, "Überschrift")
		d.Row("Mehrzeilig", strings.Repeat("Zeile\n", 7))
		d.Heading(3, "Noch eine")
		d.Paragraph(strings.Repeat("Absatz mit einigen Worten. ", 40))
		d.Note(strings.Repeat("Hinweis mit einigen Worten. ", 12))
		d.Row("Sehr lang", strings.Repeat("Zeile\n", 90))
		d.Code(qr(), "Code")
		f := readBack(t, mustBytes(t, d))
		if f.lowest < margin {
			t.Errorf("%d: text in the lower margin at %v", filler, f.lowest)
		}
		kids := f.tree().kids
		for i, k := range kids {
			if strings.HasPrefix(k.kind, "H") && k.pages[len(k.pages)-1] != kids[i+1].pages[0] {
				t.Errorf("%d: heading %q stands alone", filler, k.text)
			}
			for _, tr := range k.all("TR") {
				if len(tr.kids[1].text) < 60 && tr.pages[0] != tr.pages[len(tr.pages)-1] {
					t.Errorf("%d: row %q is torn", filler, tr.kids[0].text)
				}
			}
		}
		if got := len(strings.ReplaceAll(f.tree().all("TD")[filler+1].text, " ", "")); got != 90*len("Zeile") {
			t.Errorf("%d: %d bytes of the long row", filler, got)
		}
	}
}

func TestOddInput(t *testing.T) {
	fonts := load(t)
	empty := New(fonts, Options{})
	readBack(t, mustBytes(t, empty))
	d := New(fonts, Options{Title: "a\nb(\\)\x00", Lang: "de-DE", Footer: "\xff\xfe", PageFormat: "{page}{pages}{x}"})
	d.Heading(9, "")
	d.Heading(0, "\x00\x01\u2028")
	d.Paragraph("")
	d.Row("", "")
	d.Row(strings.Repeat("a", 2000), "\xff\xfe\r\n\u2069\u2069\u202e")
	d.List(nil)
	d.List([]string{"", " ", "\n"})
	d.Note("")
	d.Big("", "")
	d.Code(nil, "")
	d.Paragraph("\ud7ff\uffff\U0010ffff \u0301\u0301 \U0001f600")
	readBack(t, mustBytes(t, d))
	for _, rows := range [][]string{{"01", "0"}, {"0x", "11"}, {"1", "1"}} {
		d := New(fonts, options)
		d.Code(rows, "x")
		if _, err := d.Bytes(); err == nil {
			t.Errorf("code %q is taken", rows)
		}
	}
}

// TestSubset compares the embedded outlines with the font's own.
func TestSubset(t *testing.T) {
	fonts := load(t)
	for _, row := range fonts.faces {
		for _, face := range row {
			var used []uint16
			for _, r := range "AẠ̈éĘß محمد١" {
				if g, ok := face.font.NominalGlyph(r); ok {
					used = append(used, uint16(g))
				}
			}
			small := face.file.subset(used)
			got, err := readTTF(small)
			if err != nil {
				t.Fatal(err)
			}
			parsed, err := font.ParseTTF(bytes.NewReader(small))
			if err == nil {
				for _, g := range used {
					a, _ := font.NewFace(face.font).GlyphDataOutline(font.GID(g))
					b, _ := parsed.GlyphDataOutline(font.GID(g))
					if !slices.Equal(a.Segments, b.Segments) {
						t.Errorf("%s: glyph %d differs", face.name, g)
					}
				}
			}
			for _, g := range used {
				if want := face.file.outline(g); !bytes.HasPrefix(got.outline(g), want) || got.advance[g] != face.file.advance[g] {
					t.Errorf("%s: glyph %d is not carried over", face.name, g)
				}
				for _, p := range face.file.parts(g) {
					if len(got.outline(p)) == 0 && len(face.file.outline(p)) > 0 {
						t.Errorf("%s: part %d of glyph %d is missing", face.name, p, g)
					}
				}
			}
			if len(small) > 60_000 || checksum(small) != 0xb1b0afba {
				t.Errorf("%s: %d bytes, checksum %x", face.name, len(small), checksum(small))
			}
		}
	}
}

func TestTogether(t *testing.T) {
	fonts := load(t)
	want := mustBytes(t, sample(fonts))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 3 {
				if got, err := sample(fonts).Bytes(); err != nil || !bytes.Equal(got, want) {
					t.Errorf("differs when written at the same time: %v", err)
				}
			}
		})
	}
	wg.Wait()
}

// tool gives the path of a program that the check needs.
func tool(t *testing.T, name, debian string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("AUFENTHALT_REQUIRE") == "1" {
			t.Fatalf("%s is missing (Debian package %s)", name, debian)
		}
		t.Skipf("%s is not installed: what another reader says is NOT checked", name)
	}
	return path
}

func TestOtherReaders(t *testing.T) {
	qpdf, pdftotext := tool(t, "qpdf", "qpdf"), tool(t, "pdftotext", "poppler-utils")
	name := filepath.Join(t.TempDir(), "sample.pdf")
	if err := os.WriteFile(name, mustBytes(t, sample(load(t))), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(qpdf, "--check", name).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
	out, err := exec.Command(pdftotext, "-layout", name, "-").CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, out)
	}
	text := string(out)
	for _, v := range values {
		for _, want := range strings.Split(v.value, "\n") {
			if len(want) > 60 || strings.ContainsFunc(want, isRTL) {
				continue
			}
			if !strings.Contains(text, want) {
				t.Errorf("pdftotext does not find %q", want)
			}
		}
	}
	for _, want := range []string{"AT-7K3M-9QX2-5", "7K3M 9QX2 MWMW 0123 4567 89AB", "محمد بن عبد", "1992-02-29", "Seite 2 von 3", options.Title} {
		if !strings.Contains(text, want) {
			t.Errorf("pdftotext does not find %q", want)
		}
	}
}

func FuzzDocument(f *testing.F) {
	for _, v := range values {
		f.Add(v.label, v.value)
	}
	f.Add("\u0301", "\u200f\u200d\u0627\u0644\u200c\u0301\U0001f468\u200d\U0001f469")
	fonts := load(f)
	f.Fuzz(func(t *testing.T, label, value string) {
		if len(label)+len(value) > 5000 {
			return
		}
		d := New(fonts, Options{Title: label, Footer: value})
		d.Heading(2, label)
		d.Row(label, value)
		d.Paragraph(value)
		d.Big(label, value)
		d.List([]string{value, label})
		readBack(t, mustBytes(t, d))
	})
}
