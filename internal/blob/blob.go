// Package blob keeps sealed objects as files: complete or absent, durable before Put returns.
package blob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// Store is a directory of sealed objects. Names are identifiers, never anything a person typed.
type Store struct{ root *os.Root }

// ErrAbsent says that there is no object of that name.
var ErrAbsent = errors.New("object is absent")

var name = regexp.MustCompile(`^[0-9a-f]{2}[0-9a-f-]{0,62}(\.[0-9a-f-]{1,64})?$`)

// Open opens or makes the directory with all its places, so that none is ever made beside an object: the name of a new
// place could be lost in a power cut, and the object with it.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob store: %w", err)
	}
	s := &Store{root}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(fmt.Errorf("blob store: %w", err), root.Close())
	}
	return s, nil
}

func (s *Store) prepare() error {
	for i := range 256 {
		if err := s.root.Mkdir(fmt.Sprintf("%02x", i), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return s.sync(".")
}

// Close releases the directory.
func (s *Store) Close() error { return s.root.Close() }

func place(id string) (dir, path string, err error) {
	if !name.MatchString(id) {
		return "", "", errors.New("blob name: only hex digits and dashes")
	}
	return id[:2], filepath.Join(id[:2], id), nil
}

// Put writes an object; an object of the same name is replaced at once.
func (s *Store) Put(id string, sealed []byte) error {
	dir, path, err := place(id)
	if err != nil {
		return err
	}
	tmp := path + ".neu"
	if err := s.write(tmp, sealed); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	if err := s.root.Rename(tmp, path); err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return s.sync(dir)
}

func (s *Store) write(path string, data []byte) error {
	f, err := s.root.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// sync makes the names in a directory durable.
func (s *Store) sync(dir string) error {
	d, err := s.root.Open(dir)
	if err != nil {
		return fmt.Errorf("blob: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// Get reads an object.
func (s *Store) Get(id string) ([]byte, error) {
	_, path, err := place(id)
	if err != nil {
		return nil, err
	}
	data, err := s.root.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	return data, err
}

// Delete removes an object; absent is fine.
func (s *Store) Delete(id string) error {
	_, path, err := place(id)
	if err != nil {
		return err
	}
	if err := s.root.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("blob: %w", err)
	}
	return nil
}
