package authority

import "testing"

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
