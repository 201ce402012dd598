package rule

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// host is the TypeScript evaluator in one process of Node, which answers line by line.
type host struct {
	in  io.Writer
	out *bufio.Reader
}

// startHost starts Node. Without it there is no host, and a loud word; in CI that is a failure.
func startHost(t testing.TB) *host {
	t.Helper()
	const web = "../../web"
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(web + "/node_modules/esbuild")
	}
	if err != nil {
		if os.Getenv("CI") == "true" || os.Getenv("AUFENTHALT_REQUIRE") != "" {
			t.Fatalf("Node and web/node_modules are needed to compare with the TypeScript evaluator: %v", err)
		}
		t.Logf("NOT COMPARED with the TypeScript evaluator, Node and web/node_modules are needed: %v", err)
		return nil
	}
	sources, _ := filepath.Glob(web + "/src/*.ts")
	helpers, _ := filepath.Glob(web + "/test/*.mjs")
	for _, name := range append(sources, helpers...) { // so that a kept test result is not for other sources
		if _, err := os.Stat(name); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(node, "test/rule-host.mjs")
	cmd.Dir, cmd.Stderr = web, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close() // ends its loop
		if err := cmd.Wait(); err != nil {
			t.Errorf("node: %v", err)
		}
	})
	return &host{in, bufio.NewReader(out)}
}

// eval gives the result of one case.
func (h *host) eval(t testing.TB, tree Tree, facts map[string]fact) Value {
	t.Helper()
	request := compact(map[string]any{"tree": tree, "facts": facts})
	if _, err := h.in.Write(append(request, '\n')); err != nil {
		t.Fatalf("node: %v", err)
	}
	line, err := h.out.ReadBytes('\n')
	if err != nil {
		t.Fatalf("node: %v with %s", err, request)
	}
	var f fact
	if err := json.Unmarshal(bytes.TrimSpace(line), &f); err != nil {
		t.Fatalf("node answers %s", line)
	}
	v, err := f.of()
	if err != nil {
		t.Fatalf("node answers %s: %v", line, err)
	}
	return v
}

// choices is a source of random numbers that takes a byte for each, so that a fuzzer changes one choice of the generator
// with one byte; after the last one they are as random as ever.
type choices struct {
	bytes []byte
	rest  rand.Source
}

func (c *choices) Uint64() uint64 {
	if len(c.bytes) == 0 {
		return c.rest.Uint64()
	}
	b := c.bytes[0]
	c.bytes = c.bytes[1:]
	return uint64(b)<<56 | 1<<55
}

// Rules and answers out of bytes: whatever evaluates the rule gives the same.
func FuzzHosts(f *testing.F) {
	o := newOracle(f)
	node := startHost(f)
	seeds := rand.New(rand.NewPCG(7, 2026))
	for range 2000 {
		seed := make([]byte, 4+seeds.IntN(60))
		for i := range seed {
			seed[i] = byte(seeds.IntN(256))
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		g := &generator{rand.New(&choices{data, rand.NewPCG(uint64(len(data)), 8)}), true, true}
		g.bounded = g.IntN(3) == 0
		src := g.rooted(1 + g.IntN(4))
		tree, err := o.ours.Compile(src)
		if err != nil {
			if !refusedForSize(err) {
				t.Fatalf("%s: %v", src, err)
			}
			return
		}
		facts := g.wireFacts()
		compare(t, o, node, src, tree, facts)
	})
}

// wireFacts answers some questions, and some of them with what is invalid or of another type.
func (g *generator) wireFacts() map[string]fact {
	facts := map[string]fact{}
	all := g.facts([]int{0, 20, 60}[g.IntN(3)])
	wrong := g.IntN(3) == 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case !wrong || g.IntN(3) > 0:
			facts[name] = factOf(all[name])
		case g.IntN(2) == 0:
			facts[name] = fact{state: "invalid"}
		default:
			facts[name] = brokenFact(oracleTypes[name])
		}
	}
	return facts
}

func compare(t *testing.T, o *oracle, node *host, src string, tree Tree, facts map[string]fact) {
	t.Helper()
	w := vectorCase{Facts: facts}.world(t)
	raw, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseTree(raw)
	if err != nil || !read.root.same(tree.root) {
		t.Fatalf("%s is another rule as JSON %s: %v", tree, raw, err)
	}
	got := Eval(read, w)
	if node != nil {
		if there := node.eval(t, tree, facts); !there.Equal(got) {
			t.Fatalf("%s\ngives %s here and %s in TypeScript\nfacts %s", tree, show(got), show(there), w.source())
		}
	}
	if mistyped(w) { // a tree out of JSON does not tell the type of a bare variable
		return
	}
	survives(t, o.ours, tree, w)
	if !Eval(tree, w).Equal(got) {
		t.Fatalf("%s\ngives %s when compiled, %s out of JSON\nfacts %s", tree, show(Eval(tree, w)), show(got), w.source())
	}
	if slices.ContainsFunc(slices.Collect(maps.Values(w)), Value.Invalid) {
		return // cel-go has no such facts
	}
	clear(o.programs)
	if want := o.outcome(t, src, tree.Type(), w); got.Known() && !bytes.Equal(compact(want), compact(factOf(got))) {
		t.Fatalf("%s\nas %s\ngives %s, cel-go gives %s\nfacts %s", src, tree, show(got), compact(want), w.source())
	} else if !got.Known() && !got.Invalid() && want.typ != 0 {
		t.Fatalf("%s\nas %s\nis unknown, cel-go gives %s\nfacts %s", src, tree, compact(want), w.source())
	}
}
