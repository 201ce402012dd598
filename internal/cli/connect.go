package cli

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sync/errgroup"

	"aufenthalt/internal/config"
	"aufenthalt/internal/connector"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/inbox"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/server"
)

type connectCommand struct {
	Config string `required:"" help:"YAML file with destination, keys, the folder shared with the Fachverfahren, and the inbox."`
}

// Run fetches, hands over and carries back until it is told to stop; with inbox.listen it serves the inbox too.
func (c *connectCommand) Run(e *env) error {
	var file config.Connector
	if err := config.Load(c.Config, &file); err != nil {
		return err
	}
	if err := file.Validate(); err != nil {
		return err
	}
	cfg, err := connection(file, e)
	if err != nil {
		return err
	}
	conn, err := connector.New(cfg)
	if err != nil {
		return err
	}
	defer conn.Close()
	g, ctx := errgroup.WithContext(e.ctx)
	if file.Inbox.Listen != "" {
		in, err := inbox.New(desk(file, conn, e))
		if err != nil {
			return err
		}
		defer in.Close()
		l, err := net.Listen("tcp", file.Inbox.Listen)
		if err != nil {
			return err
		}
		e.log.Info("inbox is ready", "listen", l.Addr().String())
		g.Go(func() error { return server.Run(ctx, l, server.Access(e.log, in.Handler()), e.log) })
	}
	e.log.Info("connector is ready", "destination", file.Destination)
	g.Go(func() error { return conn.Run(ctx) })
	return g.Wait()
}

// connection turns the file into the connector's configuration, with the keys read.
func connection(file config.Connector, e *env) (connector.Config, error) {
	cfg := connector.Config{
		Destination: file.Destination, Kennung: file.Kennung, Production: file.Environment == "PRO", Platform: file.PlatformDestination, Data: file.Data, Directory: file.Directory, Poll: file.Poll, Log: e.log,
		Service: fitconnect.PublicService{Identifier: file.Service.Identifier, Name: file.Service.Name},
		Product: fitconnect.Product{Name: "Aufenthalt Connector", Version: "0.1", Manufacturer: "Aufenthalt"},
		Client: fitconnect.New(fitconnect.Config{TokenURL: file.FITConnect.TokenURL, SubmissionURL: file.FITConnect.SubmissionURL,
			ClientID: file.FITConnect.ClientID, ClientSecret: file.FITConnect.ClientSecret, SelfSigned: file.SelfSigned}),
	}
	for _, path := range file.DecryptionKeys {
		key, err := jose.Load(path)
		if err != nil {
			return cfg, fmt.Errorf("decryption_keys: %s: %w", filepath.Base(path), err)
		}
		cfg.Keys = append(cfg.Keys, key)
	}
	key, err := jose.Load(file.SigningKey)
	if err != nil {
		return cfg, fmt.Errorf("signing_key: %w", err)
	}
	cfg.Signature = key
	return cfg, nil
}

func desk(file config.Connector, conn *connector.Connector, e *env) inbox.Config {
	cfg := inbox.Config{Authority: file.Inbox.Authority, Folders: conn.Folders(), Data: file.Data, Journal: conn, Log: e.log}
	for _, u := range file.Inbox.Users {
		cfg.Users = append(cfg.Users, inbox.User{Name: u.Name, Hash: u.PasswordHash})
	}
	return cfg
}

// configPassword makes a password hash for the inbox.
type configPassword struct{}

// Run reads the password from standard input, so that it stands in no history and no list of processes.
func (c *configPassword) Run(e *env) error {
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil && line == "" {
		return errors.New("config password: write the password to standard input")
	}
	hash, err := inbox.HashPassword(strings.TrimRight(line, "\r\n"))
	if err != nil {
		return err
	}
	fmt.Fprintln(e.out, hash)
	return nil
}
