package connector

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"io/fs"
	"time"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// journal remembers every submission and message, so that each step can be repeated after any interruption.
type journal struct {
	db  *sqldb.DB
	now func() time.Time
}

func openJournal(ctx context.Context, path string, now func() time.Time) (*journal, error) {
	db, err := sqldb.Open(path)
	if err != nil {
		return nil, err
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err == nil {
		err = db.Migrate(ctx, dir)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &journal{db, now}, nil
}

// submission is a row with what is known of its message.
type submission struct {
	ID, Case    string
	Message     string // UUID, empty until it was read
	Type        string
	Tags        fitconnect.Tags
	Problem     *fitconnect.Problem
	Seen        time.Time
	Handed      bool
	Verdict     akte.Verdict
	Code        string
	Tries       int
	tags, wrong string
}

// message is what identifies a message and its content.
type message struct{ UUID, SHA256, Type, Number, Case string }

func (j *journal) exec(ctx context.Context, query string, args ...any) error {
	return j.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
}

// see enters a submission that waits; it tells whether it is new.
func (j *journal) see(ctx context.Context, ref fitconnect.Reference) (fresh bool, err error) {
	err = j.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `insert into submission (id, case_id, seen_at) values ($1, $2, $3) on conflict (id) do nothing`,
			ref.SubmissionID, ref.CaseID, sqldb.Millis(j.now()))
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		fresh = n > 0
		return err
	})
	return fresh, err
}

// reopen brings back a submission that was decided here but still waits at the service, as after a restored backup there.
func (j *journal) reopen(ctx context.Context, id string) error {
	return j.exec(ctx, `update submission set decided_at = 0, outcome = '' where id = $1 and decided_at > 0`, id)
}

const submissionColumns = `select s.id, s.case_id, s.message, coalesce(m.type, ''), s.tags, s.problem, s.seen_at, coalesce(m.handed_at, 0),
	coalesce(m.verdict, ''), coalesce(m.code, ''), s.tries from submission s left join message m on m.uuid = s.message `

// open lists what is not decided and may be tried now, oldest first.
func (j *journal) open(ctx context.Context) ([]submission, error) {
	return sqldb.List(ctx, j.db.Read, scanSubmission, submissionColumns+`where s.decided_at = 0 and s.next_at <= $1 order by s.seen_at, s.id`, sqldb.Millis(j.now()))
}

func (j *journal) submission(ctx context.Context, id string) (submission, error) {
	return scanSubmission(j.db.Read.QueryRowContext(ctx, submissionColumns+`where s.id = $1`, id))
}

func scanSubmission(row sqldb.Row) (submission, error) {
	var s submission
	var seen, handed int64
	err := row.Scan(&s.ID, &s.Case, &s.Message, &s.Type, &s.tags, &s.wrong, &seen, &handed, &s.Verdict, &s.Code, &s.Tries)
	if err != nil {
		return s, err
	}
	s.Seen, s.Handed = sqldb.Time(seen), handed > 0
	if s.tags != "" {
		if err := json.Unmarshal([]byte(s.tags), &s.Tags); err != nil {
			return s, err
		}
	}
	if s.wrong != "" {
		s.Problem = new(fitconnect.Problem)
		err = json.Unmarshal([]byte(s.wrong), s.Problem)
	}
	return s, err
}

// refuse notes why a submission must be rejected.
func (j *journal) refuse(ctx context.Context, id string, p fitconnect.Problem) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return j.exec(ctx, `update submission set problem = $1 where id = $2`, string(raw), id)
}

// enter ties a submission to its message. A known UUID with the same content is a duplicate and shares the fate of the
// first; other content, or a case number that belongs to another case, is a clash and changes nothing.
func (j *journal) enter(ctx context.Context, id string, m message, tags fitconnect.Tags) (clash bool, err error) {
	raw, err := json.Marshal(tags)
	if err != nil {
		return false, err
	}
	err = j.db.Tx(ctx, func(tx *sql.Tx) error {
		clash = false
		var n int
		err := tx.QueryRowContext(ctx, `select count(*) from message where (uuid = $1 and (sha256 <> $2 or case_id <> $3))
			or (number = $4 and type = '130101' and case_id <> $3 and verdict <> 'rejected')`, m.UUID, m.SHA256, m.Case, m.Number).Scan(&n)
		if clash = n > 0; err != nil || clash {
			return err
		}
		_, err = tx.ExecContext(ctx, `insert into message (uuid, sha256, type, number, case_id, entered_at) values ($1, $2, $3, $4, $5, $6)
			on conflict (uuid) do nothing`, m.UUID, m.SHA256, m.Type, m.Number, m.Case, sqldb.Millis(j.now()))
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `update submission set message = $1, tags = $2 where id = $3`, m.UUID, string(raw), id)
		return err
	})
	return clash, err
}

func (j *journal) handed(ctx context.Context, message string) error {
	return j.exec(ctx, `update message set handed_at = $1 where uuid = $2 and handed_at = 0`, sqldb.Millis(j.now()), message)
}

func (j *journal) confirmed(ctx context.Context, message string, q akte.Quittung) error {
	return j.exec(ctx, `update message set confirmed_at = $1, verdict = $2, code = $3 where uuid = $4`, sqldb.Millis(j.now()), string(q.State), q.Code, message)
}

