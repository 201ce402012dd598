package cli

import (
	"fmt"

	"aufenthalt/internal/config"
)

type configCommand struct {
	Check    configCheck    `cmd:"" help:"Read a file as its process would and tell everything that is wrong."`
	Password configPassword `cmd:"" help:"Read a password from standard input and print its hash for the inbox."`
}

type configCheck struct {
	Kind string `enum:"platform,connector,fachverfahren,zustelldienst" required:"" help:"Whose file it is."`
	File string `arg:"" help:"The file."`
}

// Run loads and validates.
func (c *configCheck) Run(e *env) error {
	var into interface{ Validate() error }
	switch c.Kind {
	case "platform":
		into = new(config.Platform)
	case "connector":
		into = new(config.Connector)
	case "fachverfahren":
		into = new(config.Fachverfahren)
	case "zustelldienst":
		into = new(config.Zustelldienst)
	}
	if err := config.Load(c.File, into); err != nil {
		return err
	}
	if err := into.Validate(); err != nil {
		return err
	}
	fmt.Fprintln(e.out, "ok")
	return nil
}
