package cli

import (
	"os"

	"aufenthalt/internal/demo"
)

type demoCommand struct {
	Once bool   `help:"Headless run with the steps and their milliseconds (the only way today)."`
	JSON bool   `help:"Print the steps as JSON."`
	Out  string `help:"Leave what arrived and the log of all processes in this folder." placeholder:"DIR"`
}

// Run shows the delivery thread; a step that fails gives exit status 1 and names itself.
func (c *demoCommand) Run(e *env) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return demo.Once(e.ctx, demo.Options{Binary: self, Out: c.Out, JSON: c.JSON, Print: e.out})
}
