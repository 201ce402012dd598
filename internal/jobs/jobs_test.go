package jobs

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aufenthalt/internal/sqldb"
)

// steps is a Work that needs several looks at each delivery.
type steps struct {
	mu      sync.Mutex
	left    map[string]int
	failed  bool
	fetched int
	done    chan string

	recovered bool
}

func (s *steps) Deliver(_ context.Context, id string) (time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left[id] > 0 {
		s.left[id]--
		return time.Now().Add(time.Millisecond), nil
	}
	if id == "fails once" && !s.failed {
		s.failed = true
		return time.Time{}, errors.New("away")
	}
	s.done <- id
	return time.Time{}, nil
}

func (s *steps) Recover(context.Context) error { s.recovered = true; return nil }
func (s *steps) Due(context.Context, time.Duration) ([]string, error) {
	return []string{"lost"}, nil
}
func (s *steps) Watch(context.Context) error  { return nil }
func (s *steps) Expire(context.Context) error { return nil }
func (s *steps) FetchReplies(context.Context) error {
	s.mu.Lock()
	s.fetched++
	s.mu.Unlock()
	return nil
}
func (s *steps) wait(t *testing.T, want map[string]bool) {
	t.Helper()
	for len(want) > 0 {
		select {
		case id := <-s.done:
			delete(want, id)
		case <-time.After(20 * time.Second):
			t.Fatalf("still waiting for %v", want)
		}
	}
}

func TestJobs(t *testing.T) {
	db, err := sqldb.Open(filepath.Join(t.TempDir(), "jobs.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	work := &steps{left: map[string]int{"three looks": 3}, done: make(chan string, 100)}
	j, err := New(t.Context(), db.Write, work, Config{Poll: 10 * time.Millisecond}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Tx(t.Context(), func(tx *sql.Tx) error {
		return errors.Join(j.Deliver(t.Context(), tx, "three looks"), j.Deliver(t.Context(), tx, "fails once"))
	}); err != nil {
		t.Fatal(err)
	}
	// A transaction that is rolled back leaves no job.
	if err := db.Tx(t.Context(), func(tx *sql.Tx) error {
		return errors.Join(j.Deliver(t.Context(), tx, "rolled back"), errors.New("no"))
	}); err == nil {
		t.Fatal("no error")
	}
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	// "lost" has no job of its own: reconciliation makes it from the ledger.
	work.wait(t, map[string]bool{"three looks": true, "fails once": true, "lost": true})
	if err := j.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !work.recovered {
		t.Error("nothing was recovered at the start")
	}
	if work.fetched == 0 {
		t.Error("replies were never fetched")
	}
	select {
	case id := <-work.done:
		if id == "rolled back" {
			t.Error("a rolled-back job ran")
		}
	default:
	}
}
