package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"aufenthalt/internal/application"
	"aufenthalt/internal/errs"
)

var now = time.Date(2026, 11, 24, 13, 41, 7, 0, time.UTC)

func open(t *testing.T) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "platform.db")
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, path
}

func insert(ctx context.Context, s *Store, id string) error {
	return s.Tx(ctx, func(tx *sql.Tx) error {
		a := Application{ID: id, Number: application.Number("AT-" + id), AGS: "12099001", Service: "at-erwerbstaetigkeit", Hash: "sha256-x",
			LawDay: "2026-11-24", Language: "de", RequestDigest: []byte{1}, CodeVerifier: []byte{2}, CasePublic: []byte{3}, CaseWrapped: []byte{4},
			Receipt: "{}", Missing: []string{"EZB", "HI"}, Received: now}
		if err := s.InsertApplication(ctx, tx, a); err != nil {
			return err
		}
		return s.InsertDelivery(ctx, tx, Delivery{ID: id, Number: a.Number, Kind: "application", Destination: "d", Parcel: id,
			Receipts: application.Receipts{Accepted: now, Sealed: now}})
	})
}

func TestApplicationIsThereOnce(t *testing.T) {
	s, path := open(t)
	if err := insert(t.Context(), s, "1"); err != nil {
		t.Fatal(err)
	}
	if err := insert(t.Context(), s, "1"); !errs.Is(err, errs.Conflict) {
		t.Errorf("second insert: %v, want Conflict", err)
	}
	s.Close() // and after a restart it is still there
	s, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a, err := s.ApplicationByID(t.Context(), "1")
	if err != nil || a.Number != "AT-1" || len(a.Missing) != 2 || !a.Received.Equal(now) || !bytes.Equal(a.CaseWrapped, []byte{4}) {
		t.Errorf("read back %+v, %v", a, err)
	}
	if _, err := s.ApplicationByNumber(t.Context(), "AT-2"); !errs.Is(err, errs.NotFound) {
		t.Errorf("absent: %v, want NotFound", err)
	}
}

func TestLedger(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	for _, id := range []string{"1", "2", "3"} {
		if err := insert(ctx, s, id); err != nil {
			t.Fatal(err)
		}
	}
	later := now.Add(time.Hour)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(s.Postpone(ctx, "1", later))
	due, err := s.TakeDue(ctx, now, now, later, 10)
	if err != nil || len(due) != 2 {
		t.Errorf("due now: %v, %v, want 2", due, err)
	}
	if due, err = s.TakeDue(ctx, now, now, later, 10); err != nil || len(due) != 0 {
		t.Errorf("taken twice: %v, %v", due, err)
	}
	check(s.SaveProgress(ctx, "2", `{"submission":"x"}`, "case"))
	check(s.MarkHandedOver(ctx, "2", now))
	check(s.MarkHandedOver(ctx, "2", later))
	check(s.MarkImported(ctx, "2", later))
	check(s.MarkRejected(ctx, "3", later, "S001"))
	d, err := s.FindDelivery(ctx, "2")
	if err != nil || !d.Receipts.HandedOver.Equal(now) || d.Receipts.Stage() != application.Imported || d.Case != "case" || !d.Receipts.Fetched.Equal(later) {
		t.Errorf("delivery: %+v, %v", d, err)
	}
	c, err := s.Balance(ctx)
	if want := (Count{Accepted: 3, Delivered: 1, Pending: 1, Rejected: 1}); err != nil || c != want {
		t.Errorf("balance %+v, %v, want %+v", c, err, want)
	}
	if n, err := s.Orphans(ctx); n != 0 || err != nil {
		t.Errorf("%d orphans, %v", n, err)
	}
	if err := s.MarkImported(ctx, "none", now); !errs.Is(err, errs.Conflict) {
		t.Errorf("absent row: %v, want Conflict", err)
	}
}

