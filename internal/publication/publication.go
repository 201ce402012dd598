// Package publication makes law data fit to be put into force: packed, signed, with the day from which it counts; and opens what was
// published, believing only the keys that the platform's operator trusts.
package publication

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/jose"
)

// SignatureFile stands beside the packed files: a flattened JWS whose payload is the Sheet.
const SignatureFile = "publication.json"

const format = 1

// Sheet is what is signed.
type Sheet struct {
	Format int               `json:"format"`
	From   civil.Day         `json:"from"` // first day in force
	Made   time.Time         `json:"made"`
	Note   string            `json:"note,omitempty"`
	Files  map[string]string `json:"files"` // name → SHA-256 in hexadecimal digits
}

// Publication is one that was opened and found good.
type Publication struct {
	Sheet
	Dir     string
	Catalog *catalog.Catalog
}

// Publish packs a data directory that has no mistakes, signs it, and writes it as a folder of its own under out, whole or not at
// all. It gives the folder.
func Publish(data fs.FS, c *catalog.Catalog, sheet Sheet, key ed25519.PrivateKey, out string) (dir string, err error) {
	files, err := c.Pack(data)
	if err != nil {
		return "", err
	}
	sheet.Format, sheet.Files = format, map[string]string{}
	for name, content := range files {
		sheet.Files[name] = digest(content)
	}
	payload, err := json.Marshal(sheet)
	if err != nil {
		return "", err
	}
	signed, err := jose.SignEd25519(key, jose.LawType, payload)
	if err != nil {
		return "", err
	}
	if files[SignatureFile], err = json.MarshalIndent(signed, "", "  "); err != nil {
		return "", err
	}
	dir = filepath.Join(out, sheet.From.String()+"-"+digest(payload)[:12])
	return dir, writeAll(dir, files)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// writeAll makes a folder with all files in it, which appears only when it is complete.
func writeAll(dir string, files map[string][]byte) (err error) {
	if _, err := os.Stat(dir); err == nil {
		return fmt.Errorf("%s is there already", dir)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	temp, err := os.MkdirTemp(filepath.Dir(dir), ".publication-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(temp))
		}
	}()
	if err := WriteFiles(temp, files); err != nil {
		return err
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return err
	}
	return os.Rename(temp, dir)
}

// WriteFiles writes files by their paths within a folder, with slashes.
func WriteFiles(dir string, files map[string][]byte) error {
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// Open reads a publication and checks it whole: signature, files, documents.
func Open(dir string, keys []jose.OKP) (*Publication, error) {
	p := &Publication{Dir: dir}
	raw, err := os.ReadFile(filepath.Join(dir, SignatureFile))
	if err != nil {
		return nil, err
	}
	var signed jose.Signed
	if err := json.Unmarshal(raw, &signed); err != nil {
		return nil, fmt.Errorf("%s: %s is no signature", dir, SignatureFile)
	}
	payload, err := jose.VerifyEd25519(signed, jose.LawType, keys)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := json.Unmarshal(payload, &p.Sheet); err != nil || p.Format != format || p.From.IsZero() {
		return nil, fmt.Errorf("%s: what is signed is no publication that this program reads", dir)
	}
	fsys := os.DirFS(dir)
	if err := p.check(fsys); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if p.Catalog, err = catalog.Load(fsys); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return p, nil
}

// check finds files that are missing, changed or not signed.
func (p *Publication) check(fsys fs.FS) error {
	left := maps.Clone(p.Files)
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || name == SignatureFile {
			return err
		}
		want, ok := left[name]
		if !ok {
			return fmt.Errorf("%s is not part of what was signed", name)
		}
		delete(left, name)
		b, err := fs.ReadFile(fsys, name)
		if err == nil && digest(b) != want {
			err = fmt.Errorf("%s was changed after signing", name)
		}
		return err
	})
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("%s is missing", slices.Sorted(maps.Keys(left))[0])
	}
	return err
}

// OpenAll opens every publication in a folder, in the order in which they count: by first day, then by the time at which they were
// made. One that is not good is an error: it was meant to be law.
func OpenAll(folder string, keys []jose.OKP) ([]*Publication, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var list []*Publication
	var wrong []error
	for _, e := range entries {
		if !e.IsDir() || e.Name()[0] == '.' { // a dot: not complete yet
			continue
		}
		p, err := Open(filepath.Join(folder, e.Name()), keys)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b *Publication) int {
		if c := a.From.Compare(b.From); c != 0 {
			return c
		}
		return a.Made.Compare(b.Made)
	})
	return list, errors.Join(wrong...)
}
