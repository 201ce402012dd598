package app

import (
	"context"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"

	"aufenthalt/internal/authority"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/config"
	"aufenthalt/internal/latin"
	"aufenthalt/internal/publication"
)

// Two pictures are unpacked at once, however small their files: a few kilobytes can hold 50 megapixels.
func TestPicturesTakeTurns(t *testing.T) {
	a := &App{work: semaphore.NewWeighted(atOnce)}
	tiny := pictureCost([]byte{0xff, 0xd8, 0xff})
	for range 2 {
		done, err := a.admit(t.Context(), tiny)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := a.admit(ctx, tiny); err == nil {
		t.Error("a third picture is unpacked at the same time")
	}
}

// A name that no message can carry stops the start, not every submission.
func TestNamesOfTheConfiguration(t *testing.T) {
	one := authority.Authority{AGS: "12099001", Name: "Landkreis Musterland – Ausländerbehörde", Kennung: "azr:990001", Destination: "a", Postcode: "00000", City: "Musterstadt"}
	d, err := authority.NewDirectory([]authority.Authority{one})
	if err != nil {
		t.Fatal(err)
	}
	a := &App{Parts: Parts{Authorities: d, Config: config.Platform{Operator: config.Operator{Name: "Betreiber"}}}, letters: latin.New()}
	if err := a.checkNames(); err == nil || !strings.Contains(err.Error(), "authority 12099001") {
		t.Errorf("dash in a name: %v", err)
	}
	one.Name = "Landkreis Musterland"
	if d, err = authority.NewDirectory([]authority.Authority{one}); err != nil {
		t.Fatal(err)
	}
	if a.Authorities = d; a.checkNames() != nil {
		t.Errorf("good names: %v", a.checkNames())
	}
}

// A service that does not exist, or the router, stops the start of an authority that offers it.
func TestOffersOfTheConfiguration(t *testing.T) {
	law, err := publication.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]string{
		"at-erwerbstaetigkeit": "",
		"at-test":              `authority 12099001: services: "at-test" cannot be offered; there are at-ausbildung, at-erwerbstaetigkeit, `,
		catalog.RouterTag:      `authority 12099001: services: "aufenthalt-wegweiser" cannot be offered; there are `,
	} {
		d, err := authority.NewDirectory([]authority.Authority{{AGS: "12099001", Name: "Musterland", Kennung: "azr:990001", Services: []string{service}, Destination: "a", Postcode: "00000", City: "Musterstadt"}})
		if err != nil {
			t.Fatal(err)
		}
		a, err := New(Parts{Law: catalog.NewLibrary(catalog.Edition{Catalog: law}), Authorities: d})
		if err != nil {
			t.Fatal(err)
		}
		err = a.CheckOffers()
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%s: %v", service, err)
		}
	}
}
