// Package demo runs the whole product on one machine, on loopback, as separate processes: the delivery service, the
// platform, two authorities' connectors with their inboxes, the reference case system, and the web pages of the two
// made-up authorities that embed the element. Once drives one application through all of it.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Options of a run.
type Options struct {
	Binary string   // of this program, for the child processes
	Dir    string   // data of all processes; kept between two runs
	Port   int      // first of a row of ports; 0 takes free ones
	Only   []string // start only these processes; empty starts all
	Print  io.Writer
}

// child is one process of the stack.
type child struct {
	name string
	args []string
	url  string // where it answers, empty for the connector without inbox
	cmd  *exec.Cmd
	done chan struct{}
}

// Stack is the running system.
type Stack struct {
	opt      Options
	settings settings
	log      *os.File
	pages    []*http.Server
	mu       sync.Mutex
	children map[string]*child
}

// order of starting: whoever is asked at once comes first.
var order = []string{"zustelldienst", "plattform", "fachverfahren", "connector-musterland", "connector-beispielstadt"}

// Start writes keys and configuration where they are missing, starts everything and waits until it answers.
func Start(ctx context.Context, opt Options) (*Stack, error) {
	if err := os.MkdirAll(opt.Dir, 0o700); err != nil {
		return nil, err
	}
	log, err := os.OpenFile(filepath.Join(opt.Dir, "prozesse.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	s := &Stack{opt: opt, log: log, children: map[string]*child{}}
	if err := s.start(ctx); err != nil {
		return nil, errors.Join(err, s.Stop())
	}
	return s, nil
}

func (s *Stack) start(ctx context.Context) (err error) {
	if s.settings, err = prepare(s.opt); err != nil {
		return err
	}
	names := order
	if len(s.opt.Only) > 0 {
		names = s.opt.Only
	}
	for _, name := range names {
		s.children[name] = &child{name: name, args: s.settings.args(name), url: s.settings.urls[name]}
		if err := s.Restart(ctx, name); err != nil {
			return err
		}
		if name == names[0] { // all others ask it at once
			if err := s.Wait(ctx, name); err != nil {
				return err
			}
		}
	}
	var g errgroup.Group
	for _, name := range names {
		g.Go(func() error { return s.Wait(ctx, name) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return s.servePages()
}

// Intake is where an applicant of the first authority files: platform, authority's key, origin of its page.
func (s *Stack) Intake() (url, ags, origin string) {
	a := s.settings.authorities[0]
	return s.settings.urls["plattform"], a.ags, a.page
}

// PID is the process id of a running process.
func (s *Stack) PID(name string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.children[name].cmd.Process.Pid
}

// Restart starts a process that is not running.
func (s *Stack) Restart(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.children[name]
	cmd := exec.Command(s.opt.Binary, c.args...)
	cmd.Dir = s.opt.Dir
	cmd.Stdout, cmd.Stderr = s.log, s.log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	c.cmd, c.done = cmd, make(chan struct{})
	go func() { _ = cmd.Wait(); close(c.done) }() // how it ended is in its log
	return nil
}

// Kill is SIGKILL: the process gets no chance to tidy up.
func (s *Stack) Kill(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.children[name]
	err := c.cmd.Process.Kill()
	<-c.done
	return err
}

// Wait waits until a process answers.
func (s *Stack) Wait(ctx context.Context, name string) error {
	c := s.children[name]
	if c.url == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.url, nil)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode < 500 {
				return nil
			}
		}
		select {
		case <-c.done:
			return fmt.Errorf("%s ended while starting; see prozesse.log", name)
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w", name, ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends all processes: politely, and after five seconds for good.
func (s *Stack) Stop() error {
	for _, p := range s.pages {
		_ = p.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.children {
		if c.cmd != nil && c.cmd.Process != nil {
			_ = c.cmd.Process.Signal(os.Interrupt) // one that has ended already needs no signal
		}
	}
	deadline := time.After(5 * time.Second)
	for _, c := range s.children {
		if c.cmd == nil || c.cmd.Process == nil {
			continue
		}
		select {
		case <-c.done:
		case <-deadline:
			_ = c.cmd.Process.Kill()
			<-c.done
		}
	}
	return s.log.Close()
}

// Run starts the stack, prints where everything is, and runs until ctx ends.
func Run(ctx context.Context, opt Options) error {
	s, err := Start(ctx, opt)
	if err != nil {
		return err
	}
	s.announce(opt.Print)
	err = s.watch(ctx)
	fmt.Fprintln(opt.Print, "\nstopping; the data stays in", opt.Dir)
	return errors.Join(err, s.Stop())
}

// watch waits for the end, or for a process that ends by itself.
func (s *Stack) watch(ctx context.Context) error {
	ended := make(chan string, len(s.children))
	for name, c := range s.children {
		go func() { <-c.done; ended <- name }()
	}
	select {
	case <-ctx.Done():
		return nil
	case name := <-ended:
		if ctx.Err() != nil { // Ctrl-C reaches all processes at once
			return nil
		}
		return fmt.Errorf("%s has ended; see %s", name, filepath.Join(s.opt.Dir, "prozesse.log"))
	}
}

func (s *Stack) announce(w io.Writer) {
	fmt.Fprintln(w, "Everything runs on this machine only. All authorities and persons are made up.")
	fmt.Fprintln(w)
	for _, a := range s.settings.authorities {
		fmt.Fprintf(w, "  %-34s %s\n", a.name+", web page", a.page)
	}
	for _, a := range s.settings.authorities {
		fmt.Fprintf(w, "  %-34s %s\n", a.name+", hosted form", s.settings.urls["plattform"]+"/formular/at-erwerbstaetigkeit/"+a.ags)
	}
	fmt.Fprintf(w, "  %-34s %s\n", "all services of an authority", s.settings.urls["plattform"]+"/antraege/"+s.settings.authorities[0].ags)
	fmt.Fprintf(w, "  %-34s %s\n", "router to the right service", s.settings.urls["plattform"]+"/wegweiser/"+s.settings.authorities[0].ags)
	fmt.Fprintf(w, "  %-34s %s\n", "hosted forms of all services", s.settings.urls["plattform"])
	fmt.Fprintf(w, "  %-34s %s\n", "status page of the applicant", s.settings.urls["plattform"]+"/status")
	for _, a := range s.settings.authorities {
		fmt.Fprintf(w, "  %-34s %s   (user %s, password %s)\n", a.name+", inbox", a.inbox, inboxUser, s.settings.password)
	}
	fmt.Fprintf(w, "  %-34s %s\n", "reference case system", s.settings.urls["fachverfahren"])
	fmt.Fprintf(w, "\nData and log: %s. Ctrl-C stops everything.\n", s.opt.Dir)
}

// listen opens a port on loopback.
func listen(address string) (net.Listener, error) { return net.Listen("tcp", address) }
