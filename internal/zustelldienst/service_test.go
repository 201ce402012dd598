package zustelldienst

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
)

const (
	toAuthority = "11111111-1111-4111-8111-111111111111"
	toPlatform  = "22222222-2222-4222-8222-222222222222"
	leistung    = "urn:de:fim:leika:leistung:99000000000000"
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
	for name, use := range map[string]jose.Use{"a-enc": jose.Encryption, "a-sig": jose.Signature, "p-enc": jose.Encryption, "p-sig": jose.Signature} {
		out[name] = must(jose.Generate(use, name, now.Add(-time.Hour), now.AddDate(1, 0, 0)))
	}
	return out
})

type world struct {
	t                   *testing.T
	svc                 *Service
	url                 string
	platform, authority *fitconnect.Client
	cfg                 Config
	now                 time.Time
}

// newWorld starts the service with two parties: the platform and an authority, each with a destination.
func newWorld(t *testing.T) *world {
	t.Helper()
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	k := keys()
	w := &world{t: t, url: srv.URL + "/submission-api", now: time.Now()}
	w.cfg = Config{
		Dir: t.TempDir(), URL: w.url, Now: func() time.Time { return w.now },
		Clients: []Client{{"platform", "p-secret", Both}, {"authority", "a-secret", Both}, {"stranger", "s-secret", Both}, {"reader", "r-secret", Subscriber}},
		Destinations: []Destination{
			{toAuthority, "authority", "ABH", k["a-enc"].Public(), k["a-sig"].Public(), leistung, "urn:x"},
			{toPlatform, "platform", "Plattform", k["p-enc"].Public(), k["p-sig"].Public(), leistung, "urn:x"},
		},
	}
	w.svc = must(New(t.Context(), w.cfg))
	t.Cleanup(func() { w.svc.Close() })
	h = w.svc.Handler()
	w.platform, w.authority = w.client("platform", "p-secret"), w.client("authority", "a-secret")
	return w
}

func (w *world) client(id, secret string) *fitconnect.Client {
	return fitconnect.New(fitconnect.Config{TokenURL: strings.TrimSuffix(w.url, "/submission-api") + "/token", SubmissionURL: w.url,
		ClientID: id, ClientSecret: secret, SelfSigned: true, Now: func() time.Time { return w.now }})
}

func (w *world) parcel(data string) fitconnect.Parcel {
	w.t.Helper()
	key, err := w.platform.EncryptionKey(w.t.Context(), toAuthority)
	if err != nil {
		w.t.Fatal(err)
	}
	return must(fitconnect.Pack(key, fitconnect.Schema{SchemaURI: "urn:x", MimeType: "application/xml"}, []byte(data),
		[]fitconnect.Part{{Filename: "antrag.json", MIME: "application/json", Purpose: "attachment", Data: []byte(`{"a":1}`)},
			{Filename: "b.pdf", MIME: "application/pdf", Purpose: "form", Data: []byte("%PDF")}}, fitconnect.Author{Name: "Test"}))
}

var address = fitconnect.Address{Destination: toAuthority, Service: fitconnect.PublicService{Identifier: leistung}}

func keep(fitconnect.Progress) error { return nil }

func (w *world) send(p fitconnect.Parcel) fitconnect.Reference {
	w.t.Helper()
	at, err := fitconnect.Send(w.t.Context(), w.platform, address, p, fitconnect.Progress{}, keep)
	if err != nil {
		w.t.Fatal(err)
	}
	return fitconnect.Reference{DestinationID: toAuthority, SubmissionID: at.Submission, CaseID: at.Case}
}

