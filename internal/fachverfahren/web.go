package fachverfahren

import (
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/office"
	"aufenthalt/internal/xauslaender"
)

//go:embed page.html
var page string

// web is the handler with its templates.
type web struct {
	s    *System
	tmpl *template.Template
}

// Handler serves the pages and the JSON beside them.
func (s *System) Handler() http.Handler {
	w := &web{s, template.Must(template.New("").Funcs(office.Funcs()).Parse(page))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", w.list)
	mux.HandleFunc("GET /style.css", office.Style)
	mux.HandleFunc("GET /mark.svg", office.Mark)
	mux.HandleFunc("GET /vorgaenge/{number}", w.show)
	mux.HandleFunc("POST /vorgaenge/{number}/frage", w.ask)
	mux.HandleFunc("GET /nachrichten/{uuid}/{file}", w.file)
	mux.HandleFunc("GET /api/vorgaenge", w.apiList)
	mux.HandleFunc("GET /api/vorgaenge/{number}", w.apiCase)
	return office.Secure(mux)
}

// State says where a case stands, in words.
func (v vorgang) State() string {
	switch v.Last {
	case "130102":
		return "Rückfrage gestellt"
	case "130103":
		return "Antwort ist da"
	}
	return "Neu"
}

// Tone is the colour of the state.
func (v vorgang) Tone() string {
	switch v.Last {
	case "130102":
		return "warn"
	case "130103":
		return "ok"
	}
	return "info"
}

func (h *web) render(w http.ResponseWriter, status int, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := h.tmpl.ExecuteTemplate(w, name, data); err != nil {
		h.s.cfg.Log.Error("page failed", "page", name, "error", err.Error())
	}
}

func (h *web) fail(w http.ResponseWriter, err error) {
	if errs.Is(err, errs.NotFound) {
		http.Error(w, "Diesen Vorgang gibt es hier nicht.", http.StatusNotFound)
		return
	}
	h.s.cfg.Log.Error("request failed", "error", err.Error())
	http.Error(w, "Bei uns ist ein Fehler passiert.", http.StatusInternalServerError)
}

func (h *web) list(w http.ResponseWriter, r *http.Request) {
	rows, err := h.s.store.vorgaenge(r.Context())
	if err != nil {
		h.fail(w, err)
		return
	}
	type group struct {
		Authority
		Rows []vorgang
	}
	var data struct{ Authorities []group }
	for _, a := range h.s.cfg.Authorities {
		g := group{Authority: a}
		for _, v := range rows {
			if v.Authority == a.Kennung {
				g.Rows = append(g.Rows, v)
			}
		}
		data.Authorities = append(data.Authorities, g)
	}
	h.render(w, http.StatusOK, "list", data)
}

// entry is a message as people and the JSON show it.
type entry struct {
	UUID      string    `json:"uuid"`
	Type      string    `json:"type"`
	At        time.Time `json:"at"`
	Trigger   string    `json:"trigger,omitempty"`
	Text      string    `json:"text,omitempty"`
	Deadline  string    `json:"deadline,omitempty"`
	Place     string    `json:"place,omitempty"`
	Why       string    `json:"why,omitempty"`
	Documents []link    `json:"documents"`
	Who       string    `json:"-"`
}

type link struct {
	Title string `json:"title"`
	MIME  string `json:"mime"`
	Size  int    `json:"size"`
	URL   string `json:"url"`
}

// entries reads the messages of a case.
func (s *System) entries(list []nachricht, v vorgang) ([]entry, error) {
	a, _ := s.authority(v.Authority)
	out := []entry{}
	for _, n := range list {
		m, err := akte.ReadManifest(filepath.Join(s.folders(), n.UUID))
		if err != nil {
			return nil, err
		}
		e := entry{UUID: n.UUID, Type: n.Type, At: n.At, Trigger: n.Trigger, Who: v.Name, Documents: []link{}}
		for _, f := range m.Files {
			e.Documents = append(e.Documents, link{f.Title, f.MIME, f.Size, "/nachrichten/" + n.UUID + "/" + path.Base(f.Path)})
		}
		if !xauslaender.IsApplication(n.Type) {
			node, err := s.message(n.UUID)
			if err != nil {
				return nil, err
			}
			e.Text, e.Deadline = node.At("antworttext"), node.At("fristdatum")
			if n.Type == "130102" {
				e.Who, e.Text = a.Name, node.At("frage")
				e.Place, e.Why = whereabouts(a, n.UUID)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// form is what stands in the question's form.
type form struct{ ID, Text, Deadline, Field, Sentence string }

type casePage struct {
	vorgang
	Messages []entry
	Sections []akte.Section
	Fields   []akte.Field
	Form     form
}

func (h *web) show(w http.ResponseWriter, r *http.Request) {
	h.showCase(w, r, http.StatusOK, form{ID: uuid.NewString()})
}

func (h *web) showCase(w http.ResponseWriter, r *http.Request, status int, f form) {
	v, err := h.s.store.vorgang(r.Context(), r.PathValue("number"))
	if err != nil {
		h.fail(w, err)
		return
	}
	data, err := h.s.casePage(r, v)
	if err != nil {
		h.fail(w, err)
		return
	}
	data.Form = f
	h.render(w, status, "case", data)
}

func (s *System) casePage(r *http.Request, v vorgang) (casePage, error) {
	data := casePage{vorgang: v}
	list, err := s.store.nachrichten(r.Context(), v.Number)
	if err != nil {
		return data, err
	}
	if data.Messages, err = s.entries(list, v); err != nil {
		return data, err
	}
	n, err := s.message(v.Application)
	if err != nil {
		return data, err
	}
	data.Fields = akte.Fields(n)
	dir := filepath.Join(s.folders(), v.Application)
	m, err := akte.ReadManifest(dir)
	if err != nil {
		return data, err
	}
	if f, ok := m.Find(akte.Readable); ok {
		raw, err := akte.ReadFile(dir, f)
		if err != nil {
			return data, err
		}
		if a, err := akte.ReadAntrag(raw); err == nil {
			data.Sections = a.Sections
		}
	}
	return data, nil
}

// maxForm bounds an attachment with its question.
const maxForm = 12 << 20

func (h *web) ask(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	number := r.PathValue("number")
	in, f, err := readForm(r)
	if err == nil {
		err = h.s.Ask(r.Context(), number, in)
	}
	var wrong *Wrong
	var tooLarge *http.MaxBytesError
	var rejection *xauslaender.Rejection
	switch {
	case errors.As(err, &tooLarge):
		f.Field, f.Sentence = "anlage", "Die Anlage ist zu groß. Möglich sind 10 MB."
	case errors.As(err, &rejection):
		f.Field, f.Sentence = "text", fmt.Sprintf("XAusländer lässt diese Nachricht nicht zu (%s %s).", rejection.Code, rejection.Path)
	case errors.As(err, &wrong):
		f.Field, f.Sentence = wrong.Field, wrong.Sentence
	case err != nil:
		h.fail(w, err)
		return
	default:
		http.Redirect(w, r, "/vorgaenge/"+number, http.StatusSeeOther)
		return
	}
	if f.ID == "" {
		f.ID = uuid.NewString()
	}
	h.showCase(w, r, http.StatusUnprocessableEntity, f)
}

func readForm(r *http.Request) (Asked, form, error) {
	err := r.ParseMultipartForm(maxForm) // all in memory: nothing goes into temporary files
	if errors.Is(err, http.ErrNotMultipart) {
		err = r.ParseForm()
	}
	if err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return Asked{}, form{}, err
		}
		return Asked{}, form{}, &Wrong{"text", "Das Formular ist beschädigt. Bitte laden Sie die Seite neu."}
	}
	in := Asked{ID: r.FormValue("id"), Text: r.FormValue("text")}
	if in.ID == "" { // a program that asks, not our form
		in.ID = uuid.NewString()
	}
	f := form{ID: in.ID, Text: in.Text, Deadline: r.FormValue("frist")}
	if f.Deadline != "" {
		if in.Deadline, err = civil.Parse(f.Deadline); err != nil {
			return in, f, &Wrong{"frist", "Bitte geben Sie die Frist als Datum an, zum Beispiel 2026-12-11."}
		}
	}
	file, _, err := r.FormFile("anlage")
	switch {
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return in, f, nil
	case err != nil:
		return in, f, err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if len(data) > 0 { // an empty file field of a form
		in.Attachment = data
	}
	return in, f, err
}

// file gives one file of a message as a download.
func (h *web) file(w http.ResponseWriter, r *http.Request) {
	id, name := r.PathValue("uuid"), r.PathValue("file")
	if !akte.IsID(id) {
		http.NotFound(w, r)
		return
	}
	if _, err := h.s.store.nachricht(r.Context(), id); err != nil {
		h.fail(w, err)
		return
	}
	dir := filepath.Join(h.s.folders(), id)
	m, err := akte.ReadManifest(dir)
	if err != nil {
		h.fail(w, err)
		return
	}
	for _, f := range m.Files {
		if path.Base(f.Path) != name {
			continue
		}
		data, err := akte.ReadFile(dir, f)
		if err != nil {
			h.fail(w, err)
			return
		}
		office.Document(w, id[:8]+"-"+name, f.MIME, data, true)
		return
	}
	http.NotFound(w, r)
}

// summary is a case in the JSON.
type summary struct {
	Number    string    `json:"number"`
	Authority string    `json:"authority"` // kennung
	Name      string    `json:"name"`
	Service   string    `json:"service"`
	Ground    string    `json:"ground"`
	Purpose   string    `json:"purpose"`
	Received  time.Time `json:"received_at"`
	State     string    `json:"state"`
	Messages  []entry   `json:"messages,omitempty"`
}

func (v vorgang) summary() summary {
	return summary{Number: v.Number, Authority: v.Authority, Name: v.Name, Service: v.Title, Ground: v.Ground, Purpose: v.Purpose, Received: v.Received, State: v.State()}
}

func (h *web) apiList(w http.ResponseWriter, r *http.Request) {
	rows, err := h.s.store.vorgaenge(r.Context())
	if err != nil {
		h.fail(w, err)
		return
	}
	out := []summary{}
	for _, v := range rows {
		out = append(out, v.summary())
	}
	writeJSON(w, out)
}

func (h *web) apiCase(w http.ResponseWriter, r *http.Request) {
	v, err := h.s.store.vorgang(r.Context(), r.PathValue("number"))
	if err != nil {
		h.fail(w, err)
		return
	}
	list, err := h.s.store.nachrichten(r.Context(), v.Number)
	if err != nil {
		h.fail(w, err)
		return
	}
	out := v.summary()
	if out.Messages, err = h.s.entries(list, v); err != nil {
		h.fail(w, err)
		return
	}
	writeJSON(w, out)
}

func writeJSON(w http.ResponseWriter, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		http.Error(w, "Bei uns ist ein Fehler passiert.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.Write(data)
}
