package api_test

import (
	"database/sql"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/application"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/seal"
	"aufenthalt/internal/store"
	"aufenthalt/internal/testenv"
	"aufenthalt/internal/xauslaender"
)

// handedOver submits an application without documents, hands it over and gives it as the authority has it.
func handedOver(t *testing.T, p *testenv.Platform) (*testenv.Applicant, testenv.Receipt, *fitconnect.Received) {
	t.Helper()
	a := p.NewApplicant(t)
	status, r, raw := p.Submit(t, a.Body(t, false, nil))
	if status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	_, err := p.App.Deliver(t.Context(), a.ID)
	must(t, err)
	all := receive(t, p)
	i := slices.IndexFunc(all, func(got *fitconnect.Received) bool { return strings.Contains(string(got.Data), r.Number) })
	if i < 0 {
		t.Fatal("the application did not arrive")
	}
	return a, r, all[i]
}

// view gives the status page's raw content.
func view(t *testing.T, p *testenv.Platform, a *testenv.Applicant, number string) string {
	t.Helper()
	status, _, raw := p.Call(t, "GET", "/api/v1/cases/current", a.Access(number), nil)
	if status != 200 {
		t.Fatalf("status page: %d %s", status, raw)
	}
	return string(raw)
}

// Whoever knows only the id of a draft can neither use nor end it.
func TestForeignDraft(t *testing.T) {
	p := testenv.New(t)
	a, stranger := p.NewApplicant(t), p.NewApplicant(t)
	p.UploadAll(t, a)
	foreign := map[string]any{"draft": map[string]string{"id": a.Draft, "key": stranger.DraftKey}}
	if status, _, raw := p.Submit(t, stranger.Body(t, false, foreign)); status != 403 {
		t.Errorf("with a foreign draft: %d %s", status, raw)
	}
	if status, _, raw := p.Submit(t, a.Body(t, true, nil)); status != 201 {
		t.Errorf("its owner: %d %s", status, raw)
	}
}

// What does not fit into one message is refused before anything is decrypted, and each document counts once.
func TestDocumentsFitIntoOneMessage(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	p.UploadAll(t, a)
	twice := map[string]any{"documents": []map[string]string{{"id": a.Files[0].ID, "evidence": "PASS"}, {"id": a.Files[0].ID, "evidence": "CONTR"}}}
	if status, _, raw := p.Submit(t, a.Body(t, true, twice)); status != 400 {
		t.Errorf("one document twice: %d %s", status, raw)
	}
	key, err := seal.ParseDraftKey(a.DraftKey)
	must(t, err)
	// Uploads at the same time can pass the first check side by side.
	_, _, err = p.Store.PutDocument(t.Context(), store.Draft{ID: a.Draft, AGS: testenv.AGS, KeyVerifier: key.Verifier(), Expires: p.Now().Add(time.Hour)},
		store.Document{Draft: a.Draft, ID: a.Files[2].ID, MIME: "application/pdf", Size: 20_000_000, Sealed: []byte{1}, Blob: "00"}, p.Now())
	must(t, err)
	if status, _, raw := p.Submit(t, a.Body(t, true, nil)); status != 413 || problemOf(t, raw).Key != "error.document.total" {
		t.Errorf("too much: %d %s", status, raw)
	}
}

// An identifier has one spelling; another one would be another application, or a message that nobody accepts.
func TestOneSpellingOfIdentifiers(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	id := a.ID
	for _, other := range []string{"{" + id + "}", "urn:uuid:" + id, strings.ReplaceAll(id, "-", ""), "ABCDEF01" + id[8:]} {
		if status, _, raw := p.Submit(t, a.Body(t, false, map[string]any{"id": other})); status != 400 || problemOf(t, raw).Field != "id" {
			t.Errorf("%s: %d %s", other, status, raw)
		}
	}
}

// A language that the form does not have is not kept: it could be any text.
func TestLanguageIsNoText(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	const canary = "Kanariensprache-3310"
	if status, _, raw := p.Submit(t, a.Body(t, false, map[string]any{"language": canary})); status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	if found := p.Canary(t, canary); found != nil {
		t.Errorf("it rests in %v", found)
	}
	if row, err := p.Store.ApplicationByID(t.Context(), a.ID); err != nil || row.Language != "de" {
		t.Errorf("language %q, %v", row.Language, err)
	}
}

