package inbox

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	jpg "image/jpeg"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/server"
	"aufenthalt/internal/xauslaender"
)

const canary = "Kanarienvogel"

var reader = xauslaender.NewReader(xauslaender.V2611)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// passwordHash is slow on purpose, so all tests share one.
var passwordHash = sync.OnceValue(func() string { return must(HashPassword("ein langes Passwort")) })

// journal is the connector's, as far as the inbox sees it.
type journal struct {
	states  map[string]akte.State
	fetched time.Time
}

func (j *journal) States(context.Context) (map[string]akte.State, error) { return j.states, nil }
func (j *journal) LastFetch() time.Time                                  { return j.fetched }

type world struct {
	t       *testing.T
	in      *Inbox
	folders string
	journal *journal
	now     time.Time
	log     *bytes.Buffer
	handler http.Handler
	cookie  *http.Cookie
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, folders: t.TempDir(), journal: &journal{states: map[string]akte.State{}}, now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC), log: new(bytes.Buffer)}
	w.journal.fetched = w.now.Add(-12 * time.Second)
	log := slog.New(slog.NewTextHandler(w.log, nil))
	in, err := New(Config{Authority: "Landkreis Musterland", Folders: w.folders, Data: t.TempDir(), Journal: w.journal,
		Users: []User{{"T. Muster", passwordHash()}, {"K. Probe", passwordHash()}}, Now: func() time.Time { return w.now }, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	w.in, w.handler = in, server.Access(log, in.Handler())
	return w
}

func (w *world) do(method, path string, form url.Values) *http.Response {
	w.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if w.cookie != nil {
		r.AddCookie(w.cookie)
	}
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	return rec.Result()
}

func (w *world) body(r *http.Response) string {
	w.t.Helper()
	var b bytes.Buffer
	must(b.ReadFrom(r.Body))
	return b.String()
}

func (w *world) signIn(name, password string) *http.Response {
	w.t.Helper()
	r := w.do("POST", "/anmelden", url.Values{"name": {name}, "password": {password}})
	for _, c := range r.Cookies() {
		w.cookie = c
	}
	return r
}

func (w *world) page(path string) string {
	w.t.Helper()
	r := w.do("GET", path, nil)
	if r.StatusCode != 200 {
		w.t.Fatalf("%s: %d %s", path, r.StatusCode, w.body(r))
	}
	return w.body(r)
}

// photo is a small real JPEG.
var photo = sync.OnceValue(func() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 320, 220))
	for x := range 320 {
		for y := range 220 {
			img.Set(x, y, color.RGBA{uint8(200 + x%40), uint8(210 + y%30), 225, 255})
		}
	}
	var b bytes.Buffer
	if err := jpg.Encode(&b, img, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
})

// pdf is the smallest file with one empty page.
var pdf = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj " +
	"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF")

func head(id string) xauslaender.Head {
	return xauslaender.Head{
		UUID: id, Created: time.Date(2026, 11, 24, 9, 5, 12, 0, time.UTC), Test: true, Product: xauslaender.Product{Name: "Aufenthalt", Maker: "Aufenthalt", Version: "1"},
		Reader: xauslaender.Party{Kennung: "azr:990001", Name: "Landkreis Musterland"},
		Author: xauslaender.Party{Kennung: "alp:99000001", Name: "Online-Dienst", Email: "dienst@example.org",
			Address: xauslaender.Address{Street: "Dienstweg", HouseNumber: "2", Postcode: "10117", City: "Berlin"}},
	}
}

func (w *world) put(raw []byte, readable []byte, at time.Time, verdict akte.Verdict) string {
	w.t.Helper()
	f := must(akte.Build(raw, must(reader.Read(raw)), akte.Parts{Readable: readable}, at))
	if err := f.Write(w.folders); err != nil {
		w.t.Fatal(err)
	}
	w.journal.states[f.MessageUUID] = akte.State{Handed: at, Verdict: verdict}
	return f.MessageUUID
}

