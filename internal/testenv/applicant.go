package testenv

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"testing"

	"github.com/google/uuid"

	"aufenthalt/internal/sample"
	"aufenthalt/internal/seal"
)

// Applicant fills the form as the element does. Change its parts before a call to send something else.
type Applicant struct {
	ID, Draft, DraftKey string
	Hash, Day           string
	Language            string
	Code                seal.AccessCode
	Answers             map[string]any
	Files               []sample.File
}

// NewApplicant has loaded the form and uploaded nothing yet.
func (p *Platform) NewApplicant(t testing.TB) *Applicant {
	t.Helper()
	files, err := sample.Files()
	check(t, err)
	var key [32]byte
	rand.Read(key[:])
	a := &Applicant{ID: uuid.NewString(), Draft: uuid.NewString(), DraftKey: base64.RawURLEncoding.EncodeToString(key[:]), Language: "en",
		Code: seal.NewAccessCode(), Answers: sample.Answers(), Files: files}
	status, _, body := p.Call(t, "GET", "/api/v1/services/"+Service+"?ags="+AGS+"&lang=en", nil, nil)
	var view struct {
		Hash string `json:"hash"`
		Day  string `json:"law_day"`
	}
	if status != 200 {
		t.Fatalf("form: %d %s", status, body)
	}
	check(t, json.Unmarshal(body, &view))
	a.Hash, a.Day = view.Hash, view.Day
	return a
}

// Upload sends one document and gives the status and the answer.
func (p *Platform) Upload(t testing.TB, a *Applicant, f sample.File) (int, []byte) {
	t.Helper()
	status, _, body := p.Call(t, "PUT", "/api/v1/drafts/"+a.Draft+"/documents/"+f.ID, map[string]string{
		"Draft-Key": a.DraftKey, "Content-Type": f.MIME, "Document-Name": url.PathEscape(f.Name), "X-Authority": AGS, "Accept-Language": a.Language,
	}, f.Data)
	return status, body
}

// UploadAll sends the three documents of the application.
func (p *Platform) UploadAll(t testing.TB, a *Applicant) {
	t.Helper()
	for _, f := range a.Files[:3] {
		if status, body := p.Upload(t, a, f); status != 201 {
			t.Fatalf("upload of %s: %d %s", f.Evidence, status, body)
		}
	}
}

// Body is the application as JSON, with parts replaced.
func (a *Applicant) Body(t testing.TB, documents bool, replace map[string]any) []byte {
	t.Helper()
	docs := []map[string]string{}
	if documents {
		for _, f := range a.Files[:3] {
			docs = append(docs, map[string]string{"id": f.ID, "evidence": f.Evidence})
		}
	}
	body := map[string]any{
		"id": a.ID, "service": Service, "hash": a.Hash, "law_day": a.Day, "ags": AGS, "language": a.Language, "answers": a.Answers,
		"documents": docs, "draft": map[string]string{"id": a.Draft, "key": a.DraftKey}, "access_code": a.Code.Reveal(),
	}
	maps.Copy(body, replace)
	raw, err := json.Marshal(body)
	check(t, err)
	return raw
}

// Receipt is the part of the answer that tests look at.
type Receipt struct {
	Number  string   `json:"case_number"`
	Missing []string `json:"missing"`
	QR      []string `json:"qr"`
}

// Submit sends the application and gives status, receipt and the raw answer.
func (p *Platform) Submit(t testing.TB, body []byte) (int, Receipt, []byte) {
	t.Helper()
	status, _, raw := p.Call(t, "POST", "/api/v1/applications", map[string]string{"Content-Type": "application/json", "Accept-Language": "de"}, body)
	var r Receipt
	if status < 300 {
		check(t, json.Unmarshal(raw, &r))
	}
	return status, r, raw
}

// Access is the header that opens a case.
func (a *Applicant) Access(number string) map[string]string {
	return map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(number+":"+a.Code.Reveal())), "Accept-Language": "de"}
}
