package antrag

import (
	"slices"
	"testing"
)

// The message takes four nationalities; a German one and those of the Union are never among the dropped.
func TestUrgentFirst(t *testing.T) {
	for _, c := range []struct{ in, want []string }{
		{[]string{"SYR", "TUR", "IRQ", "IRN", "FRA", "DEU"}, []string{"DEU", "FRA", "SYR", "TUR", "IRQ", "IRN"}},
		{[]string{"SYR", "XXA"}, []string{"SYR", "XXA"}},
		{[]string{"GBR", "POL", "USA", "AUT"}, []string{"POL", "AUT", "GBR", "USA"}},
	} {
		in := slices.Clone(c.in)
		if got := urgentFirst(in); !slices.Equal(got, c.want) || !slices.Equal(in, c.in) {
			t.Errorf("%v → %v, want %v", c.in, got, c.want)
		}
	}
}
