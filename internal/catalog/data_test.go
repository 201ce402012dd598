package catalog_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"aufenthalt/data"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
)

// The data that the binary carries has no mistake, resolves on every day on which anything changes, and passes every
// case that is written beside it.
func TestData(t *testing.T) {
	for _, f := range catalog.Lint(data.FS) {
		t.Error(f)
	}
	c, err := catalog.Load(data.FS)
	if err != nil {
		t.Fatal("the data does not load")
	}
	if len(c.Services()) == 0 {
		t.Fatal("no services")
	}
	for _, tag := range c.Services() {
		doc, _ := c.Service(tag)
		for _, day := range catalog.CheckDays(doc) {
			def, err := doc.On(day)
			if err != nil {
				t.Errorf("%s on %v: %v", tag, day, err)
				continue
			}
			for _, lang := range doc.Languages() {
				view, err := catalog.View(doc, def, lang, catalog.Authority{}, catalog.Environment{})
				if err != nil || bytes.Contains(view, []byte(":null")) {
					t.Errorf("%s on %v in %s: %v, or null in it", tag, day, lang, err)
				}
			}
		}
	}
	cases, err := catalog.Cases(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	served := map[string]bool{}
	for _, k := range cases {
		served[k.Service] = true
		for _, diff := range c.RunCase(k) {
			t.Errorf("%s:%d: %s: %s", k.File, k.Line, k.Name, diff)
		}
	}
	for _, tag := range c.Services() {
		if !served[tag] {
			t.Errorf("%s has no cases", tag)
		}
	}
}

// Nothing that is written is dead: on every day on which anything changes, and the day before, somebody meets every part of every
// service, and can send an application for every purpose.
func TestProof(t *testing.T) {
	c, err := catalog.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	proofs, err := c.Prove()
	if err != nil {
		t.Fatal(err)
	}
	for i, tag := range c.Definitions() {
		proof := proofs[i]
		t.Logf("%s: %d days, %d parts, %d witnesses, %d applicants, %d asleep, given: %v", tag, proof.Days, proof.Parts, proof.Witnesses, proof.Tries, proof.Asleep, proof.Given)
		for _, part := range proof.Missing {
			t.Errorf("%s: nobody meets %s", tag, part)
		}
	}
}

// What a phone loads before the first question, over the wire and in one language, never becomes more than it is. The aim
// is 25 kB for all.
func TestViewSize(t *testing.T) {
	c, err := catalog.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range c.Services() {
		doc, _ := c.Service(tag)
		def, err := doc.On(civil.MustParse("2026-11-25"))
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range doc.Languages() {
			view, err := catalog.View(doc, def, lang, catalog.Authority{}, catalog.Environment{})
			if err != nil {
				t.Fatal(err)
			}
			var z bytes.Buffer
			w := gzip.NewWriter(&z)
			w.Write(view)
			w.Close()
			t.Logf("%s %s: %d bytes, %d gzip", tag, lang, len(view), z.Len())
			if z.Len() > 25_000 {
				t.Errorf("%s in %s has %d bytes", tag, lang, z.Len())
			}
		}
	}
}

// The form gets the words of all that it may show on its day, and none that only the receipt, the aid or another day needs.
func TestViewTexts(t *testing.T) {
	c, err := catalog.Load(data.FS)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range c.Services() {
		doc, _ := c.Service(tag)
		def, err := doc.On(civil.MustParse("2026-11-25"))
		if err != nil {
			t.Fatal(err)
		}
		raw, err := catalog.View(doc, def, "en", catalog.Authority{}, catalog.Environment{})
		if err != nil {
			t.Fatal(err)
		}
		var view struct {
			Words string            `json:"words"`
			Texts map[string]string `json:"texts"`
		}
		var words catalog.Words
		if err := errors.Join(json.Unmarshal(raw, &view), json.Unmarshal(c.Words("en"), &words)); err != nil {
			t.Fatal(err)
		}
		if view.Words != words.Hash || len(words.Countries) < 190 {
			t.Errorf("%s: made with other words: %s, %s", tag, view.Words, words.Hash)
		}
		for key, text := range view.Texts {
			for name := range def.Parameters {
				if strings.Contains(text, "{"+name+"}") || strings.Contains(text, "{p."+name+"}") {
					t.Errorf("%s: %s shows the name of a figure: %s", tag, key, text)
				}
			}
			if words.Texts[key] == text {
				t.Errorf("%s: %s is among the shared words", tag, key)
			}
		}
		needed := []string{"service.title", "ui.next", "error.required"}
		for _, p := range def.Pages {
			needed = append(needed, "page."+p.ID+".title")
		}
		for _, f := range def.Fields() {
			needed = append(needed, "field."+f.ID+".label")
			for _, o := range f.Options {
				needed = append(needed, "option."+f.ID+"."+o.Value)
			}
		}
		for _, e := range def.Evidence {
			needed = append(needed, "evidence."+e.ID+".name")
		}
		for _, n := range def.Notices {
			needed = append(needed, "notice."+n.ID+".lead", "notice."+n.ID+".text")
		}
		for _, x := range def.Checks {
			needed = append(needed, "check."+x.ID)
		}
		for _, f := range def.Fees {
			needed = append(needed, "fee."+f.Code+".name")
		}
		for _, key := range needed {
			if view.Texts[key] == "" && words.Texts[key] == "" {
				t.Errorf("%s: no words for %s", tag, key)
			}
		}
		for key := range view.Texts {
			field, _, _ := strings.Cut(strings.TrimPrefix(key, "field."), ".")
			_, there := def.Field(field)
			if strings.HasPrefix(key, "field.") && !there || strings.HasPrefix(key, "condition.") || strings.HasPrefix(key, "receipt.") {
				t.Errorf("%s: words for nothing in the form: %s", tag, key)
			}
		}
	}
}
