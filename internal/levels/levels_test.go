// Package levels keeps the order of the packages: one may import only what stands lower.
package levels

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// level of each package; docs/adr/0002 says why. A package that is missing here fails the test.
var level = map[string]float64{
	"internal/civil": 0, "internal/errs": 0, "internal/latin": 0, "internal/official": 0, "internal/strict": 0.5,
	"data": 1, "internal/authority": 1, "internal/rule": 1, "internal/law": 1,
	"internal/form":        1.5,
	"internal/application": 2, "internal/catalog": 2, "internal/config": 2, "internal/document": 2, "internal/document/font": 1,
	"internal/document/pdf": 1.5, "internal/jose": 2, "internal/seal": 2, "internal/sqldb": 2, "internal/xauslaender": 2,
	"internal/antrag": 3, "internal/assess": 3, "internal/sample": 3, "internal/blob": 3, "internal/publication": 3, "internal/fitconnect": 2.5, "internal/store": 3, "internal/zustelldienst": 3,
	"internal/app": 4, "internal/akte": 4, "internal/office": 4, "internal/jobs": 4.5,
	"internal/api": 5, "internal/connector": 5, "internal/fachverfahren": 5, "internal/inbox": 5, "internal/widget": 5, "web": 1,
	"internal/server": 6, "internal/cli": 7, "internal/demo": 6.5, "internal/levels": 7, "internal/testenv": 7, "cmd/aufenthalt": 8, "cmd/bench": 8,
}

func TestImportsGoDown(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "aufenthalt/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		own, ok := level[strings.TrimPrefix(p.ImportPath, "aufenthalt/")]
		if !ok {
			t.Errorf("%s has no level", p.ImportPath)
		}
		for _, imp := range p.Imports {
			if rest, ours := strings.CutPrefix(imp, "aufenthalt/"); ours && level[rest] >= own {
				t.Errorf("%s (%v) imports %s (%v): only lower levels", p.ImportPath, own, rest, level[rest])
			}
		}
	}
	if seen < 5 {
		t.Fatalf("only %d packages seen", seen)
	}
}
