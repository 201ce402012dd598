package connector

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/xauslaender"
	"aufenthalt/internal/zustelldienst"
)

const (
	toAuthority = "11111111-1111-4111-8111-111111111111"
	toPlatform  = "22222222-2222-4222-8222-222222222222"
	leistung    = "urn:de:fim:leika:leistung:99000000000000"
	canary      = "Kanarienvogel" // family name that must never reach a log
)

var (
	pdf  = []byte("%PDF-1.4 kurz")
	jpeg = []byte{0xff, 0xd8, 0xff, 0xe0, 1, 2, 3}
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// RSA-4096 keys are slow to make, so all tests share them.
var keys = sync.OnceValue(func() map[string]*jose.PrivateJWK {
	now := time.Now()
	out := map[string]*jose.PrivateJWK{}
	for name, use := range map[string]jose.Use{"a-enc": jose.Encryption, "a-old": jose.Encryption, "a-sig": jose.Signature, "p-enc": jose.Encryption, "p-sig": jose.Signature} {
		out[name] = must(jose.Generate(use, name, now.Add(-time.Hour), now.AddDate(1, 0, 0)))
	}
	return out
})

type world struct {
	t         *testing.T
	url       string
	platform  *fitconnect.Client
	authority *fitconnect.Client
	cfg       Config
	log       *bytes.Buffer
	now       time.Time
	down      bool // the delivery service answers 503
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, log: new(bytes.Buffer), now: time.Now()}
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.down {
			rw.WriteHeader(http.StatusForbidden) // an answer that is not repeated at once
			return
		}
		h.ServeHTTP(rw, r)
	}))
	t.Cleanup(srv.Close)
	k := keys()
	w.url = srv.URL + "/submission-api"
	svc := must(zustelldienst.New(t.Context(), zustelldienst.Config{
		Dir: t.TempDir(), URL: w.url, Now: func() time.Time { return w.now },
		Clients: []zustelldienst.Client{{ID: "platform", Secret: "p-secret", Kind: zustelldienst.Both}, {ID: "authority", Secret: "a-secret", Kind: zustelldienst.Both}, {ID: "other", Secret: "o-secret", Kind: zustelldienst.Sender}},
		Destinations: []zustelldienst.Destination{
			{ID: toAuthority, Client: "authority", Name: "ABH", Encryption: k["a-enc"].Public(), Signature: k["a-sig"].Public(), Service: leistung, SchemaURI: "urn:x"},
			{ID: toPlatform, Client: "platform", Name: "Plattform", Encryption: k["p-enc"].Public(), Signature: k["p-sig"].Public(), Service: leistung, SchemaURI: "urn:x"},
		},
	}))
	t.Cleanup(func() { svc.Close() })
	h = svc.Handler()
	w.platform, w.authority = w.client("platform", "p-secret"), w.client("authority", "a-secret")
	w.cfg = Config{
		Client: w.authority, Destination: toAuthority, Keys: []*jose.PrivateJWK{k["a-enc"]}, Signature: k["a-sig"], Kennung: "azr:990001", Platform: toPlatform,
		Service: fitconnect.PublicService{Identifier: leistung}, Data: t.TempDir(), Directory: t.TempDir(),
		Now: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(w.log, nil)),
	}
	return w
}

func (w *world) client(id, secret string) *fitconnect.Client {
	return fitconnect.New(fitconnect.Config{TokenURL: strings.TrimSuffix(w.url, "/submission-api") + "/token", SubmissionURL: w.url,
		ClientID: id, ClientSecret: secret, SelfSigned: true, Now: func() time.Time { return w.now }})
}