func (j *journal) decided(ctx context.Context, id, outcome string) error {
	return j.exec(ctx, `update submission set decided_at = $1, outcome = $2 where id = $3`, sqldb.Millis(j.now()), outcome, id)
}

// later notes a failed try and when the next one may be made.
func (j *journal) later(ctx context.Context, table, key, id string, next time.Time) error {
	return j.exec(ctx, `update `+table+` set tries = tries + 1, next_at = $1 where `+key+` = $2`, sqldb.Millis(next), id)
}

// caseOf gives the FIT-Connect case of an application that arrived here; empty when there is none.
func (j *journal) caseOf(ctx context.Context, number string) (string, error) {
	var id string
	err := j.db.Read.QueryRowContext(ctx, `select case_id from message where number = $1 and type = '130101' and verdict <> 'rejected'
		order by entered_at desc limit 1`, number).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return id, err
}

// belongs tells whether a message arrived in the application of that number.
func (j *journal) belongs(ctx context.Context, message, number string) (bool, error) {
	var n int
	err := j.db.Read.QueryRowContext(ctx, `select count(*) from message where uuid = $1 and number = $2`, message, number).Scan(&n)
	return n > 0, err
}

// outgoing is a message on its way to the platform.
type outgoing struct {
	UUID, SHA256, Number, Case string
	Tags                       *fitconnect.Tags // nil until the parcel is stored
	Progress                   fitconnect.Progress
	Sent, Moved                bool
	Outcome                    string
	Tries                      int
	Next                       time.Time
}

func (j *journal) begin(ctx context.Context, o outgoing) error {
	return j.exec(ctx, `insert into outgoing (uuid, sha256, number, case_id, entered_at) values ($1, $2, $3, $4, $5) on conflict (uuid) do nothing`,
		o.UUID, o.SHA256, o.Number, o.Case, sqldb.Millis(j.now()))
}

const outgoingColumns = `select uuid, sha256, number, case_id, tags, progress, sent_at, moved_at, outcome, tries, next_at from outgoing `

// outgoing gives a row; false when there is none.
func (j *journal) outgoing(ctx context.Context, uuid string) (outgoing, bool, error) {
	o, err := scanOutgoing(j.db.Read.QueryRowContext(ctx, outgoingColumns+`where uuid = $1`, uuid))
	if errors.Is(err, sql.ErrNoRows) {
		return o, false, nil
	}
	return o, err == nil, err
}

// unanswered lists what is with the platform and not yet accepted or rejected there.
func (j *journal) unanswered(ctx context.Context) ([]outgoing, error) {
	return sqldb.List(ctx, j.db.Read, scanOutgoing, outgoingColumns+`where moved_at > 0 and outcome = '' and next_at <= $1 order by entered_at`, sqldb.Millis(j.now()))
}

func scanOutgoing(row sqldb.Row) (outgoing, error) {
	var o outgoing
	var tags, progress string
	var sent, moved, next int64
	if err := row.Scan(&o.UUID, &o.SHA256, &o.Number, &o.Case, &tags, &progress, &sent, &moved, &o.Outcome, &o.Tries, &next); err != nil {
		return o, err
	}
	o.Sent, o.Moved, o.Next = sent > 0, moved > 0, sqldb.Time(next)
	if tags != "" {
		o.Tags = new(fitconnect.Tags)
		if err := json.Unmarshal([]byte(tags), o.Tags); err != nil {
			return o, err
		}
	}
	err := json.Unmarshal([]byte(progress), &o.Progress)
	return o, err
}

func (j *journal) packed(ctx context.Context, uuid string, tags fitconnect.Tags) error {
	raw, err := json.Marshal(tags)
	if err != nil {
		return err
	}
	return j.exec(ctx, `update outgoing set tags = $1 where uuid = $2`, string(raw), uuid)
}

func (j *journal) progress(ctx context.Context, uuid string, p fitconnect.Progress) error {
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return j.exec(ctx, `update outgoing set progress = $1 where uuid = $2`, string(raw), uuid)
}

func (j *journal) sent(ctx context.Context, uuid string) error {
	return j.exec(ctx, `update outgoing set sent_at = $1, tries = 0, next_at = 0 where uuid = $2`, sqldb.Millis(j.now()), uuid)
}

func (j *journal) moved(ctx context.Context, uuid string) error {
	return j.exec(ctx, `update outgoing set moved_at = $1 where uuid = $2`, sqldb.Millis(j.now()), uuid)
}

func (j *journal) answered(ctx context.Context, uuid, outcome string) error {
	return j.exec(ctx, `update outgoing set outcome = $1 where uuid = $2`, outcome, uuid)
}

// states tells how far every message got, by its UUID.
func (j *journal) states(ctx context.Context) (map[string]akte.State, error) {
	rows, err := j.db.Read.QueryContext(ctx, `select uuid, handed_at, confirmed_at, verdict, code from message
		union all select uuid, sent_at, 0, outcome, '' from outgoing`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]akte.State{}
	for rows.Next() {
		var uuid string
		var s akte.State
		var handed, confirmed int64
		if err := rows.Scan(&uuid, &handed, &confirmed, &s.Verdict, &s.Code); err != nil {
			return nil, err
		}
		s.Handed, s.Confirmed = sqldb.Time(handed), sqldb.Time(confirmed)
		out[uuid] = s
	}
	return out, rows.Err()
}
