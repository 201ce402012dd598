package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"aufenthalt/internal/antrag"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/store"
)

// schemaURI names the form of the data: the namespace of the standard's release.
const schemaURI = "http://www.osci.de/xauslaender2611"

// How long to wait between two looks at a delivery: short after the hand-over, when somebody may be watching, and never
// longer than half an hour.
const (
	firstLook = 300 * time.Millisecond
	lastLook  = 30 * time.Minute
)

// freshKey is how long an authority's public key is used without asking for a newer one.
const freshKey = 10 * time.Minute

// keyPatience is how long an applicant waits for the delivery service before the remembered key must do.
const keyPatience = 10 * time.Second

// keyCache holds the public keys of destinations, parsed and checked.
type keyCache struct {
	mu   sync.Mutex
	keys map[string]cachedKey
}

type cachedKey struct {
	key     *jose.PublicJWK
	fetched time.Time
}

// destinationKey gives the key under which to seal for an authority. While the delivery service is away the remembered
// one serves, as long as it is valid.
func (a *App) destinationKey(ctx context.Context, auth *authority.Authority) (*jose.PublicJWK, error) {
	now := a.Now()
	a.keys.mu.Lock()
	cached, ok := a.keys.keys[auth.Destination]
	a.keys.mu.Unlock()
	if ok && now.Sub(cached.fetched) < freshKey && cached.key.Check(jose.Encryption, now, a.Config.SelfSigned) == nil {
		return cached.key, nil
	}
	asking, cancel := context.WithTimeout(ctx, keyPatience)
	key, err := a.FITConnect.EncryptionKey(asking, auth.Destination)
	cancel()
	if err != nil {
		return a.rememberedKey(ctx, auth, err)
	}
	raw, err := json.Marshal(key)
	if err != nil {
		return nil, err
	}
	if err := a.Store.PutDestinationKey(ctx, store.DestinationKey{Destination: auth.Destination, KID: key.Kid, JWK: string(raw), Fetched: now}); err != nil {
		return nil, err
	}
	a.cacheKey(auth.Destination, key, now)
	return key, nil
}

// cacheKey keeps a key for a while.
func (a *App) cacheKey(destination string, key *jose.PublicJWK, at time.Time) {
	a.keys.mu.Lock()
	defer a.keys.mu.Unlock()
	if a.keys.keys == nil {
		a.keys.keys = map[string]cachedKey{}
	}
	a.keys.keys[destination] = cachedKey{key, at}
}

func (a *App) rememberedKey(ctx context.Context, auth *authority.Authority, cause error) (*jose.PublicJWK, error) {
	row, err := a.Store.FindDestinationKey(ctx, auth.Destination)
	if err != nil {
		return nil, errs.Wrap(errs.Unavailable, "error.authority.key", errors.Join(cause, err))
	}
	key := new(jose.PublicJWK)
	if err := json.Unmarshal([]byte(row.JWK), key); err != nil {
		return nil, errs.Wrap(errs.Unavailable, "error.authority.key", err)
	}
	if err := key.Check(jose.Encryption, a.Now(), a.Config.SelfSigned); err != nil {
		return nil, errs.Wrap(errs.Unavailable, "error.authority.key", errors.Join(cause, err))
	}
	// Away, not refused: ask again in a minute rather than with every submission.
	a.cacheKey(auth.Destination, key, a.Now().Add(time.Minute-freshKey))
	return key, nil
}

// sealParcel encrypts message, summary and readable form to the authority; only it can open the result.
func (a *App) sealParcel(key *jose.PublicJWK, made antrag.Composed) ([]byte, error) {
	var parts []fitconnect.Part
	if len(made.Summary) > 0 {
		parts = append(parts, fitconnect.Part{Filename: "zusammenfassung.pdf", MIME: "application/pdf", Purpose: "report", Data: made.Summary})
	}
	if len(made.JSON) > 0 {
		parts = append(parts, fitconnect.Part{Filename: "antrag.json", MIME: "application/json", Purpose: "attachment", Data: made.JSON})
	}
	author := fitconnect.Author{Name: a.Config.Operator.Name, Product: fitconnect.Product{Name: "Aufenthalt", Version: "0.1", Manufacturer: "Aufenthalt"}}
	parcel, err := fitconnect.Pack(key, fitconnect.Schema{SchemaURI: schemaURI, MimeType: "application/xml"}, made.Message, parts, author)
	if err != nil {
		return nil, err
	}
	return json.Marshal(parcel)
}

// Deliver takes one message a step further and says when to look again; zero means that its way has ended. Trouble is
// logged and waited out: the ledger never gives a message up.
func (a *App) Deliver(ctx context.Context, id string) (time.Time, error) {
	now := a.Now()
	claimed, err := a.Store.Claim(ctx, id, now, now.Add(early), now.Add(claim))
	if err != nil || !claimed { // ended, in other hands, or another job's to look at later
		return time.Time{}, err
	}
	release := a.hold(ctx, id)
	defer release()
	d, err := a.Store.FindDelivery(ctx, id)
	if err != nil {
		return time.Time{}, err
	}
	var at fitconnect.Progress
	if err := json.Unmarshal([]byte(d.Progress), &at); err != nil {
		return time.Time{}, err
	}
	attempts, done := d.Attempts, false
	if d.Receipts.HandedOver.IsZero() {
		if err = a.handOver(ctx, d, at); err == nil {
			attempts = 0
		}
	} else {
		done, err = a.askOutcome(ctx, d, at)
	}
	switch {
	case done && err == nil:
		return time.Time{}, nil
	case ctx.Err() != nil:
		return time.Time{}, ctx.Err()
	case err != nil:
		a.Log.Warn("delivery waits", "delivery", id, "attempt", attempts+1, "error", err.Error())
	}
	next := a.Now().Add(pause(attempts))
	return next, a.Store.Postpone(ctx, id, next)
}

