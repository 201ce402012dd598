// Package testenv is the whole platform in one test: real database, real files, real delivery service over HTTP, real
// catalogue. An authority's side is a bare client, so that tests see what arrives.
package testenv

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aufenthalt/internal/api"
	"aufenthalt/internal/app"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/blob"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/config"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jobs"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/publication"
	"aufenthalt/internal/store"
	"aufenthalt/internal/zustelldienst"
)

// Parties of the tests.
const (
	Service     = "at-erwerbstaetigkeit"
	AGS         = "12999001" // live
	ClosedAGS   = "12999003" // known, not live
	Kennung     = "azr:990001"
	Portal      = "alp:99000001"
	Origin      = "https://www.musterland.example"
	ToAuthority = "0f6c1d52-5b1a-4c7e-9a3b-1f2d3c4b5a69"
	ToPlatform  = "7a5e2c10-8d4f-4b6a-b1c2-3d4e5f607182"
	Leistung    = "urn:de:fim:leika:leistung:99000000000000"
)

// Keys of both sides; RSA-4096 keys are slow to make, so all tests of a package share them.
type Keys struct{ AuthorityEnc, AuthoritySig, PlatformEnc, PlatformSig *jose.PrivateJWK }

var keys = sync.OnceValues(func() (Keys, error) {
	var k Keys
	now := time.Now()
	for _, x := range []struct {
		into **jose.PrivateJWK
		use  jose.Use
	}{{&k.AuthorityEnc, jose.Encryption}, {&k.AuthoritySig, jose.Signature}, {&k.PlatformEnc, jose.Encryption}, {&k.PlatformSig, jose.Signature}} {
		made, err := jose.Generate(x.use, "test", now.Add(-time.Hour), now.AddDate(1, 0, 0))
		if err != nil {
			return k, err
		}
		*x.into = made
	}
	return k, nil
})

// shipped is the catalogue of the binary, read once for all tests of a package.
var shipped = sync.OnceValues(func() (*catalog.Catalog, error) { return publication.BuiltIn() })

// Platform is a running platform. Move Now to let time pass.
type Platform struct {
	Keys
	URL       string
	Dir       string
	App       *app.App
	Store     *store.Store
	Log       *Log
	Authority *fitconnect.Client // the authority's access to the delivery service

	mu    sync.Mutex
	shift time.Duration
	down  bool
	enc   *jose.PublicJWK
}

// Log collects what the platform logs.
type Log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String gives all that was logged.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Now is the platform's clock.
func (p *Platform) Now() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return time.Now().Add(p.shift)
}

// Advance moves the clock.
func (p *Platform) Advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shift += d
}

// SetDown takes the delivery service off the network, or brings it back.
func (p *Platform) SetDown(down bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.down = down
}

func (p *Platform) isDown() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.down
}

// Option changes the platform before it starts.
type Option func(*setup)

type setup struct {
	encryption *jose.PrivateJWK
	jobs       bool
}

// WithKey gives the authority another encryption key than the usual one.
func WithKey(k *jose.PrivateJWK) Option { return func(s *setup) { s.encryption = k } }

// WithJobs runs the background work; without it tests drive the delivery themselves.
func WithJobs() Option { return func(s *setup) { s.jobs = true } }

