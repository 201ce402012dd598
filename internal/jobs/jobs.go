// Package jobs runs the platform's background work on River, in the platform's own database. Jobs are a means: the
// ledger is the truth, and reconciliation makes lost jobs again.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Work is what the jobs do; package app does it.
type Work interface {
	// Deliver takes one message a step further and says when to look again; a zero time means that its way has ended.
	Deliver(ctx context.Context, delivery string) (again time.Time, err error)
	// Recover undoes what a killed process left behind; called once, before anything runs.
	Recover(ctx context.Context) error
	// Due gives deliveries that the ledger wanted looked at so long ago.
	Due(ctx context.Context, late time.Duration) ([]string, error)
	// Watch compares the ledger with itself and raises the alarm.
	Watch(ctx context.Context) error
	// FetchReplies takes what authorities sent back; it returns when nothing more waits.
	FetchReplies(ctx context.Context) error
	// Expire removes drafts past their day.
	Expire(ctx context.Context) error
}

// Config says how often; zero values are the defaults of a live platform.
type Config struct {
	Poll      time.Duration // how often replies are fetched, default 2 s
	Reconcile time.Duration // how often the ledger is compared, default 1 min
	Workers   int           // at once, default 8
}

// Jobs is the running client.
type Jobs struct {
	client *river.Client[*sql.Tx]
	work   Work
	cfg    Config
	log    *slog.Logger
	loops  sync.WaitGroup
	stop   context.CancelFunc
}

// deliver is the one kind of job; it carries an identifier and nothing else.
type deliver struct {
	Delivery string `json:"delivery"`
}

func (deliver) Kind() string { return "deliver" }

type deliverWorker struct {
	river.WorkerDefaults[deliver]
	work Work
}

// Timeout bounds one try; the hand-over goes on where it was cut off.
func (w *deliverWorker) Timeout(*river.Job[deliver]) time.Duration { return 5 * time.Minute }

// Work snoozes until the message's next step. An error is snoozed too: how long to wait is for the ledger to say, and
// River must never give a message up.
func (w *deliverWorker) Work(ctx context.Context, job *river.Job[deliver]) error {
	again, err := w.work.Deliver(ctx, job.Args.Delivery)
	if err != nil {
		return err
	}
	if again.IsZero() {
		return nil
	}
	return river.JobSnooze(max(time.Until(again), 50*time.Millisecond))
}

// NextRetry replaces River's own back-off by a short one; the ledger's reconciliation is behind it.
func (w *deliverWorker) NextRetry(job *river.Job[deliver]) time.Time {
	wait := min(time.Duration(1<<min(job.Attempt, 12))*time.Second, 15*time.Minute)
	return time.Now().Add(wait)
}

// New brings River's tables up to date and makes the client; nothing runs before Start.
func New(ctx context.Context, db *sql.DB, work Work, cfg Config, log *slog.Logger) (*Jobs, error) {
	if cfg.Poll == 0 {
		cfg.Poll = 2 * time.Second
	}
	if cfg.Reconcile == 0 {
		cfg.Reconcile = time.Minute
	}
	if cfg.Workers == 0 {
		cfg.Workers = 8
	}
	driver := riversqlite.New(db)
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("jobs: migrate: %w", err)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &deliverWorker{work: work})
	client, err := river.NewClient(driver, &river.Config{
		Queues: map[string]river.QueueConfig{river.QueueDefault: {
			MaxWorkers: cfg.Workers, FetchCooldown: 20 * time.Millisecond, FetchPollInterval: 250 * time.Millisecond,
		}},
		Workers: workers, Logger: log, MaxAttempts: 1000, RescueStuckJobsAfter: 6 * time.Minute,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	return &Jobs{client: client, work: work, cfg: cfg, log: log}, nil
}

// Deliver puts a delivery's job into the caller's transaction.
func (j *Jobs) Deliver(ctx context.Context, tx *sql.Tx, delivery string) error {
	_, err := j.client.InsertTx(ctx, tx, deliver{delivery}, nil)
	return err
}

// Start runs the workers and the two loops until Stop.
func (j *Jobs) Start(ctx context.Context) error {
	ctx, j.stop = context.WithCancel(ctx)
	if err := errors.Join(j.work.Recover(ctx), j.requeue(ctx, 0)); err != nil {
		j.stop()
		return fmt.Errorf("jobs: %w", err)
	}
	if err := j.client.Start(context.WithoutCancel(ctx)); err != nil {
		j.stop()
		return fmt.Errorf("jobs: %w", err)
	}
	j.every(ctx, j.cfg.Poll, "fetch replies", j.work.FetchReplies)
	j.every(ctx, j.cfg.Reconcile, "reconcile", j.reconcile)
	j.every(ctx, 10*time.Minute, "expire drafts", j.work.Expire)
	return nil
}

// Stop waits for running jobs until ctx ends; what is cut off is taken up at the next start.
func (j *Jobs) Stop(ctx context.Context) error {
	j.stop()
	j.loops.Wait()
	if err := j.client.Stop(ctx); err != nil {
		return errors.Join(err, j.client.StopAndCancel(context.WithoutCancel(ctx)))
	}
	return nil
}

// every runs f at once and then with a pause; errors are logged once when they begin and once when they end.
func (j *Jobs) every(ctx context.Context, pause time.Duration, what string, f func(context.Context) error) {
	j.loops.Go(func() {
		failing := false
		for {
			err := f(ctx)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil && !failing:
				j.log.Error("background work fails", "what", what, "error", err)
			case err == nil && failing:
				j.log.Info("background work is well again", "what", what)
			}
			failing = err != nil
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
		}
	})
}

// late is how long a delivery may be due before its job counts as lost: River looks every few seconds.
const late = 15 * time.Second

func (j *Jobs) reconcile(ctx context.Context) error {
	return errors.Join(j.requeue(ctx, late), j.work.Watch(ctx))
}

// requeue makes a job for each delivery that has been due for so long. A second job for the same delivery is harmless:
// one that has ended, or that another worker holds, gives nothing to do. It must not be unique: the row of a job that
// was killed counts as running for minutes.
func (j *Jobs) requeue(ctx context.Context, late time.Duration) error {
	due, err := j.work.Due(ctx, late)
	if err != nil {
		return err
	}
	for _, id := range due {
		if _, err := j.client.Insert(ctx, deliver{id}, nil); err != nil {
			return fmt.Errorf("enqueue: %w", err)
		}
	}
	return nil
}
