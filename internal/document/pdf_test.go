package document

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"aufenthalt/internal/document/pdf"
	"aufenthalt/internal/errs"
)

// Objects of a small valid file; hostile files add to them or replace one.
var plain = []string{
	"<< /Type /Catalog /Pages 2 0 R >>",
	"<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << >> >>",
	"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>",
	"<< /Length 9 >>\nstream\nq 1 w Q\n\n\nendstream",
}

// with gives the plain objects with one replaced (numbers from 1) and more appended.
func with(replace int, by string, more ...string) []string {
	out := append([]string(nil), plain...)
	if replace > 0 {
		out[replace-1] = by
	}
	return append(out, more...)
}

// classic writes objects 1..n with a cross-reference table.
func classic(objects []string, trailer string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, trailer, at)
	return b.Bytes()
}

func deflate(data []byte) []byte {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// cutDeflate leaves out the checksum, as Acrobat does.
func cutDeflate(data []byte) []byte {
	b := deflate(data)
	return b[:len(b)-4]
}

func streamObject(dict string, body []byte) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(body), body)
}

// objStm packs objects under their numbers.
func objStm(numbers []int, objects []string) string { return objStmWith(deflate, numbers, objects) }

func objStmWith(pack func([]byte) []byte, numbers []int, objects []string) string {
	var head, body bytes.Buffer
	for i, o := range objects {
		fmt.Fprintf(&head, "%d %d ", numbers[i], body.Len())
		body.WriteString(o + "\n")
	}
	packed := pack(append(head.Bytes(), body.Bytes()...))
	return streamObject(fmt.Sprintf("/Type /ObjStm /N %d /First %d /Filter /FlateDecode", len(objects), head.Len()), packed)
}

// upPredicted applies PNG filter 2 to rows.
func upPredicted(rows []byte, width int) []byte {
	var out []byte
	before := make([]byte, width)
	for ; len(rows) > 0; rows = rows[width:] {
		out = append(out, 2)
		for i := range width {
			out = append(out, rows[i]-before[i])
		}
		before = rows[:width]
	}
	return out
}

// packed writes the objects into an object stream with a cross-reference stream; streams stay outside.
func packed(objects []string, trailer string) []byte { return packedWith(deflate, objects, trailer) }

func packedWith(pack func([]byte) []byte, objects []string, trailer string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	n := len(objects)
	rows := make([]byte, 0, 5*(n+3))
	row := func(kind byte, a, c int) {
		rows = append(rows, kind)
		rows = binary.BigEndian.AppendUint32(rows, uint32(a))
		rows = append(rows, byte(c))
	}
	row(0, 0, 255)
	var numbers []int
	var inside []string
	for i, o := range objects {
		if strings.Contains(o, "\nstream\n") {
			row(1, b.Len(), 0)
			fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
			continue
		}
		row(2, n+1, len(numbers))
		numbers, inside = append(numbers, i+1), append(inside, o)
	}
	row(1, b.Len(), 0)
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, objStmWith(pack, numbers, inside))
	at := b.Len()
	row(1, at, 0)
	fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+2, streamObject(fmt.Sprintf("/Type /XRef /W [1 4 1] /Size %d /Root 1 0 R /Filter /FlateDecode "+
		"/DecodeParms << /Predictor 12 /Columns 6 >> %s", n+3, trailer), pack(upPredicted(rows, 6))))
	fmt.Fprintf(&b, "startxref\n%d\n%%%%EOF\n", at)
	return b.Bytes()
}

// updated appends a revision that sets one object.
func updated(base []byte, num int, object string) []byte {
	before := bytes.LastIndex(base, []byte("startxref\n"))
	var prev int
	fmt.Sscanf(string(base[before+10:]), "%d", &prev)
	b := bytes.NewBuffer(bytes.Clone(base))
	at := b.Len()
	fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", num, object)
	xref := b.Len()
	fmt.Fprintf(b, "xref\n%d 1\n%010d 00000 n \ntrailer\n<< /Size 8 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", num, at, prev, xref)
	return b.Bytes()
}

