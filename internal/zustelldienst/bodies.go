package zustelldienst

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// bodies keeps the sealed parts as files, so that rows stay small. Names are UUIDs that were checked before.
type bodies struct{ root *os.Root }

func openBodies(dir string) (*bodies, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	return &bodies{root}, err
}

// put is durable before it returns, and complete or absent after a crash.
func (b *bodies) put(submission, part string, data []byte) error {
	if err := b.root.Mkdir(submission, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	name := filepath.Join(submission, part)
	f, err := b.root.OpenFile(name+".neu", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := b.root.Rename(name+".neu", name); err != nil {
		return err
	}
	for _, dir := range []string{submission, "."} {
		d, err := b.root.Open(dir)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (b *bodies) get(submission, part string) ([]byte, error) {
	return b.root.ReadFile(filepath.Join(submission, part))
}

func (b *bodies) drop(submission string) error { return b.root.RemoveAll(submission) }
