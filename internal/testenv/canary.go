package testenv

import (
	"bytes"
	"io/fs"
	"os"
)

// walk collects the files that hold the canary.
func walk(canary string, found *[]string) fs.WalkDirFunc {
	return func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if bytes.Contains(data, []byte(canary)) {
			*found = append(*found, path)
		}
		return nil
	}
}
