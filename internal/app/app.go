// Package app is the only way in: each use case authorises, decides, writes and enqueues, in one transaction.
package app

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"

	"aufenthalt/internal/antrag"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/blob"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/config"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/latin"
	"aufenthalt/internal/store"
	"aufenthalt/internal/xauslaender"
)

// Limits of what one application may carry. All documents travel inside the message, which must stay below 50 MB.
const (
	MaxDocument  = 10_000_000
	MaxDocuments = 20_000_000
	MaxCount     = 30
)

// atOnce is how many megabytes may be worked on at once: a submission holds its documents some ten times over (message,
// sealed parts, parcel), a photo takes its pixels.
const atOnce = 24

// admit waits until there is memory for so many bytes and gives what ends the work.
func (a *App) admit(ctx context.Context, bytes int64) (done func(), err error) {
	weight := min(1+bytes/1_000_000, atOnce)
	if err := a.work.Acquire(ctx, weight); err != nil {
		return nil, err
	}
	return func() { a.work.Release(weight) }, nil
}

// Queue puts background work into the caller's transaction. Losing a job loses nothing: the ledger makes it again.
type Queue interface {
	Deliver(ctx context.Context, tx *sql.Tx, delivery string) error
}

// Parts are what the application stands on.
type Parts struct {
	Config      config.Platform
	Store       *store.Store
	Blobs       *blob.Store
	Law         *catalog.Library
	Authorities *authority.Directory
	FITConnect  *fitconnect.Client
	Decryption  []*jose.PrivateJWK // of the platform's own destination
	Signing     *jose.PrivateJWK
	ReceiptKey  ed25519.PrivateKey
	Log         *slog.Logger
	Now         func() time.Time
}

// App holds the use cases. Set Queue before the first submission.
type App struct {
	Parts
	Queue Queue

	writer   *antrag.Writer
	messages *xauslaender.Reader
	mappings map[catalog.Hash]antrag.Mapping // of every service in every edition
	letters  *latin.Table
	keys     keyCache
	replies  replyWaits
	work     *semaphore.Weighted // bounds the memory of what is decoded, composed and sealed at once
}

// New makes the application. Law with a service whose message this program does not write is an error.
func New(p Parts) (*App, error) {
	a := &App{Parts: p, messages: xauslaender.NewReader(xauslaender.V2611), letters: latin.New(), mappings: map[catalog.Hash]antrag.Mapping{}, work: semaphore.NewWeighted(atOnce)}
	var err error
	if a.writer, err = antrag.NewWriter(); err != nil {
		return nil, err
	}
	for _, c := range p.Law.All() {
		if err := a.readMappings(c); err != nil {
			return nil, err
		}
	}
	if err := a.checkNames(); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *App) readMappings(c *catalog.Catalog) error {
	for _, tag := range c.Services() {
		doc, _ := c.Service(tag)
		m, err := antrag.ParseMapping(doc.Mapping())
		if err != nil {
			return fmt.Errorf("%s: %w", tag, err)
		}
		a.mappings[doc.Hash()] = m
	}
	return nil
}

// Texts gives the shared texts of a language as they stand now.
func (a *App) Texts(lang string) map[string]string { return a.law().Texts(lang) }

// law gives the catalogue in force now.
func (a *App) law() *catalog.Catalog { return a.Law.On(civil.Today(a.Now())) }

// CheckOffers tells which authorities offer what is no service today, or none by law that is already published.
func (a *App) CheckOffers() error {
	var wrong []error
	for _, c := range a.Law.All() {
		services := c.Services()
		for _, auth := range a.Authorities.All() {
			for _, tag := range auth.Services {
				if !slices.Contains(services, tag) {
					wrong = append(wrong, fmt.Errorf("authority %s: services: %q cannot be offered; there are %s", auth.AGS, tag, strings.Join(services, ", ")))
				}
			}
		}
	}
	return errors.Join(wrong...)
}

// checkNames tells which names of the configuration no message can carry: every submission would fail for them.
func (a *App) checkNames() error {
	var wrong []error
	check := func(where string, names ...string) {
		for _, n := range names {
			if p := a.letters.Check(n); len(p) > 0 {
				wrong = append(wrong, fmt.Errorf("%s: %q has %q, which DIN 91379 does not allow", where, n, p[0].Text))
			}
		}
	}
	op := a.Config.Operator
	check("operator", op.Name, op.Kennung, op.Email, op.Street, op.HouseNumber, op.City)
	for _, auth := range a.Authorities.All() {
		check("authority "+string(auth.AGS), auth.Name, auth.Street, auth.HouseNumber, auth.City)
	}
	return errors.Join(wrong...)
}

// isID tells whether s is a UUID as the standard writes it and browsers make it. Braces, a prefix or capitals would be
// another name for the same thing.
func isID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id.String() == s
}

// find gives a live authority that offers the service.
func (a *App) find(ags, service string) (*authority.Authority, error) {
	auth, err := a.live(ags)
	if err == nil && !auth.Offers(service) {
		return nil, errs.E(errs.NotFound, "error.authority.closed")
	}
	return auth, err
}

// live gives an authority that takes applications.
func (a *App) live(ags string) (*authority.Authority, error) {
	auth, err := a.known(ags)
	if err == nil && !auth.Live {
		return nil, errs.E(errs.NotFound, "error.authority.closed")
	}
	return auth, err
}

// known gives an authority, also one that takes no more applications: what it asked may still be answered.
func (a *App) known(ags string) (*authority.Authority, error) {
	auth := a.Authorities.Find(authority.AGS(ags))
	if auth == nil {
		return nil, errs.E(errs.NotFound, "error.authority.unknown")
	}
	return auth, nil
}
