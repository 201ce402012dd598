// Package widget serves the component's script and the hosted pages: the form, the status page, and what frames them.
package widget

import (
	"bytes"
	"compress/gzip"
	"embed"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"aufenthalt/internal/app"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/config"
	"aufenthalt/web"
)

//go:embed pages/*
var pages embed.FS

// Widget serves /embed, /formular, /wegweiser, /antraege, /status and the start page.
type Widget struct {
	app   *app.App
	files map[string]asset
	page  *template.Template
	mux   *http.ServeMux
}

// asset is one file of the component, compressed once.
type asset struct {
	mime        string
	plain, gzip []byte
}

// New reads the embedded component. Without it (a build that skipped `make build`) it says so.
func New(a *app.App) (*Widget, error) {
	dist, err := fs.Sub(web.Dist, "dist")
	if err != nil {
		return nil, err
	}
	files, err := load(dist)
	if err != nil {
		return nil, err
	}
	t, err := template.ParseFS(pages, "pages/*.html")
	if err != nil {
		return nil, err
	}
	w := &Widget{app: a, files: files, page: t, mux: http.NewServeMux()}
	w.mux.HandleFunc("GET /embed/{file}", w.embed)
	w.mux.HandleFunc("GET /formular/{tag}/{ags}", w.form)
	w.mux.HandleFunc("GET /wegweiser/{ags}", w.router)
	w.mux.HandleFunc("GET /antraege/{ags}", w.all)
	w.mux.HandleFunc("GET /status", w.status)
	w.mux.HandleFunc("GET /seite.css", w.style)
	w.mux.HandleFunc("GET /{$}", w.start)
	return w, nil
}

func load(dist fs.FS) (map[string]asset, error) {
	files := map[string]asset{}
	err := fs.WalkDir(dist, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".js") {
			return err
		}
		data, err := fs.ReadFile(dist, p)
		if err != nil {
			return err
		}
		var z bytes.Buffer
		zw, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
		if err != nil {
			return err
		}
		zw.Write(data)
		if err := zw.Close(); err != nil {
			return err
		}
		files[path.Base(p)] = asset{"text/javascript; charset=utf-8", data, z.Bytes()}
		return nil
	})
	return files, err
}

func (w *Widget) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.mux.ServeHTTP(rw, r) }

// embed serves the loader with a short life and the hashed chunks for ever.
func (w *Widget) embed(rw http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	f, ok := w.files[name]
	if !ok {
		http.NotFound(rw, r)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", f.mime)
	h.Set("Access-Control-Allow-Origin", "*") // modules are fetched with CORS; a script holds no data
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	if name == "aufenthalt.js" {
		h.Set("Cache-Control", "public, max-age=300")
	} else {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		rw.Write(f.gzip)
		return
	}
	rw.Write(f.plain)
}

// CSP of the hosted pages: our own script and style, nothing else, never framed.
const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types lit-html"

type view struct {
	Title, Tag, AGS, Language string
	Test                      bool
	Authority                 *authority.Authority
	Offers                    []offer // of the start page
	Operator                  config.Operator
	Open, Close               template.HTML // tags of the element, whose name a template cannot make
}

// offer is one authority with what it has online.
type offer struct {
	Name     string
	All      string // path of the page with all of them
	Router   string // path
	Services []link
}

type link struct{ Title, Path string }

func (w *Widget) render(rw http.ResponseWriter, status int, name string, v view) {
	v.Test, v.Operator = w.app.Config.Environment != "PRO", w.app.Config.Operator
	var b bytes.Buffer
	if err := w.page.ExecuteTemplate(&b, name, v); err != nil {
		http.Error(rw, "Bei uns ist ein Fehler passiert.", http.StatusInternalServerError)
		return
	}
	h := rw.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", csp)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	rw.WriteHeader(status)
	rw.Write(b.Bytes())
}

func (w *Widget) form(rw http.ResponseWriter, r *http.Request) {
	auth := w.app.Authorities.Find(authority.AGS(r.PathValue("ags")))
	tag := r.PathValue("tag")
	if auth == nil || !auth.Live || !auth.Offers(tag) {
		w.render(rw, http.StatusNotFound, "fehlt.html", view{Title: "Seite nicht gefunden"})
		return
	}
	// A tag that an authority offers is one of the catalogue (App.CheckOffers), whose names are those of elements.
	w.render(rw, http.StatusOK, "formular.html", view{Title: w.app.ServiceTitle(tag), Tag: tag, AGS: string(auth.AGS), Authority: auth,
		Open: template.HTML("<" + tag), Close: template.HTML("</" + tag + ">")})
}

func (w *Widget) router(rw http.ResponseWriter, r *http.Request) {
	w.ofAuthority(rw, r, "wegweiser.html", w.app.ServiceTitle(catalog.RouterTag), catalog.RouterTag)
}

func (w *Widget) all(rw http.ResponseWriter, r *http.Request) {
	w.ofAuthority(rw, r, "antraege.html", "Online-Anträge", "aufenthalt-digital")
}

// ofAuthority renders a page of an element that needs no service.
func (w *Widget) ofAuthority(rw http.ResponseWriter, r *http.Request, file, title, tag string) {
	auth := w.app.Authorities.Find(authority.AGS(r.PathValue("ags")))
	if auth == nil || !auth.Live {
		w.render(rw, http.StatusNotFound, "fehlt.html", view{Title: "Seite nicht gefunden"})
		return
	}
	w.render(rw, http.StatusOK, file, view{Title: title, Tag: tag, AGS: string(auth.AGS), Authority: auth})
}

func (w *Widget) status(rw http.ResponseWriter, r *http.Request) {
	w.render(rw, http.StatusOK, "status.html", view{Title: "Stand Ihres Antrags", Tag: "aufenthalt-status"})
}

func (w *Widget) start(rw http.ResponseWriter, r *http.Request) {
	v := view{Title: "Online-Anträge"}
	for _, a := range w.app.Authorities.All() {
		if !a.Live {
			continue
		}
		o := offer{Name: a.Name, All: "/antraege/" + string(a.AGS), Router: "/wegweiser/" + string(a.AGS)}
		for _, tag := range a.Services {
			o.Services = append(o.Services, link{w.app.ServiceTitle(tag), "/formular/" + tag + "/" + string(a.AGS)})
		}
		v.Offers = append(v.Offers, o)
	}
	w.render(rw, http.StatusOK, "start.html", v)
}

func (w *Widget) style(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Cache-Control", "public, max-age=300")
	http.ServeFileFS(rw, r, pages, "pages/seite.css")
}
