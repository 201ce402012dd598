package akte

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/xauslaender"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func sample() *Folder {
	f := &Folder{Manifest: Manifest{Type: "130101", Number: "AT-1", MessageUUID: uuid.NewString(), Received: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}}
	f.Add(Message, "Nachricht", "", "application/xml", []byte("<x/>"))
	f.Add("dokumente/01-PASS.pdf", "Pass", "PASS", "application/pdf", []byte("%PDF-1"))
	return f
}

func TestWriteAndLoad(t *testing.T) {
	dir := t.TempDir()
	f := sample()
	// What a crash left behind is not taken for a folder and does not get into the next one.
	left := filepath.Join(dir, Fresh+f.MessageUUID)
	if err := errors.Join(os.Mkdir(left, 0o700), os.WriteFile(filepath.Join(left, "rest"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if got := must(List(dir)); len(got) != 0 {
		t.Errorf("half a folder is listed: %v", got)
	}
	for range 2 {
		if err := f.Write(dir); err != nil {
			t.Fatal(err)
		}
	}
	if got := must(os.ReadDir(dir)); len(got) != 1 || got[0].Name() != f.MessageUUID {
		t.Errorf("in the folder: %v", got)
	}
	if _, err := os.Stat(filepath.Join(dir, f.MessageUUID, "rest")); err == nil {
		t.Error("the rest of an earlier try is in the folder")
	}
	got, err := Load(filepath.Join(dir, f.MessageUUID))
	if err != nil || string(got.Data(Message)) != "<x/>" || len(got.Documents()) != 1 || got.Documents()[0].Evidence != "PASS" || !got.Received.Equal(f.Received) {
		t.Errorf("%+v, %v", got, err)
	}
	// A folder that is there stays as it is.
	other := sample()
	other.MessageUUID = f.MessageUUID
	other.data[Message] = []byte("<anders/>")
	if err := other.Write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(filepath.Join(dir, f.MessageUUID)); err != nil {
		t.Error(err)
	}
}

// A reader that looks all the time sees complete folders only.
func TestFolderIsCompleteOrAbsent(t *testing.T) {
	dir := t.TempDir()
	done := make(chan error)
	go func() {
		var err error
		for range 60 {
			err = errors.Join(err, sample().Write(dir))
		}
		done <- err
	}()
	for {
		for _, name := range must(List(dir)) {
			if _, err := Load(filepath.Join(dir, name)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		select {
		case err := <-done:
			if n := len(must(List(dir))); err != nil || n != 60 {
				t.Errorf("%d folders, %v", n, err)
			}
			return
		default:
		}
	}
}

func TestHostileFolders(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"file changed":   func(d string) error { return os.WriteFile(filepath.Join(d, Message), []byte("<y/>"), 0o600) },
		"file missing":   func(d string) error { return os.Remove(filepath.Join(d, Message)) },
		"manifest cut":   func(d string) error { return os.Truncate(filepath.Join(d, manifest), 20) },
		"unknown member": func(d string) error { return edit(d, `"format"`, `"x": 1, "format"`) },
		"path leads out": func(d string) error { return edit(d, "dokumente/01-PASS.pdf", "dokumente/../../x.pdf") },
		"path twice":     func(d string) error { return edit(d, "dokumente/01-PASS.pdf", Message) },
		"other format":   func(d string) error { return edit(d, `"format": 1`, `"format": 2`) },
		"other message":  func(d string) error { return edit(d, `"message_uuid": "`, `"message_uuid": "0`) },
		"link leads out": func(d string) error {
			out := filepath.Join(filepath.Dir(d), "geheim")
			return errors.Join(os.WriteFile(out, []byte("%PDF-1"), 0o600), os.Remove(filepath.Join(d, "dokumente/01-PASS.pdf")), os.Symlink(out, filepath.Join(d, "dokumente/01-PASS.pdf")))
		},
	} {
		dir, f := t.TempDir(), sample()
		if err := f.Write(dir); err != nil {
			t.Fatal(err)
		}
		folder := filepath.Join(dir, f.MessageUUID)
		if err := spoil(folder); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(folder); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func edit(dir, old, with string) error {
	path := filepath.Join(dir, manifest)
	data, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(data, []byte(old)) {
		return errors.Join(err, errors.New("nothing to edit"))
	}
	return os.WriteFile(path, bytes.Replace(data, []byte(old), []byte(with), 1), 0o600)
}

func TestQuittung(t *testing.T) {
	dir, id := t.TempDir(), uuid.NewString()
	if err := Prepare(dir); err != nil {
		t.Fatal(err)
	}
	if _, there, err := ReadQuittung(dir, id); there || err != nil {
		t.Errorf("before: %v, %v", there, err)
	}
	want := Quittung{State: Rejected, Code: "S001", Text: "x", At: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)}
	if err := PutQuittung(dir, id, want); err != nil {
		t.Fatal(err)
	}
	if got, there, err := ReadQuittung(dir, id); !there || err != nil || got != want {
		t.Errorf("%+v, %v, %v", got, there, err)
	}
	for _, bad := range []string{"", "{", `{"state":"maybe","at":"2026-11-24T09:00:00Z"}`, `{"state":"imported","at":"2026-11-24T09:00:00Z","more":1}`,
		`{"state":"rejected","code":"words","at":"2026-11-24T09:00:00Z"}`} {
		if err := PutFile(filepath.Join(dir, Receipts), id+".json", []byte(bad)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := ReadQuittung(dir, id); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func TestMoveAfterACrash(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	if err := os.WriteFile(from, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := Move(from, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := Move(from, filepath.Join(dir, "c")); err == nil {
		t.Error("moved what is not there")
	}
}

func TestFields(t *testing.T) {
	r := xauslaender.NewReader(xauslaender.V2611)
	raw := must(r.WriteApplication(xauslaender.Application{
		Head: xauslaender.Head{UUID: uuid.NewString(), Created: time.Date(2026, 11, 24, 9, 5, 12, 0, time.UTC), Product: xauslaender.Product{Name: "A", Maker: "B"},
			Reader: xauslaender.Party{Kennung: "azr:990001", Name: "Musterland"},
			Author: xauslaender.Party{Kennung: "alp:1", Name: "Dienst", Email: "d@example.org", Address: xauslaender.Address{Street: "Weg", Postcode: "10117", City: "Berlin"}}},
		Number: "AT-1", Day: civil.MustParse("2026-11-24"), Ground: "02", Purpose: "03", Summary: xauslaender.Document{MIME: "application/pdf", Data: []byte("%PDF-1")},
		Person: xauslaender.Person{Family: "Ali", Nationalities: []string{"423"}, VisaFree: "§ 41 AufenthV"}}))
	n := must(r.Read(raw))
	got := Fields(n)
	for _, want := range []Field{{"antragsidentifikation", "AT-1"}, {"grundDesAntrags", "02"}, {"angabenZurPerson › familienname › name", "Ali"}} {
		if !slices.Contains(got, want) {
			t.Errorf("%v is missing in %v", want, got)
		}
	}
	for _, f := range got {
		if strings.Contains(f.Path, "dokument") && f.Value != "§ 41 AufenthV" || strings.Contains(f.Path, "nachrichtenkopf") {
			t.Errorf("%v should not be there", f)
		}
	}
	f := must(Build(raw, n, Parts{}, time.Now()))
	if string(f.Data(Summary)) != "%PDF-1" || string(f.Data(Message)) != string(raw) {
		t.Error("the summary inside the message is not taken")
	}
	if _, err := Build(raw, n, Parts{Readable: []byte(`{"format":1,"case_number":"AT-2","message_uuid":"x"}`)}, time.Now()); err == nil {
		t.Error("took the readable form of another message")
	}
}

func FuzzManifest(f *testing.F) {
	dir := f.TempDir()
	good := sample()
	good.MessageUUID = "11111111-1111-4111-8111-111111111111"
	if err := good.Write(dir); err != nil {
		f.Fatal(err)
	}
	folder := filepath.Join(dir, good.MessageUUID)
	f.Add(must(os.ReadFile(filepath.Join(folder, manifest))))
	f.Add([]byte(`{"format":1,"type":"130101","case_number":"x","message_uuid":"11111111-1111-4111-8111-111111111111","files":[{"path":"../x"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(filepath.Join(folder, manifest), data, 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := ReadManifest(folder)
		if err != nil {
			return
		}
		for _, file := range m.Files {
			if strings.Contains(file.Path, "..") || strings.HasPrefix(file.Path, "/") {
				t.Errorf("accepted path %q", file.Path)
			}
		}
		if _, ok := m.Find(Message); !ok {
			t.Error("accepted a manifest without message")
		}
	})
}

func FuzzReadAntrag(f *testing.F) {
	f.Add([]byte(`{"format":1,"case_number":"AT-1","fees":[{"code":"F01","basis":"§ 45"}],"bases":[{"conditions":[{"basis":["a","b"]}]}]}`))
	f.Add([]byte(`{"format":1,"fees":[{"basis":null}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if a, err := ReadAntrag(data); err == nil && a.Format != 1 {
			t.Errorf("accepted format %d", a.Format)
		}
	})
}

func TestSources(t *testing.T) {
	a := must(ReadAntrag([]byte(`{"format":1,"fees":[{"basis":"§ 45"},{"basis":["a","b"]},{"basis":""}]}`)))
	if got := a.Fees; len(got) != 3 || !slices.Equal(got[0].Basis, Sources{"§ 45"}) || !slices.Equal(got[1].Basis, Sources{"a", "b"}) || len(got[2].Basis) != 0 {
		t.Errorf("%+v", got)
	}
}
