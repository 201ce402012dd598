package xauslaender

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/official"
)

var (
	pdf    = []byte("%PDF-1.4 kurz")
	jpeg   = []byte{0xff, 0xd8, 0xff, 0xe0, 1, 2, 3}
	berlin = time.FixedZone("", 3600)
)

func sampleHead() Head {
	return Head{
		UUID: "5a100002-26bb-4c11-9a00-000100003dde", Created: time.Date(2026, 11, 24, 9, 5, 12, 8_000_000, berlin), Test: true,
		Product: Product{"Aufenthalt", "Aufenthalt", "0.1"},
		Reader:  Party{Kennung: "azr:990001", Name: "Landkreis Musterland", Address: Address{"Am Markt", "1a", "19999", "Musterstadt"}},
		Author: Party{Kennung: "alp:99000001", Name: "Online-Dienst", Email: "dienst@example.org", Phone: "+49 30 1",
			Address: Address{"Dienstweg", "2", "10117", "Berlin"}},
	}
}

func partialDay(t *testing.T, s string) civil.Partial {
	t.Helper()
	p, err := civil.ParsePartial(s)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func richApplication(t *testing.T) Application {
	return Application{
		Head: sampleHead(), Number: "AT-7K3M-9QX2-0", BackChannel: true, Day: civil.MustParse("2026-11-24"), Ground: "03",
		FirstEntry: civil.MustParse("2022-10-01"), ConditionChange: "Wechsel der Arbeitsstelle", Purpose: "03",
		Person: Person{
			Given: "Dư Thị", Family: "Ștefan", OtherNames: []string{"Geburtsname: Iyer"}, Sex: "w", BirthPlace: "Coimbatore", BirthState: "436",
			Birth: partialDay(t, "1992-08"), Height: 168, Eyes: "06", Marital: "VH", Separated: true, MaritalSince: partialDay(t, "2017"),
			Nationalities: []string{"436", "432", "163", "166", "475"}, Address: &Home{"Lindenallee", "12a", "14467", "Musterstadt", "Hinterhaus"},
			Contacts: []Contact{Email("a@example.org"), Mobile("+49 171 1")}, Titles: []Document{{MIME: "image/jpeg", Data: jpeg}},
			Passport: &Passport{Pages: []Document{{MIME: "application/pdf", Data: pdf}}, From: civil.MustParse("2021-02-15"), Until: civil.MustParse("2031-02-14"), Number: "Z4711082"},
		},
		Representative: &Representative{Kind: "1", Family: "Tiedemann-Voß", Firm: "Kanzlei & Partner", Contacts: []Contact{Email("k@example.org")},
			Documents: []Document{{MIME: "application/pdf", Data: pdf}}},
		Summary:  Document{Name: "zusammenfassung.pdf", MIME: "application/pdf", Data: pdf},
		Evidence: []Document{{Name: "vertrag.pdf", Title: "Arbeitsvertrag", MIME: "application/pdf", Data: pdf}},
		Remark:   "Beantragt: § 18g AufenthG\nzweite Zeile",
	}
}

// Every message that is written passes the schemas of the standard, not only our own reading of them.
func TestWrittenMessagesAreValid(t *testing.T) {
	r, dir := NewReader(V2611), t.TempDir()
	write := func(name string, data []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	rich := richApplication(t)
	data, err := r.WriteApplication(rich)
	write("rich.xml", data, err)
	small := Application{Head: sampleHead(), Number: "AT-7K3M-9QX2-0", Day: civil.MustParse("2026-11-24"), Ground: "01", Purpose: "03",
		Person: Person{Family: "Ali", Nationalities: []string{"423"}, VisaFree: "§ 41 AufenthV"}, Summary: rich.Summary}
	small.Head.Reader.Address, small.Head.Author.Phone = Address{}, ""
	data, err = r.WriteApplication(small)
	write("small.xml", data, err)
	rich.Related, rich.References = []string{"AT-7K3M-9QX2-1"}, []Reference{sampleReference(t)}
	data, err = r.WriteApplication(rich)
	write("family.xml", data, err)
	rich.Freedom = &Freedom{Reason: "02", Entry: civil.MustParse("2021-06-15"), Prison: true}
	data, err = r.WriteApplication(rich)
	write("freedom-rich.xml", data, err)
	small.Freedom = &Freedom{Reason: "03", Entry: civil.MustParse("2021-06-15")}
	data, err = r.WriteApplication(small)
	write("freedom-small.xml", data, err)
	small.Freedom = &Freedom{Reason: "04", Entry: civil.MustParse("2021-06-15")}
	if _, err := r.WriteApplication(small); err == nil {
		t.Error("a code that is not in the list is written")
	}
	data, err = r.WriteQuestion(sampleQuestion())
	write("question.xml", data, err)
	data, err = r.WriteAnswer(sampleAnswer())
	write("answer.xml", data, err)
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil {
		t.Fatal(err)
	}
	official.Validate(t, files...)
}

func sampleReference(t *testing.T) Reference {
	return Reference{Given: "Elin", Family: "Åkerström", Birth: partialDay(t, "1984-02-02"), Nationalities: []string{"157"}, Relation: "01",
		Home: &Home{Street: "Rathausplatz", HouseNumber: "3", Postcode: "14467", City: "Beispielstadt"}}
}

func sampleQuestion() Question {
	return Question{Head: sampleHead(), Number: "AT-7K3M-9QX2-0", Trigger: "5a100002-26bb-4c11-9a00-000100003ddf",
		Text: "Bitte reichen Sie nach:\n1. Seite 2 < 3 & mehr", Deadline: civil.MustParse("2026-12-11"), Attachment: &Document{MIME: "application/pdf", Data: pdf}}
}

func sampleAnswer() Answer {
	return Answer{Head: sampleHead(), Number: "AT-7K3M-9QX2-0", Trigger: "5a100002-26bb-4c11-9a00-000100003de0", Text: "Anbei.", BackChannel: true,
		Documents: []Document{{Name: "seite-2.pdf", MIME: "application/pdf", Data: pdf}, {Name: "karte.jpg", MIME: "image/jpeg", Data: jpeg}}}
}

func TestQuestionAndAnswerReadBack(t *testing.T) {
	r := NewReader(V2611)
	q := sampleQuestion()
	data, err := r.WriteQuestion(q)
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ReadQuestion(n)
	got.Created = got.Created.In(berlin)
	if err != nil || !reflect.DeepEqual(got, q) {
		t.Errorf("question %+v, %v\nwant %+v", got, err, q)
	}
	a := sampleAnswer()
	if data, err = r.WriteAnswer(a); err != nil {
		t.Fatal(err)
	}
	if n, err = r.Read(data); err != nil {
		t.Fatal(err)
	}
	back, err := ReadAnswer(n)
	back.Created = back.Created.In(berlin)
	if err != nil || !reflect.DeepEqual(back, a) {
		t.Errorf("answer %+v, %v\nwant %+v", back, err, a)
	}
}

func TestApplicationDocuments(t *testing.T) {
	r := NewReader(V2611)
	data, err := r.WriteApplication(richApplication(t))
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := Documents(n)
	if err != nil || len(docs) != 4 {
		t.Fatalf("%d documents, %v; want title, passport, power of attorney, contract", len(docs), err)
	}
	if docs[0].MIME != "image/jpeg" || docs[3].Title != "Arbeitsvertrag" || docs[3].Name != "vertrag.pdf" {
		t.Errorf("order or names: %+v", docs)
	}
	if s, err := Summary(n); err != nil || s == nil || s.Name != "zusammenfassung.pdf" {
		t.Errorf("summary %v, %v", s, err)
	}
	if got := len(n.Kid("angabenZurPerson").Kids); n.Kid("angabenZurPerson").At("geburt", "tagDerGeburt", "teilbekanntesDatum", "jahrMonat") != "1992-08" || got == 0 {
		t.Error("incomplete date of birth was completed or lost")
	}
}

// What the standard forbids is a clear rejection, never a message.
func TestWriteApplicationRefuses(t *testing.T) {
	r := NewReader(V2611)
	for name, c := range map[string]struct {
		change func(*Application)
		code   string
	}{
		"Cyrillic name":     {func(a *Application) { a.Person.Family = "Иванов" }, "S010"},
		"dash in remark":    {func(a *Application) { a.Remark = "a – b" }, "S010"},
		"no nationality":    {func(a *Application) { a.Person.Nationalities = nil }, "X001"},
		"unknown purpose":   {func(a *Application) { a.Purpose = "09" }, "X001"},
		"no ground":         {func(a *Application) { a.Ground = "" }, "X001"},
		"author not to ask": {func(a *Application) { a.Author.Email, a.Author.Phone = "", "" }, "X001"},
		"no UUID form":      {func(a *Application) { a.UUID = "17" }, "X001"},
	} {
		a := richApplication(t)
		c.change(&a)
		_, err := r.WriteApplication(a)
		var rej *Rejection
		if !errors.As(err, &rej) || rej.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestStreetLine(t *testing.T) {
	for in, want := range map[[2]string][3]string{
		{"Lindenallee", "12a"}: {"Lindenallee", "12", "a"}, {"Lindenallee", "12 a"}: {"Lindenallee", "12", "a"}, {"Q", "7"}: {"Q", "7", ""},
		{"Weg", "3/1"}: {"Weg", "3", "/1"}, {"Weg", ""}: {"Weg", "", ""}, {"Weg", "12345"}: {"Weg 12345", "", ""},
		{"Weg", "4 Hinterhaus"}: {"Weg 4 Hinterhaus", "", ""}, {"", "7"}: {"Hausnummer", "7", ""}, {"", ""}: {"ohne Hausnummer", "", ""},
	} {
		if street, number, addition := StreetLine(in[0], in[1]); [3]string{street, number, addition} != want {
			t.Errorf("%q: %q %q %q, want %q", in, street, number, addition, want)
		}
	}
}

func TestDocumentThatLies(t *testing.T) {
	r := NewReader(V2611)
	q := sampleQuestion()
	q.Attachment = &Document{MIME: "application/pdf", Data: []byte("<html>")}
	data, err := r.WriteQuestion(q)
	if err != nil {
		t.Fatal(err)
	}
	n, err := r.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ReadQuestion(n); err == nil {
		t.Error("HTML passed as PDF")
	}
}

// isBase64 agrees with the decoder, also on what is nearly right.
func TestIsBase64(t *testing.T) {
	for _, s := range []string{"", "QQ==", "QUI=", "QUJD", "QUJDRA==", "Q Q\n=\t=", "Q", "QQ", "QQ=", "QQ===", "=QQ=", "QR==", "QUJ=", "QQ==QQ==", "Q-==", "Qé==", "QUJD====", strings.Repeat("QUJD", 99)} {
		_, err := base64.StdEncoding.Strict().DecodeString(strings.Join(strings.Fields(s), ""))
		if got := isBase64(s); got != (err == nil) {
			t.Errorf("%q: %v, the decoder says %v", s, got, err)
		}
	}
}

// Composing costs a few copies of the documents, not many.
func BenchmarkWriteApplication3MB(b *testing.B) {
	r, a := NewReader(V2611), Application{Head: sampleHead(), Number: "AT-7K3M-9QX2-0", Day: civil.MustParse("2026-11-24"), Ground: "01", Purpose: "03",
		Person: Person{Family: "Ali", Nationalities: []string{"423"}}, Summary: Document{MIME: "application/pdf", Data: pdf}}
	for range 3 {
		a.Evidence = append(a.Evidence, Document{Title: "Scan", MIME: "application/pdf", Data: append([]byte("%PDF-"), make([]byte, 1_000_000)...)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.WriteApplication(a); err != nil {
			b.Fatal(err)
		}
	}
}
