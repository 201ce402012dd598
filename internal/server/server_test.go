package server

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The access line names the route, never the path or query, since those hold identifiers.
func TestAccessLine(t *testing.T) {
	var log bytes.Buffer
	mux := http.NewServeMux()
	mux.HandleFunc("GET /case/{id}", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "hello") })
	mux.HandleFunc("GET /panic", func(http.ResponseWriter, *http.Request) { panic("boom") })
	h := Access(slog.New(slog.NewTextHandler(&log, nil)), mux)
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/case/KANARIENVOGEL?q=KANARIENVOGEL", nil))
	if s := log.String(); !strings.Contains(s, `route="GET /case/{id}"`) || !strings.Contains(s, "status=200 bytes=5") || strings.Contains(s, "KANARIENVOGEL") {
		t.Errorf("line: %s", s)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest("GET", "/panic", nil))
	if w.Code != 500 {
		t.Errorf("after a panic: %d", w.Code)
	}
}

// A stop lets the request in flight finish.
func TestGracefulStop(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { stop(); io.WriteString(w, "done") })
	ended := make(chan error, 1)
	go func() { ended <- Run(ctx, l, h, slog.New(slog.DiscardHandler)) }()
	res, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err := io.ReadAll(res.Body); err != nil || string(body) != "done" {
		t.Errorf("body %q, %v", body, err)
	}
	if err := <-ended; err != nil {
		t.Errorf("run: %v", err)
	}
}
