package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"aufenthalt/internal/api"
	"aufenthalt/internal/app"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/blob"
	"aufenthalt/internal/config"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jobs"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/server"
	"aufenthalt/internal/store"
	"aufenthalt/internal/widget"
)

type serveCommand struct {
	Config string `required:"" help:"YAML file of the platform."`
}

// Run serves form, intake and back channel until it is told to stop.
func (c *serveCommand) Run(e *env) error {
	file := config.Platform{DraftLife: 30 * 24 * time.Hour}
	if err := config.Load(c.Config, &file); err != nil {
		return err
	}
	if err := file.Validate(); err != nil {
		return err
	}
	p, err := openPlatform(e, file)
	if err != nil {
		return err
	}
	defer p.close()
	l, err := net.Listen("tcp", file.Listen)
	if err != nil {
		return err
	}
	debug.FreeOSMemory() // reading the catalogue takes far more than keeping it
	if err := p.jobs.Start(e.ctx); err != nil {
		return errors.Join(err, l.Close())
	}
	e.log.Info("platform is ready", "url", file.PublicURL)
	err = server.Run(e.ctx, l, p.handler(e), e.log)
	stop, cancel := context.WithTimeout(context.WithoutCancel(e.ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, p.jobs.Stop(stop))
}

// platform is what serve puts together.
type platform struct {
	store  *store.Store
	blobs  *blob.Store
	app    *app.App
	jobs   *jobs.Jobs
	widget *widget.Widget
}

func (p *platform) close() { _ = errors.Join(p.blobs.Close(), p.store.Close()) }

func openPlatform(e *env, file config.Platform) (p *platform, err error) {
	p = &platform{}
	if err := os.MkdirAll(file.Data, 0o700); err != nil {
		return nil, err
	}
	parts := app.Parts{Config: file, Log: e.log, Now: time.Now}
	if parts.Law, err = openLaw(file.Law, e.log); err != nil {
		return nil, err
	}
	if parts.Authorities, err = authority.NewDirectory(file.Authorities); err != nil {
		return nil, err
	}
	if parts.Signing, err = jose.Load(file.SigningKey); err != nil {
		return nil, fmt.Errorf("signing_key: %w", err)
	}
	decryption, err := jose.Load(file.DecryptionKey)
	if err != nil {
		return nil, fmt.Errorf("decryption_key: %w", err)
	}
	parts.Decryption = []*jose.PrivateJWK{decryption}
	if parts.ReceiptKey, err = jose.LoadOrMakeEd25519(file.ReceiptKey); err != nil {
		return nil, fmt.Errorf("receipt_key: %w", err)
	}
	fc := file.FITConnect
	parts.FITConnect = fitconnect.New(fitconnect.Config{
		TokenURL: fc.TokenURL, SubmissionURL: fc.SubmissionURL, ClientID: fc.ClientID, ClientSecret: fc.ClientSecret, SelfSigned: file.SelfSigned,
	})
	if p.store, err = store.Open(e.ctx, filepath.Join(file.Data, "aufenthalt.db")); err != nil {
		return nil, err
	}
	if p.blobs, err = blob.Open(filepath.Join(file.Data, "objekte")); err != nil {
		return nil, errors.Join(err, p.store.Close())
	}
	parts.Store, parts.Blobs = p.store, p.blobs
	if err := p.assemble(e, parts); err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *platform) assemble(e *env, parts app.Parts) (err error) {
	if p.app, err = app.New(parts); err != nil {
		return err
	}
	if err := p.app.CheckOffers(); err != nil {
		return err
	}
	if p.jobs, err = jobs.New(e.ctx, p.store.DB.Write, p.app, jobs.Config{Poll: parts.Config.Poll}, e.log); err != nil {
		return err
	}
	p.app.Queue = p.jobs
	p.widget, err = widget.New(p.app)
	return err
}

func (p *platform) handler(e *env) http.Handler {
	texts := func(lang, key string) string { return p.app.Texts(lang)[key] }
	mux := http.NewServeMux()
	calls := api.New(p.app, api.Fail(texts, e.log))
	mux.Handle("/api/", calls)
	mux.Handle("/.well-known/aufenthalt/", calls)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		if err := p.store.Ready(r.Context()); err != nil {
			http.Error(w, "database does not answer", http.StatusServiceUnavailable)
			return
		}
		w.Write([]byte("ok\n"))
	})
	mux.Handle("/", p.widget)
	return server.Access(e.log, mux)
}