func (w *world) open(t *testing.T) *Connector {
	t.Helper()
	c, err := New(w.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

var reader = xauslaender.NewReader(xauslaender.V2611)

func head(id string) xauslaender.Head {
	return xauslaender.Head{
		UUID: id, Created: time.Date(2026, 11, 24, 9, 5, 12, 8_000_000, time.UTC), Test: true, Product: xauslaender.Product{Name: "Aufenthalt", Maker: "Aufenthalt", Version: "1"},
		Reader: xauslaender.Party{Kennung: "azr:990001", Name: "Landkreis Musterland"},
		Author: xauslaender.Party{Kennung: "alp:99000001", Name: "Online-Dienst", Email: "dienst@example.org",
			Address: xauslaender.Address{Street: "Dienstweg", HouseNumber: "2", Postcode: "10117", City: "Berlin"}},
	}
}

// application composes a 130101 with a passport page and a contract.
func application(id, number string) xauslaender.Application {
	return xauslaender.Application{
		Head: head(id), Number: number, BackChannel: true, Day: civil.MustParse("2026-11-24"), Ground: "02", Purpose: "03",
		Person: xauslaender.Person{Given: "Amina", Family: canary, BirthPlace: "Pune", Birth: must(civil.ParsePartial("1992-08-14")), Nationalities: []string{"436"},
			Passport: &xauslaender.Passport{Pages: []xauslaender.Document{{MIME: "image/jpeg", Data: jpeg}}, From: civil.MustParse("2021-02-15"), Until: civil.MustParse("2031-02-14"), Number: "Z1"}},
		Summary:  xauslaender.Document{Name: "zusammenfassung.pdf", MIME: "application/pdf", Data: pdf},
		Evidence: []xauslaender.Document{{Name: "vertrag.pdf", Title: "Arbeitsvertrag", MIME: "application/pdf", Data: pdf}},
	}
}

func xml(a xauslaender.Application) []byte { return must(reader.WriteApplication(a)) }

func sha(data []byte) string { sum := sha256.Sum256(data); return hex.EncodeToString(sum[:]) }

func readable(a xauslaender.Application) []byte {
	return must(json.Marshal(akte.Antrag{Format: 1, Number: a.Number, Message: a.UUID, Service: "at-erwerbstaetigkeit",
		Documents: []akte.Attached{{Evidence: "PASS", Name: "Reisepass", SHA256: sha(jpeg)}}}))
}

// submit sends data with the attachments of an application from a sender.
func (w *world) submit(from *fitconnect.Client, data []byte, parts []fitconnect.Part, caseID string) (fitconnect.Reference, fitconnect.Parcel) {
	w.t.Helper()
	key := must(w.platform.EncryptionKey(w.t.Context(), toAuthority))
	p := must(fitconnect.Pack(key, fitconnect.Schema{SchemaURI: "urn:x", MimeType: "application/xml"}, data, parts, fitconnect.Author{Name: "Test"}))
	return w.post(from, p, caseID), p
}

func (w *world) post(from *fitconnect.Client, p fitconnect.Parcel, caseID string) fitconnect.Reference {
	w.t.Helper()
	to := fitconnect.Address{Destination: toAuthority, Case: caseID, Service: fitconnect.PublicService{Identifier: leistung}}
	at, err := fitconnect.Send(w.t.Context(), from, to, p, fitconnect.Progress{}, func(fitconnect.Progress) error { return nil })
	if err != nil {
		w.t.Fatal(err)
	}
	return fitconnect.Reference{DestinationID: toAuthority, SubmissionID: at.Submission, CaseID: at.Case}
}

func (w *world) apply(a xauslaender.Application) (fitconnect.Reference, fitconnect.Parcel) {
	w.t.Helper()
	return w.submit(w.platform, xml(a), []fitconnect.Part{
		{Filename: akte.Readable, MIME: "application/json", Purpose: "attachment", Data: readable(a)},
		{Filename: akte.Summary, MIME: "application/pdf", Purpose: "report", Data: pdf}}, "")
}

func (w *world) step(c *Connector) {
	w.t.Helper()
	if _, err := c.Step(w.t.Context()); err != nil {
		w.t.Fatalf("step: %v", err)
	}
}

func (w *world) outcome(ref fitconnect.Reference, p fitconnect.Parcel) fitconnect.Outcome {
	w.t.Helper()
	o, err := w.platform.Outcome(w.t.Context(), ref, p.Tags())
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

func (w *world) handed() []string {
	w.t.Helper()
	return must(akte.List(filepath.Join(w.cfg.Directory, akte.Inbound)))
}

func (w *world) confirm(id string, q akte.Quittung) {
	w.t.Helper()
	if err := akte.PutQuittung(w.cfg.Directory, id, q); err != nil {
		w.t.Fatal(err)
	}
}

func TestHandOverThenAccept(t *testing.T) {
	w := newWorld(t)
	c := w.open(t)
	a := application(uuid.NewString(), "AT-1")
	ref, p := w.apply(a)
	w.step(c)
	if got := w.handed(); !slices.Equal(got, []string{a.UUID}) {
		t.Fatalf("handed over: %v", got)
	}
	if o := w.outcome(ref, p); o.Done {
		t.Fatal("decided before the Fachverfahren confirmed")
	}
	dir := filepath.Join(w.cfg.Directory, akte.Inbound, a.UUID)
	f, err := akte.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(f.Data(akte.Message), xml(a)) || !bytes.Equal(f.Data(akte.Summary), pdf) || !bytes.Equal(f.Data(akte.Readable), readable(a)) {
		t.Error("message, summary or readable form changed on the way")
	}
	var docs []string
	for _, d := range f.Documents() {
		docs = append(docs, d.Path+" "+d.Title)
	}
	if want := []string{"zusammenfassung.pdf Zusammenfassung des Antrags", "dokumente/01-PASS.jpg Reisepass", "dokumente/02-ANLAGE.pdf Arbeitsvertrag"}; !slices.Equal(docs, want) {
		t.Errorf("documents %q, want %q", docs, want)
	}
	if f.Type != "130101" || f.Number != "AT-1" {
		t.Errorf("manifest %+v", f.Manifest)
	}
	w.confirm(a.UUID, akte.Quittung{State: akte.Imported, At: w.now})
	w.step(c)
	if o := w.outcome(ref, p); !o.Accepted {
		t.Errorf("outcome %+v", o)
	}
	if worked, err := c.Step(t.Context()); worked || err != nil {
		t.Errorf("there is still work: %v, %v", worked, err)
	}
	if s := must(c.States(t.Context()))[a.UUID]; s.Verdict != akte.Imported || s.Handed.IsZero() || s.Confirmed.IsZero() {
		t.Errorf("state %+v", s)
	}
	if c.LastFetch().IsZero() {
		t.Error("no time of the last fetch")
	}
	if log := w.log.String(); strings.Contains(log, canary) || !strings.Contains(log, "submission accepted") || !strings.Contains(log, ref.SubmissionID) {
		t.Errorf("log: %s", log)
	}
}

func TestFachverfahrenRejects(t *testing.T) {
	w := newWorld(t)
	c := w.open(t)
	a := application(uuid.NewString(), "AT-1")
	ref, p := w.apply(a)
	w.step(c)
	w.confirm(a.UUID, akte.Quittung{State: akte.Rejected, Code: "S001", Text: canary, At: w.now})
	w.step(c)
	o := w.outcome(ref, p)
	if !o.Done || o.Accepted || len(o.Problems) != 1 || !strings.HasSuffix(o.Problems[0].Type, "/syntax-violation") || !strings.Contains(o.Problems[0].Detail, "S001") {
		t.Errorf("outcome %+v", o)
	}
	if strings.Contains(fmt.Sprint(o), canary) {
		t.Error("the text of the Fachverfahren left the house")
	}
	// A corrected message for the same number may come in another case.
	b := application(uuid.NewString(), "AT-1")
	w.apply(b)
	w.step(c)
	if !slices.Contains(w.handed(), b.UUID) {
		t.Error("the corrected application was not handed over")
	}
}

func TestFaultyIsRejectedWithReason(t *testing.T) {
	w := newWorld(t)
	wrongReader := application(uuid.NewString(), "AT-1")
	wrongReader.Reader.Kennung = "azr:990002"
	lying := application(uuid.NewString(), "AT-2")
	lyingXML := bytes.ReplaceAll(xml(lying), []byte("JVBERi0xLjQga3Vyeg=="), []byte("R0lGODlhAQABAAAAACw=")) // a GIF that is said to be a PDF
	ok := application(uuid.NewString(), "AT-3")
	question := must(reader.WriteQuestion(xauslaender.Question{Head: head(uuid.NewString()), Number: "AT-4", Trigger: uuid.NewString(), Text: "?"}))
	foreign := fitconnect.Part{Filename: akte.Readable, MIME: "application/json", Purpose: "attachment", Data: readable(application(uuid.NewString(), "AT-9"))}
	type sent struct {
		ref fitconnect.Reference
		p   fitconnect.Parcel
	}
	send := func(data []byte, parts ...fitconnect.Part) sent {
		ref, p := w.submit(w.platform, data, parts, "")
		return sent{ref, p}
	}
	badHash := func() sent { // the metadata of one message around the data of another
		key := must(w.platform.EncryptionKey(t.Context(), toAuthority))
		schema := fitconnect.Schema{SchemaURI: "urn:x", MimeType: "application/xml"}
		p := must(fitconnect.Pack(key, schema, xml(ok), nil, fitconnect.Author{}))
		p.Data = must(fitconnect.Pack(key, schema, []byte("<anderes/>"), nil, fitconnect.Author{})).Data
		return sent{w.post(w.platform, p, ""), p}
	}
	for name, c := range map[string]struct {
		sent
		slug, detail string
	}{
		"garbage":                  {send([]byte("<antrag")), "syntax-violation", "X000"},
		"other release":            {send([]byte(`<xa:OZG.Antrag.130101 xmlns:xa="http://www.osci.de/xauslaender2605"/>`)), "unsupported-schema", "V000"},
		"invalid":                  {send(bytes.Replace(xml(ok), []byte("<xa:grundDesAufenthalts"), []byte("<xa:x/><xa:grundDesAufenthalts"), 1)), "schema-violation", "X001"},
		"another reader":           {send(xml(wrongReader)), "schema-violation", ""},
		"question to an authority": {send(question), "unsupported-schema", ""},
		"document lies":            {send(lyingXML), "schema-violation", "S999"},
		"hash":                     {badHash(), "hash-mismatch", ""},
		"readable form of another": {send(xml(ok), foreign), "schema-violation", "another message"},
		"summary is no PDF":        {send(xml(ok), fitconnect.Part{Filename: akte.Summary, MIME: "application/pdf", Purpose: "report", Data: []byte("x")}), "schema-violation", "not a PDF"},
		"readable form is no JSON": {send(xml(ok), fitconnect.Part{Filename: akte.Readable, MIME: "application/json", Purpose: "attachment", Data: []byte("{")}), "schema-violation", "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.step(w.open(t))
			o := w.outcome(c.ref, c.p)
			if !o.Done || o.Accepted || len(o.Problems) != 1 || o.Problems[0].Type != fitconnect.EventProblem+c.slug || !strings.Contains(o.Problems[0].Detail, c.detail) {
				t.Errorf("outcome %+v, want %s %s", o, c.slug, c.detail)
			}
			if strings.Contains(fmt.Sprint(o.Problems), canary) {
				t.Error("the reason holds content")
			}
		})
	}
	if got := w.handed(); len(got) != 0 {
		t.Errorf("handed over: %v", got)
	}
}

func TestTestMessageInProduction(t *testing.T) {
	w := newWorld(t)
	w.cfg.Production = true
	c := w.open(t)
	marked := application(uuid.NewString(), "AT-1")
	ref, p := w.apply(marked)
	unmarked := application(uuid.NewString(), "AT-2")
	unmarked.Test = false
	w.apply(unmarked)
	w.step(c)
	if o := w.outcome(ref, p); !o.Done || o.Accepted || !slices.Equal(w.handed(), []string{unmarked.UUID}) {
		t.Errorf("outcome %+v, handed over %v", o, w.handed())
	}
}

func TestDuplicatesAndClashes(t *testing.T) {
	w := newWorld(t)
	c := w.open(t)
	a := application(uuid.NewString(), "AT-1")
	ref, p := w.apply(a)
	w.step(c)
	again, pAgain := w.submit(w.platform, xml(a), nil, ref.CaseID) // the same message once more, in its case
	w.step(c)
	if o := w.outcome(again, pAgain); o.Done {
		t.Error("the duplicate was decided before the first was confirmed")
	}
	w.confirm(a.UUID, akte.Quittung{State: akte.Imported, At: w.now})
	w.step(c)
	if !w.outcome(ref, p).Accepted || !w.outcome(again, pAgain).Accepted {
		t.Error("first and duplicate must both be accepted")
	}
	// The Fachverfahren took the folder; a late duplicate must not bring it back.
	if err := os.RemoveAll(filepath.Join(w.cfg.Directory, akte.Inbound, a.UUID)); err != nil {
		t.Fatal(err)
	}
	late, pLate := w.submit(w.platform, xml(a), nil, ref.CaseID)
	w.step(c)
	if !w.outcome(late, pLate).Accepted || len(w.handed()) != 0 {
		t.Errorf("late duplicate: %+v, handed over %v", w.outcome(late, pLate), w.handed())
	}
	changed := a
	changed.Remark = "etwas anderes"
	clash, pClash := w.submit(w.platform, xml(changed), nil, ref.CaseID)
	stranger, pStranger := w.submit(w.client("other", "o-secret"), xml(application(uuid.NewString(), "AT-1")), nil, "")
	w.step(c)
	if o := w.outcome(clash, pClash); !o.Done || o.Accepted {
		t.Errorf("same UUID with other content: %+v", o)
	}
	if o, err := w.client("other", "o-secret").Outcome(t.Context(), stranger, pStranger.Tags()); err != nil || !o.Done || o.Accepted {
		t.Errorf("somebody else's case number: %+v, %v", o, err)
	}
	if len(w.handed()) != 0 {
		t.Errorf("handed over: %v", w.handed())
	}
}

// One that cannot be handed over yet does not stop the others.
func TestStuckDoesNotBlock(t *testing.T) {
	w := newWorld(t)
	c := w.open(t)
	stuck := application(uuid.NewString(), "AT-1")
	w.apply(stuck)
	blocker := filepath.Join(w.cfg.Directory, akte.Receipts, stuck.UUID+".json")
	if err := os.Mkdir(blocker, 0o700); err != nil { // a confirmation that cannot be read
		t.Fatal(err)
	}
	other := application(uuid.NewString(), "AT-2")
	w.apply(other)
	w.step(c)
	if got := w.handed(); !slices.Equal(got, []string{other.UUID}) {
		t.Errorf("handed over while one is stuck: %v", got)
	}
	if err := os.Remove(blocker); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(6 * time.Second)
	w.step(c)
	if got := w.handed(); len(got) != 2 {
		t.Errorf("handed over after the wait: %v", got)
	}
}

func TestServiceDown(t *testing.T) {
	w := newWorld(t)
	c := w.open(t)
	a := application(uuid.NewString(), "AT-1")
	ref, p := w.apply(a)
	w.step(c)
	w.confirm(a.UUID, akte.Quittung{State: akte.Imported, At: w.now})
	w.down = true
	if _, err := c.Step(t.Context()); err == nil {
		t.Error("a service that is down is no error")
	}
	w.down = false
	w.now = w.now.Add(6 * time.Second)
	w.step(c)
	if !w.outcome(ref, p).Accepted {
		t.Error("not accepted after the service came back")
	}
}

// Every interruption of the way in: the connector dies right after each step, another process takes over.
func TestCrashAtEveryStep(t *testing.T) {
	points := []string{"listed", "received", "entered", "kept", "written", "handed", "confirmed", "posted", "decided"}
	for _, point := range points {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			a := application(uuid.NewString(), "AT-1")
			ref, p := w.apply(a)
			bad, pBad := w.submit(w.platform, []byte("<antrag"), nil, "")
			cut := 0
			run := func(die bool) {
				c := w.open(t)
				defer c.Close()
				if die {
					c.hook = func(at string) error {
						if at == point || cut > 0 {
							cut++
							return errCut
						}
						return nil
					}
				}
				for range 4 {
					if _, err := c.Step(t.Context()); err != nil {
						if !errors.Is(err, errCut) {
							t.Fatal(err)
						}
						return
					}
					if len(w.handed()) > 0 { // the Fachverfahren works between steps
						w.confirm(a.UUID, akte.Quittung{State: akte.Imported, At: w.now})
					}
				}
			}
			run(true)
			if cut == 0 {
				t.Fatal("the crash did not happen")
			}
			run(false)
			if !w.outcome(ref, p).Accepted {
				t.Error("lost")
			}
			if o := w.outcome(bad, pBad); !o.Done || o.Accepted {
				t.Errorf("the faulty one: %+v", o)
			}
			if got := w.handed(); !slices.Equal(got, []string{a.UUID}) {
				t.Errorf("handed over %v", got)
			}
			entries := must(os.ReadDir(filepath.Join(w.cfg.Directory, akte.Inbound)))
			if len(entries) != 1 {
				t.Errorf("left behind: %v", entries)
			}
		})
	}
}

