package publication

import (
	"bytes"
	"crypto/ed25519"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"aufenthalt/data"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/jose"
)

// What the build packed is what would be compiled now; a build of other data is not used.
func TestBuiltIn(t *testing.T) {
	built, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	compiled, err := catalog.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range compiled.Definitions() {
		a, _ := compiled.Service(tag)
		b, ok := built.Service(tag)
		if !ok || a.Hash() != b.Hash() || !bytes.Equal(a.JSON(), b.JSON()) {
			t.Errorf("%s differs", tag)
		}
	}
	if len(built.Definitions()) != len(compiled.Definitions()) || built.Texts("en")["ui.next"] != compiled.Texts("en")["ui.next"] || built.Texts("en")["ui.next"] == "" {
		t.Error("something is missing")
	}
	if fresh(fstest.MapFS{DigestFile: {Data: []byte("another")}}) || fresh(fstest.MapFS{}) {
		t.Error("a build of other data passes as fresh")
	}
}

// changed is the data of the program with one file edited.
func changed(t *testing.T, file, old, new string) fs.FS {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, data.FS); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, file)
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), old) {
		t.Fatalf("nothing to edit: %v", err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}

func key(seed byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
}

func published(t *testing.T, fsys fs.FS, from, out string) string {
	t.Helper()
	c, err := catalog.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := Publish(fsys, c, Sheet{From: civil.MustParse(from), Made: time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC), Note: "test"}, key(1), out)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// A publication comes out as it went in, and counts from its day; documents of before stay to be found.
func TestPublishAndOpen(t *testing.T) {
	out := t.TempDir()
	fsys := changed(t, "services/at-sonstiges/texts/de.yaml", `service.title: "Weitere Anliegen zum Aufenthalt"`, `service.title: "Andere Anliegen"`)
	published(t, fsys, "2027-01-01", out)
	published(t, data.FS, "2027-06-01", out)
	if err := os.Mkdir(filepath.Join(out, ".publication-half"), 0o755); err != nil {
		t.Fatal(err)
	}
	list, err := OpenAll(out, []jose.OKP{jose.PublicOKP(key(2)), jose.PublicOKP(key(1))})
	if err != nil || len(list) != 2 || list[0].From.String() != "2027-01-01" || list[0].Note != "test" {
		t.Fatalf("%d, %v", len(list), err)
	}
	own, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	law := catalog.NewLibrary(catalog.Edition{From: list[1].From, Catalog: list[1].Catalog}, catalog.Edition{From: list[0].From, Catalog: list[0].Catalog}, catalog.Edition{Catalog: own})
	title := func(day string) string {
		d := civil.MustParse(day)
		doc, _ := law.On(d).Service("at-sonstiges")
		def, err := doc.On(d)
		if err != nil {
			t.Fatal(err)
		}
		return def.Text("de", "service.title")
	}
	got := []string{title("2026-12-31"), title("2027-01-01"), title("2027-05-31"), title("2027-06-01")}
	if !slices.Equal(got, []string{"Weitere Anliegen zum Aufenthalt", "Andere Anliegen", "Andere Anliegen", "Weitere Anliegen zum Aufenthalt"}) {
		t.Errorf("%v", got)
	}
	doc, _ := list[0].Catalog.Service("at-sonstiges")
	if found, ok := law.ByHash(doc.Hash()); !ok || found != doc {
		t.Error("a document of another edition is not found")
	}
	if _, ok := list[0].Catalog.Service(catalog.RouterTag); !ok {
		t.Error("the router is missing")
	}
}

// Whatever was not signed, or was changed since, is no law.
func TestWrongPublications(t *testing.T) {
	good := published(t, data.FS, "2027-01-01", t.TempDir())
	keys := []jose.OKP{jose.PublicOKP(key(1))}
	edit := func(name string, f func([]byte) []byte) func(string) error {
		return func(dir string) error {
			path := filepath.Join(dir, name)
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, f(b), 0o644)
		}
	}
	for name, c := range map[string]struct {
		spoil func(dir string) error
		keys  []jose.OKP
		want  string
	}{
		"good":           {func(string) error { return nil }, keys, ""},
		"strange key":    {func(string) error { return nil }, []jose.OKP{jose.PublicOKP(key(2))}, "none of the keys fits"},
		"no signature":   {func(dir string) error { return os.Remove(filepath.Join(dir, SignatureFile)) }, keys, "no such file"},
		"text changed":   {edit("texts/de.yaml", func(b []byte) []byte { return append(b, '\n') }), keys, "texts/de.yaml was changed after signing"},
		"figure changed": {edit("law/fees.yaml", func(b []byte) []byte { return bytes.Replace(b, []byte("100.00"), []byte("1.00"), 1) }), keys, "law/fees.yaml was changed"},
		"file added": {func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "documents", "x.json"), []byte("{}"), 0o644)
		}, keys, "documents/x.json is not part of what was signed"},
		"file removed": {func(dir string) error { return os.Remove(filepath.Join(dir, "law", "fees.yaml")) }, keys, "law/fees.yaml is missing"},
		"payload changed": {edit(SignatureFile, func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"payload": "ey`), []byte(`"payload": "eY`), 1)
		}), keys, "signature is wrong"},
		"not JSON": {edit(SignatureFile, func([]byte) []byte { return []byte("x") }), keys, "is no signature"},
	} {
		dir := filepath.Join(t.TempDir(), "p")
		if err := os.CopyFS(dir, os.DirFS(good)); err != nil {
			t.Fatal(err)
		}
		if err := c.spoil(dir); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir, c.keys)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Publish(data.FS, mustLoad(t), Sheet{From: civil.MustParse("2027-01-01"), Made: time.Date(2026, 11, 25, 7, 0, 0, 0, time.UTC), Note: "test"}, key(1), filepath.Dir(good)); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("twice the same: %v", err)
	}
}

func mustLoad(t *testing.T) *catalog.Catalog {
	c, err := BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
