package inbox

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net"
	"net/http"
	"strconv"
	"time"

	"aufenthalt/internal/sqldb"
)

const (
	cookieName  = "eingang"
	sessionLife = 8 * time.Hour
	maxWrong    = 5  // per name and address
	maxAddress  = 30 // per address, whatever the names
	waitAfter   = 15 * time.Minute
)

func digest(s string) string { sum := sha256.Sum256([]byte(s)); return hex.EncodeToString(sum[:]) }

// user tells who makes a request; false without a valid session.
func (in *Inbox) user(r *http.Request) (string, bool) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return "", false
	}
	var person string
	err = in.db.Read.QueryRowContext(r.Context(), `select person from session where token = $1 and expires_at > $2`, digest(c.Value), sqldb.Millis(in.cfg.Now())).Scan(&person)
	if err != nil {
		return "", false
	}
	_, known := in.users[person]
	return person, known
}

// signedIn lets only signed-in people through; anybody else is led to the sign-in and learns nothing.
func (in *Inbox) signedIn(next func(w http.ResponseWriter, r *http.Request, person string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		person, ok := in.user(r)
		if !ok {
			http.Redirect(w, r, "/anmelden", http.StatusSeeOther)
			return
		}
		next(w, r, person)
	}
}

type signInPage struct{ Authority, Name, Error string }

func (in *Inbox) showSignIn(w http.ResponseWriter, r *http.Request) {
	if _, ok := in.user(r); ok {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	in.write(w, http.StatusOK, "signin", signInPage{Authority: in.cfg.Authority})
}

func (in *Inbox) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	name, password := r.PostFormValue("name"), r.PostFormValue("password")
	left, wait, err := in.count(r, name)
	if err != nil {
		in.fail(w, err)
		return
	}
	data := signInPage{Authority: in.cfg.Authority, Name: name}
	if wait > 0 {
		minutes := int((wait + time.Minute - 1) / time.Minute)
		w.Header().Set("Retry-After", strconv.Itoa(minutes*60))
		data.Error = "Zu viele Versuche. Bitte warten Sie " + strconv.Itoa(minutes) + " Minuten."
		in.write(w, http.StatusTooManyRequests, "signin", data)
		return
	}
	if !in.check(r.Context(), name, password) {
		in.cfg.Log.Warn("sign-in refused", "left", left)
		data.Error = "Name und Passwort passen nicht zusammen. Sie haben noch " + strconv.Itoa(left) + " Versuche. Danach müssen Sie 15 Minuten warten."
		if left == 1 {
			data.Error = "Name und Passwort passen nicht zusammen. Sie haben noch 1 Versuch. Danach müssen Sie 15 Minuten warten."
		}
		in.write(w, http.StatusForbidden, "signin", data)
		return
	}
	if err := in.begin(w, r, name); err != nil {
		in.fail(w, err)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (in *Inbox) check(ctx context.Context, name, password string) bool {
	select {
	case in.slots <- struct{}{}:
		defer func() { <-in.slots }()
	case <-ctx.Done():
		return false
	}
	h, known := in.users[name]
	if !known {
		h = in.decoy
	}
	return h.fits(password) && known
}

// count notes a try before it is made, so that parallel tries count too. It gives how many are left afterwards, or how
// long to wait.
func (in *Inbox) count(r *http.Request, name string) (left int, wait time.Duration, err error) {
	address := addressOf(r)
	now := in.cfg.Now()
	err = in.db.Tx(r.Context(), func(tx *sql.Tx) error {
		left, wait = maxWrong, 0
		for _, k := range []struct {
			who   string
			limit int
		}{{digest(name + "\x00" + address), maxWrong}, {digest(address), maxAddress}} {
			var n int
			var until int64
			err := tx.QueryRowContext(r.Context(), `select count, until from attempt where who = $1`, k.who).Scan(&n, &until)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if until <= sqldb.Millis(now) {
				n = 0
			}
			if n >= k.limit {
				wait = max(wait, sqldb.Time(until).Sub(now))
				continue
			}
			left = min(left, k.limit-n-1)
			_, err = tx.ExecContext(r.Context(), `insert into attempt (who, count, until) values ($1, $2, $3)
				on conflict (who) do update set count = excluded.count, until = excluded.until`, k.who, n+1, sqldb.Millis(now.Add(waitAfter)))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return left, wait, err
}

func addressOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}

// begin opens a session and forgets the wrong tries of this name and address. Sessions that ended are cleared away.
func (in *Inbox) begin(w http.ResponseWriter, r *http.Request, person string) error {
	raw := make([]byte, 32)
	rand.Read(raw)
	token := base64.RawURLEncoding.EncodeToString(raw)
	address, now := addressOf(r), in.cfg.Now()
	err := in.db.Tx(r.Context(), func(tx *sql.Tx) error {
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{`delete from session where expires_at <= $1`, []any{sqldb.Millis(now)}},
			{`delete from attempt where who = $1 or until <= $2`, []any{digest(person + "\x00" + address), sqldb.Millis(now)}},
			{`update attempt set count = count - 1 where who = $1 and count > 0`, []any{digest(address)}}, // this try was none against the limit
			{`insert into session (token, person, expires_at) values ($1, $2, $3)`, []any{digest(token), person, sqldb.Millis(now.Add(sessionLife))}},
		} {
			if _, err := tx.ExecContext(r.Context(), q.sql, q.args...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	setCookie(w, r, token, int(sessionLife/time.Second))
	return nil
}

func setCookie(w http.ResponseWriter, r *http.Request, value string, life int) {
	secure := r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: value, Path: "/", MaxAge: life, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure})
}

func (in *Inbox) signOut(w http.ResponseWriter, r *http.Request, _ string) {
	if c, err := r.Cookie(cookieName); err == nil {
		err := in.db.Tx(r.Context(), func(tx *sql.Tx) error {
			_, err := tx.ExecContext(r.Context(), `delete from session where token = $1`, digest(c.Value))
			return err
		})
		if err != nil {
			in.fail(w, err)
			return
		}
	}
	setCookie(w, r, "", -1)
	http.Redirect(w, r, "/anmelden", http.StatusSeeOther)
}
