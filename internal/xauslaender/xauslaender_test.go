package xauslaender

import (
	"bufio"
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"aufenthalt/internal/official"
)

// examples gives a folder of the example messages.
func examples(t *testing.T, name string) string {
	t.Helper()
	return official.Path(t, "xauslaender-26.11", "examples", name)
}

var ours = []string{"000002", "130101", "130102", "130103", "130104", "130301"}

func TestValidExamples(t *testing.T) {
	dir := examples(t, "valid")
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, n := NewReader(V2611), 0
	for _, f := range files {
		if !slices.Contains(ours, f.Name()[:6]) {
			continue
		}
		n++
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		root, err := r.Read(data)
		if err != nil {
			t.Errorf("%s: %v", f.Name(), err)
			continue
		}
		var out bytes.Buffer
		if err := r.Write(&out, root); err != nil {
			t.Errorf("%s: written: %v", f.Name(), err)
			continue
		}
		again, err := r.Read(out.Bytes())
		if err != nil || !same(root, again) {
			t.Errorf("%s: written and read it is another message: %v", f.Name(), err)
		}
		if root.Type() != f.Name()[:6] {
			t.Errorf("%s: type %s", f.Name(), root.Type())
		}
	}
	if n != 12 {
		t.Errorf("%d examples, want a small and a rich one of each message", n)
	}
}

// same compares content: white space between elements and line numbers do not count.
func same(a, b *Node) bool {
	if a.Name != b.Name || a.Qualified != b.Qualified || !maps.Equal(a.Attr, b.Attr) || (len(a.Kids) == 0 && a.Text != b.Text) {
		return false
	}
	return slices.EqualFunc(a.Kids, b.Kids, same)
}

// What would be refused is not written at all.
func TestWriteRefuses(t *testing.T) {
	r := NewReader(V2611)
	var out bytes.Buffer
	var rej *Rejection
	if err := r.Write(&out, &Node{Name: "OZG.Statusmeldung.130104", Qualified: true}); !errors.As(err, &rej) || out.Len() > 0 {
		t.Errorf("wrote %q, %v", out.String(), err)
	}
}

// Special signs survive, and nothing of them becomes markup.
func TestWriteEscapes(t *testing.T) {
	r := NewReader(V2611)
	data, err := os.ReadFile(filepath.Join(examples(t, "valid"), "130102-frage-small.xml"))
	if err != nil {
		t.Fatal(err)
	}
	root, err := r.Read(data)
	if err != nil {
		t.Fatal(err)
	}
	const hostile = "a < b & c > d \"e\" 'f' ]]> </xa:frage>\nneue Zeile\rWagen"
	root.Kid("frage").Text = hostile
	var out bytes.Buffer
	if err := r.Write(&out, root); err != nil {
		t.Fatal(err)
	}
	again, err := r.Read(out.Bytes())
	if err != nil || again.At("frage") != hostile {
		t.Errorf("read back %q, %v", again.At("frage"), err)
	}
}

var indexRow = regexp.MustCompile("^\\| `([^`]+)` \\| `(\\d{6})[^`]*` \\|")

func TestInvalidExamples(t *testing.T) {
	dir := examples(t, "invalid")
	f, err := os.Open(filepath.Join(dir, "INDEX.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, n := NewReader(V2611), 0
	for s := bufio.NewScanner(f); s.Scan(); {
		m := indexRow.FindStringSubmatch(s.Text())
		if m == nil || !slices.Contains(ours, m[2]) {
			continue
		}
		n++
		data, err := os.ReadFile(filepath.Join(dir, m[1]))
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Read(data)
		var rej *Rejection
		if !errors.As(err, &rej) {
			t.Errorf("%s: accepted (%v)", m[1], err)
			continue
		}
		want := "X001"
		switch {
		case strings.Contains(m[1], "namespace-of-other"):
			want = "V000"
		case slices.Contains([]string{"cyrillic-letter-in-name.xml", "decomposed-letter-in-ort.xml", "en-dash-in-antworttext.xml", "typographic-quotes-in-sonstigeAnmerkung.xml"}, m[1]):
			want = "S010"
		}
		if rej.Code != want || rej.Line == 0 {
			t.Errorf("%s: %v, want %s", m[1], rej, want)
		}
	}
	if n < 35 {
		t.Errorf("only %d invalid examples seen", n)
	}
}

func TestHostileXML(t *testing.T) {
	r := NewReader(V2611)
	ns := ` xmlns:xa="` + V2611.Namespace + `"`
	for name, c := range map[string]struct{ xml, code string }{
		"empty":         {"", "X000"},
		"cut off":       {"<xa:OZG.Antrag.130101" + ns + ">", "X000"},
		"doctype":       {`<!DOCTYPE x [<!ENTITY a "b">]><xa:OZG.Antrag.130101` + ns + `/>`, "X000"},
		"entity":        {"<xa:OZG.Antrag.130101" + ns + ">&a;</xa:OZG.Antrag.130101>", "X000"},
		"latin-1":       {`<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, "S001"},
		"other message": {"<xa:OZG.Anderes.130199" + ns + "/>", "X001"},
		"other release": {`<xa:OZG.Antrag.130101 xmlns:xa="http://www.osci.de/xauslaender2605"/>`, "V000"},
		"deep":          {strings.Repeat("<xa:a"+ns+">", 100), "X001"},
		"two roots":     {"<xa:a" + ns + "/><xa:b" + ns + "/>", "X000"},
	} {
		_, err := r.Read([]byte(c.xml))
		var rej *Rejection
		if !errors.As(err, &rej) || rej.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`<xa:OZG.Statusmeldung.130104 xmlns:xa="` + V2611.Namespace + `"/>`))
	f.Add([]byte("<a/>"))
	r := NewReader(V2611)
	f.Fuzz(func(t *testing.T, data []byte) {
		if root, err := r.Read(data); err == nil && !slices.Contains(ours, root.Type()) {
			t.Errorf("accepted %s", root.Name)
		}
	})
}
