// Package official gives tests the schemas, lists and examples of the standards. They may not be shipped with the
// product, so tests skip loudly without them; with AUFENTHALT_REQUIRE set, as in CI, that is a failure.
package official

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
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

// JSONSchema compares files with a JSON Schema (2020-12), which is checked itself: the good ones must keep it, the bad ones must not.
func JSONSchema(t testing.TB, schema string, good, bad []string) {
	t.Helper()
	if exec.Command("python3", "-c", "import jsonschema").Run() != nil {
		missing(t, "python3 with jsonschema (Debian package python3-jsonschema) is needed")
	}
	const script = `
import json, sys, jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
good = int(sys.argv[2])
for i, name in enumerate(sys.argv[3:]):
    wrong = jsonschema.exceptions.best_match(validator.iter_errors(json.load(open(name))))
    if i < good and wrong:
        print(name, wrong.json_path, wrong.message[:200])
    if i >= good and not wrong:
        print(name, "keeps the schema, and must not")
`
	args := append([]string{"-c", script, schema, strconv.Itoa(len(good))}, append(slices.Clone(good), bad...)...)
	if out, err := exec.Command("python3", args...).CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("%s: %v\n%s", schema, err, out)
	}
}

func missing(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("AUFENTHALT_REQUIRE") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf("NOT CHECKED against the official files: "+format, args...)
}
