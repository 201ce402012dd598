// Package cli is the command line: one file per sub-command, and the place where the parts are put together.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"aufenthalt/data"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/publication"
)

type commands struct {
	Demo          demoCommand          `cmd:"" help:"Run everything on this machine, with made-up authorities and persons."`
	Serve         serveCommand         `cmd:"" help:"Run the platform: form, intake, back channel."`
	Connect       connectCommand       `cmd:"" help:"Run an authority's connector and inbox, in its own network."`
	Fachverfahren fachverfahrenCommand `cmd:"" help:"Run the reference case system."`
	Zustelldienst zustelldienstCommand `cmd:"" help:"Run the embedded FIT-Connect delivery service."`
	Service       serviceCommand       `cmd:"" help:"Look at services: facts, cases, differences, what the law says about given facts."`
	Wegweiser     wegweiserCommand     `cmd:"" help:"From a few answers to the right service, purpose and reason. An aid, never a decision."`
	Law           lawCommand           `cmd:"" help:"Look at the law as data: figures through time, mistakes, what is not confirmed."`
	Keys          keysCommand          `cmd:"" help:"Make keys of an authority or of the platform."`
	Receipt       receiptCommand       `cmd:"" help:"Check receipts."`
	Latin         latinCommand         `cmd:"" help:"Check characters."`
	Xauslaender   xauslaenderCommand   `cmd:"" help:"Check messages of the standard."`
	Config        configCommand        `cmd:"" help:"Check configuration files."`
}

// env is what every command gets.
type env struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	errOut io.Writer
	log    *slog.Logger
	data   fs.FS // services and law: those of the program, or of a folder that somebody works on
}

// dataFolder is the flag of commands for people who write law data.
type dataFolder struct {
	Data string `help:"Folder with services and law to look at, instead of those in the program." type:"existingdir" placeholder:"DIR"`
}

// AfterApply makes the folder the data of the command.
func (d dataFolder) AfterApply(e *env) error {
	if d.Data != "" {
		e.data = os.DirFS(d.Data)
	}
	return nil
}

// authored gives what the command looks at, with all that authors wrote: packed data does not tell where a part comes from.
func (e *env) authored() (*catalog.Catalog, error) { return catalog.Load(e.data) }

// catalog gives what the command looks at.
func (e *env) catalog() (*catalog.Catalog, error) {
	if e.data == fs.FS(data.FS) {
		return publication.BuiltIn()
	}
	return catalog.Load(e.data)
}

// Main runs the command line and gives the exit status: 0 done, 1 failed, 2 wrong usage. Standard output carries the
// answer only; the log goes to errOut.
func Main(args []string, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	status := -1
	var c commands
	e := &env{ctx, os.Stdin, out, errOut, slog.New(slog.NewTextHandler(errOut, nil)), data.FS}
	parser, err := kong.New(&c, kong.Bind(e), kong.Name("aufenthalt"), kong.Description("Residence services of German immigration authorities."),
		kong.Writers(out, errOut), kong.Exit(func(code int) { status = code }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 2
	}
	k, err := parser.Parse(args)
	if status >= 0 { // --help
		return status
	}
	if err != nil {
		fmt.Fprintln(errOut, "aufenthalt:", err)
		return 2
	}
	if err := k.Run(); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(errOut, "aufenthalt:", err)
		return 1
	}
	return 0
}
