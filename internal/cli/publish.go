package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/config"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/publication"
)

type servicePublish struct {
	Key  string `required:"" help:"File of the Ed25519 key that signs; made when it is not there. Its public half goes to KEY.pub."`
	Out  string `required:"" help:"Folder of publications, as the platform's law.folder."`
	From string `required:"" help:"First day in force, as 2027-01-01."`
	Note string `help:"What it is about, for those who read the list."`
}

// Run checks everything as 'service test' does, tells what changes, and publishes only what has no mistake.
func (c *servicePublish) Run(e *env) error {
	from, err := civil.Parse(c.From)
	if err != nil {
		return fmt.Errorf("--from: %q is no day like 2027-01-01", c.From)
	}
	if today := civil.Today(time.Now()); from < today {
		return fmt.Errorf("--from: %s has passed; law comes into force on %s at the earliest", from, today)
	}
	if err := (&serviceTest{}).Run(e); err != nil {
		return fmt.Errorf("nothing published: %w", err)
	}
	cat, err := e.catalog()
	if err != nil {
		return err
	}
	key, err := jose.LoadOrMakeEd25519(c.Key)
	if err != nil {
		return err
	}
	public, err := json.MarshalIndent(jose.PublicOKP(key), "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(c.Key+".pub", append(public, '\n'), 0o644); err != nil {
		return err
	}
	if err := tellChanges(e.out, cat, from); err != nil {
		return err
	}
	dir, err := publication.Publish(e.data, cat, publication.Sheet{From: from, Made: time.Now().UTC().Truncate(time.Second), Note: c.Note}, key, c.Out)
	if err != nil {
		return err
	}
	if _, err := publication.Open(dir, []jose.OKP{jose.PublicOKP(key)}); err != nil { // what was written is what will be read
		return errors.Join(err, os.RemoveAll(dir))
	}
	fmt.Fprintf(e.out, "in force from %s: %s\n", from, dir)
	return nil
}

// tellChanges counts, per service, what differs on the first day from the law of the program.
func tellChanges(w io.Writer, cat *catalog.Catalog, from civil.Day) error {
	now, err := publication.BuiltIn()
	if err != nil {
		return err
	}
	for _, tag := range cat.Definitions() {
		is, err := definition(cat, tag, from)
		if err != nil {
			fmt.Fprintf(w, "%-28s not offered on %s\n", tag, from)
			continue
		}
		was, err := definition(now, tag, from)
		if err != nil {
			fmt.Fprintf(w, "%-28s new\n", tag)
			continue
		}
		fmt.Fprintf(w, "%-28s %d changes against the law of the program\n", tag, len(catalog.Diff(was, is, catalog.Binding)))
	}
	return nil
}

type servicePublications struct {
	Folder string   `arg:"" help:"Folder of publications."`
	Keys   []string `required:"" help:"Files of public keys that are believed."`
}

// Run lists what is published, in the order in which it counts.
func (c *servicePublications) Run(e *env) error {
	list, err := publications(config.Law{Folder: c.Folder, Keys: c.Keys})
	for _, p := range list {
		fmt.Fprintf(e.out, "%s  made %s  %s  %s\n", p.From, p.Made.Format(time.RFC3339), filepath.Base(p.Dir), p.Note)
	}
	return err
}

func publications(law config.Law) ([]*publication.Publication, error) {
	keys := make([]jose.OKP, len(law.Keys))
	for i, file := range law.Keys {
		if err := readJSON(file, &keys[i]); err != nil {
			return nil, fmt.Errorf("law.keys: %w", err)
		}
	}
	return publication.OpenAll(law.Folder, keys)
}

// openLaw gives the law of the program, followed by what was published. A publication that is not good stops the start: it would
// be missed on its day.
func openLaw(law config.Law, log *slog.Logger) (*catalog.Library, error) {
	own, err := publication.BuiltIn()
	if err != nil {
		return nil, err
	}
	editions := []catalog.Edition{{Catalog: own}}
	if law.Folder != "" {
		list, err := publications(law)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			log.Info("law published", "from", p.From.String(), "made", p.Made, "folder", filepath.Base(p.Dir))
			editions = append(editions, catalog.Edition{From: p.From, Catalog: p.Catalog})
		}
	}
	return catalog.NewLibrary(editions...), nil
}
