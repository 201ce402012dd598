package rule

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"aufenthalt/internal/civil"
)

var update = flag.Bool("update", false, "write testdata/vectors anew")

const vectorDir = "testdata/vectors"

// group is the vectors of one rule; testdata/vectors/README.md tells the format.
type group struct {
	Rule  string       `json:"rule"`
	Tree  Tree         `json:"tree"`
	From  string       `json:"from"`
	Cases []vectorCase `json:"cases"`
}

type vectorCase struct {
	Facts map[string]fact `json:"facts"`
	Want  fact            `json:"want"`
}

// fact is a value or why there is none, as JSON: {"int":7}, "unknown", "invalid".
type fact struct {
	typ   Type
	value json.RawMessage
	state string // "", unknown or invalid
}

func (f fact) MarshalJSON() ([]byte, error) {
	if f.state != "" {
		return json.Marshal(f.state)
	}
	return []byte(`{"` + f.typ.String() + `":` + string(f.value) + `}`), nil
}

func (f *fact) UnmarshalJSON(b []byte) error {
	if b[0] == '"' {
		return json.Unmarshal(b, &f.state)
	}
	var m map[string]json.RawMessage
	if err := json.Unmarshal(b, &m); err != nil || len(m) != 1 {
		return fmt.Errorf("%s is no fact", b)
	}
	for name, raw := range m {
		t, ok := ParseType(name)
		if !ok {
			return fmt.Errorf("there is no type %s", name)
		}
		f.typ, f.value = t, raw
	}
	return nil
}

func factOf(v Value) fact {
	switch {
	case v.Invalid():
		return fact{state: "invalid"}
	case !v.Known():
		return fact{state: "unknown"}
	}
	return fact{typ: v.Type(), value: wireValue(v)}
}

func wireValue(v Value) json.RawMessage {
	switch v.Type() {
	case Bool:
		return strconv.AppendBool(nil, v.Bool())
	case Int:
		return strconv.AppendInt(nil, v.Int(), 10)
	case Day:
		return appendString(nil, v.Day().String())
	case Money, Decimal:
		return appendString(nil, strconv.FormatInt(v.num, 10))
	case List:
		return compact(append([]string{}, v.List()...))
	}
	return appendString(nil, v.Text())
}