// apply stores an application and gives its UUID.
func (w *world) apply(number, family, given, birth, title string, at time.Time) string {
	w.t.Helper()
	a := xauslaender.Application{
		Head: head(uuid.NewString()), Number: number, BackChannel: true, Day: civil.MustParse("2026-11-24"), Ground: "02", Purpose: "03",
		Person: xauslaender.Person{Given: given, Family: family, Birth: must(civil.ParsePartial(birth)), Nationalities: []string{"436"},
			Passport: &xauslaender.Passport{Pages: []xauslaender.Document{{MIME: "image/jpeg", Data: photo()}}, From: civil.MustParse("2021-02-15"), Until: civil.MustParse("2031-02-14"), Number: "Z1"}},
		Summary:  xauslaender.Document{Name: "zusammenfassung.pdf", MIME: "application/pdf", Data: pdf},
		Evidence: []xauslaender.Document{{Name: "vertrag.pdf", Title: "Arbeitsvertrag", MIME: "application/pdf", Data: pdf}},
	}
	sum := sha256.Sum256(photo())
	readable := must(json.Marshal(akte.Antrag{
		Format: 1, Number: number, Message: a.UUID, Title: title, LawDay: "2026-11-24", Language: "en",
		Person: akte.Person{FamilyName: family, GivenNames: given, BirthDate: birth},
		Sections: []akte.Section{{Page: "person", Title: "Person", Rows: []akte.Row{
			{Field: "familienname", Label: "Familienname", Value: family}, {Field: "vorname", Label: "Vornamen", Value: given},
			{Field: "geburt", Label: "Geburtsdatum", Value: "14.08.1992"}, {Field: "geburtsort", Label: "Geburtsort", Value: `<script>alert("1")</script>`}}},
			{Page: "arbeit", Title: "Arbeit", Rows: []akte.Row{{Field: "ag", Label: "Arbeitgeber", Value: "Muster Maschinenbau GmbH"}, {Field: "gehalt", Label: "Gehalt, brutto", Value: "4.650,00 € im Monat"}}}},
		Documents: []akte.Attached{{Evidence: "PASS", Name: "Reisepass", SHA256: hex.EncodeToString(sum[:])}, {Evidence: "VERTRAG", Name: "Arbeitsvertrag"}},
		Missing:   []akte.Missing{{Evidence: "KV", Name: "Krankenversicherung", Level: "decide"}, {Evidence: "WOHNUNG", Name: "Nachweis der Wohnung", Level: "helpful"}},
		Fees:      []akte.Fee{{Code: "F01", Name: "Erteilung einer Blauen Karte EU", Amount: "100.00", Basis: akte.Sources{"§ 45 Nr. 1 AufenthV"}}},
		Bases: []akte.Basis{{ID: "B", Name: "Blaue Karte EU", Paragraph: "§ 18g Abs. 1 Satz 1 AufenthG", Conditions: []akte.Condition{
			{ID: "a", Text: "Gehalt liegt über der Grenze: 55.800,00 € im Jahr, Grenze 50.700,00 €", Status: "met", Basis: akte.Sources{"§ 18g Abs. 1 Satz 1 AufenthG"}},
			{ID: "b", Text: "Pass gilt länger als der beantragte Titel", Status: "not_met", Basis: akte.Sources{"§ 5 Abs. 1 Nr. 4 AufenthG"}},
			{ID: "c", Text: "Hochschulabschluss ist anerkannt", Status: "unknown", Basis: akte.Sources{"§ 18g Abs. 1 AufenthG"}}}}},
		Notices: []akte.Notice{{ID: "n", Kind: "hint", Lead: "Ihr Titel gilt weiter.", Text: "Sie haben vor Ablauf beantragt.", Basis: akte.Sources{"§ 81 Abs. 4 AufenthG"}}},
	}))
	return w.put(must(reader.WriteApplication(a)), readable, at, akte.Imported)
}

func (w *world) ask(number, trigger, text, until string, at time.Time) string {
	h := head(uuid.NewString())
	h.Reader, h.Author = h.Author, h.Reader
	h.Author.Email, h.Author.Address = "abh@example.org", xauslaender.Address{Street: "Am Markt", HouseNumber: "1", Postcode: "19999", City: "Musterstadt"}
	return w.put(must(reader.WriteQuestion(xauslaender.Question{Head: h, Number: number, Trigger: trigger, Text: text, Deadline: civil.MustParse(until)})), nil, at, "")
}