// linearized puts the first page's table at the front, the rest of the table behind it, as for the web.
func linearized() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	const table = "xref\n0 1\n0000000000 65535 f \n4 1\n%010d 00000 n \ntrailer\n<< /Size 5 /Root 1 0 R /Prev %010d >>\nstartxref\n0\n%%%%EOF\n"
	first := b.Len()
	length := len(fmt.Sprintf(table, 0, 0))
	body := bytes.NewBuffer(nil)
	offsets := map[int]int{}
	for _, o := range []struct {
		num  int
		text string
	}{
		{4, "<< /Linearized 1 >>"}, {1, plain[0]}, {2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},
		{3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>"},
	} {
		offsets[o.num] = first + length + body.Len()
		fmt.Fprintf(body, "%d 0 obj\n%s\nendobj\n", o.num, o.text)
	}
	main := first + length + body.Len()
	fmt.Fprintf(&b, table, offsets[4], main)
	b.Write(body.Bytes())
	b.WriteString("xref\n1 3\n")
	for i := 1; i <= 3; i++ {
		fmt.Fprintf(&b, "%010d 00000 n \n", offsets[i])
	}
	fmt.Fprintf(&b, "trailer\n<< /Size 5 >>\nstartxref\n%d\n%%%%EOF\n", first)
	return b.Bytes()
}

// hybrid has a table that calls object 4 free and a cross-reference stream that knows it in an object stream.
func hybrid(page string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	offsets := map[int]int{}
	put := func(num int, o string) {
		offsets[num] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", num, o)
	}
	put(1, plain[0])
	put(2, plain[1])
	put(3, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>")
	put(5, objStm([]int{4}, []string{page}))
	rows := []byte{2, 0, 5, 0}
	put(6, streamObject("/Type /XRef /W [1 2 1] /Index [4 1] /Size 7 /Root 1 0 R", rows))
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 7\n0000000004 65535 f \n%010d 00000 n \n%010d 00000 n \n%010d 00000 n \n0000000000 00000 f \n%010d 00000 n \n%010d 00000 n \n",
		offsets[1], offsets[2], offsets[3], offsets[5], offsets[6])
	fmt.Fprintf(&b, "trailer\n<< /Size 7 /Root 1 0 R /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n", offsets[6], at)
	return b.Bytes()
}

const limit10 = 10_000_000

func check(data []byte) (Info, error) {
	return Check(data, "application/pdf", Limits{MaxBytes: limit10})
}

// wantRefused insists on the key of a refusal, its part behind error.document.
func wantRefused(t *testing.T, data []byte, reason string) *errs.Error {
	t.Helper()
	info, err := check(data)
	var e *errs.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %d pages and %v, want refusal %q", info.Pages, err, reason)
	}
	if e.Key != "error.document."+reason {
		t.Fatalf("got %v, want reason %q", err, reason)
	}
	return e
}

func validPDFs() map[string][]byte {
	return map[string][]byte{
		"classic":                   classic(plain, ""),
		"packed":                    packed(plain, ""),
		"updated":                   updated(classic(plain, ""), 4, plain[3]),
		"updated twice":             updated(updated(classic(plain, ""), 4, plain[3]), 6, "<< /Producer (x) >>"),
		"packed, updated by table":  updated(packed(plain, ""), 4, plain[3]),
		"hybrid":                    hybrid(plain[3]),
		"white space behind":        append(classic(plain, ""), "\r\n\x00\x00 \n"...),
		"nested tree":               classic(with(2, "<< /Type /Pages /Kids [6 0 R 4 0 R] /Count 2 >>", "<< /Type /Pages /Parent 2 0 R /Kids [3 0 R] /Count 1 >>"), ""),
		"open action to a page":     classic(with(1, "<< /Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /Fit] >>"), ""),
		"link to the web":           classic(with(0, "", "<< /S /URI /URI (https://example.org) >>"), ""),
		"kids by reference":         classic(with(2, "<< /Type /Pages /Kids 6 0 R /Count 2 >>", "[3 0 R 4 0 R]"), ""),
		"length by reference":       classic(with(5, "<< /Length 6 0 R >>\nstream\nq 1 w Q\n\n\nendstream", "9"), ""),
		"names null":                classic(with(1, "<< /Type /Catalog /Pages 2 0 R /Names << /JavaScript null >> >>"), ""),
		"string with odd signs":     classic(with(0, "", `<< /Title (a \) \( /JS \\) /Other (nested (/JS) one) >>`), ""),
		"checksum missing":          packedWith(cutDeflate, plain, ""),
		"words that look like code": classic(with(0, "", "(JavaScript)"), ""),
	}
}

