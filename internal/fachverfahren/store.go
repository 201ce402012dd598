package fachverfahren

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"io/fs"
	"time"

	"aufenthalt/internal/errs"
	"aufenthalt/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

type store struct{ db *sqldb.DB }

func openStore(ctx context.Context, path string) (*store, error) {
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
	return &store{db}, nil
}

// vorgang is one case.
type vorgang struct {
	Number, Authority, Application, Name, Birth, Title, Ground, Purpose string
	Reachable                                                           bool
	Received                                                            time.Time
	Last                                                                string // type of the latest message
}

// nachricht is one message of a case; its content lies in the folder of its UUID.
type nachricht struct {
	UUID, Number, Type, Trigger string
	At                          time.Time
}

// insert stores a message, and its case when there is one with it. Known rows stay.
func (s *store) insert(ctx context.Context, n nachricht, v *vorgang) error {
	return s.db.Tx(ctx, func(tx *sql.Tx) error {
		if v != nil {
			_, err := tx.ExecContext(ctx, `insert into vorgang (number, authority, application, name, birth, title, ground, purpose, reachable, received_at)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (number) do nothing`,
				v.Number, v.Authority, v.Application, v.Name, v.Birth, v.Title, v.Ground, v.Purpose, v.Reachable, sqldb.Millis(v.Received))
			if err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `insert into nachricht (uuid, number, type, trigger, at) values ($1, $2, $3, $4, $5) on conflict (uuid) do nothing`,
			n.UUID, n.Number, n.Type, n.Trigger, sqldb.Millis(n.At))
		return err
	})
}

const vorgangColumns = `select v.number, v.authority, v.application, v.name, v.birth, v.title, v.ground, v.purpose, v.reachable, v.received_at,
	coalesce((select type from nachricht n where n.number = v.number order by at desc, uuid limit 1), '') from vorgang v `

func (s *store) vorgaenge(ctx context.Context) ([]vorgang, error) {
	return sqldb.List(ctx, s.db.Read, scanVorgang, vorgangColumns+`order by v.received_at desc, v.number`)
}

// vorgang gives a case, else NotFound.
func (s *store) vorgang(ctx context.Context, number string) (vorgang, error) {
	v, err := scanVorgang(s.db.Read.QueryRowContext(ctx, vorgangColumns+`where v.number = $1`, number))
	return v, absent(err)
}

func scanVorgang(row sqldb.Row) (vorgang, error) {
	var v vorgang
	var received int64
	err := row.Scan(&v.Number, &v.Authority, &v.Application, &v.Name, &v.Birth, &v.Title, &v.Ground, &v.Purpose, &v.Reachable, &received, &v.Last)
	v.Received = sqldb.Time(received)
	return v, err
}

// nachricht gives a message, else NotFound.
func (s *store) nachricht(ctx context.Context, uuid string) (nachricht, error) {
	n, err := scanNachricht(s.db.Read.QueryRowContext(ctx, `select uuid, number, type, trigger, at from nachricht where uuid = $1`, uuid))
	return n, absent(err)
}

func (s *store) nachrichten(ctx context.Context, number string) ([]nachricht, error) {
	return sqldb.List(ctx, s.db.Read, scanNachricht, `select uuid, number, type, trigger, at from nachricht where number = $1 order by at, uuid`, number)
}

// questions lists all messages that we wrote.
func (s *store) questions(ctx context.Context) ([]nachricht, error) {
	return sqldb.List(ctx, s.db.Read, scanNachricht, `select uuid, number, type, trigger, at from nachricht where type = '130102'`)
}

func scanNachricht(row sqldb.Row) (nachricht, error) {
	var n nachricht
	var at int64
	err := row.Scan(&n.UUID, &n.Number, &n.Type, &n.Trigger, &at)
	n.At = sqldb.Time(at)
	return n, err
}

func absent(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return errs.E(errs.NotFound, "error.absent")
	}
	return err
}
