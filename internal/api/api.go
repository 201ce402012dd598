// Package api is the JSON interface of the platform for the component: no cookies, CORS for registered origins only,
// problem documents that never repeat what was sent.
package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aufenthalt/internal/app"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/seal"
)

// maxJSON bounds every JSON body; documents travel by PUT, one each.
const maxJSON = 512 << 10

// API serves /api/v1 and the receipt keys.
type API struct {
	app  *app.App
	mux  *http.ServeMux
	fail func(w http.ResponseWriter, r *http.Request, err error)
}

// New makes the handler. fail writes an error to the answer and to the log (package server owns the wording).
func New(a *app.App, fail func(w http.ResponseWriter, r *http.Request, err error)) *API {
	s := &API{app: a, mux: http.NewServeMux(), fail: fail}
	s.handle("GET /api/v1/services/{tag}", s.service)
	s.handle("GET /api/v1/services/{tag}/changes", s.changes)
	s.handle("GET /api/v1/words/{language}", s.words)
	s.handle("GET /api/v1/authorities/{ags}", s.offers)
	s.handle("PUT /api/v1/drafts/{draft}/documents/{document}", s.putDocument)
	s.handle("DELETE /api/v1/drafts/{draft}/documents/{document}", s.deleteDocument)
	s.handle("POST /api/v1/applications", s.submit)
	s.handle("GET /api/v1/cases/current", s.viewCase)
	s.handle("POST /api/v1/cases/receipt.pdf", s.receiptPDF)
	s.handle("GET /api/v1/cases/current/messages/{message}/attachment", s.attachment)
	s.handle("POST /api/v1/cases/current/messages/{message}/answer", s.answer)
	s.handle("GET /.well-known/aufenthalt/receipt-keys.json", s.receiptKeys)
	s.handle("/api/", func(http.ResponseWriter, *http.Request) error { return errs.E(errs.NotFound, "error.absent") })
	return s
}

func (s *API) handle(pattern string, h func(w http.ResponseWriter, r *http.Request) error) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if err := h(w, r); err != nil {
			s.fail(w, r, err)
		}
	})
}

