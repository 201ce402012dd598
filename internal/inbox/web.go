package inbox

import (
	"context"
	"fmt"
	"html/template"
	"maps"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/office"
	"aufenthalt/internal/sqldb"
	"aufenthalt/internal/xauslaender"
)

// Handler serves the pages.
func (in *Inbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /style.css", office.Style)
	mux.HandleFunc("GET /mark.svg", office.Mark)
	mux.HandleFunc("GET /copy.js", func(w http.ResponseWriter, r *http.Request) {
		office.Asset(w, "text/javascript; charset=utf-8", script)
	})
	mux.HandleFunc("GET /anmelden", in.showSignIn)
	mux.HandleFunc("POST /anmelden", in.signIn)
	mux.HandleFunc("POST /abmelden", in.signedIn(in.signOut))
	mux.HandleFunc("GET /{$}", in.signedIn(in.list))
	mux.HandleFunc("POST /{$}", in.signedIn(in.list)) // a search: names never stand in an address
	mux.HandleFunc("GET /vorgang/{uuid}", in.signedIn(in.show))
	mux.HandleFunc("GET /dokument/{uuid}/{file}", in.signedIn(in.document))
	return office.Secure(mux)
}

func (in *Inbox) fail(w http.ResponseWriter, err error) {
	if errs.Is(err, errs.NotFound) {
		http.Error(w, "Das gibt es hier nicht.", http.StatusNotFound)
		return
	}
	in.cfg.Log.Error("request failed", "error", err.Error())
	http.Error(w, "Bei uns ist ein Fehler passiert. Bitte versuchen Sie es später noch einmal.", http.StatusInternalServerError)
}

// frame is what every page shows around itself.
type frame struct{ Heading, Authority, Person string }

// view is one saved view above the list.
type view struct {
	state
	N       int
	Hot     bool
	Current bool
}

type listPage struct {
	frame
	Views       []view
	Rows        []vorgang
	Query       string
	Key         string // state that is filtered for
	Found, All  int
	Page, Pages int
	First, Last int
	Fetched     string // how long ago, in words
	Silent      bool   // too long ago
	Waiting     int    // messages that the Fachverfahren has not confirmed
	Test        bool
}

const perPage = 50

func (in *Inbox) list(w http.ResponseWriter, r *http.Request, person string) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	all, err := in.vorgaenge(r.Context())
	if err != nil {
		in.fail(w, err)
		return
	}
	p := listPage{frame: frame{"Eingang", in.cfg.Authority, person}, Key: r.URL.Query().Get("stand"), All: len(all)}
	p.Query = strings.TrimSpace(r.PostFormValue("suche"))
	p.Views = in.views(all, p.Key)
	q := newQuery(p.Query)
	for _, v := range all {
		if in.matches(v, p.Key) && q.finds(v.search) {
			p.Rows = append(p.Rows, v)
		}
		p.Test = p.Test || v.Test
		for _, n := range v.Messages {
			if n.Type != "130102" && n.Verdict == "" {
				p.Waiting++
			}
		}
	}
	p.cut(r.FormValue("seite"))
	p.Fetched, p.Silent = in.fetched()
	in.write(w, http.StatusOK, "list", p)
}

// cut keeps one page.
func (p *listPage) cut(wish string) {
	p.Found = len(p.Rows)
	p.Pages = max(1, (p.Found+perPage-1)/perPage)
	p.Page, _ = strconv.Atoi(wish)
	p.Page = min(max(p.Page, 1), p.Pages)
	first := (p.Page - 1) * perPage
	p.Rows = p.Rows[first:min(first+perPage, p.Found)]
	p.First, p.Last = min(first+1, p.Found), first+len(p.Rows)
}

const overdue = "frist"

func (in *Inbox) matches(v vorgang, key string) bool {
	switch key {
	case "":
		return true
	case overdue:
		d := v.Deadline()
		return !d.IsZero() && d.Before(civil.Today(in.cfg.Now()))
	}
	return v.State.Key == key
}