// One worker holds a delivery; a claim ends by itself, by letting go, and at the start of a process.
func TestClaim(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	if err := insert(ctx, s, "1"); err != nil {
		t.Fatal(err)
	}
	at := now
	try := func(want bool) {
		t.Helper()
		if got, err := s.Claim(ctx, "1", at, at, at.Add(time.Minute)); err != nil || got != want {
			t.Errorf("claim %v, %v, want %v", got, err, want)
		}
	}
	try(true)
	try(false)
	if due, err := s.TakeDue(ctx, at.Add(time.Hour), at, at, 10); err != nil || len(due) != 0 {
		t.Errorf("what is held is due: %v, %v", due, err)
	}
	at = at.Add(2 * time.Minute)
	try(true)
	if err := s.Hold(ctx, "1", at.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	at = at.Add(10 * time.Minute)
	try(false)
	if err := s.Hold(ctx, "1", time.Time{}); err != nil {
		t.Fatal(err)
	}
	try(true)
	if err := s.ReleaseClaims(ctx); err != nil {
		t.Fatal(err)
	}
	try(true)
	if err := s.ReleaseClaims(ctx); err != nil {
		t.Fatal(err)
	}
	// What is wanted later is nobody's yet, however often reconciliation has made its job anew.
	if err := s.Postpone(ctx, "1", at.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	try(false)
	at = at.Add(2 * time.Minute)
	if due, err := s.TakeDue(ctx, at, at, at.Add(time.Hour), 10); err != nil || len(due) != 1 {
		t.Errorf("due: %v, %v, want 1", due, err)
	}
	try(true)
	if err := s.MarkImported(ctx, "1", at); err != nil {
		t.Fatal(err)
	}
	at = at.Add(time.Hour)
	try(false)
}

func TestDrafts(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	d := Draft{ID: "d", AGS: "12099001", KeyVerifier: []byte{9}, Expires: now.Add(time.Hour)}
	for i, blob := range []string{"aa", "bb"} {
		old, total, err := s.PutDocument(ctx, d, Document{Draft: "d", ID: "1", MIME: "application/pdf", Size: 5, Sealed: []byte{1}, Blob: blob}, now)
		if err != nil || total != 5 || (i == 1) != (old == "aa") {
			t.Fatalf("put %d: old %q, total %d, %v", i, old, total, err)
		}
	}
	if _, err := s.FindDraft(ctx, "d", now.Add(2*time.Hour)); !errs.Is(err, errs.NotFound) {
		t.Errorf("expired draft: %v, want NotFound", err)
	}
	if ids, err := s.ExpiredDrafts(ctx, now.Add(2*time.Hour)); err != nil || len(ids) != 1 {
		t.Errorf("expired: %v, %v", ids, err)
	}
	if blobs, err := s.DeleteDraft(ctx, "d"); err != nil || len(blobs) != 1 || blobs[0] != "bb" {
		t.Errorf("blobs: %v, %v", blobs, err)
	}
	if docs, err := s.Documents(ctx, "d"); err != nil || len(docs) != 0 {
		t.Errorf("left: %v, %v", docs, err)
	}
}

func TestAttempts(t *testing.T) {
	s, _ := open(t)
	ctx := t.Context()
	until := now.Add(15 * time.Minute)
	for i := 1; i <= 5; i++ {
		if n, err := s.CountFailure(ctx, "case:x", 5, now, until); err != nil || n != i {
			t.Fatalf("failure %d: %d, %v", i, n, err)
		}
	}
	if n, blocked, err := s.Attempts(ctx, "case:x"); err != nil || n != 0 || !blocked.Equal(until) {
		t.Errorf("after five: %d until %v, %v", n, blocked, err)
	}
	if err := s.ClearAttempts(ctx, "case:x"); err != nil {
		t.Fatal(err)
	}
	if n, blocked, err := s.Attempts(ctx, "case:x"); n != 0 || !blocked.IsZero() || err != nil {
		t.Errorf("after clearing: %d until %v, %v", n, blocked, err)
	}
	for subject, at := range map[string]time.Time{"case:old": now, "case:new": now.Add(2 * time.Hour)} {
		if _, err := s.CountFailure(ctx, subject, 5, at, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.ForgetAttempts(ctx, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	old, _, err1 := s.Attempts(ctx, "case:old")
	fresh, _, err2 := s.Attempts(ctx, "case:new")
	if old != 0 || fresh != 1 || err1 != nil || err2 != nil {
		t.Errorf("after forgetting: old %d, new %d, %v, %v", old, fresh, err1, err2)
	}
}

func TestMessagesAreThereOnce(t *testing.T) {
	s, _ := open(t)
	for i := range 2 {
		err := s.Tx(t.Context(), func(tx *sql.Tx) error {
			known, err := s.InsertMessage(t.Context(), tx, Message{ID: "m", Number: "AT-1", Kind: "question", Sealed: []byte{1}, At: now})
			if known != (i == 1) {
				return errors.Join(err, errors.New("duplicate not told"))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if all, err := s.Messages(t.Context(), "AT-1"); err != nil || len(all) != 1 || !all[0].At.Equal(now) {
		t.Errorf("messages: %+v, %v", all, err)
	}
}