func TestValidPDF(t *testing.T) {
	for what, data := range validPDFs() {
		t.Run(what, func(t *testing.T) {
			info, err := check(data)
			if err != nil {
				t.Fatal(err)
			}
			if info.Pages != 2 || info.MIME != "application/pdf" || info.Ext != ".pdf" || info.Cleaned || !bytes.Equal(info.Data, data) || len(info.SHA256) != 64 {
				t.Errorf("got %d pages, %s %s cleaned=%v", info.Pages, info.MIME, info.Ext, info.Cleaned)
			}
		})
	}
	if info, err := check(linearized()); err != nil || info.Pages != 1 {
		t.Errorf("linearized: %d pages, %v", info.Pages, err)
	}
}

func needQPDF(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("qpdf"); err != nil {
		if os.Getenv("AUFENTHALT_REQUIRE") == "1" {
			t.Fatal("qpdf is missing (Debian package qpdf)")
		}
		t.Skip("qpdf is not installed: NOT compared with another reader and writer")
	}
}

// TestOtherWriter lets another writer make what we take and what we refuse.
func TestOtherWriter(t *testing.T) {
	needQPDF(t)
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.pdf"), filepath.Join(dir, "out.pdf")
	if err := os.WriteFile(in, classic(plain, ""), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		reason string // empty: taken
		args   []string
	}{
		{"", []string{in}},
		{"", []string{"--linearize", in}},
		{"", []string{"--object-streams=generate", in}},
		{"", []string{"--linearize", "--object-streams=generate", in}},
		{"locked", []string{"--encrypt", "user", "owner", "256", "--", in}},
		{"locked", []string{"--encrypt", "", "owner", "256", "--", "--object-streams=generate", in}},
		{"embedded", []string{"--add-attachment", in, "--", in}},
		{"embedded", []string{"--add-attachment", in, "--", "--object-streams=generate", in}},
	} {
		if msg, err := exec.Command("qpdf", append(c.args, out)...).CombinedOutput(); err != nil {
			t.Fatalf("qpdf %v: %v %s", c.args, err, msg)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if c.reason != "" {
			wantRefused(t, data, c.reason)
		} else if info, err := check(data); err != nil || info.Pages != 2 {
			t.Errorf("qpdf %v: %d pages, %v", c.args, info.Pages, err)
		}
	}
}

// TestValidPDFOracle lets another reader confirm that our own corpus is right.
func TestValidPDFOracle(t *testing.T) {
	needQPDF(t)
	for what, data := range validPDFs() {
		file := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		// Some of the corpus has odd sizes on purpose: a warning is no disagreement.
		if out, err := exec.Command("qpdf", "--no-warn", "--warning-exit-0", "--show-npages", file).CombinedOutput(); err != nil || strings.TrimSpace(string(out)) != "2" {
			t.Errorf("%s: qpdf says %v %s", what, err, out)
		}
	}
}

func TestHostilePDF(t *testing.T) {
	for _, c := range []struct{ what, reason, object string }{
		{"script", "script", "<< /S /JavaScript /JS (app.alert\\(1\\)) >>"},
		{"script in a stream", "script", "<< /S /JavaScript /JS 3 0 R >>"},
		{"escaped name", "script", "<< /S /J#61vaScript >>"},
		{"escaped key", "script", "<< /#4a#53 (x) >>"},
		{"name tree", "script", "<< /Names << /JavaScript 3 0 R >> >>"},
		{"kind by reference", "script", "/JavaScript"},
		{"first of two keys", "script", "<< /S /JavaScript /S /URI >>"},
		{"second of two keys", "script", "<< /S /URI /S /JavaScript >>"},
		{"deep inside", "script", "[ [ << /A [ << /B << /S /Launch /F (cmd.exe) >> >> ] >> ] ]"},
		{"launch", "script", "<< /S /Launch /Win << /F (cmd.exe) >> >>"},
		{"send form", "script", "<< /S /SubmitForm /F (http://example.org) >>"},
		{"import data", "script", "<< /S /ImportData >>"},
		{"other file", "script", `<< /S /GoToR /F (\\\\host\\share) >>`},
		{"stream elsewhere", "script", "<< /F (http://example.org) /Length 0 >>\nstream\n\nendstream"},
		{"XFA", "script", "<< /AcroForm << /XFA [] >> >>"},
		{"attachment", "embedded", "<< /Type /Filespec /F (a.exe) /EF << /F 5 0 R >> >>"},
		{"attached stream", "embedded", "<< /Type /EmbeddedFile /Length 0 >>\nstream\n\nendstream"},
		{"attachments by name", "embedded", "<< /EmbeddedFiles << /Names [] >> >>"},
		{"attachment as note", "embedded", "<< /Type /Annot /Subtype /FileAttachment >>"},
		{"rich media", "embedded", "<< /Type /Annot /Subtype /RichMedia >>"},
		{"film", "embedded", "<< /Subtype /Movie >>"},
	} {
		t.Run(c.what, func(t *testing.T) {
			objects := with(0, "", c.object)
			wantRefused(t, classic(objects, ""), c.reason)
			wantRefused(t, packed(objects, ""), c.reason)
			wantRefused(t, updated(classic(plain, ""), 6, c.object), c.reason)
			wantRefused(t, updated(updated(classic(plain, ""), 6, c.object), 6, "<< >>"), c.reason)
			if !strings.Contains(c.object, "stream\n") {
				wantRefused(t, hybrid("[ "+c.object+" ]"), cond(c.object[0] == '/', "broken", c.reason))
			}
		})
	}
}

func cond(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}

func TestHiddenObjects(t *testing.T) {
	evil := "<< /S /JavaScript /JS (x) >>"
	good := classic(plain, "")
	at := bytes.Index(good, []byte("xref\n0"))
	stray := bytes.Clone(good)
	stray = bytes.Replace(stray, []byte("q 1 w Q\n\n"), []byte("Q 9 0 obj"), 1) // an object head inside a stream: no object follows
	if _, err := check(stray); err != nil {
		t.Errorf("harmless bytes in a stream: %v", err)
	}
	// An object that no table knows, before the table.
	hidden := bytes.Join([][]byte{good[:at], []byte("9 0 obj\n" + evil + "\nendobj\n"), good[at:]}, nil)
	hidden = bytes.Replace(hidden, []byte(fmt.Sprintf("startxref\n%d", at)), []byte(fmt.Sprintf("startxref\n%d", at+len("9 0 obj\n\nendobj\n")+len(evil))), 1)
	wantRefused(t, hidden, "script")
	// The same inside the bytes of a stream, where the table leads.
	inside := classic(with(5, streamObject("", []byte("7 0 obj "+evil+" endobj"))), "")
	wantRefused(t, inside, "script")
	// In an object stream that no table knows.
	loose := objStm([]int{20}, []string{evil})
	hidden = bytes.Join([][]byte{good[:at], []byte("9 0 obj\n" + loose + "\nendobj\n"), good[at:]}, nil)
	hidden = bytes.Replace(hidden, []byte(fmt.Sprintf("startxref\n%d", at)), []byte(fmt.Sprintf("startxref\n%d", at+len("9 0 obj\n\nendobj\n")+len(loose))), 1)
	wantRefused(t, hidden, "script")
}

func TestLockedPDF(t *testing.T) {
	crypt := "<< /Filter /Standard /V 1 /R 2 /P -4 >>"
	wantRefused(t, classic(with(0, "", crypt), "/Encrypt 6 0 R"), "locked")
	wantRefused(t, packed(with(0, "", crypt), "/Encrypt 6 0 R"), "locked")
	wantRefused(t, packed(plain, "/Encrypt "+crypt), "locked")
	wantRefused(t, updated(classic(with(0, "", crypt), "/Encrypt 6 0 R"), 4, plain[3]), "locked")
}

func TestPolyglotPDF(t *testing.T) {
	good := classic(plain, "")
	wantRefused(t, append([]byte("GIF89a"), good...), "polyglot")
	wantRefused(t, append([]byte("\n"), good...), "polyglot")
	wantRefused(t, append([]byte("PK\x03\x04"), good...), "polyglot")
	wantRefused(t, append(bytes.Clone(good), "PK\x03\x04 more PK\x05\x06"...), "polyglot")
	wantRefused(t, append(bytes.Clone(good), "<html>"...), "polyglot")
	wantRefused(t, bytes.Replace(good, []byte("%\xe2\xe3\xcf\xd3"), []byte("%<ScripT>alert(1)</script>"), 1), "polyglot")
	zipInside := classic(with(5, streamObject("", []byte("PK\x01\x02xxxxPK\x05\x06\x00\x00\x00\x00"))), "")
	wantRefused(t, zipInside, "polyglot")
}

func TestBrokenPDF(t *testing.T) {
	good := classic(plain, "")
	for what, data := range map[string][]byte{
		"only a header":         []byte("%PDF-1.7\n"),
		"half":                  good[:len(good)/2],
		"no end marker":         bytes.Replace(good, []byte("%%EOF"), nil, 1),
		"no startxref":          bytes.Replace(good, []byte("startxref"), []byte("startxxxx"), 1),
		"startxref outside":     classic2(plain, 99999),
		"startxref at text":     classic2(plain, 3),
		"moved objects":         bytes.Replace(good, []byte("%\xe2\xe3\xcf\xd3\n"), []byte("%\xe2\xe3\n"), 1),
		"no root":               bytes.Replace(good, []byte("/Root 1 0 R"), []byte("/Ruut 1 0 R"), 1),
		"no pages":              classic(with(1, "<< /Type /Catalog >>"), ""),
		"empty tree":            classic(with(2, "<< /Type /Pages /Kids [] >>"), ""),
		"tree to itself":        classic(with(2, "<< /Type /Pages /Kids [2 0 R] >>"), ""),
		"tree in a circle":      classic(with(2, "<< /Type /Pages /Kids [6 0 R] >>", "<< /Type /Pages /Kids [2 0 R] >>"), ""),
		"references in circle":  classic(with(2, "<< /Type /Pages /Kids 6 0 R >>", "7 0 R", "6 0 R"), ""),
		"page missing":          classic(with(2, "<< /Type /Pages /Kids [30 0 R] >>"), ""),
		"sections in a circle":  updatedTo(good, len(good)),
		"huge table":            hugeTable(),
		"deep nesting":          classic(with(0, "", strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)), ""),
		"string without end":    classic(with(0, "", "(abc"), ""),
		"length in itself":      lengthInItself(),
		"object stream bomb":    classic(with(0, "", bomb()), ""),
		"many scans of one end": quadratic(),
	} {
		t.Run(what, func(t *testing.T) { wantRefused(t, data, "broken") })
	}
}

