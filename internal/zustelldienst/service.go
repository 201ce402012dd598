// Package zustelldienst is an embedded delivery service that speaks FIT-Connect's Submission API v2, for one machine
// and for tests. It sees only sealed parts. What it answers with success is on the disk.
package zustelldienst

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Kind says what a client may do.
type Kind string

// Kinds of clients.
const (
	Sender     Kind = "sender"
	Subscriber Kind = "subscriber"
	Both       Kind = "both" // a party with a destination that also sends: platform and connector
)

// Client may fetch tokens.
type Client struct {
	ID, Secret string
	Kind       Kind
}

// Destination belongs to one subscriber.
type Destination struct {
	ID, Client, Name   string
	Encryption         *jose.PublicJWK
	Signature          *jose.PublicJWK
	Service, SchemaURI string
}

// Config of the service; clients and destinations are brought up to date at each start, old keys stay readable.
type Config struct {
	Dir          string // database, bodies, key of the service
	URL          string // public base, ends in /submission-api: issuer of the events
	Clients      []Client
	Destinations []Destination
	TokenLife    time.Duration // default 30 min
	Now          func() time.Time
	Log          *slog.Logger
}

// Service is the running delivery service.
type Service struct {
	cfg  Config
	db   *sqldb.DB
	body *bodies
	key  *jose.PrivateJWK
	mux  *http.ServeMux

	mu     sync.Mutex
	tokens map[[32]byte]grant
}

type grant struct {
	client  string
	kind    Kind
	expires time.Time
}

// New opens the service; its signing key is made on the first start.
func New(ctx context.Context, cfg Config) (*Service, error) {
	if cfg.TokenLife == 0 {
		cfg.TokenLife = 30 * time.Minute
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	b, err := openBodies(filepath.Join(cfg.Dir, "bodies"))
	if err != nil {
		return nil, err
	}
	db, err := sqldb.Open(filepath.Join(cfg.Dir, "zustelldienst.db"))
	if err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, db: db, body: b, mux: http.NewServeMux(), tokens: map[[32]byte]grant{}}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	s.routes()
	return s, nil
}

func (s *Service) prepare(ctx context.Context) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	if err := s.db.Migrate(ctx, dir); err != nil {
		return err
	}
	if s.key, err = s.serviceKey(); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *sql.Tx) error { return s.register(ctx, tx) })
}

// Close closes database and bodies.
func (s *Service) Close() error { return errors.Join(s.db.Close(), s.body.root.Close()) }

// Handler serves all paths.
func (s *Service) Handler() http.Handler { return s.mux }

func (s *Service) serviceKey() (*jose.PrivateJWK, error) {
	path := filepath.Join(s.cfg.Dir, "signing.jwk")
	k, err := jose.Load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	now := s.cfg.Now()
	k, err = jose.Generate(jose.Signature, "Zustelldienst", now.Add(-time.Hour), now.AddDate(2, 0, 0))
	if err != nil {
		return nil, err
	}
	return k, k.Save(path)
}

// register writes clients and destinations; keys are added, never removed, because old events refer to them.
func (s *Service) register(ctx context.Context, tx *sql.Tx) error {
	for _, c := range s.cfg.Clients {
		sum := sha256.Sum256([]byte(c.Secret))
		_, err := tx.ExecContext(ctx, `insert into client (id, secret, kind) values ($1, $2, $3)
			on conflict (id) do update set secret = excluded.secret, kind = excluded.kind`, c.ID, sum[:], string(c.Kind))
		if err != nil {
			return err
		}
	}
	for _, d := range s.cfg.Destinations {
		_, err := tx.ExecContext(ctx, `insert into destination (id, client, name, status, encryption_kid, service, schema_uri)
			values ($1, $2, $3, 'active', $4, $5, $6) on conflict (id) do update set client = excluded.client, name = excluded.name,
			encryption_kid = excluded.encryption_kid, service = excluded.service, schema_uri = excluded.schema_uri`,
			d.ID, d.Client, d.Name, d.Encryption.Kid, d.Service, d.SchemaURI)
		if err != nil {
			return err
		}
		for _, k := range []*jose.PublicJWK{d.Encryption, d.Signature} {
			raw, err := json.Marshal(k)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `insert into destination_key (destination, kid, jwk) values ($1, $2, $3) on conflict do nothing`, d.ID, k.Kid, string(raw))
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) routes() {
	const v2 = "/submission-api/v2"
	s.mux.HandleFunc("POST /token", s.token)
	s.mux.HandleFunc("GET /submission-api/.well-known/jwks.json", s.jwks)
	s.mux.HandleFunc("GET "+v2+"/info", func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, 200, map[string]any{"version": map[string]int{"major": 2, "minor": 0, "patch": 0}})
	})
	s.mux.HandleFunc("GET "+v2+"/destinations/{id}", s.destination)
	s.mux.HandleFunc("GET "+v2+"/destinations/{id}/keys/{kid}", s.destinationKey)
	s.auth("POST "+v2+"/submissions", s.announce)
	s.auth("PUT "+v2+"/submissions/{id}/attachments/{attachment}", s.putAttachment)
	s.auth("PUT "+v2+"/submissions/{id}", s.submit)
	s.auth("GET "+v2+"/submissions", s.pickup)
	s.auth("GET "+v2+"/submissions/{id}", s.getSubmission)
	s.auth("GET "+v2+"/submissions/{id}/attachments/{attachment}", s.getAttachment)
	s.auth("GET "+v2+"/cases/{id}/events", s.eventLog)
	s.auth("POST "+v2+"/cases/{id}/events", s.postEvent)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { fail(w, 404, "not-found", "Not found") })
}

