package fachverfahren

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/xauslaender"
)

var (
	reader = xauslaender.NewReader(xauslaender.V2611)
	pdf    = []byte("%PDF-1.4 kurz")
)

const canary = "Kanarienvogel"

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func head(id string) xauslaender.Head {
	return xauslaender.Head{
		UUID: id, Created: time.Date(2026, 11, 24, 9, 5, 12, 0, time.UTC), Test: true, Product: xauslaender.Product{Name: "Aufenthalt", Maker: "Aufenthalt", Version: "1"},
		Reader: xauslaender.Party{Kennung: "azr:990001", Name: "Landkreis Musterland"},
		Author: xauslaender.Party{Kennung: "alp:99000001", Name: "Online-Dienst", Email: "dienst@example.org",
			Address: xauslaender.Address{Street: "Dienstweg", HouseNumber: "2", Postcode: "10117", City: "Berlin"}},
	}
}

func application(number string) xauslaender.Application {
	return xauslaender.Application{
		Head: head(uuid.NewString()), Number: number, BackChannel: true, Day: civil.MustParse("2026-11-24"), Ground: "02", Purpose: "03",
		Person:   xauslaender.Person{Given: "<b>Amina</b>", Family: canary, Birth: must(civil.ParsePartial("1992-08-14")), Nationalities: []string{"436"}, VisaFree: "§ 41 AufenthV"},
		Summary:  xauslaender.Document{Name: "zusammenfassung.pdf", MIME: "application/pdf", Data: pdf},
		Evidence: []xauslaender.Document{{Name: "vertrag.pdf", Title: "Arbeitsvertrag", MIME: "application/pdf", Data: pdf}},
	}
}

type world struct {
	t   *testing.T
	cfg Config
	log *bytes.Buffer
}

func newWorld(t *testing.T) *world {
	log, now := new(bytes.Buffer), time.Date(2026, 11, 25, 8, 0, 0, 0, time.UTC)
	return &world{t, Config{
		Data: t.TempDir(), Portal: "alp:99000001", Log: slog.New(slog.NewTextHandler(log, nil)),
		Now: func() time.Time { now = now.Add(time.Second); return now },
		Authorities: []Authority{{Name: "Landkreis Musterland", Kennung: "azr:990001", Email: "abh@example.org", Directory: t.TempDir(),
			Address: xauslaender.Address{Street: "Am Markt", HouseNumber: "1", Postcode: "19999", City: "Musterstadt"}}},
	}, log}
}

func (w *world) open(t *testing.T) *System {
	t.Helper()
	s, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func (w *world) dir() string { return w.cfg.Authorities[0].Directory }

// deliver does what the connector does.
func (w *world) deliver(raw []byte) string {
	w.t.Helper()
	f := must(akte.Build(raw, must(reader.Read(raw)), akte.Parts{}, time.Date(2026, 11, 24, 13, 41, 0, 0, time.UTC)))
	if err := f.Write(filepath.Join(w.dir(), akte.Inbound)); err != nil {
		w.t.Fatal(err)
	}
	return f.MessageUUID
}

func (w *world) step(s *System) {
	w.t.Helper()
	if _, err := s.Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) quittung(id string) akte.Quittung {
	w.t.Helper()
	q, there, err := akte.ReadQuittung(w.dir(), id)
	if err != nil || !there {
		w.t.Fatalf("confirmation of %s: %v, %v", id, there, err)
	}
	return q
}

func get(t *testing.T, s *System, path string) (int, string, http.Header) {
	t.Helper()
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, httptest.NewRequest("GET", path, nil))
	return w.Code, w.Body.String(), w.Header()
}