// classic2 is classic with a wrong startxref.
func classic2(objects []string, at int) []byte {
	good := classic(objects, "")
	i := bytes.LastIndex(good, []byte("startxref\n"))
	return append(bytes.Clone(good[:i]), fmt.Sprintf("startxref\n%d\n%%%%EOF\n", at)...)
}

// updatedTo appends a table whose Prev is itself.
func updatedTo(base []byte, at int) []byte {
	return append(bytes.Clone(base), fmt.Sprintf("xref\n0 0\ntrailer\n<< /Size 6 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n", at, at)...)
}

func hugeTable() []byte {
	return []byte("%PDF-1.7\nxref\n0 2000000000\n0000000000 65535 f \ntrailer\n<< >>\nstartxref\n9\n%%EOF\n")
}

// bomb is an object stream of 200 MB of blanks in 200 kB.
func bomb() string {
	return streamObject("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", deflate(append([]byte("8 0 "), bytes.Repeat([]byte(" "), 200<<20)...)))
}

// lengthInItself has an object stream whose length is one of its own objects.
func lengthInItself() []byte {
	rows := []byte{2, 0, 5, 0, 1, 0, 9, 0}
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n5 0 obj\n<< /Type /ObjStm /N 1 /First 4 /Length 4 0 R >>\nstream\n4 0 9\nendstream\nendobj\n")
	at := b.Len()
	fmt.Fprintf(&b, "6 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n", streamObject("/Type /XRef /W [1 2 1] /Index [4 2] /Size 7 /Root 1 0 R", rows), at)
	return b.Bytes()
}

