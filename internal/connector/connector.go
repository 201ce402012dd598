// Package connector is the authority's end of the delivery: it fetches what waits for its destination, proves and
// decrypts it, hands it to the Fachverfahren, and accepts only what the Fachverfahren has confirmed. It opens outgoing
// connections only. Every step is repeated until the journal says that it is done, so a crash neither loses nor doubles.
package connector

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/blob"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/xauslaender"
)

// Config of a connector.
type Config struct {
	Client      *fitconnect.Client
	Destination string             // ours
	Keys        []*jose.PrivateJWK // for decryption, the newest first; old ones stay until nothing sealed to them waits
	Signature   *jose.PrivateJWK   // for events
	Kennung     string             // ours, as messages name their reader: azr:990001
	Production  bool               // refuse messages that are marked as test
	Platform    string             // destination to which messages back go
	Service     fitconnect.PublicService
	Product     fitconnect.Product
	Data        string        // journal, parcels and the copy of every folder
	Directory   string        // shared with the Fachverfahren
	Poll        time.Duration // default 10 s
	Now         func() time.Time
	Log         *slog.Logger
}

// Connector is safe to use from one goroutine; States and LastFetch from any.
type Connector struct {
	cfg     Config
	journal *journal
	parcels *blob.Store
	reader  *xauslaender.Reader
	fetched atomic.Int64 // unix milliseconds of the last complete listing
	hook    func(point string) error
}

// New opens the journal and makes the folders that are missing.
func New(cfg Config) (*Connector, error) {
	if cfg.Poll == 0 {
		cfg.Poll = 10 * time.Second
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if err := errors.Join(os.MkdirAll(filepath.Join(cfg.Data, "akten"), 0o700), akte.Prepare(cfg.Directory)); err != nil {
		return nil, fmt.Errorf("connector: %w", err)
	}
	parcels, err := blob.Open(filepath.Join(cfg.Data, "pakete"))
	if err != nil {
		return nil, err
	}
	j, err := openJournal(context.Background(), filepath.Join(cfg.Data, "connector.db"), cfg.Now)
	if err != nil {
		return nil, errors.Join(err, parcels.Close())
	}
	return &Connector{cfg: cfg, journal: j, parcels: parcels, reader: xauslaender.NewReader(xauslaender.V2611), hook: func(string) error { return nil }}, nil
}

// Close releases the journal.
func (c *Connector) Close() error { return errors.Join(c.journal.db.Close(), c.parcels.Close()) }

// Folders is where the copies of all messages lie, for the inbox.
func (c *Connector) Folders() string { return filepath.Join(c.cfg.Data, "akten") }

// States tells how far every message got, by its UUID.
func (c *Connector) States(ctx context.Context) (map[string]akte.State, error) {
	return c.journal.states(ctx)
}

// LastFetch is when the waiting submissions were last listed completely; zero before the first time.
func (c *Connector) LastFetch() time.Time {
	if ms := c.fetched.Load(); ms > 0 {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}

// Run works until the context ends. What fails is logged and tried again.
func (c *Connector) Run(ctx context.Context) error {
	failing := false
	for {
		worked, err := c.Step(ctx)
		switch { // the beginning and the end of an outage, not every try
		case err != nil && ctx.Err() == nil && !failing:
			c.cfg.Log.Error("connector cannot work and keeps trying", "error", err.Error())
		case err == nil && failing:
			c.cfg.Log.Info("connector works again")
		}
		failing = err != nil
		wait := c.cfg.Poll
		if worked && err == nil {
			wait = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// Step does all that can be done now and tells whether anything moved. Its error is about the whole (the service cannot
// be reached, the journal fails); trouble with one submission is noted, logged and tried again later.
func (c *Connector) Step(ctx context.Context) (worked bool, err error) {
	listed := c.list(ctx)
	if errors.Is(listed, errCut) {
		return false, listed
	}
	in, errIn := c.inbound(ctx)
	if errors.Is(errIn, errCut) {
		return in, errIn
	}
	out, errOut := c.outbound(ctx)
	return in || out, errors.Join(listed, errIn, errOut)
}

// perPage is the largest page that the service gives.
const perPage = 500

// list enters everything that waits into the journal.
func (c *Connector) list(ctx context.Context) error {
	seen := map[string]bool{}
	for offset := 0; ; offset += perPage {
		page, err := c.cfg.Client.Waiting(ctx, c.cfg.Destination, offset, perPage)
		if err != nil {
			return fmt.Errorf("list of waiting submissions: %w", err)
		}
		for _, ref := range page.Submissions {
			if seen[ref.SubmissionID] || ref.DestinationID != c.cfg.Destination {
				continue
			}
			seen[ref.SubmissionID] = true
			fresh, err := c.journal.see(ctx, ref)
			if err == nil && !fresh {
				err = c.journal.reopen(ctx, ref.SubmissionID)
			}
			if err != nil {
				return err
			}
		}
		if len(page.Submissions) < perPage {
			c.fetched.Store(c.cfg.Now().UnixMilli())
			return c.hook("listed")
		}
	}
}

// errCut marks an interruption that tests inject; it goes up at once, as a crash would.
var errCut = errors.New("cut off")

// perSubmission bounds the work on one submission, so that a stuck one only delays the others.
const perSubmission = 5 * time.Minute

func (c *Connector) inbound(ctx context.Context) (worked bool, err error) {
	open, err := c.journal.open(ctx)
	if err != nil {
		return false, err
	}
	for _, s := range open {
		moved, err := c.one(ctx, s)
		if err == nil {
			worked = worked || moved
			continue
		}
		if errors.Is(err, errCut) || ctx.Err() != nil {
			return worked, err
		}
		next := c.backOff(s.Tries)
		c.cfg.Log.Warn("submission must wait", "submission", s.ID, "case", s.Case, "message", s.Message, "tries", s.Tries+1, "next", next.Format(time.RFC3339), "error", err.Error())
		if err := c.journal.later(ctx, "submission", "id", s.ID, next); err != nil {
			return worked, err
		}
	}
	return worked, nil
}

func (c *Connector) one(ctx context.Context, s submission) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, perSubmission)
	defer cancel()
	return c.process(ctx, s)
}

// backOff is five seconds, doubled with each failure up to an hour.
func (c *Connector) backOff(tries int) time.Time {
	return c.cfg.Now().Add(min(5*time.Second<<min(tries, 20), time.Hour))
}
