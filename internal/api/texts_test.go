package api_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"aufenthalt/data"
	"aufenthalt/internal/catalog"
)

var errorKey = regexp.MustCompile(`"(error\.[a-z_]+(\.[a-z_]+)*)"`)

// Every error that a person can meet has its sentence in both languages. Packages rule and catalog speak to authors of
// services, in English on the command line.
func TestEveryErrorHasASentence(t *testing.T) {
	cat, err := catalog.Load(data.FS)
	must(t, err)
	seen := 0
	err = filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if d.IsDir() && (d.Name() == "rule" || d.Name() == "catalog") {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, m := range errorKey.FindAllSubmatch(source, -1) {
			seen++
			for _, lang := range []string{"de", "en"} {
				if cat.Texts(lang)[string(m[1])] == "" {
					t.Errorf("%s: %s has no sentence in %s", path, m[1], lang)
				}
			}
		}
		return err
	})
	if err != nil || seen < 40 {
		t.Errorf("%d keys seen, %v", seen, err)
	}
}
