package catalog

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/sync/errgroup"

	"aufenthalt/internal/form"
	"aufenthalt/internal/latin"
)

// packedDir holds the documents of packed data, each under its hash.
const packedDir = "documents"

// originsEnd is the end of the file beside a document that tells where single entries come from.
const originsEnd = ".origins"

// Pack gives the files of packed data: the documents in the place of services, blocks and router; law, shared texts and names as
// they are in the data directory that the catalogue was loaded from. Load reads them like a data directory, only that nothing has
// to be compiled.
func (c *Catalog) Pack(fsys fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, tag := range c.Definitions() {
		d, _ := c.Service(tag)
		files[path.Join(packedDir, string(d.hash)+".json")] = d.json
		if len(d.origins) > 0 {
			notes, err := json.Marshal(d.origins)
			if err != nil {
				return nil, err
			}
			files[path.Join(packedDir, string(d.hash)+originsEnd)] = notes
		}
	}
	for _, pattern := range []string{"law/*.yaml", "texts/*.yaml", "names/*.json"} {
		names, err := fs.Glob(fsys, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if files[name], err = fs.ReadFile(fsys, name); err != nil {
				return nil, err
			}
		}
	}
	return files, nil
}

func packed(fsys fs.FS) bool { return exists(fsys, packedDir) }

// unpack reads the documents of packed data, as many at once as there are processors.
func (c *Catalog) unpack(fsys fs.FS, found *Findings) {
	names, err := fs.Glob(fsys, packedDir+"/*.json")
	if err != nil || len(names) == 0 {
		*found = append(*found, finding(packedDir, "there is no document"))
	}
	letters := latin.New()
	docs, wrong := make([]*Document, len(names)), make([]error, len(names))
	var work errgroup.Group
	for i, name := range names {
		work.Go(func() error {
			docs[i], wrong[i] = readPacked(fsys, name, c.names, letters)
			return nil
		})
	}
	_ = work.Wait() // what is wrong is told below
	for i, d := range docs {
		if wrong[i] != nil {
			*found = append(*found, finding(names[i], wrong[i].Error()))
			continue
		}
		c.put(d)
	}
}

// readPacked takes the name for what it is, the hash: content that has it was once written by canonical.
func readPacked(fsys fs.FS, name string, names *form.Names, letters *latin.Table) (*Document, error) {
	b, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	hash := hashOf(b)
	if path.Base(name) != string(hash)+".json" {
		return nil, fmt.Errorf("the content has another hash than the name: %s", hash)
	}
	d := newDocument(names, letters)
	d.json, d.hash = b, hash
	if err := json.Unmarshal(b, &d.body); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	if d.body.Format != format || d.body.ID == "" {
		return nil, fmt.Errorf("document: format %d is not the one that this program reads, %d", d.body.Format, format)
	}
	if notes := strings.TrimSuffix(name, ".json") + originsEnd; exists(fsys, notes) {
		b, err := fs.ReadFile(fsys, notes)
		if err == nil {
			err = json.Unmarshal(b, &d.origins)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", notes, err)
		}
	}
	return d, nil
}

// put takes a document into the catalogue.
func (c *Catalog) put(d *Document) {
	d.words = c.wordsOf
	if d.Tag() == RouterTag {
		c.router, d.ways = d, c.leads
		return
	}
	c.services[d.Tag()] = d
	c.byHash[d.hash] = d
}

// Digest recognises a data directory: a hash over the names and contents of all its files.
func Digest(fsys fs.FS) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(fsys, name)
		fmt.Fprintf(sum, "%s\x00%d\x00%s", name, len(b), b)
		return err
	})
	return hex.EncodeToString(sum.Sum(nil)), err
}