// refusal is an answer that is no success; anything else that goes wrong is a 500 without detail.
type refusal struct {
	status      int
	slug, title string
}

func (r *refusal) Error() string { return r.slug }

func refuse(status int, slug, title string) error { return &refusal{status, slug, title} }

type handler func(w http.ResponseWriter, r *http.Request, g grant) error

func (s *Service) auth(pattern string, h handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		g, ok := s.granted(r)
		if !ok {
			fail(w, 401, "unauthorized", "A valid access token is needed")
			return
		}
		err := h(w, r, g)
		var no *refusal
		switch {
		case err == nil:
		case errors.As(err, &no):
			fail(w, no.status, no.slug, no.title)
		default:
			s.cfg.Log.Error("delivery service failed", "route", r.Pattern, "error", err)
			fail(w, 500, "internal-error", "Internal error")
		}
	})
}

func fail(w http.ResponseWriter, status int, slug, title string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(fitconnect.Problem{Type: fitconnect.ProblemBase + slug, Title: title, Status: status})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

// token issues an opaque token. The secret must come in the body; a sent scope is ignored, as the standard advises
// not to send one.
func (s *Service) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	id, secret := r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	if r.PostFormValue("grant_type") != "client_credentials" {
		writeJSON(w, 400, map[string]string{"error": "unsupported_grant_type"})
		return
	}
	var stored []byte
	var kind Kind
	err := s.db.Read.QueryRowContext(r.Context(), `select secret, kind from client where id = $1`, id).Scan(&stored, &kind)
	sum := sha256.Sum256([]byte(secret))
	if err != nil || subtle.ConstantTimeCompare(stored, sum[:]) != 1 {
		writeJSON(w, 401, map[string]string{"error": "invalid_client"})
		return
	}
	var raw [32]byte
	rand.Read(raw[:])
	value := base64.RawURLEncoding.EncodeToString(raw[:])
	s.mu.Lock()
	now := s.cfg.Now()
	for k, g := range s.tokens {
		if now.After(g.expires) {
			delete(s.tokens, k)
		}
	}
	s.tokens[sha256.Sum256([]byte(value))] = grant{id, kind, now.Add(s.cfg.TokenLife)}
	s.mu.Unlock()
	scope := fitconnect.ScopeSend
	if kind != Sender {
		scope = fitconnect.ScopeSubscribe
	}
	writeJSON(w, 200, fitconnect.Token{AccessToken: value, TokenType: "Bearer", ExpiresIn: int(s.cfg.TokenLife.Seconds()), Scope: scope})
}

func (s *Service) granted(r *http.Request) (grant, bool) {
	value, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return grant{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	g, ok := s.tokens[sha256.Sum256([]byte(value))]
	return g, ok && s.cfg.Now().Before(g.expires)
}

func (s *Service) jwks(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, 200, map[string]any{"keys": []*jose.PublicJWK{s.key.Public()}})
}

func (s *Service) destination(w http.ResponseWriter, r *http.Request) {
	var service, schema string
	d := fitconnect.Destination{DestinationID: r.PathValue("id"), MetadataVersions: []string{"2.1.0"}}
	err := s.db.Read.QueryRowContext(r.Context(), `select name, status, encryption_kid, service, schema_uri from destination where id = $1`,
		d.DestinationID).Scan(&d.Name, &d.Status, &d.EncryptionKid, &service, &schema)
	if err != nil {
		fail(w, 404, "destination-not-found", "Destination not found")
		return
	}
	d.PublicServices = []fitconnect.DestinationService{{Identifier: service, Regions: []string{"DE"},
		SubmissionSchemas: []fitconnect.Schema{{SchemaURI: schema, MimeType: "application/xml"}}}}
	writeJSON(w, 200, d)
}

func (s *Service) destinationKey(w http.ResponseWriter, r *http.Request) {
	raw, err := s.keyOf(r.Context(), r.PathValue("id"), r.PathValue("kid"))
	if err != nil {
		fail(w, 404, "key-not-found", "Key not found")
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-cache")
	fmt.Fprint(w, raw)
}

func (s *Service) keyOf(ctx context.Context, destination, kid string) (raw string, err error) {
	err = s.db.Read.QueryRowContext(ctx, `select jwk from destination_key where destination = $1 and kid = $2`, destination, kid).Scan(&raw)
	return raw, err
}
