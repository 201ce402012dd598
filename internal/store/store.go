// Package store holds all SQL of the platform, in the subset that SQLite and PostgreSQL share.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"aufenthalt/internal/application"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Store reads and writes the platform's rows.
type Store struct{ DB *sqldb.DB }

// Open opens the database and brings its schema up to date.
func Open(ctx context.Context, path string) (*Store, error) {
	db, err := sqldb.Open(path)
	if err != nil {
		return nil, err
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if err := db.Migrate(ctx, dir); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Store{db}, nil
}

// Close closes the database.
func (s *Store) Close() error { return s.DB.Close() }

// Tx runs f in one write transaction; f may run more than once.
func (s *Store) Tx(ctx context.Context, f func(tx *sql.Tx) error) error { return s.DB.Tx(ctx, f) }

func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.E(errs.NotFound, "error.absent")
	}
	return err
}

// Draft is the shell around sealed uploads.
type Draft struct {
	ID          string
	AGS         string
	KeyVerifier []byte
	Expires     time.Time
}

// Document is one sealed upload of a draft.
type Document struct {
	Draft, ID, MIME string
	Size            int64
	Sealed          []byte // name, under the draft key
	Blob            string
}

// FindDraft gives a draft that has not expired, else NotFound.
func (s *Store) FindDraft(ctx context.Context, id string, now time.Time) (Draft, error) {
	d := Draft{ID: id}
	var expires int64
	err := s.DB.Read.QueryRowContext(ctx, `select ags, key_verifier, expires_at from draft where id = $1 and expires_at > $2`,
		id, sqldb.Millis(now)).Scan(&d.AGS, &d.KeyVerifier, &expires)
	d.Expires = sqldb.Time(expires)
	return d, notFound(err)
}

