package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/jose"
	"aufenthalt/internal/sample"
	"aufenthalt/internal/seal"
)

// applicant uses the public interface as the element does: it makes draft key, access code and ids itself.
type applicant struct {
	page            sample.Page
	draft, draftKey string
	id              string
	code            seal.AccessCode
	hash, day       string
	files           []sample.File
	number          string
	receipt, keys   []byte
	question        string
	replyID         string // of the answer under way, so that a repetition is recognised
}

func newApplicant(base, origin, ags string) (*applicant, error) {
	var key [32]byte
	rand.Read(key[:])
	files, err := sample.Files()
	return &applicant{page: sample.Page{Platform: base, Origin: origin, AGS: ags, Language: "en"}, draft: uuid.NewString(), draftKey: base64.RawURLEncoding.EncodeToString(key[:]),
		id: uuid.NewString(), code: seal.NewAccessCode(), files: files}, err
}

func (a *applicant) call(ctx context.Context, method, path string, header map[string]string, body []byte) ([]byte, error) {
	return a.page.Call(ctx, http.DefaultClient, method, path, header, body)
}

func (a *applicant) json(ctx context.Context, method, path string, header map[string]string, in, out any) ([]byte, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	if header == nil {
		header = map[string]string{}
	}
	header["Content-Type"] = "application/json"
	answer, err := a.call(ctx, method, path, header, body)
	if err != nil || out == nil {
		return answer, err
	}
	return answer, json.Unmarshal(answer, out)
}

func (a *applicant) load(ctx context.Context) (err error) {
	a.hash, a.day, err = a.page.Form(ctx, http.DefaultClient, service)
	return err
}

