package cli

import (
	"net"

	"golang.org/x/sync/errgroup"

	"aufenthalt/internal/config"
	"aufenthalt/internal/fachverfahren"
	"aufenthalt/internal/server"
	"aufenthalt/internal/xauslaender"
)

type fachverfahrenCommand struct {
	Config string `required:"" help:"YAML file with the authorities and the folders they share with their connectors."`
}

// Run imports and serves until it is told to stop.
func (c *fachverfahrenCommand) Run(e *env) error {
	var file config.Fachverfahren
	if err := config.Load(c.Config, &file); err != nil {
		return err
	}
	if err := file.Validate(); err != nil {
		return err
	}
	s, err := fachverfahren.New(caseSystem(file, e))
	if err != nil {
		return err
	}
	defer s.Close()
	l, err := net.Listen("tcp", file.Listen)
	if err != nil {
		return err
	}
	e.log.Info("case system is ready", "listen", l.Addr().String(), "authorities", len(file.Authorities))
	g, ctx := errgroup.WithContext(e.ctx)
	g.Go(func() error { return s.Run(ctx) })
	g.Go(func() error { return server.Run(ctx, l, server.Access(e.log, s.Handler()), e.log) })
	return g.Wait()
}

func caseSystem(file config.Fachverfahren, e *env) fachverfahren.Config {
	cfg := fachverfahren.Config{Data: file.Data, Portal: file.Portal, Poll: file.Poll, Log: e.log}
	for _, a := range file.Authorities {
		cfg.Authorities = append(cfg.Authorities, fachverfahren.Authority{
			Name: a.Name, Kennung: a.Kennung, Email: a.Email, Directory: a.Directory,
			Address: xauslaender.Address{Street: a.Street, HouseNumber: a.HouseNumber, Postcode: a.Postcode, City: a.City},
		})
	}
	return cfg
}
