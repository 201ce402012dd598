// Command bench measures the intake: the real binary as a process of its own under load from this process, beside a
// bare probe (HTTP, JSON syntax, the same sealing, the same durable write) in the same run, so that the ratio holds on
// any machine. `make bench` runs it.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aufenthalt/internal/demo"
	"aufenthalt/internal/sample"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	binary := flag.String("binary", "bin/aufenthalt", "the program under test")
	seconds := flag.Int("seconds", 4, "length of each measurement")
	asProbe := flag.String("probe", "", "internal: serve the bare probe with its files in this folder")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *asProbe != "" {
		return serveProbe(ctx, *asProbe)
	}
	path, err := filepath.Abs(*binary)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "aufenthalt-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b := bench{ctx: ctx, dir: dir, length: time.Duration(*seconds) * time.Second}
	return b.all(path)
}

// bench holds what all measurements share.
type bench struct {
	ctx    context.Context
	dir    string
	length time.Duration
	target target
}

func (b *bench) all(binary string) error {
	stack, err := demo.Start(b.ctx, demo.Options{Binary: binary, Dir: filepath.Join(b.dir, "stack"), Only: []string{"zustelldienst", "plattform"}})
	if err != nil {
		return err
	}
	defer func() { _ = stack.Stop() }()
	url, ags, origin := stack.Intake()
	b.target = target{page: sample.Page{Platform: url, Origin: origin, AGS: ags, Language: "de"}, pid: stack.PID("plattform")}
	if err := b.target.load(b.ctx); err != nil {
		return err
	}
	idle := memory(b.target.pid, "VmRSS")
	fmt.Printf("%-34s %7s %9s %12s %9s %9s %7s\n", "what", "clients", "req/s", "req/core-s", "p50 ms", "p99 ms", "failed")
	var intake []result
	for _, clients := range []int{1, 8, 64} {
		intake = append(intake, b.measure("intake, no documents", clients, b.target.pid, b.target.submit))
	}
	for _, clients := range []int{1, 8, 64} {
		b.measure("intake, three 1-MB documents", clients, b.target.pid, b.target.submitWithDocuments)
	}
	loaded, peak := memory(b.target.pid, "VmRSS"), memory(b.target.pid, "VmHWM")
	probe, err := b.probe()
	if err != nil {
		return err
	}
	for i, r := range intake {
		fmt.Printf("ratio to the probe at %2d clients: %.2f of its requests per core-second\n", r.clients, r.perCore/probe[i].perCore)
	}
	fmt.Printf("memory of the platform: idle %d MiB, after the load %d MiB, peak %d MiB\n", idle, loaded, peak)
	return b.coldStart(stack)
}

// coldStart measures from exec to the first answer, on the data that the load left behind.
func (b *bench) coldStart(stack *demo.Stack) error {
	var took []time.Duration
	for range 5 {
		if err := stack.Kill("plattform"); err != nil {
			return err
		}
		start := time.Now()
		if err := stack.Restart(b.ctx, "plattform"); err != nil {
			return err
		}
		if err := stack.Wait(b.ctx, "plattform"); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	all := make([]string, len(took))
	for i, d := range took {
		all[i] = fmt.Sprint(d.Milliseconds())
	}
	fmt.Printf("cold start to first answer: median %d ms (%s)\n", took[len(took)/2].Milliseconds(), strings.Join(all, " "))
	return nil
}
