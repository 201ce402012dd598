package web

import (
	"os"
	"regexp"
	"testing"
)

// The script knows an element for every service, and for no other.
func TestElements(t *testing.T) {
	src, err := os.ReadFile("src/aufenthalt.ts")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, m := range regexp.MustCompile(`"((?:at|aw)-[a-z-]+)"`).FindAllStringSubmatch(string(src), -1) {
		known[m[1]] = true
	}
	entries, err := os.ReadDir("../data/services")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !known[e.Name()] {
			t.Errorf("no element for service %s", e.Name())
		}
		delete(known, e.Name())
	}
	if len(known) > 0 {
		t.Errorf("elements without a service: %v", known)
	}
}
