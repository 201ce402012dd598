package office

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"aufenthalt/internal/civil"
)

func TestDocumentIsHarmless(t *testing.T) {
	for mime, want := range map[string][2]string{
		"application/pdf": {"application/pdf", "inline"}, "image/jpeg": {"image/jpeg", "inline"},
		"application/xml": {"application/xml", "attachment"}, "text/html": {"application/octet-stream", "attachment"},
	} {
		w := httptest.NewRecorder()
		Document(w, "x\r\n\"ä.pdf", mime, []byte("x"), false)
		h := w.Header()
		if h.Get("Content-Type") != want[0] || h.Get("Content-Disposition") != want[1]+`; filename="x----.pdf"` {
			t.Errorf("%s: %s %s", mime, h.Get("Content-Type"), h.Get("Content-Disposition"))
		}
		if !strings.HasPrefix(h.Get("Content-Security-Policy"), "sandbox;") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", mime, h)
		}
	}
}

func TestSecure(t *testing.T) {
	h := Secure(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	r := httptest.NewRequest("POST", "/", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("request from another site: %d", w.Code)
	}
	csp := w.Header().Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("headers %v", w.Header())
	}
}

func TestWriting(t *testing.T) {
	at := time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
	if Day(at) != "02.07.2026" || clock(at) != "00:30" {
		t.Errorf("%s %s", Day(at), clock(at))
	}
	if got := Short(civil.MustParse("2026-12-11")); got != "Fr, 11.12." {
		t.Error(got)
	}
	for in, want := range map[string]string{"1992-08-14": "14.08.1992", "1992-08": "1992-08", "x": "x", "": ""} {
		if got := German(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
	if size(10) != "1 kB" || size(1_250_000) != "1,2 MB" {
		t.Error(size(10), size(1_250_000))
	}
}

// The colours must be readable: text at least 4.5, in both schemes. The file itself is read.
func TestContrast(t *testing.T) {
	light, dark := tokens(t, 0), tokens(t, 1)
	pairs := [][2]string{{"text", "surface"}, {"text", "page"}, {"muted", "surface"}, {"muted", "page"}, {"muted", "sunken"}, {"muted", "tint"}, {"action", "surface"},
		{"action", "page"}, {"action", "tint"}, {"on-action", "action"}, {"on-action", "action-hover"}, {"danger", "danger-bg"}, {"warn", "warn-bg"}, {"ok", "ok-bg"}, {"danger", "surface"}, {"warn", "surface"}}
	for name, set := range map[string]map[string]float64{"light": light, "dark": dark} {
		for _, p := range pairs {
			a, b := set[p[0]], set[p[1]]
			if c := (max(a, b) + .05) / (min(a, b) + .05); c < 4.5 {
				t.Errorf("%s: %s on %s is %.2f", name, p[0], p[1], c)
			}
		}
	}
}
