// Package fachverfahren is the reference case system: what any vendor's system does with the folder that the connector
// hands over. It checks again, imports once, confirms last, and asks the applicant through the same folder. It has no
// sign-in and is meant for one machine, for tests, and for vendors to compare with.
package fachverfahren

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/latin"
	"aufenthalt/internal/xauslaender"
)

// Authority is one authority that works with this system.
type Authority struct {
	Name, Kennung, Email string
	Directory            string // shared with its connector
	Address              xauslaender.Address
}

// Config of the case system.
type Config struct {
	Data        string
	Authorities []Authority
	Portal      string // kennung of the portal whose messages are taken: alp:99000001
	Product     xauslaender.Product
	Poll        time.Duration // default 5 s
	Now         func() time.Time
	Log         *slog.Logger
}

// System is the running case system.
type System struct {
	cfg    Config
	store  *store
	reader *xauslaender.Reader
	table  *latin.Table
	broken map[string]bool // folders already complained about
	asking sync.Mutex      // questions are entered and put out one at a time
	hook   func(point string) error
}

// New opens the system.
func New(cfg Config) (*System, error) {
	if cfg.Poll == 0 {
		cfg.Poll = 5 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Product.Name == "" {
		cfg.Product = xauslaender.Product{Name: "Aufenthalt Referenz-Fachverfahren", Maker: "Aufenthalt", Version: "0.1"}
	}
	for _, d := range []string{"akten", "abgewiesen"} {
		if err := os.MkdirAll(filepath.Join(cfg.Data, d), 0o700); err != nil {
			return nil, err
		}
	}
	for _, a := range cfg.Authorities {
		if err := akte.Prepare(a.Directory); err != nil {
			return nil, fmt.Errorf("fachverfahren: %w", err)
		}
	}
	st, err := openStore(context.Background(), filepath.Join(cfg.Data, "fachverfahren.db"))
	if err != nil {
		return nil, err
	}
	return &System{cfg: cfg, store: st, reader: xauslaender.NewReader(xauslaender.V2611), table: latin.New(), broken: map[string]bool{},
		hook: func(string) error { return nil }}, nil
}

// Close releases the database.
func (s *System) Close() error { return s.store.db.Close() }

// Run imports until the context ends.
func (s *System) Run(ctx context.Context) error {
	for {
		if _, err := s.Step(ctx); err != nil && ctx.Err() == nil {
			s.cfg.Log.Error("import failed", "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(s.cfg.Poll):
		}
	}
}

// Step imports everything that lies there and puts out what is still to be sent; it tells whether anything moved.
// Trouble with one folder does not stop the others.
func (s *System) Step(ctx context.Context) (worked bool, err error) {
	var all []error
	for _, a := range s.cfg.Authorities {
		names, err := akte.List(filepath.Join(a.Directory, akte.Inbound))
		all = append(all, err)
		for _, name := range names {
			moved, err := s.take(ctx, a, name)
			worked = worked || moved
			all = append(all, err)
		}
	}
	s.asking.Lock()
	defer s.asking.Unlock()
	released, err := s.release(ctx)
	return worked || released, errors.Join(append(all, err)...)
}

// take brings one folder to its end: stored, confirmed, removed. Each part may be repeated.
func (s *System) take(ctx context.Context, a Authority, name string) (moved bool, err error) {
	dir := filepath.Join(a.Directory, akte.Inbound, name)
	folder, err := akte.Load(dir)
	if err != nil { // not the message is wrong, but what lies there: an operator must look
		if !s.broken[dir] {
			s.broken[dir] = true
			s.cfg.Log.Error("folder cannot be read", "message", name, "error", err.Error())
		}
		return false, nil
	}
	q := akte.Quittung{State: akte.Imported}
	err = s.importFolder(ctx, a, folder)
	var r *xauslaender.Rejection
	switch {
	case errors.As(err, &r):
		q.State, q.Code, q.Text = akte.Rejected, r.Code, r.Error()
		if err := folder.Write(filepath.Join(s.cfg.Data, "abgewiesen")); err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	}
	q.At = s.cfg.Now().UTC()
	if err := errors.Join(akte.PutQuittung(a.Directory, name, q), s.hook("confirmed")); err != nil {
		return true, err
	}
	s.cfg.Log.Info("message "+string(q.State), "message", name, "type", folder.Type, "code", q.Code)
	return true, os.RemoveAll(dir)
}

// importFolder checks the message as if nobody had before, and stores it. The error is a *xauslaender.Rejection when the
// sender must be told.
func (s *System) importFolder(ctx context.Context, a Authority, folder *akte.Folder) error {
	n, err := s.reader.Read(folder.Data(akte.Message))
	if err != nil {
		return err
	}
	head, err := xauslaender.ReadHead(n)
	if err != nil {
		return err
	}
	switch {
	case head.UUID != folder.MessageUUID:
		return reject("S999", "nachrichtenUUID", "is not the one of the manifest")
	case head.Reader.Kennung != a.Kennung:
		return reject("T080", "leser/kennung", "message is for another reader")
	case head.Author.Kennung != s.cfg.Portal:
		return reject("T070", "autor/kennung", "sender is not known")
	}
	if _, err := s.store.nachricht(ctx, head.UUID); err == nil {
		return nil // imported before; only the confirmation was lost
	} else if !errs.Is(err, errs.NotFound) {
		return err
	}
	row := nachricht{UUID: head.UUID, Number: n.At("antragsidentifikation"), Type: n.Type(), Trigger: strings.ToLower(n.At("ausloeserUUID")), At: s.cfg.Now()}
	var v *vorgang
	switch t := n.Type(); {
	case xauslaender.IsApplication(t):
		v, err = s.newCase(ctx, a, folder, n, row)
	case t == "130103":
		err = s.answers(ctx, a, row)
	default:
		err = reject("S999", n.Name, "message is not for an authority")
	}
	if err != nil {
		return err
	}
	if err := errors.Join(folder.Write(s.folders()), s.hook("stored")); err != nil {
		return err
	}
	return errors.Join(s.store.insert(ctx, row, v), s.hook("imported"))
}

func (s *System) folders() string { return filepath.Join(s.cfg.Data, "akten") }

func reject(code, path, what string) error {
	return &xauslaender.Rejection{Code: code, Path: path, What: what}
}

func (s *System) newCase(ctx context.Context, a Authority, folder *akte.Folder, n *xauslaender.Node, row nachricht) (*vorgang, error) {
	if _, err := s.store.vorgang(ctx, row.Number); err == nil {
		return nil, reject("S100", "antragsidentifikation", "there is a case of this number already")
	} else if !errs.Is(err, errs.NotFound) {
		return nil, err
	}
	p := n.Kid("angabenZurPerson")
	name := p.At("familienname", "name")
	if given := p.At("vorname", "name"); given != "" && name != "" {
		name += ", " + given
	} else if name == "" {
		name = given
	}
	v := &vorgang{
		Number: row.Number, Authority: a.Kennung, Application: row.UUID, Name: name, Ground: n.At("grundDesAntrags", "code"), Purpose: n.At("grundDesAufenthalts", "code"),
		Reachable: n.At("rueckkanalVorhanden") == "true" || n.At("rueckkanalVorhanden") == "1", Received: folder.Received,
	}
	for _, part := range []string{"jahrMonatTag", "jahrMonat", "jahr"} {
		if v.Birth == "" {
			v.Birth = p.At("geburt", "tagDerGeburt", "teilbekanntesDatum", part)
		}
	}
	if raw := folder.Data(akte.Readable); raw != nil {
		if readable, err := akte.ReadAntrag(raw); err == nil {
			v.Title = readable.Title
		}
	}
	return v, nil
}

// answers demands that an answer belongs to a question of a case of this authority.
func (s *System) answers(ctx context.Context, a Authority, row nachricht) error {
	v, err := s.store.vorgang(ctx, row.Number)
	if errs.Is(err, errs.NotFound) || (err == nil && v.Authority != a.Kennung) {
		return reject("S999", "antragsidentifikation", "there is no case of this number")
	}
	if err != nil {
		return err
	}
	q, err := s.store.nachricht(ctx, row.Trigger)
	if errs.Is(err, errs.NotFound) || (err == nil && (q.Number != row.Number || q.Type != "130102")) {
		return reject("S999", "ausloeserUUID", "is no question of this case")
	}
	return err
}
