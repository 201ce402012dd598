package rule

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"aufenthalt/internal/civil"
)

var update = flag.Bool("update", false, "write testdata/vectors.json anew")

const vectorFile = "testdata/vectors.json"

// The file is read by both evaluators. A fact has a type and a value: bool true, int 1, text "a", day "2026-11-24",
// money "5070000" (cents), list ["a"]. A fact that is absent is unanswered.
type vector struct {
	Name  string `json:"name"`
	Tree  Tree   `json:"tree"`
	Facts struct {
		Fields map[string]wire `json:"fields"`
		Params map[string]wire `json:"params"`
		Clocks map[string]wire `json:"clocks"`
	} `json:"facts"`
	Want outcome `json:"want"`
}

type wire struct {
	Type  string          `json:"type"`
	Value json.RawMessage `json:"value"`
}

type outcome struct {
	State string          `json:"state"` // known, unknown, invalid
	Type  string          `json:"type,omitempty"`
	Value json.RawMessage `json:"value,omitempty"`
}

// vectorRules are the rules (or trees) of the vectors, each with facts and the result that it must have there. Facts
// are JSON by full name, of the type that oracleTypes says unless they say another; results are written in CEL.
var vectorRules = []struct {
	rule  string
	cases [][2]string // facts, want
}{
	// Constants and variables.
	{`true`, [][2]string{{`{}`, `true`}}},
	{`false`, [][2]string{{`{}`, `false`}}},
	{`9007199254740991`, [][2]string{{`{}`, `9007199254740991`}}},
	{`-9007199254740991`, [][2]string{{`{}`, `-9007199254740991`}}},
	{`0`, [][2]string{{`{}`, `0`}}},
	{`"Muñoz \"👍🏽\" \\ عربي"`, [][2]string{{`{}`, `"Muñoz \"👍🏽\" \\ عربي"`}}},
	{`day("0001-01-01")`, [][2]string{{`{}`, `day("0001-01-01")`}}},
	{`day("9999-12-31")`, [][2]string{{`{}`, `day("9999-12-31")`}}},
	{`money("-90071992547409.91")`, [][2]string{{`{}`, `money("-90071992547409.91")`}}},
	{`["l","a","𝔘"]`, [][2]string{{`{}`, `["a", "𝔘"]`}}},
	{`s1`, [][2]string{{`{"s1":"a"}`, `"a"`}, {`{"s1":""}`, `""`}, {`{}`, `unknown`}, {`{"s2":"a"}`, `unknown`}}},
	{`["f","i1"]`, [][2]string{ // out of JSON a bare variable has no type of its own
		{`{"i1":7}`, `7`}, {`{"i1":-9007199254740991}`, `-9007199254740991`}, {`{"i1":{"type":"text","value":"7"}}`, `"7"`},
		{`{"i1":9007199254740992}`, `invalid`}, {`{"i1":-9007199254740992}`, `invalid`},
	}},
	{`["p","m"]`, [][2]string{{`{"p.m":"5070000"}`, `money("50700.00")`}, {`{"m1":"5070000"}`, `unknown`}, {`{"p.m":"9007199254740992"}`, `invalid`}}},
	{`clock.submitted`, [][2]string{{`{"clock.submitted":"2026-11-24"}`, `day("2026-11-24")`}, {`{"clock.form_opened":"2026-11-24"}`, `unknown`}}},
	{`["f","l1"]`, [][2]string{{`{"l1":[]}`, `[]`}, {`{"l1":["b","a"]}`, `["b", "a"]`}}},

	// and, or, not, if, answered.
	{`b1 && b2`, [][2]string{
		{`{"b1":true,"b2":true}`, `true`}, {`{"b1":true,"b2":false}`, `false`}, {`{"b1":false,"b2":true}`, `false`}, {`{"b1":false}`, `false`},
		{`{"b2":false}`, `false`}, {`{"b1":true}`, `unknown`}, {`{"b2":true}`, `unknown`}, {`{}`, `unknown`},
		{`{"b1":{"type":"int","value":1},"b2":false}`, `false`}, {`{"b1":{"type":"int","value":1},"b2":true}`, `invalid`},
		{`{"b1":{"type":"int","value":1}}`, `invalid`}, {`{"b2":{"type":"int","value":1}}`, `invalid`},
	}},
	{`b1 || b2`, [][2]string{
		{`{"b1":true}`, `true`}, {`{"b2":true}`, `true`}, {`{"b1":false,"b2":false}`, `false`}, {`{"b1":false}`, `unknown`}, {`{"b2":false}`, `unknown`}, {`{}`, `unknown`},
		{`{"b1":{"type":"int","value":1},"b2":true}`, `true`}, {`{"b1":{"type":"int","value":1},"b2":false}`, `invalid`}, {`{"b2":{"type":"text","value":""}}`, `invalid`},
	}},
	{`b1 && b2 && b3`, [][2]string{{`{"b1":true,"b3":false}`, `false`}, {`{"b1":true,"b2":true}`, `unknown`}, {`{"b1":true,"b2":true,"b3":true}`, `true`}}},
	{`!b1`, [][2]string{{`{"b1":true}`, `false`}, {`{"b1":false}`, `true`}, {`{}`, `unknown`}, {`{"b1":{"type":"text","value":"x"}}`, `invalid`}}},
	{`b1 ? i1 : i2`, [][2]string{
		{`{"b1":true,"i1":1}`, `1`}, {`{"b1":false,"i1":1,"i2":2}`, `2`}, {`{"b1":true,"i2":2}`, `unknown`}, {`{"i1":1,"i2":1}`, `unknown`},
		{`{"b1":{"type":"int","value":1},"i1":1,"i2":2}`, `invalid`},
	}},
	{`answered(s1)`, [][2]string{{`{"s1":""}`, `true`}, {`{}`, `false`}}},
	{`answered(i1)`, [][2]string{{`{"i1":0}`, `true`}, {`{"i1":9007199254740992}`, `invalid`}}},
	{`answered(l1) && size(l1) > 0`, [][2]string{{`{"l1":[]}`, `false`}, {`{"l1":["x"]}`, `true`}, {`{}`, `false`}}},
	{`!answered(s1) || s1 == "a"`, [][2]string{{`{}`, `true`}, {`{"s1":"a"}`, `true`}, {`{"s1":"b"}`, `false`}}},

	// Equal and not equal. Texts are compared as code points, without any folding.
	{`b1 == b2`, [][2]string{{`{"b1":false,"b2":false}`, `true`}, {`{"b1":true,"b2":false}`, `false`}, {`{"b1":true}`, `unknown`}}},
	{`b1 != b2`, [][2]string{{`{"b1":false,"b2":false}`, `false`}, {`{"b1":true,"b2":false}`, `true`}}},
	{`i1 == i2`, [][2]string{{`{"i1":0,"i2":0}`, `true`}, {`{"i1":9007199254740991,"i2":9007199254740990}`, `false`}, {`{"i1":1}`, `unknown`}}},
	{`i1 != i2`, [][2]string{{`{"i1":9007199254740991,"i2":9007199254740990}`, `true`}, {`{"i1":-5,"i2":-5}`, `false`}}},
	{`s1 == s2`, [][2]string{
		{`{"s1":"","s2":""}`, `true`}, {`{"s1":"ß","s2":"ss"}`, `false`}, {`{"s1":"𝔘","s2":"𝔘"}`, `true`}, {`{"s1":"é","s2":"e\u0301"}`, `false`}, {`{"s1":"01067","s2":"1067"}`, `false`},
	}},
	{`s1 != s2`, [][2]string{{`{"s1":"a","s2":"A"}`, `true`}, {`{"s1":"👍🏽","s2":"👍🏽"}`, `false`}, {`{"s2":"A"}`, `unknown`}}},
	{`d1 == d2`, [][2]string{{`{"d1":"2024-02-29","d2":"2024-02-29"}`, `true`}, {`{"d1":"2024-02-29","d2":"2024-03-01"}`, `false`}}},
	{`d1 != d2`, [][2]string{{`{"d1":"2024-02-29","d2":"2024-02-29"}`, `false`}, {`{"d1":"0001-01-01","d2":"9999-12-31"}`, `true`}}},
	{`m1 == p.m`, [][2]string{{`{"m1":"1","p.m":"1"}`, `true`}, {`{"m1":"9007199254740991","p.m":"9007199254740990"}`, `false`}, {`{"m1":"1"}`, `unknown`}}},
	{`m1 != p.m`, [][2]string{{`{"m1":"1","p.m":"1"}`, `false`}, {`{"m1":"0","p.m":"-1"}`, `true`}}},

	// Order.
	{`i1 < i2`, [][2]string{{`{"i1":-1,"i2":0}`, `true`}, {`{"i1":0,"i2":0}`, `false`}, {`{"i1":9,"i2":10}`, `true`}}},
	{`i1 <= i2`, [][2]string{{`{"i1":0,"i2":0}`, `true`}, {`{"i1":1,"i2":0}`, `false`}}},
	{`i1 > i2`, [][2]string{{`{"i1":9007199254740991,"i2":9007199254740990}`, `true`}, {`{"i1":0,"i2":0}`, `false`}}},
	{`i1 >= i2`, [][2]string{{`{"i1":0,"i2":0}`, `true`}, {`{"i1":-1,"i2":0}`, `false`}, {`{"i2":0}`, `unknown`}}},
	{`d1 < d2`, [][2]string{{`{"d1":"2023-12-31","d2":"2024-01-01"}`, `true`}, {`{"d1":"2024-01-01","d2":"2024-01-01"}`, `false`}}},
	{`d1 <= d2`, [][2]string{{`{"d1":"2024-01-01","d2":"2024-01-01"}`, `true`}, {`{"d1":"2024-01-02","d2":"2024-01-01"}`, `false`}}},
	{`d1 > d2`, [][2]string{{`{"d1":"9999-12-31","d2":"0001-01-01"}`, `true`}, {`{"d1":"0999-12-31","d2":"1000-01-01"}`, `false`}}},
	{`d1 >= clock.submitted`, [][2]string{{`{"d1":"2026-11-24","clock.submitted":"2026-11-24"}`, `true`}, {`{"d1":"2026-11-23","clock.submitted":"2026-11-24"}`, `false`}, {`{"d1":"2026-11-23"}`, `unknown`}}},
	{`m1 < p.m`, [][2]string{{`{"m1":"5069999","p.m":"5070000"}`, `true`}, {`{"m1":"5070000","p.m":"5070000"}`, `false`}}},
	{`m1 <= p.m`, [][2]string{{`{"m1":"5070000","p.m":"5070000"}`, `true`}, {`{"m1":"5070001","p.m":"5070000"}`, `false`}}},
	{`m1 > p.m`, [][2]string{{`{"m1":"900","p.m":"1000"}`, `false`}, {`{"m1":"1001","p.m":"1000"}`, `true`}}},
	{`m1 * 12 >= p.m`, [][2]string{{`{"m1":"422500","p.m":"5070000"}`, `true`}, {`{"m1":"422499","p.m":"5070000"}`, `false`}, {`{"m1":"422500"}`, `unknown`}}},

	// Arithmetic up to 2^53 − 1, never beyond.
	{`i1 + i2`, [][2]string{
		{`{"i1":9007199254740990,"i2":1}`, `9007199254740991`}, {`{"i1":9007199254740991,"i2":1}`, `invalid`}, {`{"i1":-9007199254740991,"i2":-1}`, `invalid`}, {`{"i1":2,"i2":-2}`, `0`}, {`{"i1":1}`, `unknown`},
	}},
	{`i1 - i2`, [][2]string{{`{"i1":-9007199254740990,"i2":1}`, `-9007199254740991`}, {`{"i1":-9007199254740991,"i2":1}`, `invalid`}, {`{"i1":1,"i2":3}`, `-2`}}},
	{`i1 * i2`, [][2]string{
		{`{"i1":94906265,"i2":94906265}`, `9007199136250225`}, {`{"i1":94906266,"i2":94906266}`, `invalid`}, {`{"i1":-94906265,"i2":94906265}`, `-9007199136250225`},
		{`{"i1":9007199254740991,"i2":9007199254740991}`, `invalid`}, {`{"i1":9007199254740991,"i2":0}`, `0`}, {`{"i1":0,"i2":-5}`, `0`}, {`{"i1":3,"i2":3002399751580331}`, `invalid`},
		{`{"i1":4294967296,"i2":4294967296}`, `invalid`}, {`{"i1":9007199254740991,"i2":1}`, `9007199254740991`}, {`{"i1":0}`, `unknown`},
	}},
	{`m1 + m2`, [][2]string{{`{"m1":"10","m2":"20"}`, `money("0.30")`}, {`{"m1":"9007199254740991","m2":"1"}`, `invalid`}}},
	{`m1 - m2`, [][2]string{{`{"m1":"10","m2":"20"}`, `money("-0.10")`}, {`{"m1":"-9007199254740991","m2":"1"}`, `invalid`}}},
	{`m1 * i1`, [][2]string{{`{"m1":"422501","i1":12}`, `money("50700.12")`}, {`{"m1":"900719925474100","i1":10}`, `invalid`}, {`{"m1":"1","i1":-1}`, `money("-0.01")`}}},
	{`i1 * i2 > 0 || b1`, [][2]string{{`{"i1":9007199254740991,"i2":9,"b1":true}`, `true`}, {`{"i1":9007199254740991,"i2":9}`, `invalid`}}},

	// Lists.
	{`s1 in ["a", "𝔘", ""]`, [][2]string{{`{"s1":"𝔘"}`, `true`}, {`{"s1":""}`, `true`}, {`{"s1":"b"}`, `false`}, {`{}`, `unknown`}}},
	{`s1 in l1`, [][2]string{{`{"s1":"a","l1":["b","a"]}`, `true`}, {`{"s1":"a","l1":[]}`, `false`}, {`{"s1":"a"}`, `unknown`}, {`{"l1":[]}`, `unknown`}}},
	{`has_any(l1, l2)`, [][2]string{{`{"l1":["a","b"],"l2":["c","b"]}`, `true`}, {`{"l1":["a"],"l2":["A"]}`, `false`}, {`{"l1":[],"l2":[]}`, `false`}, {`{"l1":["a"]}`, `unknown`}}},
	{`has_any(l1, ["TUR", "SYR"])`, [][2]string{{`{"l1":["SYR"]}`, `true`}, {`{"l1":["DEU"]}`, `false`}, {`{"l1":{"type":"text","value":"SYR"}}`, `invalid`}}},
	{`size(l1)`, [][2]string{{`{"l1":[]}`, `0`}, {`{"l1":["👍🏽","b"]}`, `2`}, {`{}`, `unknown`}}},

	// Days: leap years, ends of months, the first and last day of the calendar.
	{`add_days(d1, i1)`, [][2]string{
		{`{"d1":"2024-02-28","i1":1}`, `day("2024-02-29")`}, {`{"d1":"2023-02-28","i1":1}`, `day("2023-03-01")`}, {`{"d1":"1900-02-28","i1":1}`, `day("1900-03-01")`},
		{`{"d1":"2000-02-28","i1":1}`, `day("2000-02-29")`}, {`{"d1":"2026-01-01","i1":-1}`, `day("2025-12-31")`}, {`{"d1":"0001-01-01","i1":3652058}`, `day("9999-12-31")`},
		{`{"d1":"0001-01-01","i1":3652059}`, `invalid`}, {`{"d1":"0001-01-01","i1":-1}`, `invalid`}, {`{"d1":"9999-12-31","i1":1}`, `invalid`}, {`{"d1":"9999-12-31","i1":0}`, `day("9999-12-31")`},
		{`{"d1":"2026-11-24","i1":9007199254740991}`, `invalid`}, {`{"d1":"2026-11-24","i1":-9007199254740991}`, `invalid`}, {`{"i1":1}`, `unknown`}, {`{"d1":"2026-11-24"}`, `unknown`},
	}},
	{`add_months(d1, i1)`, [][2]string{
		{`{"d1":"2026-01-31","i1":1}`, `day("2026-02-28")`}, {`{"d1":"2024-01-31","i1":1}`, `day("2024-02-29")`}, {`{"d1":"2024-02-29","i1":12}`, `day("2025-02-28")`},
		{`{"d1":"2024-02-29","i1":48}`, `day("2028-02-29")`}, {`{"d1":"2024-02-29","i1":-12}`, `day("2023-02-28")`}, {`{"d1":"2026-03-31","i1":-1}`, `day("2026-02-28")`},
		{`{"d1":"2026-08-31","i1":1}`, `day("2026-09-30")`}, {`{"d1":"2026-11-30","i1":3}`, `day("2027-02-28")`}, {`{"d1":"2026-12-31","i1":0}`, `day("2026-12-31")`},
		{`{"d1":"2026-12-15","i1":1}`, `day("2027-01-15")`}, {`{"d1":"2026-01-15","i1":-1}`, `day("2025-12-15")`}, {`{"d1":"0001-01-31","i1":119987}`, `day("9999-12-31")`},
		{`{"d1":"9999-12-01","i1":1}`, `invalid`}, {`{"d1":"0001-01-31","i1":-1}`, `invalid`}, {`{"d1":"2026-11-24","i1":9007199254740991}`, `invalid`}, {`{"d1":"1600-02-29","i1":3600}`, `day("1900-02-28")`},
	}},
	{`years_between(d1, d2)`, [][2]string{
		{`{"d1":"2008-02-29","d2":"2026-02-28"}`, `17`}, {`{"d1":"2008-02-29","d2":"2026-03-01"}`, `18`}, {`{"d1":"2008-02-29","d2":"2028-02-28"}`, `19`}, {`{"d1":"2008-02-29","d2":"2028-02-29"}`, `20`},
		{`{"d1":"2008-11-24","d2":"2026-11-23"}`, `17`}, {`{"d1":"2008-11-24","d2":"2026-11-24"}`, `18`}, {`{"d1":"2026-11-24","d2":"2026-11-24"}`, `0`},
		{`{"d1":"2026-11-24","d2":"2026-11-23"}`, `-1`}, {`{"d1":"2026-11-24","d2":"2025-11-24"}`, `-1`}, {`{"d1":"0001-01-01","d2":"9999-12-31"}`, `9998`}, {`{"d1":"2026-11-24"}`, `unknown`},
	}},
	{`add_months(d1, 3) < clock.submitted || b1`, [][2]string{{`{"b1":true}`, `true`}, {`{"d1":"9999-12-31","clock.submitted":"2026-11-24"}`, `invalid`}, {`{"d1":"2026-08-23","clock.submitted":"2026-11-24"}`, `true`}}},
}