func TestThereAndBack(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	p := w.parcel("<antrag/>")
	ref := w.send(p)
	waiting, err := w.authority.Waiting(ctx, toAuthority, 0, 10)
	if err != nil || waiting.TotalCount != 1 || waiting.Submissions[0] != ref {
		t.Fatalf("waiting: %+v, %v", waiting, err)
	}
	got, err := fitconnect.Receive(ctx, w.authority, ref, []*jose.PrivateJWK{keys()["a-enc"]})
	if err != nil || string(got.Data) != "<antrag/>" || string(got.Attachment("antrag.json")) != `{"a":1}` || got.DataMIME != "application/xml" {
		t.Fatalf("received %+v, %v", got, err)
	}
	if o, err := w.platform.Outcome(ctx, ref, p.Tags()); err != nil || o.Done {
		t.Errorf("outcome before: %+v, %v", o, err)
	}
	for range 2 { // a repeated acceptance, as after a lost answer, is fine
		if err := fitconnect.Accept(ctx, w.authority, keys()["a-sig"], ref, got.Tags); err != nil {
			t.Fatal(err)
		}
	}
	if o, err := w.platform.Outcome(ctx, ref, p.Tags()); err != nil || !o.Accepted {
		t.Errorf("outcome after: %+v, %v", o, err)
	}
	if _, err := fitconnect.Receive(ctx, w.authority, ref, []*jose.PrivateJWK{keys()["a-enc"]}); err == nil {
		t.Error("an accepted submission can still be read")
	}
	// The way back: another submission in the same case, to the platform's own destination.
	key := must(w.authority.EncryptionKey(ctx, toPlatform))
	back := must(fitconnect.Pack(key, fitconnect.Schema{SchemaURI: "urn:x", MimeType: "application/xml"}, []byte("<frage/>"), nil, fitconnect.Author{}))
	at, err := fitconnect.Send(ctx, w.authority, fitconnect.Address{Destination: toPlatform, Case: ref.CaseID, Service: address.Service}, back, fitconnect.Progress{}, keep)
	if err != nil || at.Case != ref.CaseID {
		t.Fatalf("back: %+v, %v", at, err)
	}
	q, err := fitconnect.Receive(ctx, w.platform, fitconnect.Reference{DestinationID: toPlatform, SubmissionID: at.Submission, CaseID: at.Case}, []*jose.PrivateJWK{keys()["p-enc"]})
	if err != nil || string(q.Data) != "<frage/>" {
		t.Errorf("question: %+v, %v", q, err)
	}
	if o, err := w.platform.Outcome(ctx, ref, p.Tags()); err != nil || !o.Accepted {
		t.Errorf("outcome with a second submission in the case: %+v, %v", o, err)
	}
}

// Send is cut off after every step it takes, in every way a crash can: before and after its progress was saved.
func TestSendSurvivesBeingCutOff(t *testing.T) {
	w := newWorld(t)
	cut := errors.New("killed")
	for _, saved := range []bool{true, false} {
		for stop := 1; stop <= 4; stop++ {
			p := w.parcel("<antrag/>")
			var disk fitconnect.Progress
			steps := 0
			_, err := fitconnect.Send(t.Context(), w.platform, address, p, disk, func(at fitconnect.Progress) error {
				steps++
				if steps == stop {
					if saved {
						disk = at
					}
					return cut
				}
				disk = at
				return nil
			})
			if !errors.Is(err, cut) {
				t.Fatalf("stop %d: %v", stop, err)
			}
			at, err := fitconnect.Send(t.Context(), w.platform, address, p, disk, keep)
			if err != nil || !at.Submitted {
				t.Fatalf("stop %d, saved %v: resumed to %+v, %v", stop, saved, at, err)
			}
		}
	}
	waiting, err := w.authority.Waiting(t.Context(), toAuthority, 0, 100)
	if err != nil || waiting.TotalCount != 8 {
		t.Errorf("%d submissions wait, %v, want one for each of 8 interruptions", waiting.TotalCount, err)
	}
}

func TestNothingIsLostByARestart(t *testing.T) {
	w := newWorld(t)
	ref := w.send(w.parcel("<antrag/>"))
	w.svc.Close()
	again := must(New(t.Context(), w.cfg))
	defer again.Close()
	srv := httptest.NewServer(again.Handler())
	defer srv.Close()
	c := fitconnect.New(fitconnect.Config{TokenURL: srv.URL + "/token", SubmissionURL: srv.URL + "/submission-api", ClientID: "authority", ClientSecret: "a-secret", SelfSigned: true})
	if p, err := c.Waiting(t.Context(), toAuthority, 0, 10); err != nil || p.TotalCount != 1 || p.Submissions[0] != ref {
		t.Errorf("after the restart: %+v, %v", p, err)
	}
}