// ServeHTTP answers preflights and refuses foreign origins before anything is read.
func (s *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if origin := r.Header.Get("Origin"); origin != "" {
		// The refusal itself may be read anywhere: it says what is wrong, and nothing else is in it.
		h.Set("Access-Control-Allow-Origin", origin)
		if !s.allows(origin) {
			s.fail(w, r, errs.E(errs.Denied, "error.origin"))
			return
		}
		h.Set("Access-Control-Expose-Headers", "Retry-After, ETag")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Accept-Language, Draft-Key, Document-Name, X-Authority")
		h.Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func (s *API) allows(origin string) bool {
	return origin == s.app.Config.PublicURL || s.app.Authorities.Allows(origin)
}

// allowsFor narrows the origin to the authority that the request is about.
func (s *API) allowsFor(r *http.Request, ags string) error {
	origin := r.Header.Get("Origin")
	if origin == "" || origin == s.app.Config.PublicURL {
		return nil
	}
	if a := s.app.Authorities.Find(authority.AGS(ags)); a != nil {
		for _, o := range a.Origins {
			if o == origin {
				return nil
			}
		}
		return errs.E(errs.Denied, "error.origin")
	}
	return nil // an unknown authority is told apart further in
}

func (s *API) service(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if err := s.allowsFor(r, q.Get("ags")); err != nil {
		return err
	}
	view, err := s.app.View(r.PathValue("tag"), q.Get("ags"), q.Get("lang"))
	if err != nil {
		return err
	}
	return writeTagged(w, r, view)
}

func (s *API) offers(w http.ResponseWriter, r *http.Request) error {
	ags := r.PathValue("ags")
	if err := s.allowsFor(r, ags); err != nil {
		return err
	}
	offers, err := s.app.Offers(ags, r.URL.Query().Get("lang"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, offers)
}

func (s *API) words(w http.ResponseWriter, r *http.Request) error {
	return writeTagged(w, r, s.app.Words(r.PathValue("language")))
}

// writeTagged sends JSON that a browser may keep and must ask about.
func writeTagged(w http.ResponseWriter, r *http.Request, data []byte) error {
	etag := etagOf(data)
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return writeCompressed(w, r, "application/json", data)
}

func (s *API) changes(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if err := s.allowsFor(r, q.Get("ags")); err != nil {
		return err
	}
	news, err := s.app.NewsSince(r.PathValue("tag"), q.Get("ags"), q.Get("lang"), q.Get("hash"), q.Get("since"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, news)
}

func (s *API) putDocument(w http.ResponseWriter, r *http.Request) error {
	ags := r.Header.Get("X-Authority")
	if err := s.allowsFor(r, ags); err != nil {
		return err
	}
	key, err := seal.ParseDraftKey(r.Header.Get("Draft-Key"))
	if err != nil {
		return errs.E(errs.Malformed, "error.draft.key")
	}
	name, err := url.PathUnescape(r.Header.Get("Document-Name"))
	if err != nil || len(name) > 1000 {
		return errs.E(errs.Malformed, "error.request.malformed").At("Document-Name")
	}
	data, err := readAll(w, r, app.MaxDocument, "error.document.too_large")
	if err != nil {
		return err
	}
	meta, err := s.app.PutDocument(r.Context(), app.Upload{
		AGS: ags, Draft: r.PathValue("draft"), ID: r.PathValue("document"), Key: key, Name: name,
		Declared: r.Header.Get("Content-Type"), Data: data,
	})
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusCreated, meta)
}

func (s *API) deleteDocument(w http.ResponseWriter, r *http.Request) error {
	key, err := seal.ParseDraftKey(r.Header.Get("Draft-Key"))
	if err != nil {
		return errs.E(errs.Malformed, "error.draft.key")
	}
	if err := s.app.DeleteDocument(r.Context(), r.PathValue("draft"), r.PathValue("document"), key); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

type draftRef struct {
	ID  string `json:"id"`
	Key string `json:"key"`
}

// key reads the draft's key; without documents there may be no draft at all.
func (d *draftRef) key() (string, seal.DraftKey, error) {
	if d == nil || d.ID == "" {
		return "", seal.DraftKey{}, nil
	}
	k, err := seal.ParseDraftKey(d.Key)
	if err != nil {
		return "", k, errs.E(errs.Malformed, "error.draft.key").At("draft")
	}
	return d.ID, k, nil
}

func (s *API) submit(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		ID        string            `json:"id"`
		Service   string            `json:"service"`
		Hash      string            `json:"hash"`
		LawDay    string            `json:"law_day"`
		AGS       string            `json:"ags"`
		Language  string            `json:"language"`
		Answers   json.RawMessage   `json:"answers"`
		Documents []app.DocumentRef `json:"documents"`
		Draft     *draftRef         `json:"draft"`
		Code      string            `json:"access_code"`
		Related   *jose.Signed      `json:"related"` // the receipt of an application before, of the same family
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if err := s.allowsFor(r, in.AGS); err != nil {
		return err
	}
	code, err := seal.ParseAccessCode(in.Code)
	if err != nil {
		return errs.E(errs.Malformed, "error.request.malformed").At("access_code")
	}
	if len(in.Documents) > app.MaxCount {
		return errs.E(errs.TooLarge, "error.document.too_many").At("documents")
	}
	draft, key, err := in.Draft.key()
	if err != nil {
		return err
	}
	receipt, repeated, err := s.app.Submit(r.Context(), app.Submission{
		ID: in.ID, Service: in.Service, Hash: in.Hash, LawDay: in.LawDay, AGS: in.AGS, Language: in.Language, Answers: in.Answers,
		Documents: in.Documents, Draft: draft, Key: key, Code: code, Related: in.Related,
	})
	if err != nil {
		return err
	}
	return writeJSON(w, created(repeated), receipt)
}

func created(repeated bool) int {
	if repeated {
		return http.StatusOK
	}
	return http.StatusCreated
}

func access(r *http.Request) (app.Access, error) {
	number, code, ok := r.BasicAuth()
	if !ok {
		return app.Access{}, errs.E(errs.Denied, "error.case.number")
	}
	return app.Access{Number: number, Code: code}, nil
}

func (s *API) viewCase(w http.ResponseWriter, r *http.Request) error {
	acc, err := access(r)
	if err != nil {
		return err
	}
	v, err := s.app.Case(r.Context(), acc, Language(r))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, v)
}

func (s *API) receiptPDF(w http.ResponseWriter, r *http.Request) error {
	acc, err := access(r)
	if err != nil {
		return err
	}
	var in struct {
		Language string `json:"language"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	number, pdf, err := s.app.ReceiptPDF(r.Context(), acc, in.Language)
	if err != nil {
		return err
	}
	return writeFile(w, "Quittung-"+number+".pdf", "application/pdf", pdf)
}

func (s *API) attachment(w http.ResponseWriter, r *http.Request) error {
	acc, err := access(r)
	if err != nil {
		return err
	}
	name, mime, data, err := s.app.Attachment(r.Context(), acc, r.PathValue("message"))
	if err != nil {
		return err
	}
	return writeFile(w, name, mime, data)
}

func (s *API) answer(w http.ResponseWriter, r *http.Request) error {
	acc, err := access(r)
	if err != nil {
		return err
	}
	var in struct {
		ID        string            `json:"id"`
		Text      string            `json:"text"`
		Documents []app.DocumentRef `json:"documents"`
		Draft     *draftRef         `json:"draft"`
	}
	if err := readJSON(w, r, &in); err != nil {
		return err
	}
	if len(in.Documents) > app.MaxCount {
		return errs.E(errs.TooLarge, "error.document.too_many").At("documents")
	}
	draft, key, err := in.Draft.key()
	if err != nil {
		return err
	}
	at, repeated, err := s.app.Answer(r.Context(), acc, app.Reply{
		ID: in.ID, Question: r.PathValue("message"), Text: in.Text, Documents: in.Documents, Draft: draft, Key: key,
	})
	if err != nil {
		return err
	}
	return writeJSON(w, created(repeated), map[string]string{"answered_at": at.UTC().Format(time.RFC3339)})
}

func (s *API) receiptKeys(w http.ResponseWriter, r *http.Request) error {
	return writeJSON(w, http.StatusOK, s.app.ReceiptKeys())
}

// Language gives the first language that the reader accepts, "de" when none is said.
func Language(r *http.Request) string {
	tag, _, _ := strings.Cut(r.Header.Get("Accept-Language"), ",")
	tag, _, _ = strings.Cut(tag, ";")
	tag, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(tag)), "-")
	if len(tag) < 2 || len(tag) > 3 {
		return "de"
	}
	return tag
}

func readAll(w http.ResponseWriter, r *http.Request, limit int64, key string) ([]byte, error) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		return nil, errs.E(errs.TooLarge, key).With("limit", strconv.FormatInt(limit/1_000_000, 10))
	case err != nil:
		return nil, errs.Wrap(errs.Malformed, "error.request.cut", err)
	}
	return data, nil
}

func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	if ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(ct) != "application/json" {
		return errs.E(errs.Unsupported, "error.request.json")
	}
	data, err := readAll(w, r, maxJSON, "error.request.too_large")
	if err != nil {
		return err
	}
	dec := json.NewDecoder(strings.NewReader(string(data)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return errs.E(errs.Malformed, "error.request.malformed") // the cause would quote the input
	}
	if dec.Decode(new(any)) != io.EOF {
		return errs.E(errs.Malformed, "error.request.malformed")
	}
	return nil
}
