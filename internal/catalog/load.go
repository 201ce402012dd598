package catalog

import (
	"errors"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"aufenthalt/internal/form"
	"aufenthalt/internal/latin"
	"aufenthalt/internal/law"
	"aufenthalt/internal/strict"
)

// Catalog holds the documents of all services. It is never changed after Load.
type Catalog struct {
	services map[string]*Document
	router   *Document // nil when the data has none
	byHash   map[Hash]*Document
	book     *law.Book
	names    *form.Names
	texts    map[string]map[string]string // shared
	words    map[string]*Words            // by language
}

// Load reads, compiles and checks a data directory, or reads packed data. The error is Findings: all mistakes of all services at once.
func Load(fsys fs.FS) (*Catalog, error) {
	c, findings := load(fsys)
	if len(findings) > 0 {
		return nil, findings
	}
	return c, nil
}

// Lint gives all mistakes of a data directory; none for good data.
func Lint(fsys fs.FS) []Finding {
	_, findings := load(fsys)
	return findings
}

func load(fsys fs.FS) (*Catalog, Findings) {
	var found Findings
	c := &Catalog{services: map[string]*Document{}, byHash: map[Hash]*Document{}, texts: map[string]map[string]string{}}
	c.loadLaw(fsys, &found)
	c.loadNames(fsys, &found)
	for _, lang := range languages() {
		c.texts[lang] = sharedTexts(fsys, lang, &found)
	}
	lintShared(c.texts, &found)
	if c.book == nil || c.names == nil {
		return c, found // rules cannot be checked without figures
	}
	if packed(fsys) {
		c.unpack(fsys, &found)
	} else if list, err := places(fsys); err != nil {
		found = append(found, finding("services", err.Error()))
	} else {
		c.build(fsys, list, &found)
	}
	if err := c.makeWords(); err != nil {
		found = append(found, finding("texts", err.Error()))
	}
	return c, found
}

// build makes all services, as many at once as there are processors; what is told stays in their order.
func (c *Catalog) build(fsys fs.FS, places []place, found *Findings) {
	letters := latin.New()
	builders, docs := make([]*builder, len(places)), make([]*Document, len(places))
	var work errgroup.Group
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i, p := range places {
		builders[i] = &builder{tag: p.tag, dir: p.dir, fsys: fsys, book: c.book, names: c.names, shared: c.texts, own: map[string]words{}, found: &Findings{}}
		work.Go(func() error {
			docs[i] = builders[i].build(letters)
			return nil
		})
	}
	_ = work.Wait() // what is wrong is in the findings
	used := map[string]bool{}
	for i, b := range builders {
		*found = append(*found, *b.found...)
		for _, x := range b.blocks {
			used[x.name] = true
		}
		if docs[i] == nil {
			continue
		}
		c.put(docs[i])
		if b.tag == RouterTag { // the last of all
			*b.found = nil // told already
			b.lintTargets(docs[i], c.services)
			*found = append(*found, *b.found...)
		}
	}
	lintBlocks(fsys, used, found)
}

func (c *Catalog) loadLaw(fsys fs.FS, found *Findings) {
	dir, err := fs.Sub(fsys, "law")
	if err != nil {
		*found = append(*found, finding("law", err.Error()))
		return
	}
	book, err := law.Load(dir)
	if err == nil {
		c.book = book
		addProblems(found, book.Lint())
		return
	}
	var problems strict.Problems
	if errors.As(err, &problems) {
		addProblems(found, problems)
	}
}

func addProblems(found *Findings, problems strict.Problems) {
	for _, p := range problems {
		p.File = path.Join("law", p.File)
		*found = append(*found, Finding{Problem: p})
	}
}

func (c *Catalog) loadNames(fsys fs.FS, found *Findings) {
	countries, err1 := fs.ReadFile(fsys, "names/countries.json")
	nationalities, err2 := fs.ReadFile(fsys, "names/nationalities.json")
	for _, err := range []error{err1, err2} {
		if err != nil {
			*found = append(*found, finding("names", err.Error()))
			return
		}
	}
	names, err := form.ParseNames(countries, nationalities)
	if err != nil {
		*found = append(*found, finding("names", err.Error()))
		return
	}
	c.names = names
}

// languages are those in which every text must exist.
func languages() []string { return []string{"de", "en"} }

// sharedTexts reads the texts of all services; nil when they cannot be read. They are shown outside of a form too, where there
// is no day of law, so they have none.
func sharedTexts(fsys fs.FS, lang string, found *Findings) map[string]string {
	texts, file := readTexts(fsys, path.Join("texts", lang+".yaml"), "", found)
	if texts == nil {
		return nil
	}
	out := make(map[string]string, len(texts))
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		if texts[key].days != nil {
			found.add("", file.Name, strict.Problems{{File: file.Name, Line: file.Line(key), Text: "text " + key + " has days; only texts of a service or block may"}})
		}
		out[key] = texts[key].always
	}
	return out
}

// Languages lists the languages in which every text exists, the binding one first.
func (c *Catalog) Languages() []string { return languages() }

// Definitions lists the tags of all services, and of the router where there is one.
func (c *Catalog) Definitions() []string {
	list := c.Services()
	if c.router != nil {
		list = append(list, RouterTag)
	}
	return list
}

// Services lists the tags of all services.
func (c *Catalog) Services() []string { return slices.Sorted(maps.Keys(c.services)) }

// Service finds the document of a service, or the router, which Services does not list.
func (c *Catalog) Service(tag string) (*Document, bool) {
	if tag == RouterTag {
		return c.router, c.router != nil
	}
	d, ok := c.services[tag]
	return d, ok
}

// ByHash finds a document by its address.
func (c *Catalog) ByHash(h Hash) (*Document, bool) { d, ok := c.byHash[h]; return d, ok }

// Book gives the figures of the law.
func (c *Catalog) Book() *law.Book { return c.book }

// Names gives countries and nationalities.
func (c *Catalog) Names() *form.Names { return c.names }

// Texts gives the shared texts of a language (interface, errors, status); they must not be changed. A language that is
// not there gives the binding one.
func (c *Catalog) Texts(lang string) map[string]string {
	if t := c.texts[lang]; t != nil {
		return t
	}
	return c.texts[Binding]
}
