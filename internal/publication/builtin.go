package publication

import (
	"io/fs"

	"aufenthalt/data"
	"aufenthalt/internal/catalog"
)

// DigestFile beside the packed data of the program names the data directory that it was made from.
const DigestFile = "digest"

// BuiltIn gives the catalogue of the program. It reads the packed data that the build left (data/pack.go) when that was made
// from just this data, else it compiles the data, which takes some ten times as long.
func BuiltIn() (*catalog.Catalog, error) {
	if packed, err := fs.Sub(data.Published, "published"); err == nil && fresh(packed) {
		return catalog.Load(packed)
	}
	return catalog.Load(data.FS)
}

func fresh(packed fs.FS) bool {
	of, err := fs.ReadFile(packed, DigestFile)
	if err != nil {
		return false
	}
	now, err := catalog.Digest(data.FS)
	return err == nil && now == string(of)
}