func (w *world) answer(number, trigger, text string, at time.Time) string {
	return w.put(must(reader.WriteAnswer(xauslaender.Answer{Head: head(uuid.NewString()), Number: number, Trigger: trigger, Text: text,
		Documents: []xauslaender.Document{{Name: "zusatz.pdf", MIME: "application/pdf", Data: pdf}}})), nil, at, akte.Imported)
}

func TestNothingWithoutSession(t *testing.T) {
	w := newWorld(t)
	id := w.apply("AT-1", canary, "Amina", "1992-08-14", "Titel", w.now)
	for _, path := range []string{"/", "/?stand=neu", "/vorgang/" + id, "/dokument/" + id + "/01-PASS.jpg", "/dokument/" + id + "/zusammenfassung.pdf"} {
		r := w.do("GET", path, nil)
		if r.StatusCode != http.StatusSeeOther || r.Header.Get("Location") != "/anmelden" || strings.Contains(w.body(r), canary) {
			t.Errorf("%s: %d %v", path, r.StatusCode, r.Header)
		}
	}
	if r := w.do("POST", "/", url.Values{"suche": {canary}}); r.StatusCode != http.StatusSeeOther {
		t.Errorf("search: %d", r.StatusCode)
	}
	w.cookie = &http.Cookie{Name: cookieName, Value: "erfunden"}
	if r := w.do("GET", "/", nil); r.StatusCode != http.StatusSeeOther {
		t.Errorf("made-up session: %d", r.StatusCode)
	}
}

func TestSignInAndOut(t *testing.T) {
	w := newWorld(t)
	r := w.signIn("T. Muster", "ein langes Passwort")
	if r.StatusCode != http.StatusSeeOther || w.cookie == nil || !w.cookie.HttpOnly || w.cookie.SameSite != http.SameSiteStrictMode || w.cookie.Path != "/" {
		t.Fatalf("%d, cookie %v", r.StatusCode, w.cookie)
	}
	if !strings.Contains(w.page("/"), "T. Muster") {
		t.Error("the page does not say who is signed in")
	}
	var n int
	if err := w.in.db.Read.QueryRow(`select count(*) from session where token = $1`, w.cookie.Value).Scan(&n); err != nil || n != 0 {
		t.Errorf("the token itself is stored: %d, %v", n, err)
	}
	old := w.cookie
	w.now = w.now.Add(sessionLife + time.Second)
	if r := w.do("GET", "/", nil); r.StatusCode != http.StatusSeeOther {
		t.Errorf("after eight hours: %d", r.StatusCode)
	}
	w.now = w.now.Add(-2 * time.Second)
	w.do("POST", "/abmelden", nil)
	w.cookie = old
	if r := w.do("GET", "/", nil); r.StatusCode != http.StatusSeeOther {
		t.Errorf("after sign-out: %d", r.StatusCode)
	}
}

func TestForeignSiteCannotSignOut(t *testing.T) {
	w := newWorld(t)
	r := httptest.NewRequest("POST", "/abmelden", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, r)
	if rec.Code != http.StatusForbidden {
		t.Errorf("%d", rec.Code)
	}
}

func TestWrongPasswords(t *testing.T) {
	w := newWorld(t)
	for i := range maxWrong {
		r := w.signIn("T. Muster", "falsch")
		want := fmt.Sprintf("Sie haben noch %d Versuch", maxWrong-1-i)
		if body := w.body(r); r.StatusCode != http.StatusForbidden || !strings.Contains(body, want) || strings.Contains(body, "falsch") {
			t.Errorf("try %d: %d, want %q", i+1, r.StatusCode, want)
		}
	}
	if r := w.signIn("T. Muster", "ein langes Passwort"); r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") != "900" {
		t.Errorf("sixth try: %d %v", r.StatusCode, r.Header)
	}
	if r := w.signIn("K. Probe", "ein langes Passwort"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("a colleague: %d", r.StatusCode)
	}
	w.now = w.now.Add(waitAfter + time.Second)
	if r := w.signIn("T. Muster", "ein langes Passwort"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("after the wait: %d", r.StatusCode)
	}
	if r := w.signIn("niemand", "x"); r.StatusCode != http.StatusForbidden || !strings.Contains(w.body(r), "Name und Passwort passen nicht zusammen") {
		t.Errorf("unknown name: %d", r.StatusCode)
	}
}

