package cli

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"aufenthalt/data"
	"aufenthalt/internal/civil"
)

// A preview shows the form of its day, and takes nothing.
func TestPreview(t *testing.T) {
	h, err := previewHandler(&env{log: slog.New(slog.DiscardHandler), data: data.FS}, civil.MustParse("2025-04-30"), "http://127.0.0.1:8690")
	if err != nil {
		t.Fatal(err)
	}
	call := func(method, path string) (int, string) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
		b, _ := io.ReadAll(w.Result().Body)
		return w.Code, string(b)
	}
	form := "/api/v1/services/at-erwerbstaetigkeit?ags=" + sampleAGS
	if status, body := call(http.MethodGet, form); status != 200 || !strings.Contains(body, `"law_day":"2025-04-30"`) || strings.Contains(body, `"id":"PHOTOCODE"`) {
		t.Errorf("form: %d %.200s", status, body)
	}
	if status, body := call(http.MethodGet, "/formular/at-erwerbstaetigkeit/"+sampleAGS); status != 200 || !strings.Contains(body, "Vorschau zum 30. April 2025") {
		t.Errorf("page: %d %s", status, body)
	}
	if status, body := call(http.MethodGet, "/api/v1/services/aufenthalt-wegweiser?ags="+sampleAGS); status != 200 || !strings.Contains(body, `"service":"at-familiennachzug"`) {
		t.Errorf("router: %d %.200s", status, body)
	}
	if status, body := call(http.MethodGet, "/wegweiser/"+sampleAGS); status != 200 || !strings.Contains(body, "<aufenthalt-wegweiser") {
		t.Errorf("router's page: %d %s", status, body)
	}
	if status, body := call(http.MethodGet, "/api/v1/words/en"); status != 200 || !strings.Contains(body, `"ui.next"`) {
		t.Errorf("words: %d %.200s", status, body)
	}
	for _, path := range []string{"/api/v1/applications", "/api/v1/drafts"} {
		if status, body := call(http.MethodPost, path); status != 403 || !strings.Contains(body, "error.preview") {
			t.Errorf("%s: %d %s", path, status, body)
		}
	}
}