func makeVectors(t *testing.T) []vector {
	e := newOracle(t).ours
	var list []vector
	for _, r := range vectorRules {
		var tree Tree
		var err error
		if strings.HasPrefix(r.rule, "[") {
			tree, err = ParseTree([]byte(r.rule))
		} else {
			tree, err = e.Compile(r.rule)
		}
		if err != nil {
			t.Fatalf("%s: %v", r.rule, err)
		}
		for _, c := range r.cases {
			v := vector{Name: r.rule + " with " + c[0], Tree: tree, Want: wanted(t, c[1])}
			v.Facts.Fields, v.Facts.Params, v.Facts.Clocks = map[string]wire{}, map[string]wire{}, map[string]wire{}
			var facts map[string]json.RawMessage
			if err := json.Unmarshal([]byte(c[0]), &facts); err != nil {
				t.Fatalf("%s: %v", c[0], err)
			}
			for full, raw := range facts {
				kind, name := split(full)
				w := wire{oracleTypes[full].String(), raw}
				if raw[0] == '{' {
					if err := json.Unmarshal(raw, &w); err != nil {
						t.Fatal(err)
					}
				}
				map[op]map[string]wire{opField: v.Facts.Fields, opParam: v.Facts.Params, opClock: v.Facts.Clocks}[kind][name] = w
			}
			list = append(list, v)
		}
	}
	return list
}