// Many people behind one address sign in without being locked out; many wrong tries from there are stopped.
func TestLimitPerAddress(t *testing.T) {
	w := newWorld(t)
	cheap := must(parseHash("$argon2id$v=19$m=8192,t=1,p=1$" + strings.Repeat("A", 22) + "$" + strings.Repeat("A", 43)))
	w.in.decoy = cheap
	ctx := t.Context()
	request := httptest.NewRequest("POST", "/anmelden", nil).WithContext(ctx)
	for i := range maxAddress + 5 {
		if _, wait, err := w.in.count(request, "T. Muster"); err != nil || wait > 0 {
			t.Fatalf("sign-in %d: %v, %v", i, wait, err)
		}
		if err := w.in.begin(httptest.NewRecorder(), request, "T. Muster"); err != nil {
			t.Fatal(err)
		}
	}
	for i := range maxAddress {
		if r := w.signIn(fmt.Sprint("niemand ", i), "x"); r.StatusCode != http.StatusForbidden {
			t.Fatalf("try %d: %d", i, r.StatusCode)
		}
	}
	if r := w.signIn("noch jemand", "x"); r.StatusCode != http.StatusTooManyRequests {
		t.Errorf("after %d wrong tries from one address: %d", maxAddress, r.StatusCode)
	}
}

func TestListSearchAndViews(t *testing.T) {
	w := newWorld(t)
	day := func(n int) time.Time { return w.now.AddDate(0, 0, -n) }
	dordevic := w.apply("AT-7K3M-9QX2", "Đorđević", "Nađa", "1992-08-14", "Blaue Karte EU", day(3))
	mueller := w.apply("AT-2222", "Müller-Lüdenscheidt", "Zoë", "1980-01-02", "Titel", day(2))
	w.apply("AT-3333", "Nguyễn", "Xuân Lan", "2001-12-31", "Titel", day(1))
	q := w.ask("AT-7K3M-9QX2", dordevic, "Bitte den Vertrag.", "2026-11-20", day(1))
	q2 := w.ask("AT-2222", mueller, "Bitte den Pass.", "2026-12-11", day(1))
	w.answer("AT-2222", q2, "Hier.", w.now.Add(-time.Hour))
	w.signIn("T. Muster", "ein langes Passwort")
	html := w.page("/")
	if rows := rowsOf(html); strings.Join(rows, " ") != "AT-2222 AT-3333 AT-7K3M-9QX2" {
		t.Errorf("order %v", rows)
	}
	for _, s := range []string{"Antwort ist da", "Wartet auf Person", "5 Tage vorbei", "vor 3 Tagen", "Alles übergeben", "Letzter Abruf vor 12 Sekunden", "3 von 3"} {
		if !strings.Contains(html, s) {
			t.Errorf("list lacks %q", s)
		}
	}
	for search, want := range map[string]string{
		"dordevic": "AT-7K3M-9QX2", "Đorđević": "AT-7K3M-9QX2", "nada DORD": "AT-7K3M-9QX2", "Muller": "AT-2222", "Mueller": "AT-2222", "müller": "AT-2222", "Lüdenscheidt, Zoe": "AT-2222",
		"nguyen xuan": "AT-3333", "14.08.1992": "AT-7K3M-9QX2", "1992-08-14": "AT-7K3M-9QX2", "at7k3m9qx2": "AT-7K3M-9QX2", "7K3M-9Q": "AT-7K3M-9QX2", "niemand": "", "%": "", "": "AT-2222 AT-3333 AT-7K3M-9QX2",
	} {
		r := w.do("POST", "/", url.Values{"suche": {search}})
		if got := strings.Join(rowsOf(w.body(r)), " "); got != want {
			t.Errorf("search %q: %q, want %q", search, got, want)
		}
	}
	for key, want := range map[string]string{"neu": "AT-3333", "antwort": "AT-2222", "wartet": "AT-7K3M-9QX2", "frist": "AT-7K3M-9QX2", "abgewiesen": "", "arbeit": "", "gibt-es-nicht": ""} {
		if got := strings.Join(rowsOf(w.page("/?stand="+key)), " "); got != want {
			t.Errorf("view %s: %q, want %q", key, got, want)
		}
	}
	w.page("/vorgang/" + dordevic)
	w.page("/vorgang/" + q) // any message leads to its case
	if html := w.page("/"); strings.Count(html, `class="new"`) != 2 {
		t.Errorf("%d cases are unread after one was opened, want 2", strings.Count(html, `class="new"`))
	}
	w.journal.fetched = w.now.Add(-12 * time.Minute)
	if html := w.page("/"); !strings.Contains(html, `role="alert"`) || !strings.Contains(html, "vor 12 Minuten") {
		t.Error("a silent connector is not told")
	}
	if log := w.log.String(); strings.Contains(log, "Đorđević") || strings.Contains(log, "dordevic") || strings.Contains(log, "1992") {
		t.Errorf("log: %s", log)
	}
}

