package authority

import (
	"strings"
	"testing"
)

func TestDirectory(t *testing.T) {
	d, err := NewDirectory([]Authority{
		{AGS: "12099002", Name: "Stadt Beispiel", Kennung: "azr:990002", Destination: "b", Postcode: "00001", City: "Beispiel"},
		{AGS: "12099001", Name: "Landkreis Musterland", Kennung: "azr:990001", Destination: "a", Postcode: "00000", City: "Musterstadt",
			Services: []string{"at-erwerbstaetigkeit"}, Origins: []string{"https://www.musterland.example"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if all := d.All(); len(all) != 2 || all[0].AGS != "12099001" {
		t.Errorf("all: %v", all)
	}
	a := d.Find("12099001")
	if !a.Offers("at-erwerbstaetigkeit") || a.Offers("at-ausbildung") || d.Find("00000000") != nil {
		t.Error("wrong authority or services")
	}
	for origin, want := range map[string]bool{"https://www.musterland.example": true, "http://www.musterland.example": false, "https://www.musterland.example.evil": false, "null": false, "": false} {
		if d.Allows(origin) != want {
			t.Errorf("Allows(%q) = %v", origin, !want)
		}
	}
}

func TestDirectoryRefuses(t *testing.T) {
	good := Authority{AGS: "12099001", Name: "Landkreis Musterland", Kennung: "azr:990001", Destination: "a", Postcode: "00000", City: "Musterstadt"}
	for name, change := range map[string]func(*Authority){
		"ags":         func(a *Authority) { a.AGS = "1209900" },
		"kennung":     func(a *Authority) { a.Kennung = "990001" },
		"destination": func(a *Authority) { a.Destination = "" },
		"postcode":    func(a *Authority) { a.Postcode = "0000A" },
		"origin":      func(a *Authority) { a.Origins = []string{"https://www.musterland.example/"} },
	} {
		bad := good
		change(&bad)
		if _, err := NewDirectory([]Authority{bad}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := NewDirectory([]Authority{good, good}); err == nil {
		t.Error("the same authority twice")
	}
}
