//go:build ignore

// Packs the data into data/published, so that the program need not compile it at each start: go run ./data/pack.go
package main

import (
	"log"
	"os"
	"path/filepath"

	"aufenthalt/data"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/publication"
)

const out = "data/published"

func main() {
	if err := pack(); err != nil {
		log.Fatal(err)
	}
}

func pack() error {
	c, err := catalog.Load(data.FS)
	if err != nil {
		return err
	}
	files, err := c.Pack(data.FS)
	if err != nil {
		return err
	}
	digest, err := catalog.Digest(data.FS)
	if err != nil {
		return err
	}
	files[publication.DigestFile] = []byte(digest)
	for _, old := range []string{"documents", "law", "names", "texts", publication.DigestFile} {
		if err := os.RemoveAll(filepath.Join(out, old)); err != nil {
			return err
		}
	}
	return publication.WriteFiles(out, files)
}
