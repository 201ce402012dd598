package store

import (
	"context"
	"database/sql"
	"time"

	"aufenthalt/internal/application"
	"aufenthalt/internal/sqldb"
)

// Delivery is one row of the ledger: the truth about where an outgoing message is. Jobs come and go; this stays.
type Delivery struct {
	ID          string // UUID of the outgoing message
	Number      application.Number
	Kind        string // application, answer
	Destination string
	Parcel      string // blob with the sealed parts
	Receipts    application.Receipts
	Reason      string
	Attempts    int
	Progress    string // JSON of the hand-over, so that it goes on where it was cut off
	Case        string // case id of the delivery service
}

const deliveryColumns = `id, case_number, kind, destination, parcel, accepted_at, sealed_at, handed_over_at, fetched_at, imported_at,
	rejected_at, failed_at, reason, attempts, progress, fc_case`

func scanDelivery(row sqldb.Row) (Delivery, error) {
	var d Delivery
	var t [7]int64
	err := row.Scan(&d.ID, &d.Number, &d.Kind, &d.Destination, &d.Parcel, &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &t[6],
		&d.Reason, &d.Attempts, &d.Progress, &d.Case)
	d.Receipts = application.Receipts{Accepted: sqldb.Time(t[0]), Sealed: sqldb.Time(t[1]), HandedOver: sqldb.Time(t[2]),
		Fetched: sqldb.Time(t[3]), Imported: sqldb.Time(t[4]), Rejected: sqldb.Time(t[5]), Failed: sqldb.Time(t[6])}
	return d, notFound(err)
}

// InsertDelivery opens a row in the ledger, inside the transaction that accepts the message.
func (s *Store) InsertDelivery(ctx context.Context, tx *sql.Tx, d Delivery) error {
	res, err := tx.ExecContext(ctx, `insert into delivery (id, case_number, kind, destination, parcel, accepted_at, sealed_at, fc_case)
		values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`, d.ID, string(d.Number), d.Kind, d.Destination, d.Parcel,
		sqldb.Millis(d.Receipts.Accepted), sqldb.Millis(d.Receipts.Sealed), d.Case)
	return oneRow(res, err)
}

// FindDelivery reads one row, NotFound when absent.
func (s *Store) FindDelivery(ctx context.Context, id string) (Delivery, error) {
	return scanDelivery(s.DB.Read.QueryRowContext(ctx, `select `+deliveryColumns+` from delivery where id = $1`, id))
}

// Deliveries gives all rows of a case, oldest first.
func (s *Store) Deliveries(ctx context.Context, n application.Number) ([]Delivery, error) {
	return sqldb.List(ctx, s.DB.Read, scanDelivery, `select `+deliveryColumns+` from delivery where case_number = $1 order by accepted_at, id`, string(n))
}

// pending is the condition that a row's way has not ended.
const pending = `imported_at = 0 and rejected_at = 0 and failed_at = 0`

