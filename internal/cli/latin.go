package cli

import (
	"errors"
	"fmt"
	"strings"

	"aufenthalt/internal/latin"
)

type latinCommand struct {
	Check latinCheck `cmd:"" help:"Say what happens to a text under DIN 91379 (data type C)."`
}

type latinCheck struct {
	Text []string `arg:"" help:"The text."`
}

// Run prints the cleaned text; a character that cannot be processed is an error.
func (c *latinCheck) Run(e *env) error {
	clean, wrong := latin.New().Clean(strings.Join(c.Text, " "))
	fmt.Fprintln(e.out, clean)
	for _, p := range wrong {
		fmt.Fprintf(e.out, "this character cannot be processed: %q (U+%04X); write it as in the machine-readable zone of the passport\n", p.Text, []rune(p.Text)[0])
	}
	if wrong != nil {
		return errors.New("text cannot be processed as it is")
	}
	return nil
}