// compact writes JSON as it stands in the files.
func compact(x any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(x); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

// of reads a fact as any evaluator must: what is out of range is invalid.
func (f fact) of() (v Value, err error) {
	if f.state != "" {
		return Value{bad: f.state == "invalid"}, nil
	}
	read := func(into any) {
		if err == nil {
			err = json.Unmarshal(f.value, into)
		}
	}
	var b bool
	var n int64
	var s string
	var list []string
	switch f.typ {
	case Bool:
		read(&b)
		return OfBool(b), err
	case Int:
		read(&n)
		return OfInt(n), err
	case List:
		read(&list)
		return OfList(list), err
	}
	if read(&s); err != nil {
		return Value{}, err
	}
	switch f.typ {
	case Day:
		d, err := civil.Parse(s)
		return OfDay(d), err
	case Money, Decimal:
		n, err = strconv.ParseInt(s, 10, 64)
		return number(f.typ, n), err
	}
	return OfText(s), nil
}

func (c vectorCase) world(t testing.TB) world {
	t.Helper()
	w := world{}
	for name, f := range c.Facts {
		v, err := f.of()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		w[name] = v
	}
	return w
}

// file writes one subject: a line for each rule, a line for each case.
func file(groups []group) []byte {
	var b bytes.Buffer
	b.WriteString("[\n")
	for i, g := range groups {
		fmt.Fprintf(&b, "{\"rule\":%s,\"tree\":%s,\"from\":%q,\"cases\":[\n", appendString(nil, g.Rule), compact(g.Tree), g.From)
		for j, c := range g.Cases {
			fmt.Fprintf(&b, " {\"facts\":%s,\"want\":%s}%s\n", compact(c.Facts), compact(c.Want), comma(j, len(g.Cases)))
		}
		fmt.Fprintf(&b, "]}%s\n", comma(i, len(groups)))
	}
	b.WriteString("]\n")
	return b.Bytes()
}

func comma(i, count int) string {
	if i == count-1 {
		return ""
	}
	return ","
}

// The files are what the tables and cel-go say.
func TestVectorFiles(t *testing.T) {
	want := makeVectors(t)
	if *update {
		old, _ := filepath.Glob(vectorDir + "/*.json")
		for _, path := range old {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		for subject, groups := range want {
			if err := os.WriteFile(filepath.Join(vectorDir, subject+".json"), file(groups), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	found, _ := filepath.Glob(vectorDir + "/*.json")
	if len(found) != len(want) {
		t.Errorf("%d files in %s, want %d; run the test with -update", len(found), vectorDir, len(want))
	}
	for subject, groups := range want {
		raw, err := os.ReadFile(filepath.Join(vectorDir, subject+".json"))
		if err != nil || !bytes.Equal(raw, file(groups)) {
			t.Errorf("%s.json is not what the tables say (%v); run the test with -update", subject, err)
		}
	}
}

func readVectors(t *testing.T) map[string][]group {
	t.Helper()
	paths, err := filepath.Glob(vectorDir + "/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no vectors in %s: %v", vectorDir, err)
	}
	files := map[string][]group{}
	for _, path := range paths {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var groups []group
		if err := json.Unmarshal(raw, &groups); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		files[filepath.Base(path)] = groups
	}
	return files
}

// The evaluator gives what the files say, from the trees as they stand there.
func TestVectors(t *testing.T) {
	used, seen, count := map[op]bool{}, map[string]bool{}, 0
	for name, groups := range readVectors(t) {
		for _, g := range groups {
			g.Tree.root.walk(func(n *node) { used[n.op] = true })
			for _, c := range g.Cases {
				count++
				key := string(compact(g.Tree)) + string(compact(c.Facts))
				if seen[key] {
					t.Errorf("%s: %s with %s is there twice", name, g.Rule, compact(c.Facts))
				}
				seen[key] = true
				got := compact(factOf(Eval(g.Tree, c.world(t))))
				if want := compact(c.Want); !bytes.Equal(got, want) {
					t.Errorf("%s: %s with %s is %s, want %s", name, g.Rule, compact(c.Facts), got, want)
				}
			}
		}
	}
	t.Logf("%d vectors", count)
	if count < 3000 {
		t.Errorf("only %d vectors", count)
	}
	for o := opField; o < opCount; o++ {
		if !used[o] {
			t.Errorf("operation %s has no vector", signatures[o].name)
		}
	}
}

// cel-go gives what the files say, wherever it can: it has no invalid facts, wider integers, and to it unknown weighs more
// than an error.
func TestVectorsOracle(t *testing.T) {
	o := newOracle(t)
	asked, skipped := 0, map[string]int{}
	for name, groups := range readVectors(t) {
		for _, g := range groups {
			for _, c := range g.Cases {
				w := c.world(t)
				if slices.ContainsFunc(slices.Collect(maps.Values(w)), Value.Invalid) || mistyped(w) {
					skipped["a fact is invalid"]++
					continue
				}
				got := compact(o.outcome(t, g.Rule, resultType(g.Tree), w))
				want := compact(c.Want)
				if !bytes.Equal(got, want) && c.Want.state == "invalid" {
					skipped["beyond ±(2^53 − 1), or unknown as well"]++
					continue
				}
				asked++
				if !bytes.Equal(got, want) {
					t.Errorf("%s: %s with %s: cel-go gives %s, want %s", name, g.Rule, compact(c.Facts), got, want)
				}
			}
		}
	}
	t.Logf("cel-go agrees on %d vectors; not asked: %v", asked, skipped)
	if asked < 3000 {
		t.Errorf("cel-go was asked about %d vectors only", asked)
	}
}

func mistyped(w world) bool {
	for name, v := range w {
		if v.Known() && v.Type() != oracleTypes[name] {
			return true
		}
	}
	return false
}

// resultType is Type, also for a bare variable, which does not tell its type when it was read from JSON.
func resultType(t Tree) Type {
	if typ := t.Type(); typ != 0 {
		return typ
	}
	n := t.root
	for len(n.args) > 0 { // if, or_else, only_if: all share the type of the last operand
		n = &n.args[len(n.args)-1]
	}
	name := n.name
	switch n.op {
	case opParam:
		name = "p." + name
	case opClock:
		name = "clock." + name
	}
	return oracleTypes[name]
}