// Drafts past their day go, however many there are.
func TestAllExpiredDraftsGo(t *testing.T) {
	p := testenv.New(t)
	for range 101 {
		id := uuid.NewString()
		_, _, err := p.Store.PutDocument(t.Context(), store.Draft{ID: id, AGS: testenv.AGS, KeyVerifier: []byte{1}, Expires: p.Now()},
			store.Document{Draft: id, ID: id, MIME: "application/pdf", Size: 1, Sealed: []byte{1}, Blob: id}, p.Now())
		must(t, err)
	}
	p.Advance(time.Second)
	must(t, p.App.Expire(t.Context()))
	if left, err := p.Store.ExpiredDrafts(t.Context(), p.Now()); err != nil || len(left) != 0 {
		t.Errorf("%d are left, %v", len(left), err)
	}
}

// A second job for a delivery ends when there is nothing to do yet; otherwise jobs would pile up while the service is slow.
func TestSecondJobEnds(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	p.Submit(t, a.Body(t, false, nil))
	look := func() time.Time {
		again, err := p.App.Deliver(t.Context(), a.ID)
		must(t, err)
		return again
	}
	for range 6 { // the pauses grow
		p.Advance(time.Minute)
		if look().IsZero() {
			t.Fatal("a due delivery was not looked at")
		}
	}
	if again := look(); !again.IsZero() {
		t.Errorf("the second job lives on until %v", again)
	}
	p.Advance(time.Minute)
	due, err := p.App.Due(t.Context(), 0)
	if err != nil || !slices.Contains(due, a.ID) {
		t.Errorf("due: %v, %v", due, err)
	}
	if look().IsZero() {
		t.Error("a job made anew has nothing to do")
	}
}

// A reply that cannot be taken now waits, is told to the operator, and holds up no other.
func TestStuckReply(t *testing.T) {
	p := testenv.New(t)
	stuck, rStuck, got := handedOver(t, p)
	row, err := p.Store.ApplicationByID(t.Context(), stuck.ID)
	must(t, err)
	damage := func(public []byte) {
		_, err := p.Store.DB.Write.ExecContext(t.Context(), `update application set case_public = $1 where id = $2`, public, stuck.ID)
		must(t, err)
	}
	damage([]byte{1})
	ask(t, p, got.Reference, xauslaender.Question{Number: rStuck.Number, Trigger: stuck.ID, Text: "erste Frage"})
	other, rOther, gotOther := handedOver(t, p)
	ask(t, p, gotOther.Reference, xauslaender.Question{Number: rOther.Number, Trigger: other.ID, Text: "zweite Frage"})
	for range 3 {
		must(t, p.App.FetchReplies(t.Context()))
	}
	if !strings.Contains(view(t, p, other, rOther.Number), "zweite Frage") {
		t.Error("the stuck reply holds up the other one")
	}
	if n := strings.Count(p.Log.String(), "reply must wait"); n != 1 {
		t.Errorf("told %d times, want once: it is not tried again at once", n)
	}
	damage(row.CasePublic)
	p.Advance(10 * time.Second)
	must(t, p.App.FetchReplies(t.Context()))
	if !strings.Contains(view(t, p, stuck, rStuck.Number), "erste Frage") {
		t.Error("the stuck reply never came")
	}
}

// Two questions under one UUID: the second would be shown to nobody, so its sender must learn of it. The same message
// again is taken in silence.
func TestQuestionIdentifierUsedTwice(t *testing.T) {
	p := testenv.New(t)
	a, ra, gotA := handedOver(t, p)
	b, rb, gotB := handedOver(t, p)
	id := uuid.NewString()
	for range 2 {
		askAs(t, p, id, gotA.Reference, xauslaender.Question{Number: ra.Number, Trigger: a.ID, Text: "Frage an A"})
	}
	must(t, p.App.FetchReplies(t.Context()))
	if n := strings.Count(p.Log.String(), "reply rejected"); n != 0 {
		t.Errorf("the repetition was rejected: %s", p.Log)
	}
	askAs(t, p, id, gotB.Reference, xauslaender.Question{Number: rb.Number, Trigger: b.ID, Text: "Frage an B"})
	must(t, p.App.FetchReplies(t.Context()))
	if n := strings.Count(p.Log.String(), "reply rejected"); n != 1 {
		t.Errorf("%d rejections, want 1", n)
	}
}