// claim is how long a delivery stays with a worker that gives no sign of life.
const claim = 30 * time.Second

// early is how much before its time a job may look: queues round.
const early = time.Second

// hold keeps the claim on a delivery alive until release is called.
func (a *App) hold(ctx context.Context, id string) (release func()) {
	done := make(chan struct{})
	go func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(claim / 3):
				if err := a.Store.Hold(ctx, id, a.Now().Add(claim)); err != nil && ctx.Err() == nil {
					a.Log.Warn("claim not prolonged", "delivery", id, "error", err.Error())
				}
			}
		}
	}()
	return func() {
		close(done)
		if err := a.Store.Hold(context.WithoutCancel(ctx), id, time.Time{}); err != nil {
			a.Log.Warn("claim not released", "delivery", id, "error", err.Error())
		}
	}
}

// pause doubles from the first look to the last.
func pause(attempts int) time.Duration {
	return min(firstLook<<min(attempts, 20), lastLook)
}

// handOver sends the parcel, going on where an earlier try was cut off.
func (a *App) handOver(ctx context.Context, d store.Delivery, at fitconnect.Progress) error {
	raw, err := a.Blobs.Get(d.Parcel)
	if err != nil {
		return err
	}
	var parcel fitconnect.Parcel
	if err := json.Unmarshal(raw, &parcel); err != nil {
		return err
	}
	to := fitconnect.Address{Destination: d.Destination, Case: d.Case, Service: fitconnect.PublicService{Identifier: a.Config.Service.Identifier, Name: a.Config.Service.Name}}
	save := func(p fitconnect.Progress) error {
		raw, err := json.Marshal(p)
		if err != nil {
			return err
		}
		fcCase := p.Case
		if fcCase == "" && d.Kind == "answer" { // begun anew: an answer stays in the case of its application
			fcCase = d.Case
		}
		return a.Store.SaveProgress(ctx, d.ID, string(raw), fcCase)
	}
	if _, err = fitconnect.Send(ctx, a.FITConnect, to, parcel, at, save); err != nil {
		return err
	}
	if err := a.Store.MarkHandedOver(ctx, d.ID, a.Now()); err != nil {
		return err
	}
	a.Log.Info("delivery handed over", "delivery", d.ID, "kind", d.Kind)
	return nil
}

func (a *App) askOutcome(ctx context.Context, d store.Delivery, at fitconnect.Progress) (done bool, err error) {
	if at.Tags == nil {
		return false, errors.New("ledger: handed over without authentication tags")
	}
	outcome, err := a.FITConnect.Outcome(ctx, fitconnect.Reference{DestinationID: d.Destination, SubmissionID: at.Submission, CaseID: at.Case}, *at.Tags)
	if err != nil || !outcome.Done {
		return false, err
	}
	if outcome.Accepted {
		if err := a.Store.MarkImported(ctx, d.ID, a.Now()); err != nil {
			return false, err
		}
		a.Log.Info("delivery imported", "delivery", d.ID, "kind", d.Kind)
		return true, a.Blobs.Delete(d.Parcel) // the authority has it; what is sealed to it helps nobody here
	}
	reason := reasons(outcome.Problems)
	a.Log.Error("delivery rejected", "delivery", d.ID, "kind", d.Kind, "reason", reason)
	return true, a.Store.MarkRejected(ctx, d.ID, a.Now(), reason)
}

// reasons keeps the kinds of problems; their texts are the receiver's and could hold anything.
func reasons(problems []fitconnect.Problem) string {
	var list []string
	for _, p := range problems {
		list = append(list, strings.TrimPrefix(p.Type, fitconnect.EventProblem))
	}
	return strings.Join(list, " ")
}

// Watch compares the ledger with itself: every accepted message must be delivered, pending, rejected or failed, and every
// application must have its row. What is missing would be a silent failure; there must be none, and one is an alarm.
func (a *App) Watch(ctx context.Context) error {
	c, err := a.Store.Balance(ctx)
	if err != nil {
		return err
	}
	orphans, err := a.Store.Orphans(ctx)
	if err != nil {
		return err
	}
	silent := orphans + c.Accepted - c.Delivered - c.Pending - c.Rejected - c.Failed
	level := slog.LevelDebug
	if silent != 0 {
		level = slog.LevelError
	}
	a.Log.Log(ctx, level, "ledger", "accepted", c.Accepted, "delivered", c.Delivered, "pending", c.Pending, "rejected", c.Rejected, "failed", c.Failed, "silent", silent)
	return nil
}

// Recover lets go of what a killed process held. This process has the database for itself.
func (a *App) Recover(ctx context.Context) error { return a.Store.ReleaseClaims(ctx) }

// again is when a delivery that was made due anew is taken once more if nothing happens.
const again = time.Minute

// Due gives deliveries that should have been looked at so long ago, and whose job therefore must be lost.
func (a *App) Due(ctx context.Context, late time.Duration) ([]string, error) {
	now := a.Now()
	ids, err := a.Store.TakeDue(ctx, now.Add(-late), now, now.Add(again), 100)
	if err != nil {
		return nil, fmt.Errorf("ledger: %w", err)
	}
	return ids, nil
}