func TestImport(t *testing.T) {
	w := newWorld(t)
	s := w.open(t)
	id := w.deliver(must(reader.WriteApplication(application("AT-1"))))
	w.step(s)
	if q := w.quittung(id); q.State != akte.Imported || q.At.IsZero() {
		t.Errorf("confirmation %+v", q)
	}
	if left := must(os.ReadDir(filepath.Join(w.dir(), akte.Inbound))); len(left) != 0 {
		t.Errorf("left in the inbound folder: %v", left)
	}
	var list []summary
	_, body, _ := get(t, s, "/api/vorgaenge")
	if err := json.Unmarshal([]byte(body), &list); err != nil || len(list) != 1 || list[0].Number != "AT-1" || list[0].Name != canary+", <b>Amina</b>" || list[0].State != "Neu" {
		t.Errorf("list %s, %v", body, err)
	}
	code, html, h := get(t, s, "/vorgaenge/AT-1")
	if code != 200 || !strings.Contains(html, canary+", &lt;b&gt;Amina") || strings.Contains(html, "<b>Amina") || !strings.Contains(html, "Rückfrage senden") {
		t.Errorf("case page %d: %s", code, html)
	}
	if csp := h.Get("Content-Security-Policy"); strings.Contains(csp, "unsafe") || csp == "" {
		t.Errorf("policy %q", csp)
	}
	if code, body, h := get(t, s, "/nachrichten/"+id+"/01-ANLAGE.pdf"); code != 200 || body != string(pdf) || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("document %d %q %v", code, body, h)
	}
	if code, _, _ := get(t, s, "/vorgaenge/AT-2"); code != 404 {
		t.Errorf("unknown case: %d", code)
	}
	if code, html, _ := get(t, s, "/"); code != 200 || !strings.Contains(html, "Landkreis Musterland") || !strings.Contains(html, "AT-1") {
		t.Errorf("list page %d", code)
	}
	if strings.Contains(w.log.String(), canary) {
		t.Errorf("log %s", w.log)
	}
}

func TestRejections(t *testing.T) {
	w := newWorld(t)
	s := w.open(t)
	w.deliver(must(reader.WriteApplication(application("AT-1"))))
	w.step(s)
	for name, c := range map[string]struct {
		change func(*xauslaender.Application)
		code   string
	}{
		"another reader":  {func(a *xauslaender.Application) { a.Reader.Kennung = "azr:990002" }, "T080"},
		"unknown portal":  {func(a *xauslaender.Application) { a.Author.Kennung = "alp:1" }, "T070"},
		"number is taken": {func(a *xauslaender.Application) { a.Number = "AT-1" }, "S100"},
	} {
		a := application("AT-2")
		c.change(&a)
		id := w.deliver(must(reader.WriteApplication(a)))
		w.step(s)
		if q := w.quittung(id); q.State != akte.Rejected || q.Code != c.code || strings.Contains(q.Text, canary) {
			t.Errorf("%s: %+v", name, q)
		}
		if _, err := akte.Load(filepath.Join(w.cfg.Data, "abgewiesen", id)); err != nil {
			t.Errorf("%s: not kept: %v", name, err)
		}
	}
	answer := func(number, trigger string) string {
		return w.deliver(must(reader.WriteAnswer(xauslaender.Answer{Head: head(uuid.NewString()), Number: number, Trigger: trigger, Text: "x"})))
	}
	for _, id := range []string{answer("AT-9", uuid.NewString()), answer("AT-1", uuid.NewString())} {
		w.step(s)
		if q := w.quittung(id); q.State != akte.Rejected || q.Code != "S999" {
			t.Errorf("answer: %+v", q)
		}
	}
	// A folder that was damaged on the way is nobody's fault outside: it stays, without a confirmation.
	id := w.deliver(must(reader.WriteApplication(application("AT-3"))))
	if err := os.WriteFile(filepath.Join(w.dir(), akte.Inbound, id, akte.Message), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.step(s)
	if _, there, err := akte.ReadQuittung(w.dir(), id); there || err != nil || !strings.Contains(w.log.String(), "folder cannot be read") {
		t.Errorf("damaged folder: %v, %v, %s", there, err, w.log)
	}
}

func TestCrashAtEveryStep(t *testing.T) {
	cut := errors.New("killed")
	for _, point := range []string{"stored", "imported", "confirmed"} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			s := w.open(t)
			id := w.deliver(must(reader.WriteApplication(application("AT-1"))))
			s.hook = func(at string) error {
				if at == point {
					return cut
				}
				return nil
			}
			if _, err := s.Step(t.Context()); !errors.Is(err, cut) {
				t.Fatalf("the crash did not happen: %v", err)
			}
			s.Close()
			s = w.open(t)
			w.step(s)
			if q := w.quittung(id); q.State != akte.Imported {
				t.Errorf("confirmation %+v", q)
			}
			list := must(s.store.nachrichten(t.Context(), "AT-1"))
			if len(list) != 1 || len(must(s.store.vorgaenge(t.Context()))) != 1 || len(must(os.ReadDir(filepath.Join(w.dir(), akte.Inbound)))) != 0 {
				t.Errorf("messages %v", list)
			}
		})
	}
}