var rowForm = regexp.MustCompile(`<small class="num">(AT-[^<]+)</small>`)

func rowsOf(html string) []string {
	var out []string
	for _, m := range rowForm.FindAllStringSubmatch(html, -1) {
		out = append(out, m[1])
	}
	return out
}

func TestPages(t *testing.T) {
	w := newWorld(t)
	for i := range perPage + 3 {
		w.apply(fmt.Sprintf("AT-%03d", i), canary, "A", "1992-08-14", "Titel", w.now.Add(-time.Duration(i)*time.Minute))
	}
	w.signIn("T. Muster", "ein langes Passwort")
	if html := w.page("/"); len(rowsOf(html)) != perPage || !strings.Contains(html, "1–50 von 53") {
		t.Errorf("%d rows on the first page", len(rowsOf(html)))
	}
	html := w.body(w.do("POST", "/", url.Values{"suche": {canary}, "seite": {"2"}}))
	if len(rowsOf(html)) != 3 || !strings.Contains(html, "51–53 von 53") {
		t.Errorf("%v on the second page", rowsOf(html))
	}
}

func TestCasePage(t *testing.T) {
	w := newWorld(t)
	id := w.apply("AT-1", canary, "Amina", "1992-08-14", "Blaue Karte EU", w.now.AddDate(0, 0, -2))
	q := w.ask("AT-1", id, "Wird der Vertrag verlängert?\nBitte antworten.", "2026-12-11", w.now.AddDate(0, 0, -1))
	a := w.answer("AT-1", q, "<b>Ja</b>, siehe Anlage.", w.now)
	w.signIn("T. Muster", "ein langes Passwort")
	html := w.page("/vorgang/" + id)
	for _, s := range []string{canary + ", Amina", "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;", "&lt;b&gt;Ja&lt;/b&gt;", "Wird der Vertrag verlängert?", "nicht erfüllt", "unbekannt", "erfüllt",
		"§ 5 Abs. 1 Nr. 4 AufenthG", "Regelstand 24.11.2026", "Krankenversicherung", "2 da, 1 fehlt", "100,00\u00a0€", "Familienname kopieren", `data-copy="Muster Maschinenbau GmbH"`, "§ 81 Abs. 4 AufenthG", "Testumgebung",
		`<a href="?dokument=` + a + `%2f01-ANLAGE.pdf#unterlagen">zusatz.pdf</a>`} {
		if !strings.Contains(html, s) {
			t.Errorf("case page lacks %q", s)
		}
	}
	for _, s := range []string{"<script>alert", "<b>Ja", "Empfehlung", "ZgotmplZ", " style=", "onclick"} {
		if strings.Contains(html, s) {
			t.Errorf("case page has %q", s)
		}
	}
	if title := regexp.MustCompile(`<title>(.*)</title>`).FindString(html); strings.Contains(title, canary) {
		t.Errorf("title %q names the person", title)
	}
	if html := w.page("/vorgang/" + id + "?dokument=" + id + "/01-PASS.jpg"); !strings.Contains(html, `<img src="/dokument/`+id+`/01-PASS.jpg" alt="Reisepass">`) {
		t.Error("the passport is not shown")
	}
	r := w.do("GET", "/dokument/"+id+"/01-PASS.jpg", nil)
	if body := w.body(r); body != string(photo()) || r.Header.Get("Content-Type") != "image/jpeg" || r.Header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(r.Header.Get("Content-Security-Policy"), "sandbox") || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "inline") || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("document: %v", r.Header)
	}
	if r := w.do("GET", "/dokument/"+id+"/02-ANLAGE.pdf?laden", nil); !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment") {
		t.Errorf("download: %v", r.Header)
	}
	for _, path := range []string{"/dokument/" + id + "/nachricht.xml", "/dokument/" + id + "/manifest.json", "/dokument/" + uuid.NewString() + "/01-PASS.jpg", "/dokument/..%2f..%2f/x", "/vorgang/" + uuid.NewString()} {
		if r := w.do("GET", path, nil); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", path, r.StatusCode)
		}
	}
	if strings.Contains(w.log.String(), canary) || strings.Contains(w.log.String(), id) {
		t.Errorf("log: %s", w.log)
	}
}

