package demo

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"path"
	"time"
)

//go:embed seiten
var seiten embed.FS

// page is what the authority's own page knows: where the script comes from, and its key.
type page struct {
	Title, Script, AGS, Status string
}

// servePages serves each authority's web page on an origin of its own.
func (s *Stack) servePages() error {
	for _, a := range s.settings.authorities {
		site, err := site(a, s.settings.urls["plattform"])
		if err != nil {
			return err
		}
		l, err := listen(a.listen)
		if err != nil {
			return err
		}
		srv := &http.Server{Handler: site, ReadHeaderTimeout: 5 * time.Second}
		s.pages = append(s.pages, srv)
		go srv.Serve(l)
	}
	return nil
}

// site is the authority's page with its own style sheet, and with the strict policy of a careful host: scripts and
// connections to the platform, styles only from itself.
func site(a tenant, platform string) (http.Handler, error) {
	t, err := template.ParseFS(seiten, path.Join("seiten", a.key, "*.html"))
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, p := range []struct{ pattern, file, title string }{
		{"GET /{$}", "index.html", "Aufenthaltstitel zur Erwerbstätigkeit"}, {"GET /wegweiser", "wegweiser.html", "Welcher Antrag ist der richtige?"},
	} {
		if t.Lookup(p.file) == nil {
			continue
		}
		var b bytes.Buffer
		if err := t.ExecuteTemplate(&b, p.file, page{Title: p.title, Script: platform + "/embed/aufenthalt.js", AGS: a.ags, Status: platform + "/status"}); err != nil {
			return nil, err
		}
		mux.HandleFunc(p.pattern, func(w http.ResponseWriter, _ *http.Request) {
			h := w.Header()
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src "+platform+"; connect-src "+platform+
				"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html")
			h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
			w.Write(b.Bytes())
		})
	}
	mux.HandleFunc("GET /seite.css", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, seiten, path.Join("seiten", a.key, "seite.css"))
	})
	return mux, nil
}
