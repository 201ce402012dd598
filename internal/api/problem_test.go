package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"aufenthalt/internal/errs"
)

func texts(lang, key string) string {
	return map[string]string{"de error.case.code": "Noch {left} Versuche.", "en error.case.code": "{left} attempts left.", "de error.internal": "Bei uns ist ein Fehler passiert."}[lang+" "+key]
}

func TestFail(t *testing.T) {
	var log bytes.Buffer
	fail := Fail(texts, slog.New(slog.NewTextHandler(&log, nil)))
	for name, c := range map[string]struct {
		err    error
		lang   string
		status int
		detail string
		retry  string
	}{
		"German":  {errs.E(errs.Denied, "error.case.code").With("left", "4"), "de-DE,de;q=0.9", 403, "Noch 4 Versuche.", ""},
		"English": {errs.E(errs.Denied, "error.case.code").With("left", "4"), "en", 403, "4 attempts left.", ""},
		"wait":    {errs.E(errs.Throttled, "error.case.wait").With("minutes", "15"), "de", 429, "", "900"},
		"unknown": {errors.New("disk full: geheim"), "de", 500, "Bei uns ist ein Fehler passiert.", ""},
		"wrapped": {errs.Wrap(errs.Internal, "error.internal", errors.New("cause")), "", 500, "Bei uns ist ein Fehler passiert.", ""},
		"list":    {errs.List{errs.E(errs.Invalid, "error.required").At("family_name")}, "de", 422, "", ""},
	} {
		r := httptest.NewRequest("POST", "/x", nil)
		r.Header.Set("Accept-Language", c.lang)
		w := httptest.NewRecorder()
		fail(w, r, c.err)
		var p problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		if w.Code != c.status || p.Detail != c.detail || w.Header().Get("Retry-After") != c.retry || p.Reference == "" {
			t.Errorf("%s: %d %+v %v", name, w.Code, p, w.Header())
		}
		if strings.Contains(w.Body.String(), "geheim") || strings.Contains(w.Body.String(), "cause") {
			t.Errorf("%s: the cause went out: %s", name, w.Body)
		}
	}
	if !strings.Contains(log.String(), "disk full") {
		t.Error("the operator's log lacks the cause")
	}
}