// Without a readable form the message itself is shown.
func TestCaseOfAnotherPortal(t *testing.T) {
	w := newWorld(t)
	a := xauslaender.Application{Head: head(uuid.NewString()), Number: "AT-1", Day: civil.MustParse("2026-11-24"), Ground: "02", Purpose: "03",
		Person: xauslaender.Person{Family: canary, BirthPlace: "Pune", Nationalities: []string{"436"}, VisaFree: "§ 41 AufenthV"}, Summary: xauslaender.Document{MIME: "application/pdf", Data: pdf}}
	id := w.put(must(reader.WriteApplication(a)), nil, w.now, akte.Rejected)
	w.signIn("T. Muster", "ein langes Passwort")
	if html := w.page("/vorgang/" + id); !strings.Contains(html, "angabenZurPerson › geburt › geburtsort › ort") || !strings.Contains(html, "Pune") || !strings.Contains(html, "Abgewiesen") {
		t.Error("the message is not shown")
	}
}

func TestDamagedFolderHidesNothingElse(t *testing.T) {
	w := newWorld(t)
	w.apply("AT-1", canary, "Amina", "1992-08-14", "Titel", w.now)
	bad := akte.Folder{Manifest: akte.Manifest{Type: "130101", Number: "AT-2", MessageUUID: uuid.NewString()}}
	bad.Add(akte.Message, "x", "", "application/xml", []byte("<x"))
	if err := bad.Write(filepath.Join(w.folders)); err != nil {
		t.Fatal(err)
	}
	w.signIn("T. Muster", "ein langes Passwort")
	if got := rowsOf(w.page("/")); len(got) != 1 || !strings.Contains(w.log.String(), "folder cannot be shown") {
		t.Errorf("rows %v, log %s", got, w.log)
	}
}

func TestPasswordHash(t *testing.T) {
	h, err := parseHash(passwordHash())
	if err != nil || !h.fits("ein langes Passwort") || h.fits("ein langes passwort") || h.fits("") {
		t.Errorf("%v, %v", h, err)
	}
	if _, err := HashPassword("kurz"); err == nil {
		t.Error("a short password was taken")
	}
	for _, bad := range []string{"", "geheim", strings.Replace(passwordHash(), "m=65536", "m=99999999", 1), strings.Replace(passwordHash(), "argon2id", "argon2i", 1), passwordHash()[:40]} {
		if _, err := parseHash(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add(passwordHash())
	f.Add("$argon2id$v=19$m=8192,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=0,t=0,p=0$$")
	f.Fuzz(func(t *testing.T, s string) {
		h, err := parseHash(s)
		if err == nil && (h.memory > 1<<20 || h.passes > 20 || h.lanes == 0 || len(h.salt) < 8 || len(h.key) < 16) {
			t.Errorf("accepted %q", s)
		}
	})
}