// In production a message that is marked as test reaches no applicant.
func TestTestQuestionInProduction(t *testing.T) {
	p := testenv.New(t)
	a, r, got := handedOver(t, p)
	ask(t, p, got.Reference, xauslaender.Question{Number: r.Number, Trigger: a.ID, Text: "Probefrage"})
	p.App.Config.Environment = "PRO"
	must(t, p.App.FetchReplies(t.Context()))
	if strings.Contains(view(t, p, a, r.Number), "Probefrage") || !strings.Contains(p.Log.String(), "reply rejected") {
		t.Error("the test question was taken")
	}
}

// answer sends an answer and gives the status.
func answer(t *testing.T, p *testenv.Platform, a *testenv.Applicant, number, question, id, text string) int {
	t.Helper()
	body, err := json.Marshal(map[string]any{"id": id, "text": text, "documents": []string{}})
	must(t, err)
	header := map[string]string{"Content-Type": "application/json"}
	maps.Copy(header, a.Access(number))
	status, _, _ := p.Call(t, "POST", "/api/v1/cases/current/messages/"+question+"/answer", header, body)
	return status
}

// An answer is sent, or its sender learns that it is not: an identifier that is taken never passes for success.
func TestAnswerIdentifierUsedTwice(t *testing.T) {
	p := testenv.New(t)
	a, r, got := handedOver(t, p)
	question := ask(t, p, got.Reference, xauslaender.Question{Number: r.Number, Trigger: a.ID, Text: "?"})
	must(t, p.App.FetchReplies(t.Context()))
	id := uuid.NewString()
	for _, c := range []struct {
		what, id, text string
		status         int
	}{
		{"first", id, "Hier.", 201}, {"again", id, "Hier.", 200}, {"other text", id, "Etwas anderes.", 409},
		{"the application's id", a.ID, "Hier.", 409}, {"the question's id", question, "Hier.", 409},
	} {
		if status := answer(t, p, a, r.Number, question, c.id, c.text); status != c.status {
			t.Errorf("%s: %d, want %d", c.what, status, c.status)
		}
	}
}

// The delivery service has forgotten an answer that was announced: it is announced anew, in the case of its application.
func TestForgottenAnswerStaysInItsCase(t *testing.T) {
	p := testenv.New(t)
	a, r, got := handedOver(t, p)
	question := ask(t, p, got.Reference, xauslaender.Question{Number: r.Number, Trigger: a.ID, Text: "?"})
	must(t, p.App.FetchReplies(t.Context()))
	must(t, fitconnect.Accept(t.Context(), p.Authority, p.AuthoritySig, got.Reference, got.Tags))
	id := uuid.NewString()
	if status := answer(t, p, a, r.Number, question, id, "Hier."); status != 201 {
		t.Fatalf("answer: %d", status)
	}
	forgotten, err := json.Marshal(fitconnect.Progress{Submission: uuid.NewString(), Case: got.CaseID})
	must(t, err)
	must(t, p.Store.SaveProgress(t.Context(), id, string(forgotten), got.CaseID))
	for range 2 {
		_, err = p.App.Deliver(t.Context(), id)
		must(t, err)
		p.Advance(time.Minute)
	}
	if all := receive(t, p); len(all) != 1 || all[0].CaseID != got.CaseID {
		t.Errorf("%d answers, want one in the application's case", len(all))
	}
}

