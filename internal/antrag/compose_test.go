package antrag_test

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/data"
	"aufenthalt/internal/antrag"
	"aufenthalt/internal/application"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/config"
	"aufenthalt/internal/official"
	"aufenthalt/internal/xauslaender"
)

// Every case of every service that can be offered becomes a message that the other side reads: no answer that the form
// takes may fail behind the receipt. All messages are valid by the schemas.
func TestEveryCaseBecomesAMessage(t *testing.T) {
	cat, err := catalog.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	cases, err := catalog.Cases(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	w, err := antrag.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	composed, types, dir := map[string]int{}, map[string]int{}, t.TempDir()
	reader := xauslaender.NewReader(xauslaender.V2611)
	var files, readable []string
	related := "" // every second one belongs to the one before
	for _, k := range cases {
		if k.Service == catalog.RouterTag {
			continue // it leads to services and is sent nowhere
		}
		doc, _ := cat.Service(k.Service)
		mapping, err := antrag.ParseMapping(doc.Mapping())
		if errors.Is(err, antrag.ErrNotWritten) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		def, answers, clocks, err := cat.Facts(k)
		if err != nil {
			t.Fatal(err)
		}
		if len(def.Validate(answers, clocks)) > 0 {
			continue // a case about a part of the answers; nobody could send it
		}
		clean := def.Clean(answers, clocks)
		made, err := w.Compose(antrag.Input{
			Number: string(application.NewNumber()), Related: related, Message: uuid.NewString(), Now: time.Now(), Test: true, Language: "de",
			Operator:   config.Operator{Name: "Portal", Kennung: "alp:99000001", Email: "portal@example.org", Street: "Am Markt", HouseNumber: "2", Postcode: "19999", City: "Musterstadt"},
			Authority:  &authority.Authority{AGS: "12999001", Name: "Landkreis Musterland", Kennung: "azr:990001", Street: "Am Markt", HouseNumber: "1", Postcode: "19999", City: "Musterstadt"},
			Definition: def, Mapping: mapping, State: def.Evaluate(clean, clocks), Answers: clean,
		})
		if err != nil {
			t.Errorf("%s:%d: %s: %v", k.File, k.Line, k.Name, err)
			continue
		}
		root, err := reader.Read(made.Message)
		if err != nil {
			t.Errorf("%s:%d: %s: %v", k.File, k.Line, k.Name, err)
			continue
		}
		types[root.Type()]++
		if p := root.Kid("referenzperson"); p != nil {
			types["relation "+p.At("familiaereBeziehung", "code")]++
		}
		composed[k.Service]++
		if related = ""; len(files)%2 == 0 {
			related = string(application.NewNumber())
		}
		readable = append(readable, filepath.Join(dir, strconv.Itoa(len(files))+".json"))
		if err := os.WriteFile(readable[len(readable)-1], made.JSON, 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, filepath.Join(dir, strconv.Itoa(len(files))+".xml"))
		if err := os.WriteFile(files[len(files)-1], made.Message, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Log(composed, types)
	for _, kind := range []string{"130101", "130301", "relation 01", "relation 02", "relation 03"} {
		if types[kind] == 0 {
			t.Errorf("no message with %s", kind)
		}
	}
	for _, tag := range cat.Services() {
		doc, _ := cat.Service(tag)
		if _, err := antrag.ParseMapping(doc.Mapping()); err == nil && composed[tag] == 0 {
			t.Errorf("%s: no case is complete enough to be sent", tag)
		}
	}
	official.Validate(t, files...)
	official.JSONSchema(t, "../../docs/schema/antrag.schema.json", readable, nil)
}
