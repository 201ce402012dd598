// Package official gives tests the schemas, lists and examples of the standards. They may not be shipped with the
// product, so tests skip loudly without them; with AUFENTHALT_REQUIRE set, as in CI, that is a failure.
package official

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Path gives a file or folder of the standards, whose folder AUFENTHALT_STANDARDS names.
func Path(t testing.TB, name ...string) string {
	t.Helper()
	dir := os.Getenv("AUFENTHALT_STANDARDS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "standards") // beside the checkout, seen from a package
	}
	path := filepath.Join(append([]string{dir}, name...)...)
	if _, err := os.Stat(path); err != nil {
		missing(t, "AUFENTHALT_STANDARDS must name the folder of the standards: %v", err)
	}
	return path
}

// Validate asks the validator that comes with the schemas of XAusländer 26.11.
func Validate(t testing.TB, files ...string) {
	t.Helper()
	script := Path(t, "xauslaender-26.11", "validate")
	if len(files) == 0 {
		t.Fatal("nothing to validate")
	}
	if _, err := exec.LookPath("xmllint"); err != nil {
		missing(t, "xmllint (Debian package libxml2-utils) is needed: %v", err)
	}
	if out, err := exec.Command(script, files...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("AUFENTHALT_REQUIRE") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf("NOT CHECKED against the official files: "+format, args...)
}