func (in *Inbox) views(all []vorgang, key string) []view {
	out := []view{{state: state{Label: "Alle"}, N: len(all)}}
	for _, s := range append(slices.Clone(states), state{Key: overdue, Label: "Frist vorbei"}) {
		v := view{state: s, Hot: s.Key == overdue}
		for _, c := range all {
			if in.matches(c, s.Key) {
				v.N++
			}
		}
		v.Hot = v.Hot && v.N > 0
		out = append(out, v)
	}
	for i := range out {
		out[i].Current = out[i].Key == key
	}
	return out
}

// fetched says when the connector last asked for new applications, and whether that is too long ago.
func (in *Inbox) fetched() (string, bool) {
	at := in.cfg.Journal.LastFetch()
	if at.IsZero() {
		return "Noch kein Abruf", false
	}
	d := in.cfg.Now().Sub(at)
	switch {
	case d < time.Minute:
		return "Letzter Abruf vor " + count(int(d.Seconds()), "Sekunde", "Sekunden"), false
	case d < time.Hour:
		return "Letzter Abruf vor " + count(int(d.Minutes()), "Minute", "Minuten"), d > 10*time.Minute
	}
	return "Letzter Abruf vor " + count(int(d.Hours()), "Stunde", "Stunden"), true
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// doc is a document with where to find it.
type doc struct {
	akte.File
	Message string // UUID
	Answer  bool   // came with an answer
	Current bool
}

// Key names a document in the address of the case page.
func (d doc) Key() string { return d.Message + "/" + path.Base(d.Path) }

// URL of the document itself.
func (d doc) URL() string { return "/dokument/" + d.Key() }

// entry is one message of the thread.
type entry struct {
	nachricht
	Who, Text string
	Answer    bool
	Docs      []doc
}

type casePage struct {
	frame
	vorgang
	Antrag  *akte.Antrag
	Fields  []akte.Field // when there is no readable form
	Thread  []entry      // questions and answers, newest first
	Docs    []doc
	Shown   *doc
	Lacking int    // evidence that is needed and was not sent
	Related string // UUID of the application of the same family that was before; empty when it is not here
}

func (in *Inbox) show(w http.ResponseWriter, r *http.Request, person string) {
	v, err := in.vorgang(r.Context(), r.PathValue("uuid"))
	if err != nil {
		in.fail(w, err)
		return
	}
	p, err := in.casePage(v, r.URL.Query())
	if err == nil && p.Antrag != nil && p.Antrag.Related != "" {
		p.Related, err = in.byNumber(r.Context(), p.Antrag.Related)
	}
	if err == nil && v.Unread() {
		err = in.opened(r.Context(), v.Number)
	}
	if err != nil {
		in.fail(w, err)
		return
	}
	p.frame = frame{"Vorgang " + v.Number, in.cfg.Authority, person} // no name in a title
	in.write(w, http.StatusOK, "case", p)
}

// byNumber finds the application of a case number; empty when it is not in this inbox.
func (in *Inbox) byNumber(ctx context.Context, number string) (string, error) {
	found, err := sqldb.List(ctx, in.db.Read, sqldb.Text, `select application from vorgang where number = $1`, number)
	if len(found) == 0 {
		return "", err
	}
	return found[0], err
}

func (in *Inbox) casePage(v vorgang, query url.Values) (casePage, error) {
	p := casePage{vorgang: v}
	for _, n := range v.Messages {
		f, node, err := in.load(n.UUID)
		if err != nil {
			return p, err
		}
		e := entry{nachricht: n, Who: v.Name, Answer: n.Type == "130103"}
		for _, file := range f.Documents() {
			d := doc{File: file, Message: n.UUID, Answer: e.Answer}
			e.Docs = append(e.Docs, d)
			if n.UUID == v.Application || e.Answer {
				p.Docs = append(p.Docs, d)
			}
		}
		if n.UUID == v.Application {
			p.fill(f, node)
		}
		switch n.Type {
		case "130102":
			e.Who, e.Text = in.cfg.Authority, node.At("frage")
		case "130103":
			e.Text = node.At("antworttext")
		default:
			continue
		}
		p.Thread = append(p.Thread, e)
	}
	slices.Reverse(p.Thread)
	for i := range p.Docs {
		if p.Docs[i].Key() == query.Get("dokument") {
			p.Shown = &p.Docs[i]
		}
	}
	if p.Shown == nil && len(p.Docs) > 0 {
		p.Shown = &p.Docs[0]
	}
	if p.Shown != nil {
		p.Shown.Current = true
	}
	return p, nil
}

func (p *casePage) fill(f *akte.Folder, n *xauslaender.Node) {
	if p.Antrag = readable(f); p.Antrag == nil {
		p.Fields = akte.Fields(n)
		return
	}
	for _, m := range p.Antrag.Missing {
		if m.Level != "helpful" {
			p.Lacking++
		}
	}
}

// document serves one document of a message that the index knows.
func (in *Inbox) document(w http.ResponseWriter, r *http.Request, _ string) {
	id, name := r.PathValue("uuid"), r.PathValue("file")
	known, err := in.isKnown(r.Context(), id)
	if err == nil && !known {
		err = errs.E(errs.NotFound, "error.absent")
	}
	if err != nil {
		in.fail(w, err)
		return
	}
	dir := filepath.Join(in.cfg.Folders, id)
	m, err := akte.ReadManifest(dir)
	if err != nil {
		in.fail(w, err)
		return
	}
	for _, f := range m.Documents() {
		if path.Base(f.Path) != name {
			continue
		}
		data, err := akte.ReadFile(dir, f)
		if err != nil {
			in.fail(w, err)
			return
		}
		office.Document(w, id[:8]+"-"+name, f.MIME, data, r.URL.Query().Has("laden"))
		return
	}
	in.fail(w, errs.E(errs.NotFound, "error.absent"))
}

// funcs are those of office and what the pages say about days.
func (in *Inbox) funcs() template.FuncMap {
	out := office.Funcs()
	maps.Copy(out, template.FuncMap{
		"ago": in.ago, "due": in.due, "ground": ground, "money": money, "level": level, "join": func(s akte.Sources) string { return strings.Join(s, ", ") },
		"frame": func(title, authority string) frame { return frame{Heading: title, Authority: authority} },
		"add":   func(a, b int) int { return a + b },
	})
	return out
}

// ago writes heute, 09:12 · gestern, 17:03 · vor 22 Tagen.
func (in *Inbox) ago(t time.Time) string {
	days := civil.Today(in.cfg.Now()).DaysSince(civil.Today(t))
	clock := civil.InGermany(t).Format("15:04")
	switch {
	case days <= 0:
		return "heute, " + clock
	case days == 1:
		return "gestern, " + clock
	}
	return fmt.Sprintf("vor %d Tagen", days)
}

// deadline is a day with how near it is.
type deadline struct{ Tone, Icon, Day, Left string }

func (in *Inbox) due(d civil.Day) deadline {
	out := deadline{Icon: "clock", Day: office.Short(d)}
	switch n := d.DaysSince(civil.Today(in.cfg.Now())); {
	case n < 0:
		out.Tone, out.Icon, out.Left = "late", "late", count(-n, "Tag", "Tage")+" vorbei"
	case n == 0:
		out.Tone, out.Left = "soon", "heute"
	case n == 1:
		out.Tone, out.Left = "soon", "morgen"
	case n <= 3:
		out.Tone, out.Left = "soon", fmt.Sprintf("in %d Tagen", n)
	default:
		out.Left = fmt.Sprintf("in %d Tagen", n)
	}
	return out
}

// grounds are the labels of list ozg.antragsgrund 4.
var grounds = map[string]string{"01": "Erstbeantragung", "02": "Verlängerung", "03": "Änderung von Nebenbestimmungen", "04": "Niederlassungserlaubnis",
	"05": "Beschäftigungserlaubnis", "06": "Beschäftigungsduldung", "07": "Ausbildungsduldung"}

func ground(code string) string {
	if s, ok := grounds[code]; ok {
		return s
	}
	return "Antragsgrund " + code
}

func level(l string) string {
	switch l {
	case "submit", "decide":
		return "fehlt, für die Entscheidung nötig"
	}
	return "hilfreich, nicht verlangt"
}

// money writes 4650.00 as 4.650,00 €; an empty amount is not known.
func money(s string) string {
	whole, cents, ok := strings.Cut(s, ".")
	if !ok {
		return "Betrag noch nicht bekannt"
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return whole + "," + cents + "\u00a0€"
}