// post sends the form of the page as a browser does.
func post(t *testing.T, s *System, number string, fields url.Values, attachment []byte) (int, string) {
	t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k := range fields {
		if err := m.WriteField(k, fields.Get(k)); err != nil {
			t.Fatal(err)
		}
	}
	f := must(m.CreateFormFile("anlage", "a.pdf"))
	if _, err := f.Write(attachment); err != nil {
		t.Fatal(err)
	}
	m.Close()
	r := httptest.NewRequest("POST", "/vorgaenge/"+number+"/frage", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w.Code, must(readAll(w.Result()))
}

func readAll(r *http.Response) (string, error) {
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	return string(b), err
}

func (w *world) outgoing() []string {
	var out []string
	for _, e := range must(os.ReadDir(filepath.Join(w.dir(), akte.Outbound))) {
		if !e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

func TestQuestionAndAnswer(t *testing.T) {
	w := newWorld(t)
	s := w.open(t)
	app := w.deliver(must(reader.WriteApplication(application("AT-1"))))
	w.step(s)
	id := uuid.NewString()
	fields := url.Values{"id": {id}, "text": {"Bitte senden Sie den Vertrag – alle Seiten.\r\nDanke"}, "frist": {"2026-12-11"}}
	for range 2 { // pressed twice
		if code, body := post(t, s, "AT-1", fields, pdf); code != http.StatusSeeOther {
			t.Fatalf("%d %s", code, body)
		}
	}
	if got := w.outgoing(); !slices.Equal(got, []string{id + ".xml"}) {
		t.Fatalf("outgoing %v", got)
	}
	q, err := xauslaender.ReadQuestion(must(reader.Read(must(os.ReadFile(filepath.Join(w.dir(), akte.Outbound, id+".xml"))))))
	if err != nil || q.Text != "Bitte senden Sie den Vertrag - alle Seiten.\nDanke" || q.Trigger != app || q.Number != "AT-1" || q.Deadline.String() != "2026-12-11" ||
		q.Reader.Kennung != "alp:99000001" || q.Author.Kennung != "azr:990001" || !q.Test || q.Attachment == nil || !bytes.Equal(q.Attachment.Data, pdf) {
		t.Errorf("question %+v, %v", q, err)
	}
	_, html, _ := get(t, s, "/vorgaenge/AT-1")
	if !strings.Contains(html, waiting) {
		t.Error("the page does not say that the question waits")
	}
	out := filepath.Join(w.dir(), akte.Outbound)
	if err := akte.Move(filepath.Join(out, id+".xml"), filepath.Join(out, akte.SentFolder, id+".xml")); err != nil {
		t.Fatal(err)
	}
	answer := w.deliver(must(reader.WriteAnswer(xauslaender.Answer{Head: head(uuid.NewString()), Number: "AT-1", Trigger: id, Text: "Hier."})))
	w.step(s)
	if q := w.quittung(answer); q.State != akte.Imported || len(w.outgoing()) != 0 {
		t.Errorf("%+v, outgoing %v", q, w.outgoing())
	}
	var got summary
	_, body, _ := get(t, s, "/api/vorgaenge/AT-1")
	if err := json.Unmarshal([]byte(body), &got); err != nil || len(got.Messages) != 3 || got.State != "Antwort ist da" {
		t.Fatalf("%s, %v", body, err)
	}
	texts := map[string]string{}
	for _, m := range got.Messages {
		texts[m.Type] = m.Text + " " + m.Place
	}
	if texts["130103"] != "Hier. " || !strings.HasSuffix(texts["130102"], "Danke "+sent) {
		t.Errorf("messages %v", texts)
	}
}

// An attachment of any allowed size stays in memory until it lies in its folder.
func TestAttachmentLeavesNoTemporaryFile(t *testing.T) {
	w := newWorld(t)
	s := w.open(t)
	w.deliver(must(reader.WriteApplication(application("AT-1"))))
	w.step(s)
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "absent"))
	large := append(bytes.Clone(pdf), make([]byte, 11<<20)...)
	if code, body := post(t, s, "AT-1", url.Values{"id": {uuid.NewString()}, "text": {"?"}}, large); code != http.StatusSeeOther {
		t.Errorf("%d %s", code, body[:min(len(body), 300)])
	}
}

func TestWrongQuestions(t *testing.T) {
	w := newWorld(t)
	s := w.open(t)
	w.deliver(must(reader.WriteApplication(application("AT-1"))))
	silent := application("AT-2")
	silent.BackChannel = false
	w.deliver(must(reader.WriteApplication(silent)))
	w.step(s)
	for name, c := range map[string]struct {
		number     string
		fields     url.Values
		attachment []byte
		want       string
	}{
		"empty":           {"AT-1", url.Values{"text": {"  "}}, nil, "schreiben Sie die Frage"},
		"letter":          {"AT-1", url.Values{"text": {"Ω bleibt stehen"}}, nil, "Zeichen „Ω“"},
		"past":            {"AT-1", url.Values{"text": {"?"}, "frist": {"2026-11-24"}}, nil, "Vergangenheit"},
		"no date":         {"AT-1", url.Values{"text": {"?"}, "frist": {"bald"}}, nil, "als Datum"},
		"no PDF":          {"AT-1", url.Values{"text": {"?"}}, []byte("GIF89a"), "PDF-Datei"},
		"too large":       {"AT-1", url.Values{"text": {"?"}}, append([]byte("%PDF-"), make([]byte, maxForm)...), "zu groß"},
		"no back channel": {"AT-2", url.Values{"text": {"?"}}, nil, "per Post"},
	} {
		code, body := post(t, s, c.number, c.fields, c.attachment)
		if code != http.StatusUnprocessableEntity || !strings.Contains(body, c.want) {
			t.Errorf("%s: %d, want %q", name, code, c.want)
		}
		if text := c.fields.Get("text"); c.number == "AT-1" && name != "too large" && strings.TrimSpace(text) != "" && !strings.Contains(body, ">"+text+"</textarea>") {
			t.Errorf("%s: the text is lost", name)
		}
	}
	if code, _ := post(t, s, "AT-9", url.Values{"text": {"?"}}, nil); code != http.StatusNotFound {
		t.Errorf("unknown case: %d", code)
	}
	if got := w.outgoing(); len(got) != 0 {
		t.Errorf("outgoing %v", got)
	}
}

func TestQuestionSurvivesACrash(t *testing.T) {
	cut := errors.New("killed")
	for _, point := range []string{"question stored", "question entered"} {
		w := newWorld(t)
		s := w.open(t)
		w.deliver(must(reader.WriteApplication(application("AT-1"))))
		w.step(s)
		s.hook = func(at string) error {
			if at == point {
				return cut
			}
			return nil
		}
		in := Asked{ID: uuid.NewString(), Text: "?"}
		if err := s.Ask(t.Context(), "AT-1", in); !errors.Is(err, cut) {
			t.Fatalf("%s: the crash did not happen: %v", point, err)
		}
		s.Close()
		s = w.open(t)
		w.step(s)
		if point == "question stored" { // the caseworker saw no success and presses again
			if err := s.Ask(t.Context(), "AT-1", in); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.outgoing(); !slices.Equal(got, []string{in.ID + ".xml"}) {
			t.Errorf("%s: outgoing %v", point, got)
		}
		f := must(akte.Load(filepath.Join(s.folders(), in.ID)))
		if raw := must(os.ReadFile(filepath.Join(w.dir(), akte.Outbound, in.ID+".xml"))); !bytes.Equal(raw, f.Data(akte.Message)) {
			t.Errorf("%s: what was put out is not what is kept", point)
		}
	}
}
