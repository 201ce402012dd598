package cli

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"aufenthalt/internal/api"
	"aufenthalt/internal/app"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/config"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/server"
	"aufenthalt/internal/widget"
)

type servicePreview struct {
	On     string `help:"Day of the law, as 2026-11-24; today when absent."`
	Listen string `help:"Address of the page." default:"127.0.0.1:8690"`
}

// sampleAGS is the made-up authority that a preview shows.
const sampleAGS = "12099001"

// Run shows all forms as of a day until it is told to stop. Nothing can be sent, and nothing is stored.
func (c *servicePreview) Run(e *env) error {
	day, err := dayOrToday(c.On)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return err
	}
	h, err := previewHandler(e, day, "http://"+l.Addr().String())
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "the forms as of %s: http://%s\nNothing can be sent from here. Ctrl-C stops it.\n", day, l.Addr())
	return server.Run(e.ctx, l, h, e.log)
}

// previewHandler is the platform without intake: definitions and pages only.
func previewHandler(e *env, day civil.Day, url string) (http.Handler, error) {
	cat, err := e.catalog()
	if err != nil {
		return nil, err
	}
	offered := []string{}
	for _, tag := range cat.Services() {
		if doc, _ := cat.Service(tag); doc.Offered(day) {
			offered = append(offered, tag)
		}
	}
	dir, err := authority.NewDirectory([]authority.Authority{{
		AGS: sampleAGS, Name: "Vorschau zum " + day.German(), Kennung: "azr:990001", Live: true, Services: offered, Destination: "none",
		Address: []string{"Am Markt 1", "00000 Musterstadt"}, Street: "Am Markt", HouseNumber: "1", Postcode: "00000", City: "Musterstadt",
	}})
	if err != nil {
		return nil, err
	}
	noon, err := time.Parse(time.RFC3339, day.String()+"T12:00:00+01:00")
	if err != nil {
		return nil, err
	}
	a, err := app.New(app.Parts{Config: config.Platform{Environment: "PRE", PublicURL: url}, Law: catalog.NewLibrary(catalog.Edition{Catalog: cat}), Authorities: dir, Log: e.log, Now: func() time.Time { return noon }})
	if err != nil {
		return nil, err
	}
	pages, err := widget.New(a)
	if err != nil {
		return nil, err
	}
	fail := api.Fail(func(lang, key string) string { return cat.Texts(lang)[key] }, e.log)
	mux := http.NewServeMux()
	calls := api.New(a, fail)
	mux.Handle("GET /api/v1/services/", calls)
	mux.Handle("GET /api/v1/words/", calls)
	mux.Handle("GET /api/v1/authorities/", calls)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { fail(w, r, errs.E(errs.Denied, "error.preview")) })
	mux.Handle("/", pages)
	return mux, nil
}
