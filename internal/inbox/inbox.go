// Package inbox is the caseworkers' page of one authority: what the connector has received, readable without any other
// system. It shows and never decides; nothing is written but who is signed in and what was opened.
package inbox

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/sqldb"
	"aufenthalt/internal/xauslaender"
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed page.html
var page string

//go:embed copy.js
var script []byte

// Journal knows how far messages got; the connector does.
type Journal interface {
	States(ctx context.Context) (map[string]akte.State, error)
	LastFetch() time.Time
}

// User may sign in.
type User struct {
	Name string
	Hash string // as HashPassword makes it
}

// Config of the inbox.
type Config struct {
	Authority string // its name, for the head of the page
	Folders   string // copies of all messages, kept by the connector
	Data      string // where the index and the sessions lie
	Journal   Journal
	Users     []User
	Now       func() time.Time
	Log       *slog.Logger
}

// Inbox serves the pages.
type Inbox struct {
	cfg    Config
	db     *sqldb.DB
	users  map[string]hash
	reader *xauslaender.Reader
	tmpl   *template.Template
	decoy  hash          // compared for unknown names, so that they take as long
	slots  chan struct{} // bounds how many passwords are compared at once: each takes 64 MB
	index  sync.Mutex
}

// New opens the inbox. A password hash that cannot be read is an error.
func New(cfg Config) (*Inbox, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	in := &Inbox{cfg: cfg, users: map[string]hash{}, reader: xauslaender.NewReader(xauslaender.V2611), slots: make(chan struct{}, 2)}
	for _, u := range cfg.Users {
		h, err := parseHash(u.Hash)
		if err != nil {
			return nil, fmt.Errorf("inbox: user %q: %w", u.Name, err)
		}
		in.users[u.Name] = h
	}
	in.decoy = newDecoy()
	in.tmpl = template.Must(template.New("").Funcs(in.funcs()).Parse(page))
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	var err error
	if in.db, err = sqldb.Open(filepath.Join(cfg.Data, "inbox.db")); err != nil {
		return nil, err
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err == nil {
		err = in.db.Migrate(context.Background(), dir)
	}
	if err != nil {
		return nil, errors.Join(err, in.db.Close())
	}
	return in, nil
}

// Close releases the database.
func (in *Inbox) Close() error { return in.db.Close() }

// write renders a page; the error of a half-written page only goes to the log.
func (in *Inbox) write(w http.ResponseWriter, status int, name string, data any) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	if err := in.tmpl.ExecuteTemplate(w, name, data); err != nil {
		in.cfg.Log.Error("page failed", "page", name, "error", err.Error())
	}
}