// quadratic has many object heads before one string without end.
func quadratic() []byte {
	return classic(with(5, streamObject("", []byte(strings.Repeat("1 0 obj(", 100_000)))), "")
}

func TestManyPages(t *testing.T) {
	kids := ""
	objects := with(0, "")
	for i := range maxPages + 1 {
		kids += fmt.Sprintf("%d 0 R ", 6+i)
		objects = append(objects, plain[3])
	}
	objects[1] = "<< /Type /Pages /Kids [" + kids + "] >>"
	e := wantRefused(t, classic(objects, ""), "pages")
	if e.Args["max"] != "300" || e.Kind != errs.TooLarge {
		t.Errorf("got %+v", e)
	}
}

// TestOwnDocuments: what the product writes is also taken.
func TestOwnDocuments(t *testing.T) {
	fonts, err := pdf.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := pdf.New(fonts, pdf.Options{Title: "Quittung", Lang: "de", Footer: "AT-7K3M-9QX2-5", PageFormat: "{page}/{pages}"})
	d.Heading(1, "Quittung")
	for i := range 100 {
		d.Row(fmt.Sprint(i), "محمد /JavaScript /JS (x)")
	}
	data, err := d.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := check(data); err != nil || info.Pages < 3 {
		t.Errorf("%d pages, %v", info.Pages, err)
	}
}

