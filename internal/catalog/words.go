package catalog

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

// Words are what the forms share in one language: texts of the interface, names of states and nationalities, and every text that most
// services have in the same wording, because it comes from a block. A browser loads them once, whichever and however many services it shows.
type Words struct {
	Hash          string            `json:"hash"` // views name the words that they were made with
	Language      string            `json:"language"`
	Texts         map[string]string `json:"texts"`
	Countries     [][2]string       `json:"countries"`
	Nationalities [][2]string       `json:"nationalities"`

	json []byte
}

// Words gives the shared words of a language as JSON; a language that is not there gives the binding one.
func (c *Catalog) Words(lang string) []byte { return c.wordsOf(lang).json }

func (c *Catalog) wordsOf(lang string) *Words {
	if w := c.words[lang]; w != nil {
		return w
	}
	return c.words[Binding]
}

// makeWords is done when all documents are there.
func (c *Catalog) makeWords() error {
	c.words = map[string]*Words{}
	for lang := range c.texts {
		w := &Words{Language: lang, Texts: c.common(lang), Countries: pairs(c.names.Countries(), lang), Nationalities: pairs(c.names.Nationalities(), lang)}
		raw, err := json.Marshal(w)
		if err != nil {
			return err
		}
		w.Hash = string(hashOf(raw))
		if w.json, err = json.Marshal(w); err != nil {
			return err
		}
		c.words[lang] = w
	}
	return nil
}

// hasFigure tells whether a text names a figure of the law, which is another one on another day.
func (c *Catalog) hasFigure(text string) bool {
	return slices.ContainsFunc(placeholders(text), func(name string) bool {
		_, ok := c.book.Parameter(strings.TrimPrefix(name, "p."))
		return ok
	})
}

// few services have nothing in common.
const few = 3

// common gives the texts of the root, and those that more than half of the services have.
func (c *Catalog) common(lang string) map[string]string {
	type wording struct{ key, text string }
	count := map[wording]int{}
	for _, d := range c.services {
		for key, text := range d.body.Texts[lang] {
			count[wording{key, text}]++
		}
	}
	out := map[string]string{}
	maps.Copy(out, c.texts[Binding])
	maps.Copy(out, c.texts[lang])
	for w, n := range count {
		if n >= few && 2*n > len(c.services) {
			out[w.key] = w.text
		}
	}
	maps.DeleteFunc(out, func(key, text string) bool { return !shownInForm(key) || c.hasFigure(text) })
	return out
}
