// Package akte is the folder in which a message reaches an authority: the message byte for byte, what is readable for
// people, the documents in the clear, and a manifest. A folder is complete or absent. Connector, Fachverfahren and
// inbox share the layout; docs/adr/0006 says why it is a folder.
package akte

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Names of the files at the top of a folder.
const (
	Message  = "nachricht.xml"
	Readable = "antrag.json"
	Summary  = "zusammenfassung.pdf"
	manifest = "manifest.json"
)

// Fresh begins the name of a folder or file that is still being written.
const Fresh = ".neu-"

// Manifest says what is in the folder.
type Manifest struct {
	Format      int       `json:"format"` // 1
	Type        string    `json:"type"`   // 130101, 130102, 130103
	Number      string    `json:"case_number"`
	MessageUUID string    `json:"message_uuid"`
	Received    time.Time `json:"received_at"`
	Files       []File    `json:"files"`
}

// File is one file of the folder.
type File struct {
	Path     string `json:"path"`
	Title    string `json:"title"`
	Evidence string `json:"evidence,omitempty"`
	MIME     string `json:"mime"`
	Size     int    `json:"size"`
	SHA256   string `json:"sha256"`
}

// Documents are the files that a person attached, and the summary.
func (m Manifest) Documents() []File {
	var out []File
	for _, f := range m.Files {
		if f.Path == Summary || strings.HasPrefix(f.Path, "dokumente/") {
			out = append(out, f)
		}
	}
	return out
}

// Find gives the file of a path; false when the manifest has none.
func (m Manifest) Find(path string) (File, bool) {
	i := slices.IndexFunc(m.Files, func(f File) bool { return f.Path == path })
	if i < 0 {
		return File{}, false
	}
	return m.Files[i], true
}

// Folder is a folder in memory, before it is written.
type Folder struct {
	Manifest
	data map[string][]byte
}

// Add puts a file into the folder.
func (f *Folder) Add(path, title, evidence, mime string, data []byte) {
	if f.data == nil {
		f.data = map[string][]byte{}
	}
	sum := sha256.Sum256(data)
	f.data[path] = data
	f.Files = append(f.Files, File{path, title, evidence, mime, len(data), hex.EncodeToString(sum[:])})
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// IsID tells whether a name is a message UUID in lower case, which names folders.
func IsID(name string) bool { return uuidForm.MatchString(name) }

// Write puts the folder under dir, named by its message: written aside, synced, renamed. A folder that is there
// already stays as it is, so a repetition after a crash does nothing.
func (f *Folder) Write(dir string) error {
	if !IsID(f.MessageUUID) {
		return errors.New("folder: message_uuid must be a UUID in lower case")
	}
	final := filepath.Join(dir, f.MessageUUID)
	if _, err := os.Stat(final); err == nil {
		return syncDir(dir) // the rename may not have been durable when it was cut off
	}
	tmp := filepath.Join(dir, Fresh+f.MessageUUID)
	if err := os.RemoveAll(tmp); err != nil { // left behind by a crash
		return fmt.Errorf("folder: %w", err)
	}
	if err := f.fill(tmp); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if err := os.Rename(tmp, final); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	return syncDir(dir)
}

func (f *Folder) fill(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "dokumente"), 0o750); err != nil {
		return err
	}
	f.Format = 1
	raw, err := json.MarshalIndent(f.Manifest, "", " ")
	if err != nil {
		return err
	}
	for path, data := range f.data {
		if err := writeSynced(filepath.Join(dir, filepath.FromSlash(path)), data); err != nil {
			return err
		}
	}
	if err := writeSynced(filepath.Join(dir, manifest), raw); err != nil {
		return err
	}
	return errors.Join(syncDir(filepath.Join(dir, "dokumente")), syncDir(dir))
}

// maxManifest bounds manifests and confirmations.
const maxManifest = 1 << 20

var pathForm = regexp.MustCompile(`^(nachricht\.xml|antrag\.json|zusammenfassung\.pdf|dokumente/[0-9]{2,3}-[A-Z0-9_-]{1,40}\.(pdf|jpg))$`)

// ReadManifest reads and checks the manifest of a folder; the files themselves are checked by ReadFile.
func ReadManifest(folder string) (Manifest, error) {
	var m Manifest
	if err := readStrict(filepath.Join(folder, manifest), &m); err != nil {
		return m, err
	}
	if m.Format != 1 || !IsID(m.MessageUUID) || m.MessageUUID != filepath.Base(folder) || m.Type == "" || m.Number == "" {
		return m, errors.New("manifest: format, type, case_number and message_uuid (the folder's name) are needed")
	}
	seen := map[string]bool{}
	for _, f := range m.Files {
		if !pathForm.MatchString(f.Path) || seen[f.Path] {
			return m, errors.New("manifest: a path is not one of the layout")
		}
		seen[f.Path] = true
	}
	if !seen[Message] {
		return m, errors.New("manifest: " + Message + " is missing")
	}
	return m, nil
}

// ReadFile reads one file and proves that it is the one of the manifest.
func ReadFile(folder string, f File) ([]byte, error) {
	root, err := os.OpenRoot(folder) // a link inside the folder cannot lead out of it
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	defer root.Close()
	data, err := root.ReadFile(filepath.FromSlash(f.Path))
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	sum := sha256.Sum256(data)
	if len(data) != f.Size || hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, fmt.Errorf("folder: %s is not the file of the manifest", f.Path)
	}
	return data, nil
}

// Load reads a whole folder with every file proved.
func Load(folder string) (*Folder, error) {
	m, err := ReadManifest(folder)
	if err != nil {
		return nil, err
	}
	f := &Folder{Manifest: m, data: map[string][]byte{}}
	for _, file := range m.Files {
		if f.data[file.Path], err = ReadFile(folder, file); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Data gives a file's content, nil when there is none.
func (f *Folder) Data(path string) []byte { return f.data[path] }

// List names the complete folders in dir; a missing dir has none.
func List(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && IsID(e.Name()) {
			out = append(out, e.Name())
		}
	}
	return out, nil
}

// PutFile writes dir/name so that it is complete or absent; a file of that name is replaced.
func PutFile(dir, name string, data []byte) error {
	tmp := filepath.Join(dir, Fresh+name)
	if err := writeSynced(tmp, data); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return syncDir(dir)
}

// Move renames a file or folder durably; an old one of the target's name is replaced. Absent is fine when the target
// is there, as after a crash.
func Move(from, to string) error {
	if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Lstat(to); err == nil {
			return errors.Join(syncDir(filepath.Dir(to)), syncDir(filepath.Dir(from)))
		}
	}
	if s, err := os.Stat(to); err == nil && s.IsDir() {
		if err := os.RemoveAll(to); err != nil {
			return err
		}
	}
	if err := os.Rename(from, to); err != nil {
		return err
	}
	return errors.Join(syncDir(filepath.Dir(to)), syncDir(filepath.Dir(from)))
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func readStrict(path string, into any) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if info.Size() > maxManifest {
		return fmt.Errorf("%s: too large", filepath.Base(path))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: is not the JSON expected", filepath.Base(path))
	}
	return nil
}
