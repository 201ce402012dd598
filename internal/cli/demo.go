package cli

import (
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"aufenthalt/internal/demo"
)

type demoCommand struct {
	Once bool   `help:"Headless: one application and a question back on free ports in a temporary folder, with the milliseconds of each step."`
	JSON bool   `help:"With --once: print the steps as JSON."`
	Out  string `help:"With --once: leave what arrived and the log of all processes in this folder." placeholder:"DIR"`
	Data string `help:"Where the data of all processes stays." default:".demo" placeholder:"DIR"`
	Port int    `help:"First of seven ports; 8600 for new data, else those of the data."`
}

// Run starts the whole system; a step of --once that fails gives exit status 1 and names itself.
func (c *demoCommand) Run(e *env) error {
	signal.Ignore(syscall.SIGPIPE) // a closed pipe must not leave the processes behind
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if c.Once {
		return demo.Once(e.ctx, demo.OnceOptions{Binary: self, Out: c.Out, JSON: c.JSON, Print: e.out})
	}
	if c.JSON || c.Out != "" {
		return errors.New("--json and --out go with --once")
	}
	if c.Port != 0 && (c.Port < 1024 || c.Port > 65500) {
		return errors.New("--port: 1024 to 65500")
	}
	dir, err := filepath.Abs(c.Data)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(dir, "demo.json")); c.Port == 0 && errors.Is(err, fs.ErrNotExist) {
		c.Port = 8600
	}
	return demo.Run(e.ctx, demo.Options{Binary: self, Dir: dir, Port: c.Port, Print: e.out})
}
