package cli

import (
	"context"
	"fmt"
	"net"
	"os"
	"time"

	"aufenthalt/internal/config"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/server"
	"aufenthalt/internal/zustelldienst"
)

type zustelldienstCommand struct {
	Config string `required:"" help:"YAML file with clients, destinations and their public keys."`
}

// Run serves until it is told to stop.
func (c *zustelldienstCommand) Run(e *env) error {
	var file config.Zustelldienst
	if err := config.Load(c.Config, &file); err != nil {
		return err
	}
	if err := file.Validate(); err != nil {
		return err
	}
	cfg, err := delivery(file)
	if err != nil {
		return err
	}
	cfg.Log = e.log
	if err := os.MkdirAll(file.Data, 0o700); err != nil {
		return err
	}
	svc, err := zustelldienst.New(e.ctx, cfg)
	if err != nil {
		return err
	}
	defer svc.Close()
	go expire(e.ctx, svc, e)
	l, err := net.Listen("tcp", file.Listen)
	if err != nil {
		return err
	}
	e.log.Info("delivery service is ready", "url", cfg.URL)
	return server.Run(e.ctx, l, server.Access(e.log, svc.Handler()), e.log)
}

// delivery turns the file into the service's configuration, with the keys read.
func delivery(file config.Zustelldienst) (zustelldienst.Config, error) {
	cfg := zustelldienst.Config{Dir: file.Data, URL: file.PublicURL + "/submission-api"}
	for _, c := range file.Clients {
		cfg.Clients = append(cfg.Clients, zustelldienst.Client{ID: c.ID, Secret: c.Secret, Kind: zustelldienst.Kind(c.Kind)})
	}
	for _, d := range file.Destinations {
		enc, err := jose.LoadPublic(d.EncryptionKey)
		if err != nil {
			return cfg, fmt.Errorf("destination %s: %w", d.ID, err)
		}
		sig, err := jose.LoadPublic(d.SigningKey)
		if err != nil {
			return cfg, fmt.Errorf("destination %s: %w", d.ID, err)
		}
		cfg.Destinations = append(cfg.Destinations, zustelldienst.Destination{
			ID: d.ID, Client: d.Client, Name: d.Name, Encryption: enc, Signature: sig, Service: d.Service, SchemaURI: d.SchemaURI,
		})
	}
	return cfg, nil
}

func expire(ctx context.Context, svc *zustelldienst.Service, e *env) {
	for {
		if err := svc.Expire(ctx); err != nil && ctx.Err() == nil {
			e.log.Error("expiry failed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(10 * time.Minute):
		}
	}
}