func TestReject(t *testing.T) {
	w := newWorld(t)
	p := w.parcel("<antrag/>")
	ref := w.send(p)
	reason := fitconnect.Problem{Type: fitconnect.EventProblem + "schema-violation", Title: "Schema violation", Instance: "data"}
	if err := fitconnect.Reject(t.Context(), w.authority, keys()["a-sig"], ref); err == nil {
		t.Error("rejected without a reason")
	}
	if err := fitconnect.Reject(t.Context(), w.authority, keys()["a-sig"], ref, reason); err != nil {
		t.Fatal(err)
	}
	o, err := w.platform.Outcome(t.Context(), ref, p.Tags())
	if err != nil || !o.Done || o.Accepted || len(o.Problems) != 1 || o.Problems[0].Type != reason.Type {
		t.Errorf("outcome: %+v, %v", o, err)
	}
	if err := fitconnect.Accept(t.Context(), w.authority, keys()["a-sig"], ref, p.Tags()); err == nil {
		t.Error("accepted what was rejected")
	}
}

func (w *world) token(id, secret string) string {
	w.t.Helper()
	res := must(http.PostForm(strings.TrimSuffix(w.url, "/submission-api")+"/token", map[string][]string{
		"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "scope": {"whatever"}}))
	defer res.Body.Close()
	var t fitconnect.Token
	json.NewDecoder(res.Body).Decode(&t)
	return t.AccessToken
}

func (w *world) call(token, method, path, mime, body string) (int, string) {
	w.t.Helper()
	req := must(http.NewRequest(method, w.url+path, strings.NewReader(body)))
	req.Header.Set("Authorization", "Bearer "+token)
	if mime != "" {
		req.Header.Set("Content-Type", mime)
	}
	res := must(http.DefaultClient.Do(req))
	defer res.Body.Close()
	raw := must(io.ReadAll(res.Body))
	var p fitconnect.Problem
	json.Unmarshal(raw, &p)
	return res.StatusCode, strings.TrimPrefix(p.Type, fitconnect.ProblemBase)
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	a, pl, st, rd := w.token("authority", "a-secret"), w.token("platform", "p-secret"), w.token("stranger", "s-secret"), w.token("reader", "r-secret")
	if w.token("platform", "wrong") != "" {
		t.Error("a wrong secret got a token")
	}
	p := w.parcel("<antrag/>")
	done := w.send(p)
	ids := []string{}
	for id := range p.Attachments {
		ids = append(ids, id)
	}
	open := func() string { // an announced submission without attachments
		req := must(http.NewRequest("POST", w.url+"/v2/submissions", strings.NewReader(`{"destinationId":"`+toAuthority+`","announcedAttachments":["`+ids[0]+`"],"publicService":{"identifier":"`+leistung+`"}}`)))
		req.Header.Set("Authorization", "Bearer "+pl)
		req.Header.Set("Content-Type", "application/json")
		res := must(http.DefaultClient.Do(req))
		defer res.Body.Close()
		var ref fitconnect.Reference
		json.NewDecoder(res.Body).Decode(&ref)
		return ref.SubmissionID
	}()
	noCty := must(jose.Seal(keys()["a-enc"].Public(), "", []byte("x")))
	zipped := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"application/json","zip":"DEF"}`)) + p.Data[strings.IndexByte(p.Data, '.'):]
	content := func(m, d string) string {
		return string(must(json.Marshal(fitconnect.Content{EncryptedMetadata: m, EncryptedData: d})))
	}
	announce := func(dest, service, att string) string {
		return `{"destinationId":"` + dest + `","announcedAttachments":[` + att + `],"publicService":{"identifier":"` + service + `"}}`
	}
	for name, c := range map[string]struct {
		token, method, path, mime, body string
		status                          int
		slug                            string
	}{
		"no token":             {"", "GET", "/v2/submissions?destinationId=" + toAuthority, "", "", 401, "unauthorized"},
		"another's pickup":     {st, "GET", "/v2/submissions?destinationId=" + toAuthority, "", "", 403, "forbidden"},
		"another's submission": {st, "GET", "/v2/submissions/" + done.SubmissionID, "", "", 403, "forbidden"},
		"another's case":       {st, "GET", "/v2/cases/" + done.CaseID + "/events", "", "", 404, "case-not-found"},
		"sender reads":         {pl, "GET", "/v2/submissions/" + done.SubmissionID, "", "", 403, "forbidden"},
		"unknown submission":   {a, "GET", "/v2/submissions/" + uuid.NewString(), "", "", 404, "submission-not-found"},
		"incomplete is unread": {a, "GET", "/v2/submissions/" + open, "", "", 404, "submission-not-found"},
		"limit of 501":         {a, "GET", "/v2/submissions?limit=501&destinationId=" + toAuthority, "", "", 400, "invalid-page"},
		"subscriber sends":     {rd, "POST", "/v2/submissions", "application/json", announce(toAuthority, leistung, ""), 403, "forbidden"},
		"unknown destination":  {pl, "POST", "/v2/submissions", "application/json", announce(uuid.NewString(), leistung, ""), 404, "destination-not-found"},
		"unknown service":      {pl, "POST", "/v2/submissions", "application/json", announce(toAuthority, "urn:x:y", ""), 422, "service-not-offered"},
		"same id twice":        {pl, "POST", "/v2/submissions", "application/json", announce(toAuthority, leistung, `"`+ids[0]+`","`+ids[0]+`"`), 400, "invalid-attachment-id"},
		"path as id":           {pl, "POST", "/v2/submissions", "application/json", announce(toAuthority, leistung, `"../../x"`), 400, "invalid-attachment-id"},
		"foreign case":         {st, "POST", "/v2/submissions", "application/json", strings.Replace(announce(toAuthority, leistung, ""), "{", `{"caseId":"`+done.CaseID+`",`, 1), 404, "case-not-found"},
		"announce as text":     {pl, "POST", "/v2/submissions", "text/plain", "x", 415, "unsupported-media-type"},
		"announce no JSON":     {pl, "POST", "/v2/submissions", "application/json", "{", 400, "malformed-request"},
		"not announced":        {pl, "PUT", "/v2/submissions/" + open + "/attachments/" + ids[1], "application/jose", p.Data, 422, "attachment-not-announced"},
		"attachment no JWE":    {pl, "PUT", "/v2/submissions/" + open + "/attachments/" + ids[0], "application/jose", "hello", 422, "invalid-jwe"},
		"attachment as JSON":   {pl, "PUT", "/v2/submissions/" + open + "/attachments/" + ids[0], "application/json", p.Data, 415, "unsupported-media-type"},
		"stranger's upload":    {st, "PUT", "/v2/submissions/" + open + "/attachments/" + ids[0], "application/jose", p.Data, 403, "forbidden"},
		"attachment missing":   {pl, "PUT", "/v2/submissions/" + open, "application/json", content(p.Metadata, p.Data), 422, "attachment-missing"},
		"data missing":         {pl, "PUT", "/v2/submissions/" + open, "application/json", content(p.Metadata, ""), 400, "missing-part"},
		"no cty":               {pl, "PUT", "/v2/submissions/" + open, "application/json", content(p.Metadata, noCty), 422, "invalid-cty"},
		"zip":                  {pl, "PUT", "/v2/submissions/" + open, "application/json", content(zipped, p.Data), 422, "invalid-jwe"},
		"submitted twice":      {pl, "PUT", "/v2/submissions/" + done.SubmissionID, "application/json", content(p.Metadata, p.Data), 409, "submission-state-invalid"},
	} {
		status, slug := w.call(c.token, c.method, c.path, c.mime, c.body)
		if status != c.status || slug != c.slug {
			t.Errorf("%s: %d %s, want %d %s", name, status, slug, c.status, c.slug)
		}
	}
	w.now = w.now.Add(31 * time.Minute)
	if status, _ := w.call(a, "GET", "/v2/submissions?destinationId="+toAuthority, "", ""); status != 401 {
		t.Errorf("an expired token: %d, want 401", status)
	}
	if _, err := w.authority.Waiting(t.Context(), toAuthority, 0, 1); err != nil {
		t.Errorf("the client did not renew its token: %v", err)
	}
}

func TestForgedEvents(t *testing.T) {
	w := newWorld(t)
	p := w.parcel("<antrag/>")
	ref := w.send(p)
	other := w.send(w.parcel("<anderer/>"))
	a, st := w.token("authority", "a-secret"), w.token("stranger", "s-secret")
	tags := p.Tags()
	wrong := p.Tags()
	wrong.Data = wrong.Metadata
	event := func(key, iss string, r fitconnect.Reference, e fitconnect.Event, c fitconnect.EventContent, change func(map[string]any)) string {
		raw := must(fitconnect.NewPayload(iss, r, e, c, w.now))
		if change != nil {
			var m map[string]any
			json.Unmarshal(raw, &m)
			change(m)
			raw = must(json.Marshal(m))
		}
		return must(jose.SignSET(keys()[key], raw))
	}
	good := fitconnect.EventContent{AuthenticationTags: &tags}
	set := func(k string, v any) func(map[string]any) { return func(m map[string]any) { m[k] = v } }
	for name, c := range map[string]struct {
		token, set string
		status     int
		slug       string
	}{
		"key of another party":  {a, event("p-sig", toAuthority, ref, fitconnect.Accepted, good, nil), 422, "unknown-key"},
		"encryption key":        {a, strings.Replace(event("a-sig", toAuthority, ref, fitconnect.Accepted, good, nil), ".", "x.", 1), 400, "malformed-event"},
		"foreign issuer":        {a, event("p-sig", toPlatform, ref, fitconnect.Accepted, good, nil), 403, "forbidden"},
		"stranger posts":        {st, event("a-sig", toAuthority, ref, fitconnect.Accepted, good, nil), 403, "forbidden"},
		"issuer is the service": {a, event("a-sig", w.url, ref, fitconnect.Accepted, good, nil), 422, "invalid-issuer"},
		"forged submit event":   {a, event("a-sig", toAuthority, ref, fitconnect.Submitted, good, nil), 422, "event-not-allowed"},
		"wrong tags":            {a, event("a-sig", toAuthority, ref, fitconnect.Accepted, fitconnect.EventContent{AuthenticationTags: &wrong}, nil), 422, "incorrect-authentication-tag"},
		"other case in txn":     {a, event("a-sig", toAuthority, ref, fitconnect.Accepted, good, set("txn", "case:"+other.CaseID)), 422, "case-mismatch"},
		"other submission":      {a, event("a-sig", toAuthority, ref, fitconnect.Accepted, good, set("sub", "submission:"+other.SubmissionID)), 422, "case-mismatch"},
		"old payload schema":    {a, event("a-sig", toAuthority, ref, fitconnect.Accepted, good, set("$schema", strings.Replace(fitconnect.SchemaSET, "1.2.2", "1.0.0", 1))), 422, "invalid-event"},
		"two events": {a, event("a-sig", toAuthority, ref, fitconnect.Accepted, good, set("events", map[string]any{
			fitconnect.EventBase + "accept-submission": map[string]any{}, fitconnect.EventBase + "reject-submission": map[string]any{}})), 422, "invalid-event"},
		"no event":          {a, event("a-sig", toAuthority, ref, fitconnect.Accepted, good, set("events", map[string]any{})), 422, "invalid-event"},
		"early iat":         {a, event("a-sig", toAuthority, ref, fitconnect.Accepted, good, set("iat", 1)), 422, "invalid-event"},
		"reject, no reason": {a, event("a-sig", toAuthority, ref, fitconnect.Rejected, fitconnect.EventContent{}, nil), 422, "invalid-event"},
		"not a token":       {a, "hello", 400, "malformed-event"},
	} {
		status, slug := w.call(c.token, "POST", "/v2/cases/"+ref.CaseID+"/events", "application/jose", c.set)
		if status != c.status || slug != c.slug {
			t.Errorf("%s: %d %s, want %d %s", name, status, slug, c.status, c.slug)
		}
	}
	// A replayed jti: the accept of one submission, then the same jti for another.
	first := event("a-sig", toAuthority, ref, fitconnect.Accepted, good, set("jti", "33333333-3333-4333-8333-333333333333"))
	if status, slug := w.call(a, "POST", "/v2/cases/"+ref.CaseID+"/events", "application/jose", first); status != 204 {
		t.Fatalf("the good event: %d %s", status, slug)
	}
	replay := event("a-sig", toAuthority, other, fitconnect.Accepted, fitconnect.EventContent{}, set("jti", "33333333-3333-4333-8333-333333333333"))
	if status, slug := w.call(a, "POST", "/v2/cases/"+other.CaseID+"/events", "application/jose", replay); status != 409 || slug != "event-replayed" {
		t.Errorf("replayed jti: %d %s", status, slug)
	}
	if status, slug := w.call(a, "POST", "/v2/cases/"+ref.CaseID+"/events", "application/jose", first); status != 409 || slug != "illegal-transition" {
		t.Errorf("the same event again: %d %s", status, slug)
	}
}

// A service that lies is caught by the client: a swapped part, a forged log.
func TestClientCatchesALyingService(t *testing.T) {
	w := newWorld(t)
	p := w.parcel("<antrag/>")
	ref := w.send(p)
	evil := must(fitconnect.Pack(keys()["a-enc"].Public(), fitconnect.Schema{SchemaURI: "urn:x", MimeType: "application/xml"}, []byte("<falsch/>"), nil, fitconnect.Author{}))
	raw := must(w.svc.body.get(ref.SubmissionID, "content"))
	var c fitconnect.Content
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	swapped := must(json.Marshal(fitconnect.Content{EncryptedMetadata: c.EncryptedMetadata, EncryptedData: evil.Data}))
	if err := w.svc.body.put(ref.SubmissionID, "content", swapped); err != nil {
		t.Fatal(err)
	}
	_, err := fitconnect.Receive(t.Context(), w.authority, ref, []*jose.PrivateJWK{keys()["a-enc"]})
	var f *fitconnect.Fault
	if !errors.As(err, &f) || !strings.HasSuffix(f.Problem.Type, "incorrect-authentication-tag") || f.Problem.Instance != "data" {
		t.Errorf("swapped data: %v", err)
	}
	// An accept event under the service's own name must not count.
	forged := must(fitconnect.NewPayload(w.url, ref, fitconnect.Accepted, fitconnect.EventContent{}, w.now))
	token := must(jose.SignSET(w.svc.key, forged))
	if _, err := w.svc.db.Write.ExecContext(context.Background(), `insert into event (case_id, seq, jti, token) values ($1, 99, 'x', $2)`, ref.CaseID, token); err != nil {
		t.Fatal(err)
	}
	if o, err := w.platform.Outcome(t.Context(), ref, p.Tags()); err == nil {
		t.Errorf("a forged acceptance counted: %+v", o)
	}
}

func TestExpire(t *testing.T) {
	w := newWorld(t)
	p := w.parcel("<antrag/>")
	killed := errors.New("killed")
	at, err := fitconnect.Send(t.Context(), w.platform, address, p, fitconnect.Progress{}, func(fitconnect.Progress) error { return killed })
	if !errors.Is(err, killed) {
		t.Fatal(err)
	}
	w.now = w.now.Add(25 * time.Hour)
	if err := w.svc.Expire(t.Context()); err != nil {
		t.Fatal(err)
	}
	// The sender that comes back begins anew, and one submission arrives.
	var saved fitconnect.Progress
	again, err := fitconnect.Send(t.Context(), w.platform, address, p, at, func(p fitconnect.Progress) error { saved = p; return nil })
	if err == nil || saved.Submission != "" {
		t.Fatalf("resumed on a deleted submission: %+v, %v", again, err)
	}
	if done, err := fitconnect.Send(t.Context(), w.platform, address, p, saved, keep); err != nil || !done.Submitted {
		t.Errorf("anew: %+v, %v", done, err)
	}
}

func TestJWKSAndInfoAreOpen(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/.well-known/jwks.json", "/v2/info", "/v2/destinations/" + toAuthority} {
		res := must(http.Get(w.url + path))
		body := must(io.ReadAll(res.Body))
		res.Body.Close()
		if res.StatusCode != 200 || !json.Valid(bytes.TrimSpace(body)) {
			t.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}