func (a *applicant) upload(ctx context.Context) error {
	for _, f := range a.files[:3] {
		if err := a.put(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

func (a *applicant) put(ctx context.Context, f sample.File) error {
	_, err := a.call(ctx, http.MethodPut, "/api/v1/drafts/"+a.draft+"/documents/"+f.ID, map[string]string{
		"Draft-Key": a.draftKey, "Content-Type": f.MIME, "Document-Name": url.PathEscape(f.Name), "X-Authority": a.page.AGS,
	}, f.Data)
	return err
}

type docRef struct {
	ID       string `json:"id"`
	Evidence string `json:"evidence,omitempty"`
}

func (a *applicant) draftRef() map[string]string {
	return map[string]string{"id": a.draft, "key": a.draftKey}
}

// submission is the body of the application.
func (a *applicant) submission() map[string]any {
	docs := []docRef{}
	for _, f := range a.files[:3] {
		docs = append(docs, docRef{f.ID, f.Evidence})
	}
	return map[string]any{
		"id": a.id, "service": service, "hash": a.hash, "law_day": a.day, "ags": a.page.AGS, "language": "en", "answers": sample.Answers(),
		"documents": docs, "draft": a.draftRef(), "access_code": a.code.Reveal(),
	}
}

func (a *applicant) submit(ctx context.Context) error {
	var receipt struct {
		Number string      `json:"case_number"`
		Signed jose.Signed `json:"receipt"`
	}
	if _, err := a.json(ctx, http.MethodPost, "/api/v1/applications", nil, a.submission(), &receipt); err != nil {
		return err
	}
	a.number = receipt.Number
	var err error
	if a.keys, err = a.call(ctx, http.MethodGet, "/.well-known/aufenthalt/receipt-keys.json", nil, nil); err != nil {
		return err
	}
	var set struct {
		Keys []jose.OKP `json:"keys"`
	}
	if err := json.Unmarshal(a.keys, &set); err != nil {
		return err
	}
	if _, err := jose.VerifyEd25519(receipt.Signed, jose.ReceiptType, set.Keys); err != nil {
		return err
	}
	a.receipt, err = json.MarshalIndent(receipt.Signed, "", "  ")
	return err
}

func (a *applicant) access() map[string]string {
	return map[string]string{"Authorization": "Basic " + base64.StdEncoding.EncodeToString([]byte(a.number+":"+a.code.Reveal()))}
}

// caseView is what the status page shows.
type caseView struct {
	Stage    string `json:"stage"`
	Messages []struct {
		ID    string `json:"id"`
		Kind  string `json:"kind"`
		State string `json:"answer_state"`
	} `json:"messages"`
}

func (a *applicant) view(ctx context.Context) (caseView, error) {
	var v caseView
	raw, err := a.call(ctx, http.MethodGet, "/api/v1/cases/current", a.access(), nil)
	if err != nil {
		return v, err
	}
	err = json.Unmarshal(raw, &v)
	return v, err
}

// until asks again and again; a platform that is away for a moment is waited for.
func until(ctx context.Context, what string, done func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	var last error
	for {
		ok, err := done()
		if ok {
			return nil
		}
		if err != nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("%s did not happen", what), last)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

func (a *applicant) waitStage(ctx context.Context, stage string) error {
	return until(ctx, "stage "+stage, func() (bool, error) {
		v, err := a.view(ctx)
		return err == nil && v.Stage == stage, err
	})
}

func (a *applicant) waitQuestion(ctx context.Context) error {
	return until(ctx, "question", func() (bool, error) {
		v, err := a.view(ctx)
		for _, m := range v.Messages {
			if m.Kind == "question" {
				a.question = m.ID
				return true, nil
			}
		}
		return false, err
	})
}

// answer uploads one more document under a new draft and replies.
func (a *applicant) answer(ctx context.Context) error {
	if a.replyID == "" {
		a.draft, a.replyID = uuid.NewString(), uuid.NewString()
	}
	extra := a.files[3]
	if err := a.put(ctx, extra); err != nil {
		return err
	}
	_, err := a.json(ctx, http.MethodPost, "/api/v1/cases/current/messages/"+a.question+"/answer", a.access(), map[string]any{
		"id": a.replyID, "text": "Please find the certificate of my health insurance attached.", "documents": []docRef{{ID: extra.ID}}, "draft": a.draftRef(),
	}, nil)
	return err
}

// desk is the case worker at the reference case system.
type desk struct{ url string }

// entry is one message of a case as the case system lists it.
type entry struct {
	UUID string `json:"uuid"`
	Type string `json:"type"`
}

func (d *desk) messages(ctx context.Context, number string) ([]entry, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url+"/api/vorgaenge/"+number, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusNotFound {
		return nil, nil
	}
	var v struct {
		Messages []entry `json:"messages"`
	}
	return v.Messages, json.NewDecoder(res.Body).Decode(&v)
}

// waitFor waits for exactly so many messages of a type; more are an error at once.
func (d *desk) waitFor(ctx context.Context, number, kind string, want int) error {
	var tooMany error
	err := until(ctx, "import of "+kind, func() (bool, error) {
		list, err := d.messages(ctx, number)
		n := 0
		for _, m := range list {
			if m.Type == kind {
				n++
			}
		}
		if n > want {
			tooMany = fmt.Errorf("%d messages %s, want %d", n, kind, want)
		}
		return n >= want, err
	})
	return errors.Join(err, tooMany)
}

// askOnce asks unless a question is there already: the case worker looks before she asks a second time.
func (d *desk) askOnce(ctx context.Context, number string) error {
	list, err := d.messages(ctx, number)
	for _, m := range list {
		if m.Type == "130102" {
			return nil
		}
	}
	if err != nil {
		return err
	}
	return d.ask(ctx, number)
}

func (d *desk) ask(ctx context.Context, number string) error {
	form := url.Values{"text": {"Bitte reichen Sie eine Bescheinigung Ihrer Krankenversicherung nach."}, "frist": {time.Now().AddDate(0, 0, 14).Format("2006-01-02")}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.url+"/vorgaenge/"+number+"/frage", bytes.NewReader([]byte(form.Encode())))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		body, _ := io.ReadAll(io.LimitReader(res.Body, 2000))
		return fmt.Errorf("case system answered %d: %s", res.StatusCode, body)
	}
	return nil
}