// imported brings an application to the end and gives its case.
func (w *world) imported(c *Connector, a xauslaender.Application) fitconnect.Reference {
	w.t.Helper()
	ref, _ := w.apply(a)
	w.step(c)
	w.confirm(a.UUID, akte.Quittung{State: akte.Imported, At: w.now})
	w.step(c)
	return ref
}

func askHead(id string) xauslaender.Head {
	h := head(id)
	h.Reader, h.Author = h.Author, h.Reader
	h.Author.Email, h.Author.Address = "abh@example.org", xauslaender.Address{Street: "Am Markt", HouseNumber: "1", Postcode: "19999", City: "Musterstadt"}
	return h
}

func (w *world) ask(id string, q xauslaender.Question) {
	w.t.Helper()
	if err := akte.PutFile(filepath.Join(w.cfg.Directory, akte.Outbound), id+".xml", must(reader.WriteQuestion(q))); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) outFiles(folder string) []string {
	var out []string
	for _, e := range must(os.ReadDir(filepath.Join(w.cfg.Directory, akte.Outbound, folder))) {
		if !e.IsDir() {
			out = append(out, e.Name())
		}
	}
	return out
}

func TestQuestionBack(t *testing.T) {
	w := newWorld(t)
	c := w.open(t)
	a := application(uuid.NewString(), "AT-1")
	ref := w.imported(c, a)
	id := uuid.NewString()
	w.ask(id, xauslaender.Question{Head: askHead(id), Number: "AT-1", Trigger: a.UUID, Text: "Bitte den Vertrag nachreichen.", Deadline: civil.MustParse("2026-12-11")})
	w.step(c)
	if got := w.outFiles(akte.SentFolder); !slices.Equal(got, []string{id + ".xml"}) {
		t.Fatalf("sent: %v, refused: %v, log %s", got, w.outFiles(akte.Refused), w.log)
	}
	waiting := must(w.platform.Waiting(t.Context(), toPlatform, 0, 10))
	if waiting.TotalCount != 1 || waiting.Submissions[0].CaseID != ref.CaseID {
		t.Fatalf("at the platform: %+v", waiting)
	}
	got, err := fitconnect.Receive(t.Context(), w.platform, waiting.Submissions[0], []*jose.PrivateJWK{keys()["p-enc"]})
	if err != nil {
		t.Fatal(err)
	}
	q, err := xauslaender.ReadQuestion(must(reader.Read(got.Data)))
	if err != nil || q.Text != "Bitte den Vertrag nachreichen." || q.Deadline.String() != "2026-12-11" {
		t.Errorf("question %+v, %v", q, err)
	}
	if _, err := akte.Load(filepath.Join(c.Folders(), id)); err != nil {
		t.Errorf("no copy for the inbox: %v", err)
	}
	// The same file once more, as after a crash of the Fachverfahren: nothing is sent twice.
	w.ask(id, xauslaender.Question{Head: askHead(id), Number: "AT-1", Trigger: a.UUID, Text: "Bitte den Vertrag nachreichen.", Deadline: civil.MustParse("2026-12-11")})
	w.step(c)
	if n := must(w.platform.Waiting(t.Context(), toPlatform, 0, 10)).TotalCount; n != 1 || len(w.outFiles(".")) != 0 {
		t.Errorf("%d questions at the platform, outgoing %v", n, w.outFiles("."))
	}
	// The platform refuses: the Fachverfahren must learn of it.
	if err := fitconnect.Reject(t.Context(), w.platform, keys()["p-sig"], waiting.Submissions[0], fitconnect.Problem{Type: fitconnect.EventProblem + "schema-violation", Title: "Schema violation", Instance: "data"}); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(time.Hour)
	w.step(c)
	if got := w.outFiles(akte.Refused); !slices.Equal(got, []string{id + ".txt", id + ".xml"}) {
		t.Errorf("refused: %v", got)
	}
	// The refused file once more: it is not passed off as sent.
	w.ask(id, xauslaender.Question{Head: askHead(id), Number: "AT-1", Trigger: a.UUID, Text: "Bitte den Vertrag nachreichen.", Deadline: civil.MustParse("2026-12-11")})
	w.step(c)
	if sent, refused := w.outFiles(akte.SentFolder), w.outFiles(akte.Refused); len(sent) != 0 || !slices.Equal(refused, []string{id + ".txt", id + ".xml"}) {
		t.Errorf("after the refusal: sent %v, refused %v", sent, refused)
	}
	// The answer comes in the same case; from another case it is refused.
	answer := must(reader.WriteAnswer(xauslaender.Answer{Head: head(uuid.NewString()), Number: "AT-1", Trigger: id, Text: "Hier ist er.", BackChannel: true,
		Documents: []xauslaender.Document{{Name: "vertrag.pdf", MIME: "application/pdf", Data: pdf}}}))
	n := must(reader.Read(answer))
	w.submit(w.platform, answer, nil, ref.CaseID)
	stray, pStray := w.submit(w.platform, must(reader.WriteAnswer(xauslaender.Answer{Head: head(uuid.NewString()), Number: "AT-1", Trigger: id, Text: "Fremd."})), nil, "")
	w.step(c)
	f, err := akte.Load(filepath.Join(w.cfg.Directory, akte.Inbound, must(xauslaender.ReadHead(n)).UUID))
	if err != nil || f.Type != "130103" || f.Number != "AT-1" || len(f.Documents()) != 1 || f.Documents()[0].Title != "vertrag.pdf" {
		t.Errorf("answer %+v, %v", f, err)
	}
	if o := w.outcome(stray, pStray); !o.Done || o.Accepted {
		t.Errorf("answer from another case: %+v", o)
	}
}