// PutDocument makes the draft on first use and stores a document's row. It gives the blob that the row had before, so
// that the caller can delete it, and the total size of the draft.
func (s *Store) PutDocument(ctx context.Context, d Draft, doc Document, now time.Time) (replaced string, total int64, err error) {
	err = s.Tx(ctx, func(tx *sql.Tx) error {
		replaced, total = "", 0
		_, err := tx.ExecContext(ctx, `insert into draft (id, ags, key_verifier, created_at, expires_at) values ($1, $2, $3, $4, $5)
			on conflict (id) do update set expires_at = excluded.expires_at`,
			d.ID, d.AGS, d.KeyVerifier, sqldb.Millis(now), sqldb.Millis(d.Expires))
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `select blob from draft_document where draft_id = $1 and id = $2`, d.ID, doc.ID).Scan(&replaced)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into draft_document (draft_id, id, mime, size, sealed, blob, created_at)
			values ($1, $2, $3, $4, $5, $6, $7) on conflict (draft_id, id) do update
			set mime = excluded.mime, size = excluded.size, sealed = excluded.sealed, blob = excluded.blob`,
			d.ID, doc.ID, doc.MIME, doc.Size, doc.Sealed, doc.Blob, sqldb.Millis(now))
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `select coalesce(sum(size), 0) from draft_document where draft_id = $1`, d.ID).Scan(&total)
	})
	return replaced, total, err
}

// Documents gives all documents of a draft.
func (s *Store) Documents(ctx context.Context, draft string) ([]Document, error) {
	return sqldb.List(ctx, s.DB.Read, func(row sqldb.Row) (Document, error) {
		d := Document{Draft: draft}
		err := row.Scan(&d.ID, &d.MIME, &d.Size, &d.Sealed, &d.Blob)
		return d, err
	}, `select id, mime, size, sealed, blob from draft_document where draft_id = $1 order by created_at, id`, draft)
}

// DeleteDocument removes a row and gives its blob; absent gives an empty name.
func (s *Store) DeleteDocument(ctx context.Context, draft, id string) (blob string, err error) {
	err = s.Tx(ctx, func(tx *sql.Tx) error {
		blob = ""
		err := tx.QueryRowContext(ctx, `delete from draft_document where draft_id = $1 and id = $2 returning blob`, draft, id).Scan(&blob)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return blob, err
}

// DeleteDraft removes a draft and gives the blobs of its documents.
func (s *Store) DeleteDraft(ctx context.Context, id string) (blobs []string, err error) {
	err = s.Tx(ctx, func(tx *sql.Tx) error {
		blobs, err = sqldb.List(ctx, tx, sqldb.Text, `delete from draft_document where draft_id = $1 returning blob`, id)
		if err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `delete from draft where id = $1`, id)
		return err
	})
	return blobs, err
}

// ExpiredDrafts gives drafts past their day, at most a hundred.
func (s *Store) ExpiredDrafts(ctx context.Context, now time.Time) ([]string, error) {
	return sqldb.List(ctx, s.DB.Read, sqldb.Text, `select id from draft where expires_at <= $1 order by expires_at limit 100`, sqldb.Millis(now))
}

// Application is one accepted application; what was answered is not in it.
type Application struct {
	ID            string
	Number        application.Number
	AGS           string
	Service       string
	Hash          string
	LawDay        string
	Language      string
	RequestDigest []byte
	CodeVerifier  []byte
	CasePublic    []byte
	CaseWrapped   []byte
	Receipt       string
	Missing       []string
	Received      time.Time
}

const applicationColumns = `id, case_number, ags, service, definition_hash, law_day, language, request_digest, code_verifier,
	case_public, case_wrapped, receipt, missing, received_at`

func scanApplication(row *sql.Row) (Application, error) {
	var a Application
	var missing string
	var received int64
	err := row.Scan(&a.ID, &a.Number, &a.AGS, &a.Service, &a.Hash, &a.LawDay, &a.Language, &a.RequestDigest, &a.CodeVerifier,
		&a.CasePublic, &a.CaseWrapped, &a.Receipt, &missing, &received)
	a.Missing, a.Received = strings.Fields(missing), sqldb.Time(received)
	return a, notFound(err)
}

// ApplicationByID finds an application by the browser's id.
func (s *Store) ApplicationByID(ctx context.Context, id string) (Application, error) {
	return scanApplication(s.DB.Read.QueryRowContext(ctx, `select `+applicationColumns+` from application where id = $1`, id))
}

// ApplicationByNumber finds an application by its case number.
func (s *Store) ApplicationByNumber(ctx context.Context, n application.Number) (Application, error) {
	return scanApplication(s.DB.Read.QueryRowContext(ctx, `select `+applicationColumns+` from application where case_number = $1`, string(n)))
}

// InsertApplication writes the application inside the caller's transaction; Conflict when the id or number is taken.
func (s *Store) InsertApplication(ctx context.Context, tx *sql.Tx, a Application) error {
	res, err := tx.ExecContext(ctx, `insert into application (`+applicationColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) on conflict do nothing`,
		a.ID, string(a.Number), a.AGS, a.Service, a.Hash, a.LawDay, a.Language, a.RequestDigest, a.CodeVerifier, a.CasePublic, a.CaseWrapped,
		a.Receipt, strings.Join(a.Missing, " "), sqldb.Millis(a.Received))
	return oneRow(res, err)
}

func oneRow(res sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		err = errs.E(errs.Conflict, "error.conflict")
	}
	return err
}

// Message is one message of the back channel, sealed to the case key.
type Message struct {
	ID         string
	Number     application.Number
	Kind       string // question, answer
	InReplyTo  string
	Sealed     []byte
	Attachment string
	At         time.Time
}

