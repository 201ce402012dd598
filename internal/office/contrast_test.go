package office

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// tokens reads the nth block of :root and gives the luminance of each colour (WCAG 2).
func tokens(t *testing.T, n int) map[string]float64 {
	t.Helper()
	blocks := strings.Split(string(style), ":root {")
	if len(blocks) < n+2 {
		t.Fatal("style.css has no such block")
	}
	block, _, _ := strings.Cut(blocks[n+1], "}")
	out := map[string]float64{}
	for _, m := range regexp.MustCompile(`--at-([a-z-]+): #([0-9A-F]{6})`).FindAllStringSubmatch(block, -1) {
		v, err := strconv.ParseUint(m[2], 16, 32)
		if err != nil {
			t.Fatal(err)
		}
		var l float64
		for i, weight := range []float64{.2126, .7152, .0722} {
			c := float64(v>>(16-8*i)&255) / 255
			if c <= .04045 {
				c /= 12.92
			} else {
				c = math.Pow((c+.055)/1.055, 2.4)
			}
			l += weight * c
		}
		out[m[1]] = l
	}
	if len(out) < 20 {
		t.Fatalf("only %d colours", len(out))
	}
	return out
}