func FuzzCheck(f *testing.F) {
	for _, data := range validPDFs() {
		f.Add(data)
	}
	f.Add(hybrid(plain[3]))
	f.Add(linearized())
	f.Add(photo(f, 1))
	f.Add(lengthInItself())
	f.Add([]byte("\xff\xd8\xff\xda\x00\x02"))
	f.Fuzz(func(t *testing.T, data []byte) {
		info, err := Check(data, "", Limits{MaxBytes: 1 << 20})
		if err != nil {
			var e *errs.Error
			if !errors.As(err, &e) || !strings.HasPrefix(e.Key, "error.document.") || e.Kind == errs.Internal {
				t.Fatalf("not an error for people: %v", err)
			}
			return
		}
		if info.Pages < 1 || len(info.Data) == 0 || len(info.Data) > 1<<20 {
			t.Fatalf("passed with %d pages, %d bytes", info.Pages, len(info.Data))
		}
		again, err := Check(info.Data, info.MIME, Limits{MaxBytes: 1 << 20})
		if err != nil || again.SHA256 != info.SHA256 || again.Cleaned {
			t.Fatalf("what leaves is not accepted unchanged: %v", err)
		}
	})
}

func BenchmarkCheckPDF(b *testing.B) {
	objects := with(0, "")
	for range 2000 {
		objects = append(objects, "<< /Type /Font /BaseFont /Helvetica /Widths [1 2 3 4 5 6 7 8 9] >>")
	}
	objects = append(objects, streamObject("", bytes.Repeat([]byte("abcdefgh"), 500_000)))
	data := packed(objects, "")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := check(data); err != nil {
			b.Fatal(err)
		}
	}
}
