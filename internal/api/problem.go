package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"

	"github.com/google/uuid"

	"aufenthalt/internal/errs"
)

// Texts gives a sentence of the catalogue in a language.
type Texts func(lang, key string) string

var status = map[errs.Kind]int{
	errs.Invalid: 422, errs.Malformed: 400, errs.TooLarge: 413, errs.Unsupported: 415, errs.NotFound: 404, errs.Denied: 403,
	errs.Throttled: 429, errs.Conflict: 409, errs.Unavailable: 503, errs.Internal: 500,
}

type problem struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Status    int               `json:"status"`
	Detail    string            `json:"detail"`
	Key       string            `json:"key"`
	Field     string            `json:"field,omitempty"`
	Args      map[string]string `json:"args,omitempty"`
	Errors    []fieldProblem    `json:"errors,omitempty"`
	Reference string            `json:"reference"`
}

type fieldProblem struct {
	Field  string            `json:"field"`
	Key    string            `json:"key"`
	Args   map[string]string `json:"args,omitempty"`
	Detail string            `json:"detail"`
}

// Fail writes RFC 9457 problem documents in the reader's language. The cause goes to the log with the reference; the
// applicant sees only the sentence.
func Fail(texts Texts, log *slog.Logger) func(w http.ResponseWriter, r *http.Request, err error) {
	return func(w http.ResponseWriter, r *http.Request, err error) {
		lang := Language(r)
		p := problemOf(err, texts, lang)
		p.Reference = uuid.NewString()[:8]
		if p.Status >= 500 {
			log.Error("request failed", "reference", p.Reference, "path", r.Pattern, "error", err.Error())
		}
		h := w.Header()
		h.Set("Content-Type", "application/problem+json")
		h.Set("Content-Language", lang)
		h.Set("Cache-Control", "no-store")
		if m, ok := p.Args["minutes"]; ok {
			if n, err := strconv.Atoi(m); err == nil {
				h.Set("Retry-After", strconv.Itoa(n*60))
			}
		}
		w.WriteHeader(p.Status)
		json.NewEncoder(w).Encode(p)
	}
}

func problemOf(err error, texts Texts, lang string) problem {
	var list errs.List
	if errors.As(err, &list) && len(list) > 0 {
		p := problem{Type: "about:blank", Title: http.StatusText(422), Status: status[list[0].Kind], Key: list[0].Key, Field: list[0].Field}
		p.Detail = sentence(texts, lang, list[0])
		for _, e := range list {
			p.Errors = append(p.Errors, fieldProblem{Field: e.Field, Key: e.Key, Args: e.Args, Detail: sentence(texts, lang, e)})
		}
		p.Title = http.StatusText(p.Status)
		return p
	}
	var e *errs.Error
	if !errors.As(err, &e) {
		e = errs.E(errs.Internal, "error.internal")
	}
	return problem{Type: "about:blank", Title: http.StatusText(status[e.Kind]), Status: status[e.Kind], Detail: sentence(texts, lang, e), Key: e.Key, Field: e.Field, Args: e.Args}
}

func sentence(texts Texts, lang string, e *errs.Error) string {
	s := texts(lang, e.Key)
	if s == "" {
		s = texts(lang, "error."+string(e.Kind))
	}
	return e.Fill(s)
}