// wanted reads the result of a vector, which is written in CEL.
func wanted(t *testing.T, s string) outcome {
	if s == "unknown" || s == "invalid" {
		return outcome{State: s}
	}
	if list, ok := strings.CutPrefix(s, "["); ok {
		return outcome{"known", List.String(), json.RawMessage("[" + list)}
	}
	tree := must(t, newOracle(t).ours, s)
	if !tree.root.op.constant() {
		t.Fatalf("%s is no result", s)
	}
	return outcome{"known", tree.Type().String(), wireValue(t, tree.root.val)}
}

func wireValue(t *testing.T, v Value) json.RawMessage {
	var x any = v.List()
	switch v.Type() {
	case Bool:
		x = v.Bool()
	case Int:
		x = v.Int()
	case Text:
		x = v.Text()
	case Day:
		x = v.Day()
	case Money:
		x = strconv.FormatInt(v.Cents(), 10)
	}
	return compact(t, x)
}

// compact writes JSON as it stands in the file.
func compact(t *testing.T, x any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(x); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

// value reads a fact as any evaluator must: what is out of range is invalid.
func (w wire) value(t *testing.T) Value {
	typ, ok := ParseType(w.Type)
	if !ok {
		t.Fatalf("type %q", w.Type)
	}
	var err error
	read := func(into any) { err = json.Unmarshal(w.Value, into) }
	var b bool
	var n int64
	var s string
	var list []string
	var v Value
	switch typ {
	case Bool:
		read(&b)
		v = OfBool(b)
	case Int:
		read(&n)
		v = OfInt(n)
	case Text:
		read(&s)
		v = OfText(s)
	case Day:
		read(&s)
		v = OfDay(civil.MustParse(s))
	case Money:
		read(&s)
		n, _ = strconv.ParseInt(s, 10, 64)
		v = OfMoney(n)
	case List:
		read(&list)
		v = OfList(list)
	}
	if err != nil {
		t.Fatalf("%s %s: %v", w.Type, w.Value, err)
	}
	return v
}

// The file is what the table says, and the evaluator gives what the file says.
func TestVectors(t *testing.T) {
	var want bytes.Buffer
	want.WriteString("[\n")
	for i, v := range makeVectors(t) {
		if i > 0 {
			want.WriteString(",\n")
		}
		want.Write(compact(t, v))
	}
	want.WriteString("\n]\n")
	if *update {
		if err := os.WriteFile(vectorFile, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(raw, want.Bytes()) {
		t.Errorf("%s is not what the table says; run the test with -update", vectorFile)
	}
	var list []vector
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	seen, names := map[op]bool{}, map[string]bool{}
	for _, v := range list {
		if names[v.Name] {
			t.Errorf("%s is there twice", v.Name)
		}
		names[v.Name] = true
		v.Tree.root.walk(func(n *node) { seen[n.op] = true })
		w := world{}
		for name, f := range v.Facts.Fields {
			w[name] = f.value(t)
		}
		for name, f := range v.Facts.Params {
			w["p."+name] = f.value(t)
		}
		for name, f := range v.Facts.Clocks {
			w["clock."+name] = f.value(t)
		}
		got, want := "invalid", v.Want.State
		switch result := Eval(v.Tree, w); {
		case result.Known():
			got = fmt.Sprintf("known %v %s", result.Type(), wireValue(t, result))
			want = fmt.Sprintf("%s %s %s", v.Want.State, v.Want.Type, v.Want.Value)
		case !result.Invalid():
			got = "unknown"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", v.Name, got, want)
		}
	}
	if len(list) < 120 {
		t.Errorf("only %d vectors", len(list))
	}
	for o := opField; o < opCount; o++ {
		if !seen[o] {
			t.Errorf("operation %s has no vector", signatures[o].name)
		}
	}
}
