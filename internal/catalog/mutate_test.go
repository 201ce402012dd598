package catalog

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "write golden files anew")

// mutation breaks every place of a file that it matches, one at a time.
type mutation struct {
	what  string
	place *regexp.Regexp
	with  string
}

var mutations = []mutation{
	{"a key that nobody knows", regexp.MustCompile(`\b(id|type|level|when|basis|kind|code|from|until|value|certainty|paragraph|place|min|max|page|field|fields|meaning|source|unit|adult|minor|options|pages|conditions): `), "x$1: "},
	{"a rule about a field that is not there", regexp.MustCompile(`when: '`), "when: 'nowhere && "},
	{"a rule of another type", regexp.MustCompile(`when: '[^']*'`), "when: '1 + 1'"},
	{"a rule that breaks off", regexp.MustCompile(`when: '([^']*)'`), "when: '$1 &&'"},
	{"a day that is not in the calendar", regexp.MustCompile(`(from|until|checked): (\d{4})-\d\d-\d\d`), "$1: $2-02-30"},
	{"an interval that ends before it begins", regexp.MustCompile(`from: \d{4}-\d\d-\d\d, until: \d{4}`), "from: 2099-01-01, until: 2098"},
	{"a certainty that is none", regexp.MustCompile(`certainty: \w+`), "certainty: sure"},
	{"an amount that is none", regexp.MustCompile(`"(\d+)\.\d\d"`), `"$1,-"`},
	{"a type that is none", regexp.MustCompile(`type: \w+`), "type: zebra"},
	{"a level that is none", regexp.MustCompile(`level: \w+`), "level: must"},
	{"a kind that is none", regexp.MustCompile(`kind: (form|notice|evidence|declarations|blocker|warning|hint|error)\b`), "kind: zebra"},
	{"a name without words", regexp.MustCompile(`\{id: (\w+)`), "{id: ${1}_x"},
	{"an option without words", regexp.MustCompile(`\{value: (\w+)`), "{value: ${1}_x"},
	{"a page that shows what is not there", regexp.MustCompile(`fields: \[`), "fields: [nowhere, "},
	{"a fee without a price", regexp.MustCompile(`code: F01`), "code: F99"},
	{"a figure without a value", regexp.MustCompile(`p\.(\w+)`), "p.${1}_x"},
	{"words that are not there", regexp.MustCompile(`(?m)^[a-z]\S*: ".*"\n`), ""},
	{"words for nothing", regexp.MustCompile(`(?m)^([a-z]\S*): "`), "$1.more: \"x\"\n$1: \""},
	{"an option that is retired", regexp.MustCompile(`\{value: (\w+)`), "{value: $1, until: 2025-12-31"},
	{"a rule that is never true", regexp.MustCompile(`(?m)^( {0,2}- .*)when: '[^']*'`), "${1}when: 'false'"},
	{"a law that is not registered", regexp.MustCompile(`(Aufenth|ArbZ)[GV]\b`), "${1}X"},
	{"a kind of law that is none", regexp.MustCompile(`kind: (act|ordinance)`), "kind: zebra"},
	{"words without an end", regexp.MustCompile(`"\n`), "\n"},
	{"the same words twice", regexp.MustCompile(`(?m)^([a-z]\S*: ".*"\n)`), "$1$1"},
}

// broken lists every place of every mutation, as a whole data directory each.
func broken(t *testing.T, visit func(what, file string, line int, m fstest.MapFS)) {
	base := good(t)
	for _, file := range []string{service, rulesAt, docs, params, fees, sources, de, en} {
		text := string(base[file].Data)
		for _, mut := range mutations {
			for _, at := range mut.place.FindAllStringSubmatchIndex(text, -1) {
				with := mut.place.ExpandString(nil, mut.with, text, at)
				m := good(t)
				m[file] = &fstest.MapFile{Data: []byte(text[:at[0]] + string(with) + text[at[1]:])}
				visit(mut.what, file, strings.Count(text[:at[0]], "\n")+1, m)
			}
		}
	}
}

// goWords are what authors must not read: names of Go types and packages, and what the YAML library says about them.
var goWords = regexp.MustCompile(`\w+YAML|\b(catalog|law|form|rule|strict|civil|yaml)\.\w|!!|map\[|struct|unmarshal|interface`)

// However a definition is broken, it is refused with the file, and never crashes or hangs the linter.
func TestMutations(t *testing.T) {
	count, told, last := 0, "", ""
	broken(t, func(what, file string, line int, m fstest.MapFS) {
		count++
		found := Lint(m)
		if where := what + " in " + file; where != last {
			last = where
			told += fmt.Sprintf("# %s, line %d\n%v\n\n", where, line, Findings(found))
		}
		if len(found) == 0 {
			t.Errorf("%s:%d: %s is accepted", file, line, what)
		}
		for _, f := range found {
			if f.File == "" || f.Text == "" {
				t.Errorf("%s:%d: %s: tells too little: %+v", file, line, what, f)
			}
			if goWords.MatchString(f.Text) {
				t.Errorf("%s:%d: %s: speaks of our program, not of the law: %s", file, line, what, f)
			}
		}
	})
	t.Logf("%d broken definitions", count)
	const golden = "testdata/broken.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(told), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || string(want) != told {
		t.Errorf("what authors are told has changed (%v); look at it with go test ./internal/catalog -update and git diff", err)
	}
	if count < 200 {
		t.Errorf("only %d broken definitions", count)
	}
}
