package api_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/sample"
	"aufenthalt/internal/testenv"
	"aufenthalt/internal/xauslaender"
)

// problem is what a person gets to see when something is wrong.
type problem struct {
	Status int               `json:"status"`
	Detail string            `json:"detail"`
	Key    string            `json:"key"`
	Field  string            `json:"field"`
	Args   map[string]string `json:"args"`
	Errors []struct {
		Field, Key, Detail string
	} `json:"errors"`
}

func problemOf(t *testing.T, body []byte) problem {
	t.Helper()
	var p problem
	if err := json.Unmarshal(body, &p); err != nil {
		t.Fatalf("not a problem document: %s", body)
	}
	return p
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// receive takes what waits for the authority, without accepting it.
func receive(t *testing.T, p *testenv.Platform) []*fitconnect.Received {
	t.Helper()
	waiting, err := p.Authority.Waiting(t.Context(), testenv.ToAuthority, 0, 100)
	must(t, err)
	var out []*fitconnect.Received
	for _, ref := range waiting.Submissions {
		got, err := fitconnect.Receive(t.Context(), p.Authority, ref, []*jose.PrivateJWK{p.AuthorityEnc})
		must(t, err)
		out = append(out, got)
	}
	return out
}

// The whole intake: what the authority decrypts is a valid message with every document, a summary and the readable
// form; nothing of it rests on the platform in the clear.
func TestApplicationArrivesSealed(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	const canary = "Kanarienvogel-7141"
	a.Answers["employer_name"] = canary
	a.Files[2].Data = bytes.Replace(a.Files[2].Data, []byte("SPECIMEN CONTRACT"), []byte("SPECIMEN KANARIE1"), 1)
	p.UploadAll(t, a)
	status, r, raw := p.Submit(t, a.Body(t, true, nil))
	if status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	for _, c := range []string{canary, "KANARIE1", "Nguyễn-Ștefănescu", a.Code.Reveal(), strings.ReplaceAll(a.Code.Reveal(), "-", "")} {
		if found := p.Canary(t, c); found != nil {
			t.Errorf("%q rests in the clear in %v", c, found)
		}
	}
	if _, err := p.App.Deliver(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	got := receive(t, p)
	if len(got) != 1 {
		t.Fatalf("%d submissions arrived", len(got))
	}
	checkMessage(t, a, r.Number, canary, got[0])
}

func checkMessage(t *testing.T, a *testenv.Applicant, number, canary string, got *fitconnect.Received) {
	t.Helper()
	root, err := xauslaender.NewReader(xauslaender.V2611).Read(got.Data)
	must(t, err)
	if root.Type() != "130101" || root.At("antragsidentifikation") != number || root.At("grundDesAntrags", "code") != "02" {
		t.Errorf("message %s of %s, ground %s", root.Type(), root.At("antragsidentifikation"), root.At("grundDesAntrags", "code"))
	}
	person := root.Kid("angabenZurPerson")
	if person.At("familienname", "name") != "Nguyễn-Ștefănescu" || person.At("anschrift", "hausnummer") != "12" || person.At("ausweisdokument", "seriennummer") != "C01X00T47" {
		t.Error("person, address or passport is not as it was answered")
	}
	docs, err := xauslaender.Documents(root)
	must(t, err)
	if len(docs) != 3 {
		t.Fatalf("%d documents, want 3", len(docs))
	}
	if !bytes.Equal(docs[1].Data, a.Files[0].Data) && !bytes.Equal(docs[0].Data, a.Files[0].Data) {
		t.Error("the passport scan is not byte for byte what was uploaded")
	}
	if !bytes.HasPrefix(got.Attachment("zusammenfassung.pdf"), []byte("%PDF-")) {
		t.Error("no summary")
	}
	var readable struct {
		Sections []struct {
			Rows []struct{ Field, Value string }
		}
		Fees  []struct{ Code, Amount string }
		Bases []struct{ ID string }
	}
	must(t, json.Unmarshal(got.Attachment("antrag.json"), &readable))
	seen := map[string]string{}
	for _, s := range readable.Sections {
		for _, row := range s.Rows {
			seen[row.Field] = row.Value
		}
	}
	for field := range a.Answers {
		if seen[field] == "" {
			t.Errorf("answer %s is not in antrag.json", field)
		}
	}
	if seen["employer_name"] != canary || seen["salary_month"] != "4.650,00\u00a0€" || len(readable.Fees) == 0 || len(readable.Bases) == 0 {
		t.Errorf("employer %q, salary %q, %d fees, %d bases", seen["employer_name"], seen["salary_month"], len(readable.Fees), len(readable.Bases))
	}
}

// A missing document, or all of them, never stops an application: the day of receipt counts.
func TestMissingDocumentsNeverBlock(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	status, r, raw := p.Submit(t, a.Body(t, false, nil))
	if status != 201 || len(r.Missing) < 3 || len(r.QR) < 21 {
		t.Fatalf("%d %s", status, raw)
	}
}

// The same submission again gives the same receipt and no second case, also when both come at once.
func TestReplay(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	p.UploadAll(t, a)
	body := a.Body(t, true, nil)
	numbers, statuses := make([]string, 6), make([]int, 6)
	var wg sync.WaitGroup
	for i := range numbers {
		wg.Go(func() {
			status, r, _ := p.Submit(t, body)
			numbers[i], statuses[i] = r.Number, status
		})
	}
	wg.Wait()
	created := 0
	for i := range numbers {
		if statuses[i] == 201 {
			created++
		}
		if numbers[i] != numbers[0] || numbers[i] == "" {
			t.Errorf("status %d, number %q, want %q", statuses[i], numbers[i], numbers[0])
		}
	}
	count, err := p.Store.Balance(t.Context())
	must(t, err)
	if created != 1 || count.Accepted != 1 {
		t.Errorf("%d created, %d in the ledger", created, count.Accepted)
	}
	changed := maps.Clone(a.Answers)
	changed["city"] = "Anderswo"
	if status, _, raw := p.Submit(t, a.Body(t, true, map[string]any{"answers": changed})); status != 409 || problemOf(t, raw).Key != "error.submission.other" {
		t.Errorf("other content under the same id: %d %s", status, raw)
	}
}

// Each rejected thing has a sentence in the reader's language, names its field, and repeats nothing that was sent.
func TestBadSubmissions(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	with := func(id string, value any) map[string]any {
		answers := maps.Clone(a.Answers)
		if answers[id] = value; value == nil {
			delete(answers, id)
		}
		return map[string]any{"answers": answers}
	}
	for name, c := range map[string]struct {
		replace map[string]any
		status  int
		key     string
		field   string
	}{
		"missing name":        {with("family_name", nil), 422, "error.required", "family_name"},
		"Cyrillic name":       {with("family_name", "Иванов"), 422, "error.latin.char", "family_name"},
		"impossible date":     {with("passport_until", "2031-06-31"), 422, "error.date.calendar", "passport_until"},
		"born tomorrow":       {with("birth_date", "2090-01-01"), 422, "error.date.past", "birth_date"},
		"unknown option":      {with("reason", "geheim-9231"), 422, "error.option", "reason"},
		"declaration refused": {with("dec_truth", false), 422, "error.declaration", "dec_truth"},
		"wrong type":          {with("salary_month", 4650), 400, "error.answers.type", "salary_month"},
		"unknown field":       {with("geheim_9231", "x"), 400, "error.answers.unknown", ""},
		"other edition":       {map[string]any{"hash": "sha256-" + strings.Repeat("0", 64)}, 409, "error.definition.changed", ""},
		"unknown service":     {map[string]any{"service": "at-unbekannt"}, 404, "error.authority.closed", ""},
		"unknown authority":   {map[string]any{"ags": "00000000"}, 404, "error.authority.unknown", ""},
		"short code":          {map[string]any{"access_code": "ABC"}, 400, "error.request.malformed", "access_code"},
		"id is no UUID":       {map[string]any{"id": "17"}, 400, "error.request.malformed", "id"},
		"foreign upload":      {map[string]any{"documents": []map[string]string{{"id": uuid.NewString(), "evidence": "PASS"}}}, 422, "error.draft.expired", "documents"},
		"unknown key":         {map[string]any{"geheim_9231": 1}, 400, "error.request.malformed", ""},
	} {
		status, _, raw := p.Submit(t, a.Body(t, false, c.replace))
		got := problemOf(t, raw)
		field := got.Field
		if status != c.status || got.Key != c.key || field != c.field || got.Detail == "" {
			t.Errorf("%s: %d %s at %q: %q; want %d %s at %q", name, status, got.Key, field, got.Detail, c.status, c.key, c.field)
		}
		for _, secret := range []string{"9231", "Nguy", "mai@example.org"} {
			if bytes.Contains(raw, []byte(secret)) {
				t.Errorf("%s: the answer repeats %q", name, secret)
			}
		}
	}
	count, err := p.Store.Balance(t.Context())
	must(t, err)
	if count.Accepted != 0 {
		t.Errorf("%d applications were accepted", count.Accepted)
	}
	if strings.Contains(p.Log.String(), "9231") {
		t.Error("the log repeats what was sent")
	}
}

func TestBadRequests(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	good := a.Body(t, false, nil)
	jsonType := map[string]string{"Content-Type": "application/json"}
	for name, c := range map[string]struct {
		method, path string
		header       map[string]string
		body         []byte
		status       int
		key          string
	}{
		"cut JSON":       {"POST", "/api/v1/applications", jsonType, good[:len(good)/2], 400, "error.request.malformed"},
		"two documents":  {"POST", "/api/v1/applications", jsonType, append(bytes.Clone(good), good...), 400, "error.request.malformed"},
		"form encoding":  {"POST", "/api/v1/applications", map[string]string{"Content-Type": "text/plain"}, good, 415, "error.request.json"},
		"huge JSON":      {"POST", "/api/v1/applications", jsonType, bytes.Repeat([]byte(" "), 600<<10), 413, "error.request.too_large"},
		"foreign origin": {"POST", "/api/v1/applications", map[string]string{"Content-Type": "application/json", "Origin": "https://evil.example"}, good, 403, "error.origin"},
		"foreign form":   {"GET", "/api/v1/services/at-erwerbstaetigkeit?ags=" + testenv.AGS, map[string]string{"Origin": "https://evil.example"}, nil, 403, "error.origin"},
		"not live":       {"GET", "/api/v1/services/at-erwerbstaetigkeit?ags=" + testenv.ClosedAGS, map[string]string{"Origin": ""}, nil, 404, "error.authority.closed"},
		"no such path":   {"GET", "/api/v1/unbekannt", nil, nil, 404, "error.absent"},
	} {
		header := map[string]string{"Accept-Language": "de"}
		maps.Copy(header, c.header)
		status, _, raw := p.Call(t, c.method, c.path, header, c.body)
		if got := problemOf(t, raw); status != c.status || got.Key != c.key || got.Detail == "" {
			t.Errorf("%s: %d %s %q, want %d %s", name, status, got.Key, got.Detail, c.status, c.key)
		}
	}
}

func TestBadDocuments(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	upload := func(data []byte, mime string) (int, problem) {
		status, raw := p.Upload(t, a, sample.File{ID: uuid.NewString(), Name: "geheim.pdf", MIME: mime, Data: data})
		if status < 300 {
			return status, problem{}
		}
		return status, problemOf(t, raw)
	}
	for name, c := range map[string]struct {
		data   []byte
		mime   string
		status int
		key    string
	}{
		"empty":           {nil, "application/pdf", 422, "error.document.empty"},
		"too large":       {make([]byte, 10_000_001), "application/pdf", 413, "error.document.too_large"},
		"HTML as PDF":     {[]byte("<html><script>alert(1)</script></html>"), "application/pdf", 415, "error.document.type"},
		"cut PDF":         {a.Files[0].Data[:200], "application/pdf", 422, "error.document.broken"},
		"JPEG cut in two": {a.Files[1].Data[:len(a.Files[1].Data)/2], "image/jpeg", 422, "error.document.broken"},
	} {
		status, got := upload(c.data, c.mime)
		if status != c.status || got.Key != c.key || got.Detail == "" {
			t.Errorf("%s: %d %s %q, want %d %s", name, status, got.Key, got.Detail, c.status, c.key)
		}
	}
	if status, raw := p.Upload(t, a, a.Files[1]); status != 201 {
		t.Errorf("after so many refusals a good one: %d %s", status, raw)
	}
	other := p.NewApplicant(t)
	other.Draft = a.Draft
	if status, raw := p.Upload(t, other, other.Files[0]); status != 403 {
		t.Errorf("a stranger's key for a draft: %d %s", status, raw)
	}
}

// Five wrong codes, then a quarter of an hour; the right one works before and after. An unknown number looks the same.
func TestWrongCode(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	_, r, _ := p.Submit(t, a.Body(t, false, nil))
	stranger := p.NewApplicant(t)
	view := func(header map[string]string) (int, problem) {
		status, _, raw := p.Call(t, "GET", "/api/v1/cases/current", header, nil)
		if status == 200 {
			return status, problem{}
		}
		return status, problemOf(t, raw)
	}
	for left := 4; left >= 1; left-- {
		status, got := view(stranger.Access(r.Number))
		if status != 403 || got.Key != "error.case.code" || got.Args["left"] != string(rune('0'+left)) {
			t.Errorf("%d left: %d %+v", left, status, got)
		}
	}
	if status, _ := view(a.Access(r.Number)); status != 200 {
		t.Errorf("the right code: %d", status)
	}
	for range 4 {
		view(stranger.Access(r.Number))
	}
	if status, got := view(stranger.Access(r.Number)); status != 429 || got.Args["minutes"] != "15" {
		t.Errorf("after five wrong codes: %d %+v", status, got)
	}
	if status, _ := view(a.Access(r.Number)); status != 429 {
		t.Errorf("the right code while waiting: %d", status)
	}
	p.Advance(16 * time.Minute)
	if status, _ := view(a.Access(r.Number)); status != 200 {
		t.Errorf("after the wait: %d", status)
	}
	if status, got := view(stranger.Access("AT-0000-0000-0")); status != 403 || got.Key != "error.case.code" {
		t.Errorf("unknown number: %d %+v", status, got)
	}
}

// An authority without a valid key gets no application, and the applicant learns that now, not later.
func TestAuthorityKeyExpired(t *testing.T) {
	now := time.Now()
	old, err := jose.Generate(jose.Encryption, "alt", now.AddDate(-1, 0, 0), now.AddDate(0, 0, -1))
	must(t, err)
	p := testenv.New(t, testenv.WithKey(old))
	a := p.NewApplicant(t)
	status, _, raw := p.Submit(t, a.Body(t, false, nil))
	if got := problemOf(t, raw); status != 503 || got.Key != "error.authority.key" || got.Detail == "" {
		t.Errorf("%d %+v", status, got)
	}
}

// A key that was never there cannot seal: the applicant is told, and can send the same again later.
func TestAuthorityKeyMissing(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	p.SetDown(true)
	body := a.Body(t, false, nil)
	status, _, raw := p.Submit(t, body)
	if got := problemOf(t, raw); status != 503 || got.Key != "error.authority.key" || got.Detail == "" {
		t.Errorf("%d %+v", status, got)
	}
	p.SetDown(false)
	if status, _, raw := p.Submit(t, body); status != 201 {
		t.Errorf("the key is back: %d %s", status, raw)
	}
}

// While the delivery service is away applications are accepted, wait, and arrive once.
func TestDeliveryServiceAway(t *testing.T) {
	p := testenv.New(t, testenv.WithJobs())
	first := p.NewApplicant(t) // the key is fetched while the service is there
	if status, _, raw := p.Submit(t, first.Body(t, false, nil)); status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	p.SetDown(true)
	p.Advance(20 * time.Minute) // the key must be asked for again, and cannot
	a := p.NewApplicant(t)
	p.UploadAll(t, a)
	if status, _, raw := p.Submit(t, a.Body(t, true, nil)); status != 201 {
		t.Fatalf("while the service is away: %d %s", status, raw)
	}
	p.SetDown(false)
	deadline := time.Now().Add(20 * time.Second)
	for {
		if got := receive(t, p); len(got) == 2 {
			return
		} else if len(got) > 2 {
			t.Fatalf("%d submissions arrived, want 2", len(got))
		}
		if time.Now().After(deadline) {
			t.Fatalf("only part arrived; log:\n%s", p.Log)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// The question travels back sealed to the case key, the answer forth in the same case.
func TestQuestionAndAnswer(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	_, r, _ := p.Submit(t, a.Body(t, false, nil))
	_, err := p.App.Deliver(t.Context(), a.ID)
	must(t, err)
	app := receive(t, p)[0]
	must(t, fitconnect.Accept(t.Context(), p.Authority, p.AuthoritySig, app.Reference, app.Tags))
	if again, err := p.App.Deliver(t.Context(), a.ID); err != nil || !again.IsZero() {
		t.Fatalf("after acceptance: %v %v", again, err)
	}
	const canary = "Kanarienfrage-5512"
	question := ask(t, p, app.Reference, xauslaender.Question{Number: r.Number, Trigger: a.ID, Text: canary + "?", Attachment: &xauslaender.Document{MIME: "application/pdf", Data: a.Files[0].Data}})
	must(t, p.App.FetchReplies(t.Context()))
	must(t, p.App.FetchReplies(t.Context()))
	if found := p.Canary(t, canary); found != nil {
		t.Errorf("the question rests in the clear in %v", found)
	}
	status, _, raw := p.Call(t, "GET", "/api/v1/cases/current", a.Access(r.Number), nil)
	if status != 200 || strings.Count(string(raw), canary) != 1 || !strings.Contains(string(raw), `"stage":"imported"`) {
		t.Fatalf("status page: %d %s", status, raw)
	}
	status, header, file := p.Call(t, "GET", "/api/v1/cases/current/messages/"+question+"/attachment", a.Access(r.Number), nil)
	if status != 200 || !bytes.Equal(file, a.Files[0].Data) || !strings.HasPrefix(header.Get("Content-Disposition"), "attachment") {
		t.Errorf("attachment: %d, %d bytes, %v", status, len(file), header)
	}
	p.App.Authorities.Find(testenv.AGS).Live = false // it takes no more applications, and still gets its answer
	answerOnce(t, p, a, r.Number, question, app.CaseID)
}

func ask(t *testing.T, p *testenv.Platform, ref fitconnect.Reference, q xauslaender.Question) string {
	t.Helper()
	return askAs(t, p, uuid.NewString(), ref, q)
}

func askAs(t *testing.T, p *testenv.Platform, id string, ref fitconnect.Reference, q xauslaender.Question) string {
	t.Helper()
	q.Head = xauslaender.Head{UUID: id, Created: time.Now(), Test: true, Product: xauslaender.Product{Name: "Fachverfahren", Maker: "Test"},
		Reader: xauslaender.Party{Kennung: testenv.Portal, Name: "Portal"},
		Author: xauslaender.Party{Kennung: testenv.Kennung, Name: "ABH", Email: "abh@example.org", Address: xauslaender.Address{Street: "Am Markt", HouseNumber: "1", Postcode: "19999", City: "Musterstadt"}}}
	raw, err := xauslaender.NewReader(xauslaender.V2611).WriteQuestion(q)
	must(t, err)
	sendBack(t, p, ref.CaseID, raw)
	return q.UUID
}

func sendBack(t *testing.T, p *testenv.Platform, caseID string, raw []byte) {
	t.Helper()
	key, err := p.Authority.EncryptionKey(t.Context(), testenv.ToPlatform)
	must(t, err)
	parcel, err := fitconnect.Pack(key, fitconnect.Schema{SchemaURI: "urn:x", MimeType: "application/xml"}, raw, nil, fitconnect.Author{Name: "ABH"})
	must(t, err)
	_, err = fitconnect.Send(t.Context(), p.Authority, fitconnect.Address{Destination: testenv.ToPlatform, Case: caseID, Service: fitconnect.PublicService{Identifier: testenv.Leistung}},
		parcel, fitconnect.Progress{}, func(fitconnect.Progress) error { return nil })
	must(t, err)
}

func answerOnce(t *testing.T, p *testenv.Platform, a *testenv.Applicant, number, question, fcCase string) {
	t.Helper()
	a.Draft = uuid.NewString()
	if status, raw := p.Upload(t, a, a.Files[3]); status != 201 {
		t.Fatalf("upload: %d %s", status, raw)
	}
	body, err := json.Marshal(map[string]any{"id": uuid.NewString(), "text": "Anbei – wie gewünscht.", "documents": []map[string]string{{"id": a.Files[3].ID}},
		"draft": map[string]string{"id": a.Draft, "key": a.DraftKey}})
	must(t, err)
	header := a.Access(number)
	header["Content-Type"] = "application/json"
	for i, want := range []int{201, 200} {
		if status, _, raw := p.Call(t, "POST", "/api/v1/cases/current/messages/"+question+"/answer", header, body); status != want {
			t.Fatalf("answer %d: %d %s", i, status, raw)
		}
	}
	due, err := p.App.Due(t.Context(), 0)
	must(t, err)
	for _, id := range due {
		_, err := p.App.Deliver(t.Context(), id)
		must(t, err)
	}
	got := receive(t, p)
	if len(got) != 1 || got[0].CaseID != fcCase {
		t.Fatalf("%d answers arrived, want one in the same case", len(got))
	}
	root, err := xauslaender.NewReader(xauslaender.V2611).Read(got[0].Data)
	must(t, err)
	answer, err := xauslaender.ReadAnswer(root)
	must(t, err)
	if answer.Trigger != question || answer.Text != "Anbei - wie gewünscht." || len(answer.Documents) != 1 || answer.Documents[0].Name != "Krankenversicherung.pdf" {
		t.Errorf("answer %+v", answer)
	}
}

// A message that does not belong to the case is shown to nobody and rejected, so that its sender learns of it.
func TestForeignReplies(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	_, r, _ := p.Submit(t, a.Body(t, false, nil))
	_, err := p.App.Deliver(t.Context(), a.ID)
	must(t, err)
	app := receive(t, p)[0]
	ask(t, p, app.Reference, xauslaender.Question{Number: "AT-0000-0000-0", Trigger: a.ID, Text: "fremde Nummer"})
	ask(t, p, app.Reference, xauslaender.Question{Number: r.Number, Trigger: uuid.NewString(), Text: "fremder Auslöser"})
	ask(t, p, fitconnect.Reference{}, xauslaender.Question{Number: r.Number, Trigger: a.ID, Text: "fremder Fall"})
	sendBack(t, p, app.CaseID, []byte("<kein/>"))
	must(t, p.App.FetchReplies(t.Context()))
	_, _, raw := p.Call(t, "GET", "/api/v1/cases/current", a.Access(r.Number), nil)
	if strings.Contains(string(raw), "fremd") {
		t.Errorf("shown: %s", raw)
	}
	waiting, err := p.App.FITConnect.Waiting(t.Context(), testenv.ToPlatform, 0, 10)
	if err != nil || waiting.TotalCount != 0 {
		t.Errorf("%d replies wait for ever, %v", waiting.TotalCount, err)
	}
	if n := strings.Count(p.Log.String(), "reply rejected"); n != 4 {
		t.Errorf("%d rejections in the log, want 4", n)
	}
}

// The receipt's PDF carries number and code, and any later reader of the row gets the same receipt.
func TestReceiptPDF(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	_, r, _ := p.Submit(t, a.Body(t, false, nil))
	header := a.Access(r.Number)
	header["Content-Type"] = "application/json"
	status, h, pdf := p.Call(t, "POST", "/api/v1/cases/receipt.pdf", header, []byte(`{"language":"en"}`))
	if status != 200 || !bytes.HasPrefix(pdf, []byte("%PDF-")) || h.Get("Content-Type") != "application/pdf" {
		t.Fatalf("%d %v %q", status, h, pdf[:min(len(pdf), 200)])
	}
}

// An application for somebody of the family names the one before, when the browser holds its receipt. A receipt that is forged or of
// another authority relates nothing, and stops nothing.
func TestFamilyIsRelated(t *testing.T) {
	p := testenv.New(t)
	first := p.NewApplicant(t)
	status, before, raw := p.Submit(t, first.Body(t, false, nil))
	if status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	var receipt struct {
		Signed map[string]string `json:"receipt"`
	}
	must(t, json.Unmarshal(raw, &receipt))
	forged := maps.Clone(receipt.Signed)
	forged["payload"] = strings.Replace(forged["payload"], forged["payload"][20:24], "AAAA", 1)
	for name, c := range map[string]struct {
		related any
		want    string
	}{"its receipt": {receipt.Signed, before.Number}, "forged": {forged, ""}, "empty": {map[string]string{}, ""}, "none": {nil, ""}} {
		a := p.NewApplicant(t)
		status, r, raw := p.Submit(t, a.Body(t, false, map[string]any{"related": c.related}))
		if status != 201 {
			t.Fatalf("%s: %d %s", name, status, raw)
		}
		if _, err := p.App.Deliver(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		for _, got := range receive(t, p) {
			var readable struct {
				Number  string `json:"case_number"`
				Related string `json:"related_case"`
			}
			must(t, json.Unmarshal(got.Attachment("antrag.json"), &readable))
			if readable.Number == r.Number && readable.Related != c.want {
				t.Errorf("%s: related to %q, want %q", name, readable.Related, c.want)
			}
		}
	}
}

// An authority's page learns what it has online, in the language of the reader; an unknown authority is told.
func TestOffersOfAnAuthority(t *testing.T) {
	p := testenv.New(t)
	for lang, title := range map[string]string{"de": "Aufenthaltstitel zur Erwerbstätigkeit", "en": "Residence title for employment or self-employment", "xx": "Aufenthaltstitel zur Erwerbstätigkeit"} {
		status, _, raw := p.Call(t, "GET", "/api/v1/authorities/"+testenv.AGS+"?lang="+lang, nil, nil)
		var got struct {
			Authority struct{ Name string }
			Services  []struct{ Tag, Title, Intro string }
		}
		if status != 200 {
			t.Fatalf("%d %s", status, raw)
		}
		must(t, json.Unmarshal(raw, &got))
		if got.Authority.Name == "" || len(got.Services) == 0 || got.Services[0].Tag != testenv.Service || got.Services[0].Title != title || got.Services[0].Intro == "" {
			t.Errorf("%s: %s", lang, raw)
		}
	}
	if status, _, raw := p.Call(t, "GET", "/api/v1/authorities/00000000", nil, nil); status != 404 || problemOf(t, raw).Key != "error.authority.unknown" {
		t.Errorf("unknown: %d %s", status, raw)
	}
}