// After a rejection nothing is under way at the authority, and the page does not say so.
func TestTimelineEndsWithRejection(t *testing.T) {
	p := testenv.New(t)
	a, r, got := handedOver(t, p)
	must(t, fitconnect.Reject(t.Context(), p.Authority, p.AuthoritySig, got.Reference, fitconnect.Problem{Type: fitconnect.EventProblem + "schema-violation", Title: "x", Instance: "data"}))
	_, err := p.App.Deliver(t.Context(), a.ID)
	must(t, err)
	var page struct {
		Stage    application.Stage
		Timeline []struct{ Key, State string }
	}
	must(t, json.Unmarshal([]byte(view(t, p, a, r.Number)), &page))
	if n := len(page.Timeline); page.Stage != application.Rejected || n != 3 || page.Timeline[n-1].Key != "status.rejected" || page.Timeline[n-1].State != "past" {
		t.Errorf("%+v", page)
	}
}

// A cache between must not give compressed bytes to who cannot read them.
func TestFormVariesByEncoding(t *testing.T) {
	p := testenv.New(t)
	_, header, _ := p.Call(t, "GET", "/api/v1/services/"+testenv.Service+"?ags="+testenv.AGS, nil, nil)
	if vary := strings.Join(header.Values("Vary"), ", "); !strings.Contains(vary, "Accept-Encoding") || !strings.Contains(vary, "Origin") {
		t.Errorf("Vary: %s", vary)
	}
}

// A silent failure is an alarm: an application whose row in the ledger is missing.
func TestSilentFailureIsAnAlarm(t *testing.T) {
	p := testenv.New(t)
	a := p.NewApplicant(t)
	if status, _, raw := p.Submit(t, a.Body(t, false, nil)); status != 201 {
		t.Fatalf("%d %s", status, raw)
	}
	must(t, p.App.Watch(t.Context()))
	if strings.Contains(p.Log.String(), "level=ERROR") {
		t.Errorf("alarm without a cause: %s", p.Log)
	}
	must(t, p.Store.Tx(t.Context(), func(tx *sql.Tx) error {
		return p.Store.InsertApplication(t.Context(), tx, store.Application{
			ID: "lost", Number: "AT-0000-0000-0", RequestDigest: []byte{1}, CodeVerifier: []byte{1}, CasePublic: []byte{1}, CaseWrapped: []byte{1}, Received: time.Now(),
		})
	}))
	must(t, p.App.Watch(t.Context()))
	if !strings.Contains(p.Log.String(), "level=ERROR msg=ledger") || !strings.Contains(p.Log.String(), "silent=1") {
		t.Errorf("no alarm: %s", p.Log)
	}
}

// The page of an unregistered authority learns why, instead of a mere network error.
func TestForeignOriginLearnsWhy(t *testing.T) {
	p := testenv.New(t)
	status, header, raw := p.Call(t, "GET", "/api/v1/services/"+testenv.Service+"?ags="+testenv.AGS, map[string]string{"Origin": "https://neu.example"}, nil)
	if status != 403 || header.Get("Access-Control-Allow-Origin") != "https://neu.example" || problemOf(t, raw).Key != "error.origin" {
		t.Errorf("%d %v %s", status, header, raw)
	}
}

// A browser asks what has changed since the day on which its draft began.
func TestChangesSince(t *testing.T) {
	p := testenv.New(t)
	get := func(since string) (int, []byte) {
		status, _, raw := p.Call(t, "GET", "/api/v1/services/"+testenv.Service+"/changes?ags="+testenv.AGS+"&lang=en&since="+since, nil, nil)
		return status, raw
	}
	if status, raw := get("2025-12-31"); status != 200 || !strings.Contains(string(raw), `"is":"€50,700.00"`) {
		t.Errorf("over the new year: %d %s", status, raw)
	}
	for since, want := range map[string]int{"": 400, "2026-02-30": 400, "2000-01-01": 404} {
		if status, raw := get(since); status != want {
			t.Errorf("since %q: %d %s", since, status, raw)
		}
	}
	a := p.NewApplicant(t)
	if status, _, raw := p.Submit(t, a.Body(t, false, map[string]any{"law_day": "2025-12-31"})); status != 409 || problemOf(t, raw).Key != "error.definition.changed" {
		t.Errorf("a form of last year: %d %s", status, raw)
	}
}
