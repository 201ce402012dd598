package antrag

import (
	"testing"

	"aufenthalt/internal/form"
)

// Every status of a condition has words in the summary.
func TestStatusWords(t *testing.T) {
	for _, s := range []form.Status{form.Met, form.NotMet, form.Unknown, form.Discretion} {
		if statusWords[string(s)] == "" {
			t.Errorf("no words for %s", s)
		}
	}
}