// InsertMessage stores a message; known tells that the id was there already (a duplicate is no error).
func (s *Store) InsertMessage(ctx context.Context, tx *sql.Tx, m Message) (known bool, err error) {
	res, err := tx.ExecContext(ctx, `insert into message (id, case_number, kind, in_reply_to, sealed, attachment, at)
		values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
		m.ID, string(m.Number), m.Kind, m.InReplyTo, m.Sealed, m.Attachment, sqldb.Millis(m.At))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 0, err
}

// FindMessage reads one message of any case, NotFound when absent.
func (s *Store) FindMessage(ctx context.Context, id string) (Message, error) {
	m := Message{ID: id}
	var at int64
	err := s.DB.Read.QueryRowContext(ctx, `select case_number, kind, in_reply_to, sealed, attachment, at from message where id = $1`, id).
		Scan(&m.Number, &m.Kind, &m.InReplyTo, &m.Sealed, &m.Attachment, &at)
	m.At = sqldb.Time(at)
	return m, notFound(err)
}

// Messages gives the thread of a case, oldest first.
func (s *Store) Messages(ctx context.Context, n application.Number) ([]Message, error) {
	return sqldb.List(ctx, s.DB.Read, func(row sqldb.Row) (Message, error) {
		m := Message{Number: n}
		var at int64
		err := row.Scan(&m.ID, &m.Kind, &m.InReplyTo, &m.Sealed, &m.Attachment, &at)
		m.At = sqldb.Time(at)
		return m, err
	}, `select id, kind, in_reply_to, sealed, attachment, at from message where case_number = $1 order by at, id`, string(n))
}

// Attempts gives the failures counted for a subject and until when it must wait.
func (s *Store) Attempts(ctx context.Context, subject string) (failures int, until time.Time, err error) {
	var blocked int64
	err = s.DB.Read.QueryRowContext(ctx, `select failures, blocked_until from attempt where subject = $1`, subject).Scan(&failures, &blocked)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, time.Time{}, nil
	}
	return failures, sqldb.Time(blocked), err
}

// CountFailure adds one wrong try; at limit the subject is blocked until the given time and the count starts anew.
func (s *Store) CountFailure(ctx context.Context, subject string, limit int, now, until time.Time) (failures int, err error) {
	err = s.Tx(ctx, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `insert into attempt (subject, failures, blocked_until, at) values ($1, 1, 0, $2)
			on conflict (subject) do update set failures = attempt.failures + 1, at = excluded.at returning failures`, subject, sqldb.Millis(now)).Scan(&failures)
		if err != nil || failures < limit {
			return err
		}
		_, err = tx.ExecContext(ctx, `update attempt set failures = 0, blocked_until = $2 where subject = $1`, subject, sqldb.Millis(until))
		return err
	})
	return failures, err
}

// ClearAttempts forgets the failures of a subject.
func (s *Store) ClearAttempts(ctx context.Context, subject string) error {
	_, err := s.DB.Write.ExecContext(ctx, `delete from attempt where subject = $1`, subject)
	return err
}

// ForgetAttempts drops what failed last before the given time: anybody can make rows, also for numbers that do not exist.
func (s *Store) ForgetAttempts(ctx context.Context, before time.Time) error {
	_, err := s.DB.Write.ExecContext(ctx, `delete from attempt where at < $1`, sqldb.Millis(before))
	return err
}

// DestinationKey is the last good public key of an authority, so that intake works while the delivery service is away.
type DestinationKey struct {
	Destination, KID, JWK string
	Fetched               time.Time
}

// PutDestinationKey remembers a key.
func (s *Store) PutDestinationKey(ctx context.Context, k DestinationKey) error {
	_, err := s.DB.Write.ExecContext(ctx, `insert into destination_key (destination, kid, jwk, fetched_at) values ($1, $2, $3, $4)
		on conflict (destination) do update set kid = excluded.kid, jwk = excluded.jwk, fetched_at = excluded.fetched_at`,
		k.Destination, k.KID, k.JWK, sqldb.Millis(k.Fetched))
	return err
}

// FindDestinationKey gives the remembered key, else NotFound.
func (s *Store) FindDestinationKey(ctx context.Context, destination string) (DestinationKey, error) {
	k := DestinationKey{Destination: destination}
	var at int64
	err := s.DB.Read.QueryRowContext(ctx, `select kid, jwk, fetched_at from destination_key where destination = $1`, destination).Scan(&k.KID, &k.JWK, &at)
	k.Fetched = sqldb.Time(at)
	return k, notFound(err)
}

// Ready tells whether the database answers.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.DB.Read.PingContext(ctx); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}
