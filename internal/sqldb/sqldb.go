// Package sqldb opens a database, migrates it, and runs retried transactions: SQLite today, in the SQL subset that
// PostgreSQL also runs ($1 parameters, ON CONFLICT, RETURNING, times as unix milliseconds).
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// DB is one write connection and a pool of readers of the same file (SQLite allows one writer at a time).
type DB struct {
	Write *sql.DB
	Read  *sql.DB
}

// Open opens or makes the SQLite file in WAL mode with synchronous=FULL: a committed row survives power loss.
func Open(path string) (*DB, error) {
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_txlock=immediate&_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)" +
		"&_pragma=synchronous(FULL)&_pragma=foreign_keys(ON)&_pragma=secure_delete(ON)"
	w, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	w.SetMaxOpenConns(1)
	if err := w.Ping(); err != nil {
		w.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	r, err := sql.Open("sqlite", strings.Replace(dsn, "_txlock=immediate", "_txlock=deferred", 1)+"&_pragma=query_only(ON)")
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	r.SetMaxOpenConns(4)
	return &DB{Write: w, Read: r}, nil
}

// Close closes both sides.
func (db *DB) Close() error { return errors.Join(db.Read.Close(), db.Write.Close()) }

// Migrate applies the embedded goose migrations in dir of fsys, forward only.
func (db *DB) Migrate(ctx context.Context, fsys fs.FS) error {
	p, err := goose.NewProvider(goose.DialectSQLite3, db.Write, fsys)
	if err != nil {
		return fmt.Errorf("migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Tx runs f in a write transaction and commits. f may run several times (busy, serialisation failure), so it must
// have no effect outside the transaction.
func (db *DB) Tx(ctx context.Context, f func(tx *sql.Tx) error) error {
	for try := 0; ; try++ {
		err := db.once(ctx, f)
		if err == nil || try == 6 || !retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(1<<try)*4*time.Millisecond + rand.N(5*time.Millisecond)):
		}
	}
}

func (db *DB) once(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := db.Write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// retryable tells the failures that go away by running the transaction again.
func retryable(err error) bool {
	var se *sqlite.Error
	if errors.As(err, &se) {
		switch se.Code() & 0xff {
		case 5, 6: // SQLITE_BUSY, SQLITE_LOCKED
			return true
		}
	}
	return false
}

// Millis is how times are stored: unix milliseconds, UTC.
func Millis(t time.Time) int64 { return t.UnixMilli() }

// Time reads a stored time; 0 gives the zero time.
func Time(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// Querier is the database or a transaction.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Row is one row of a result.
type Row interface{ Scan(into ...any) error }

// List gives what scan makes of each row of a query; nil when there is none.
func List[T any](ctx context.Context, q Querier, scan func(Row) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return out, rows.Err()
}

// Text scans a row of one text.
func Text(row Row) (s string, err error) {
	err = row.Scan(&s)
	return s, err
}