// Claim takes a pending delivery for one worker until the given time; false when it has ended, another one holds it, or
// it is wanted only after due: then a second job for it has nothing to do and must end, or jobs would pile up.
func (s *Store) Claim(ctx context.Context, id string, now, due, until time.Time) (bool, error) {
	res, err := s.DB.Write.ExecContext(ctx, `update delivery set claimed_until = $4 where id = $1 and claimed_until <= $2 and next_at <= $3 and `+pending,
		id, sqldb.Millis(now), sqldb.Millis(due), sqldb.Millis(until))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// Hold prolongs a claim while its worker lives; zero lets go.
func (s *Store) Hold(ctx context.Context, id string, until time.Time) error {
	ms := int64(0)
	if !until.IsZero() {
		ms = sqldb.Millis(until)
	}
	return oneRow(s.DB.Write.ExecContext(ctx, `update delivery set claimed_until = $2 where id = $1`, id, ms))
}

// ReleaseClaims lets go of everything. Only right at the start of a process that has the database for itself.
func (s *Store) ReleaseClaims(ctx context.Context) error {
	_, err := s.DB.Write.ExecContext(ctx, `update delivery set claimed_until = 0, requeued_until = 0 where (claimed_until > 0 or requeued_until > 0) and `+pending)
	return err
}

// TakeDue gives pending deliveries that should have been looked at before the given time and that nobody holds, the
// longest overdue first, and says when to take them again if nothing happens.
func (s *Store) TakeDue(ctx context.Context, before, now, again time.Time, limit int) ([]string, error) {
	return sqldb.List(ctx, s.DB.Write, sqldb.Text, `update delivery set requeued_until = $3 where id in
		(select id from delivery where `+pending+` and next_at <= $1 and claimed_until <= $2 and requeued_until <= $2 order by next_at, id limit $4) returning id`,
		sqldb.Millis(before), sqldb.Millis(now), sqldb.Millis(again), limit)
}

// SaveProgress remembers where the hand-over stands.
func (s *Store) SaveProgress(ctx context.Context, id, progress, fcCase string) error {
	return oneRow(s.DB.Write.ExecContext(ctx, `update delivery set progress = $2, fc_case = $3 where id = $1`, id, progress, fcCase))
}

// Postpone counts an attempt and says when to look again.
func (s *Store) Postpone(ctx context.Context, id string, next time.Time) error {
	return oneRow(s.DB.Write.ExecContext(ctx, `update delivery set attempts = attempts + 1, next_at = $2 where id = $1`, id, sqldb.Millis(next)))
}

// MarkHandedOver writes the third receipt; the first time stays.
func (s *Store) MarkHandedOver(ctx context.Context, id string, at time.Time) error {
	return oneRow(s.DB.Write.ExecContext(ctx, `update delivery set handed_over_at = case handed_over_at when 0 then $2 else handed_over_at end,
		attempts = 0, next_at = $2 where id = $1`, id, sqldb.Millis(at)))
}

// MarkImported writes the fourth and fifth receipt: acceptance proves that it was fetched as well.
func (s *Store) MarkImported(ctx context.Context, id string, at time.Time) error {
	return oneRow(s.DB.Write.ExecContext(ctx, `update delivery set fetched_at = case fetched_at when 0 then $2 else fetched_at end,
		imported_at = case imported_at when 0 then $2 else imported_at end where id = $1`, id, sqldb.Millis(at)))
}

// MarkRejected ends the way with the receiver's reason (a code of the standard, no personal data).
func (s *Store) MarkRejected(ctx context.Context, id string, at time.Time, reason string) error {
	return oneRow(s.DB.Write.ExecContext(ctx, `update delivery set rejected_at = $2, reason = $3 where id = $1`, id, sqldb.Millis(at), reason))
}

// Count is the ledger's balance.
type Count struct{ Accepted, Delivered, Pending, Rejected, Failed int }

// Balance counts all rows. Accepted must equal the sum of the rest: what is missing would be a silent failure.
func (s *Store) Balance(ctx context.Context) (Count, error) {
	var c Count
	err := s.DB.Read.QueryRowContext(ctx, `select count(*),
		coalesce(sum(case when imported_at > 0 then 1 else 0 end), 0),
		coalesce(sum(case when imported_at = 0 and rejected_at = 0 and failed_at = 0 then 1 else 0 end), 0),
		coalesce(sum(case when rejected_at > 0 then 1 else 0 end), 0),
		coalesce(sum(case when failed_at > 0 and imported_at = 0 and rejected_at = 0 then 1 else 0 end), 0) from delivery`).
		Scan(&c.Accepted, &c.Delivered, &c.Pending, &c.Rejected, &c.Failed)
	return c, err
}

// Orphans counts applications without a row in the ledger; it must be 0 at every moment.
func (s *Store) Orphans(ctx context.Context) (n int, err error) {
	err = s.DB.Read.QueryRowContext(ctx, `select count(*) from application a where not exists (select 1 from delivery d where d.id = a.id)`).Scan(&n)
	return n, err
}
