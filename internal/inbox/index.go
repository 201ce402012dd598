package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/sqldb"
	"aufenthalt/internal/xauslaender"
)

// refresh enters every folder that the index does not know yet. A folder that cannot be read is logged and does not
// hide the others.
func (in *Inbox) refresh(ctx context.Context) error {
	in.index.Lock()
	defer in.index.Unlock()
	names, err := akte.List(in.cfg.Folders)
	if err != nil {
		return err
	}
	known, err := in.known(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if known[name] {
			continue
		}
		if err := in.enter(ctx, name); err != nil {
			in.cfg.Log.Error("folder cannot be shown", "message", name, "error", err.Error())
		}
	}
	return nil
}

func (in *Inbox) known(ctx context.Context) (map[string]bool, error) {
	ids, err := sqldb.List(ctx, in.db.Read, sqldb.Text, `select uuid from nachricht`)
	out := map[string]bool{}
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

func (in *Inbox) enter(ctx context.Context, id string) error {
	f, n, err := in.load(id)
	if err != nil {
		return err
	}
	head, err := xauslaender.ReadHead(n)
	if err != nil {
		return err
	}
	return in.db.Tx(ctx, func(tx *sql.Tx) error {
		if xauslaender.IsApplication(f.Type) {
			name, birth := applicant(n)
			title := ""
			if a := readable(f); a != nil {
				title = a.Title
			}
			_, err := tx.ExecContext(ctx, `insert into vorgang (number, application, name, birth, title, ground, search, test, received_at)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (number) do update set application = excluded.application, name = excluded.name,
				birth = excluded.birth, title = excluded.title, ground = excluded.ground, search = excluded.search, test = excluded.test, received_at = excluded.received_at
				where excluded.received_at >= vorgang.received_at`,
				f.Number, id, name, birth, title, n.At("grundDesAntrags", "code"), searchable(f.Number, name, birth), head.Test, sqldb.Millis(f.Received))
			if err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `insert into nachricht (uuid, number, type, deadline, received_at) values ($1, $2, $3, $4, $5) on conflict (uuid) do nothing`,
			id, f.Number, f.Type, n.At("fristdatum"), sqldb.Millis(f.Received))
		return err
	})
}

// load reads a folder with its message.
func (in *Inbox) load(id string) (*akte.Folder, *xauslaender.Node, error) {
	f, err := akte.Load(filepath.Join(in.cfg.Folders, id))
	if err != nil {
		return nil, nil, err
	}
	n, err := in.reader.Read(f.Data(akte.Message))
	return f, n, err
}

// readable gives the readable form, nil when there is none.
func readable(f *akte.Folder) *akte.Antrag {
	raw := f.Data(akte.Readable)
	if raw == nil {
		return nil
	}
	a, err := akte.ReadAntrag(raw)
	if err != nil {
		return nil
	}
	return a
}

// applicant takes name and birth date from the message, which is what counts.
func applicant(n *xauslaender.Node) (name, birth string) {
	p := n.Kid("angabenZurPerson")
	var parts []string
	for _, e := range []string{"familienname", "vorname"} {
		if s := p.At(e, "name"); s != "" {
			parts = append(parts, s)
		}
	}
	for _, e := range []string{"jahrMonatTag", "jahrMonat", "jahr"} {
		if birth == "" {
			birth = p.At("geburt", "tagDerGeburt", "teilbekanntesDatum", e)
		}
	}
	return strings.Join(parts, ", "), birth
}

// vorgang is one row of the list.
type vorgang struct {
	Number, Application, Name, Birth, Title, Ground string
	Test                                            bool
	Received                                        time.Time
	Messages                                        []nachricht // in order of arrival
	State                                           state
	search                                          string
}

type nachricht struct {
	UUID, Type string
	Deadline   civil.Day
	Received   time.Time
	Opened     bool
	akte.State
}

// state is where a case stands, as word, colour and icon.
type state struct{ Key, Label, Tone, Icon string }

// The states, in the order of the views.
var states = []state{
	{"neu", "Neu", "info", "message"},
	{"antwort", "Antwort ist da", "ok", "check"},
	{"wartet", "Wartet auf Person", "warn", "clock"},
	{"arbeit", "In Bearbeitung", "", "search"},
	{"abgewiesen", "Abgewiesen", "bad", "late"},
}

func stateOf(key string) state {
	return states[slices.IndexFunc(states, func(s state) bool { return s.Key == key })]
}

// Unread tells whether something came in that nobody has opened.
func (v vorgang) Unread() bool {
	return slices.ContainsFunc(v.Messages, func(n nachricht) bool { return n.Type != "130102" && !n.Opened })
}

// Deadline is that of the open question; zero when there is none.
func (v vorgang) Deadline() civil.Day {
	if last := v.Messages[len(v.Messages)-1]; last.Type == "130102" {
		return last.Deadline
	}
	return civil.Day(0)
}

func (v *vorgang) judge() {
	last := v.Messages[len(v.Messages)-1]
	app := v.Messages[slices.IndexFunc(v.Messages, func(n nachricht) bool { return n.UUID == v.Application })]
	switch {
	case app.Verdict == akte.Rejected:
		v.State = stateOf("abgewiesen")
	case last.Type == "130102":
		v.State = stateOf("wartet")
	case last.Type == "130103":
		v.State = stateOf("antwort")
	case !app.Opened:
		v.State = stateOf("neu")
	default:
		v.State = stateOf("arbeit")
	}
}

// vorgaenge lists all cases, the newest event first.
func (in *Inbox) vorgaenge(ctx context.Context) ([]vorgang, error) {
	if err := in.refresh(ctx); err != nil {
		return nil, err
	}
	messages, err := in.nachrichten(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := in.db.Read.QueryContext(ctx, `select number, application, name, birth, title, ground, search, test, received_at from vorgang`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []vorgang
	for rows.Next() {
		var v vorgang
		var received int64
		if err := rows.Scan(&v.Number, &v.Application, &v.Name, &v.Birth, &v.Title, &v.Ground, &v.search, &v.Test, &received); err != nil {
			return nil, err
		}
		v.Received, v.Messages = sqldb.Time(received), messages[v.Number]
		if len(v.Messages) == 0 {
			return nil, fmt.Errorf("inbox: case of message %s has no messages", v.Application)
		}
		v.judge()
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b vorgang) int {
		if c := b.Messages[len(b.Messages)-1].Received.Compare(a.Messages[len(a.Messages)-1].Received); c != 0 {
			return c
		}
		return strings.Compare(a.Number, b.Number)
	})
	return out, rows.Err()
}

// nachrichten gives all messages by case number, with what the connector knows of them.
func (in *Inbox) nachrichten(ctx context.Context) (map[string][]nachricht, error) {
	known, err := in.cfg.Journal.States(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := in.db.Read.QueryContext(ctx, `select uuid, number, type, deadline, received_at, opened_at from nachricht order by received_at, uuid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string][]nachricht{}
	for rows.Next() {
		var n nachricht
		var number, deadline string
		var received, opened int64
		if err := rows.Scan(&n.UUID, &number, &n.Type, &deadline, &received, &opened); err != nil {
			return nil, err
		}
		n.Received, n.Opened, n.State = sqldb.Time(received), opened > 0, known[n.UUID]
		if deadline != "" {
			if n.Deadline, err = civil.Parse(deadline); err != nil {
				return nil, err
			}
		}
		out[number] = append(out[number], n)
	}
	return out, rows.Err()
}

// vorgang gives the case to which a message belongs, else NotFound.
func (in *Inbox) vorgang(ctx context.Context, message string) (vorgang, error) {
	all, err := in.vorgaenge(ctx)
	if err != nil {
		return vorgang{}, err
	}
	for _, v := range all {
		if slices.ContainsFunc(v.Messages, func(n nachricht) bool { return n.UUID == message }) {
			return v, nil
		}
	}
	return vorgang{}, errs.E(errs.NotFound, "error.absent")
}

// opened notes that somebody has seen all messages of a case.
func (in *Inbox) opened(ctx context.Context, number string) error {
	return in.db.Tx(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `update nachricht set opened_at = $1 where number = $2 and opened_at = 0`, sqldb.Millis(in.cfg.Now()), number)
		return err
	})
}

// isKnown tells whether a message is in the index, so that paths come only from there.
func (in *Inbox) isKnown(ctx context.Context, message string) (bool, error) {
	var one int
	err := in.db.Read.QueryRowContext(ctx, `select 1 from nachricht where uuid = $1`, message).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