func TestWrongOutgoingIsPutAside(t *testing.T) {
	w := newWorld(t)
	c := w.open(t)
	a := application(uuid.NewString(), "AT-1")
	w.imported(c, a)
	put := func(id string, change func(*xauslaender.Question)) string {
		q := xauslaender.Question{Head: askHead(id), Number: "AT-1", Trigger: a.UUID, Text: "?"}
		change(&q)
		w.ask(id, q)
		return id
	}
	reasons := map[string]string{
		put(uuid.NewString(), func(q *xauslaender.Question) { q.Number = "AT-2" }):               "kein Antrag eingegangen",
		put(uuid.NewString(), func(q *xauslaender.Question) { q.Trigger = uuid.NewString() }):    "ausloeserUUID",
		put(uuid.NewString(), func(q *xauslaender.Question) { q.Author.Kennung = "azr:990002" }): "andere Behörde",
		put(uuid.NewString(), func(q *xauslaender.Question) { q.UUID = uuid.NewString() }):       "Dateiname",
	}
	for name, content := range map[string][]byte{uuid.NewString(): []byte("<x"), "frage": []byte("<x/>"), uuid.NewString(): xml(a)} {
		if err := akte.PutFile(filepath.Join(w.cfg.Directory, akte.Outbound), name+".xml", content); err != nil {
			t.Fatal(err)
		}
		reasons[name] = ""
	}
	w.step(c)
	for name, want := range reasons {
		why, err := os.ReadFile(filepath.Join(w.cfg.Directory, akte.Outbound, akte.Refused, name+".txt"))
		if err != nil || !strings.Contains(string(why), want) {
			t.Errorf("%s: %q, %v, want %s", name, why, err, want)
		}
	}
	if n := must(w.platform.Waiting(t.Context(), toPlatform, 0, 10)).TotalCount; n != 0 {
		t.Errorf("%d messages were sent", n)
	}
}

func TestCrashAtEveryStepOfAQuestion(t *testing.T) {
	for _, point := range []string{"question entered", "question packed", "question on its way", "question sent", "question kept", "question moved"} {
		t.Run(point, func(t *testing.T) {
			w := newWorld(t)
			a := application(uuid.NewString(), "AT-1")
			c := w.open(t)
			w.imported(c, a)
			id := uuid.NewString()
			w.ask(id, xauslaender.Question{Head: askHead(id), Number: "AT-1", Trigger: a.UUID, Text: "?"})
			c.hook = func(at string) error {
				if at == point {
					return errCut
				}
				return nil
			}
			if _, err := c.Step(t.Context()); !errors.Is(err, errCut) {
				t.Fatalf("the crash did not happen: %v", err)
			}
			c.Close()
			c = w.open(t)
			w.step(c)
			w.step(c)
			if n := must(w.platform.Waiting(t.Context(), toPlatform, 0, 10)).TotalCount; n != 1 || len(w.outFiles(".")) != 0 || len(w.outFiles(akte.SentFolder)) != 1 {
				t.Errorf("%d questions at the platform, outgoing %v, sent %v", n, w.outFiles("."), w.outFiles(akte.SentFolder))
			}
		})
	}
}