// New starts a platform that ends with the test.
func New(t testing.TB, options ...Option) *Platform {
	t.Helper()
	k, err := keys()
	check(t, err)
	p := &Platform{Keys: k, Dir: t.TempDir(), Log: &Log{}}
	s := setup{encryption: k.AuthorityEnc}
	for _, o := range options {
		o(&s)
	}
	p.enc = s.encryption.Public()
	delivery := p.startDelivery(t)
	p.Authority = client(delivery, "abh", p.Now)
	p.start(t, delivery, s)
	return p
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p *Platform) startDelivery(t testing.TB) string {
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.isDown() {
			panic(http.ErrAbortHandler) // the connection breaks, as with a service that is away
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	svc, err := zustelldienst.New(context.Background(), zustelldienst.Config{
		Dir: filepath.Join(p.Dir, "zustelldienst"), URL: srv.URL + "/submission-api", Now: p.Now,
		Clients: []zustelldienst.Client{{ID: "abh", Secret: "abh-secret-abh-secret", Kind: zustelldienst.Both}, {ID: "plattform", Secret: "plattform-secret-plattform", Kind: zustelldienst.Both}},
		Destinations: []zustelldienst.Destination{
			{ID: ToAuthority, Client: "abh", Name: "ABH", Encryption: p.enc, Signature: p.AuthoritySig.Public(), Service: Leistung, SchemaURI: "urn:x"},
			{ID: ToPlatform, Client: "plattform", Name: "Plattform", Encryption: p.PlatformEnc.Public(), Signature: p.PlatformSig.Public(), Service: Leistung, SchemaURI: "urn:x"},
		},
	})
	check(t, err)
	t.Cleanup(func() { _ = svc.Close() })
	h = svc.Handler()
	return srv.URL
}

func client(url, id string, now func() time.Time) *fitconnect.Client {
	secret := id + "-secret-" + id
	if id == "abh" {
		secret = "abh-secret-abh-secret"
	}
	return fitconnect.New(fitconnect.Config{TokenURL: url + "/token", SubmissionURL: url + "/submission-api", ClientID: id, ClientSecret: secret, SelfSigned: true, Now: now})
}

func (p *Platform) start(t testing.TB, delivery string, s setup) {
	cat, err := shipped()
	check(t, err)
	dir, err := authority.NewDirectory(tenants())
	check(t, err)
	p.Store, err = store.Open(context.Background(), filepath.Join(p.Dir, "aufenthalt.db"))
	check(t, err)
	t.Cleanup(func() { _ = p.Store.Close() })
	blobs, err := blob.Open(filepath.Join(p.Dir, "objekte"))
	check(t, err)
	t.Cleanup(func() { _ = blobs.Close() })
	receipts, err := jose.LoadOrMakeEd25519(filepath.Join(p.Dir, "quittungen.key"))
	check(t, err)
	log := slog.New(slog.NewTextHandler(p.Log, nil))
	var h http.Handler
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(w, r) }))
	t.Cleanup(srv.Close)
	p.URL = srv.URL
	p.App, err = app.New(app.Parts{
		Config: config.Platform{
			PublicURL: srv.URL, Environment: "PRE", Destination: ToPlatform, SelfSigned: true, DraftLife: 24 * time.Hour,
			Operator: config.Operator{Name: "Test-Plattform", Kennung: Portal, Email: "dienst@example.org", Street: "Dienstweg", HouseNumber: "2", Postcode: "10117", City: "Berlin"},
			Service:  config.Service{Identifier: Leistung, Name: "Aufenthaltstitel"},
		},
		Store: p.Store, Blobs: blobs, Law: catalog.NewLibrary(catalog.Edition{Catalog: cat}), Authorities: dir, FITConnect: client(delivery, "plattform", p.Now),
		Decryption: []*jose.PrivateJWK{p.PlatformEnc}, Signing: p.PlatformSig, ReceiptKey: receipts, Log: log, Now: p.Now,
	})
	check(t, err)
	work, err := jobs.New(context.Background(), p.Store.DB.Write, p.App, jobs.Config{Poll: 50 * time.Millisecond, Reconcile: 200 * time.Millisecond}, log)
	check(t, err)
	p.App.Queue = work
	if s.jobs {
		check(t, work.Start(context.Background()))
		t.Cleanup(func() {
			stop, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			_ = work.Stop(stop)
		})
	}
	texts := func(lang, key string) string { return cat.Texts(lang)[key] }
	h = api.New(p.App, api.Fail(texts, log))
}

func tenants() []authority.Authority {
	live := authority.Authority{
		AGS: AGS, Name: "Landkreis Musterland", Kennung: Kennung, Live: true, Services: []string{Service}, Origins: []string{Origin}, Destination: ToAuthority,
		Address: []string{"Am Markt 1", "19999 Musterstadt"}, Street: "Am Markt", HouseNumber: "1", Postcode: "19999", City: "Musterstadt", Email: "abh@example.org",
	}
	closed := live
	closed.AGS, closed.Name, closed.Kennung, closed.Live, closed.Origins = ClosedAGS, "Stadt Geschlossen", "azr:990003", false, nil
	return []authority.Authority{live, closed}
}

// Call sends a request as the authority's page would and gives status and body.
func (p *Platform) Call(t testing.TB, method, path string, header map[string]string, body []byte) (int, http.Header, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, p.URL+path, bytes.NewReader(body))
	check(t, err)
	req.Header.Set("Origin", Origin)
	for k, v := range header {
		if v == "" {
			req.Header.Del(k)
			continue
		}
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	check(t, err)
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	check(t, err)
	return res.StatusCode, res.Header, answer
}

// Canary tells whether a string stands anywhere in the platform's files.
func (p *Platform) Canary(t testing.TB, canary string) (found []string) {
	t.Helper()
	check(t, filepath.WalkDir(p.Dir, walk(canary, &found)))
	if strings.Contains(p.Log.String(), canary) {
		found = append(found, "log")
	}
	return found
}
