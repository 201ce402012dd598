package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// OnceOptions of a headless run.
type OnceOptions struct {
	Binary string
	Out    string // leave what arrived here; empty leaves nothing
	JSON   bool
	Print  io.Writer
}

// Step is one line of the report.
type Step struct {
	Name string `json:"step"`
	MS   int64  `json:"ms"`
}

// report is the JSON form of a run.
type report struct {
	OK     bool   `json:"ok"`
	Failed string `json:"failed,omitempty"`
	Error  string `json:"error,omitempty"`
	Number string `json:"case_number,omitempty"`
	TotalM int64  `json:"total_ms"`
	Steps  []Step `json:"steps"`
}

// run is one headless drive through the stack.
type run struct {
	opt   OnceOptions
	dir   string
	stack *Stack
	steps []Step

	applicant *applicant
	desk      *desk
	question  string // UUID of the question's message
}

// Once files one rich application through the public interface, sends a question back, answers it, and waits for every
// import. The error names the step that failed.
func Once(ctx context.Context, opt OnceOptions) error {
	dir, err := os.MkdirTemp("", "aufenthalt-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	r := &run{opt: opt, dir: dir}
	started := time.Now()
	failed, err := r.all(ctx)
	if r.stack != nil {
		err = errors.Join(err, r.stack.Stop())
	}
	err = errors.Join(err, r.leave())
	if printed := r.print(failed, err, time.Since(started)); printed != nil {
		err = errors.Join(err, printed)
	}
	if err != nil && failed != "" {
		return fmt.Errorf("step %q: %w", failed, err)
	}
	return err
}

func (r *run) all(ctx context.Context) (failed string, err error) {
	for _, s := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"make keys, start all processes", r.start},
		{"load the form of today", func(ctx context.Context) error { return r.applicant.load(ctx) }},
		{"upload three documents", func(ctx context.Context) error { return r.applicant.upload(ctx) }},
		{"submit; receipt with a valid signature", func(ctx context.Context) error { return r.applicant.submit(ctx) }},
		{"import into the case system", r.imported},
		{"status page says so", func(ctx context.Context) error { return r.applicant.waitStage(ctx, "imported") }},
		{"case system asks for a document", r.ask},
		{"question on the status page", func(ctx context.Context) error { return r.applicant.waitQuestion(ctx) }},
		{"answer with a document", func(ctx context.Context) error { return r.applicant.answer(ctx) }},
		{"import of the answer", r.answered},
	} {
		start := time.Now()
		if err := s.do(ctx); err != nil {
			return s.name, err
		}
		ms := time.Since(start).Milliseconds()
		r.steps = append(r.steps, Step{s.name, ms})
		if !r.opt.JSON {
			fmt.Fprintf(r.opt.Print, "%6d ms  %s\n", ms, s.name)
		}
	}
	return "", nil
}

func (r *run) start(ctx context.Context) (err error) {
	if r.stack, err = Start(ctx, Options{Binary: r.opt.Binary, Dir: r.dir, Print: r.opt.Print}); err != nil {
		return err
	}
	s := r.stack.settings
	r.applicant, err = newApplicant(s.urls["plattform"], s.authorities[0].page, s.authorities[0].ags)
	r.desk = &desk{url: s.urls["fachverfahren"]}
	return err
}

func (r *run) imported(ctx context.Context) error {
	return r.desk.waitFor(ctx, r.applicant.number, "130101", 1)
}

func (r *run) ask(ctx context.Context) error { return r.desk.ask(ctx, r.applicant.number) }

func (r *run) answered(ctx context.Context) error {
	return r.desk.waitFor(ctx, r.applicant.number, "130103", 1)
}

func (r *run) print(failed string, err error, took time.Duration) error {
	number := ""
	if r.applicant != nil {
		number = r.applicant.number
	}
	if r.opt.JSON {
		rep := report{OK: err == nil, Failed: failed, Number: number, TotalM: took.Milliseconds(), Steps: r.steps}
		if err != nil {
			rep.Error = err.Error()
		}
		enc := json.NewEncoder(r.opt.Print)
		enc.SetIndent("", "  ")
		return enc.Encode(rep)
	}
	if err == nil {
		_, err = fmt.Fprintf(r.opt.Print, "%6d ms  in all; case %s, application and answer imported exactly once\n", took.Milliseconds(), number)
		return err
	}
	return nil
}

// leave copies what arrived at the authority, and the log of all processes; also after a failure, as far as it came.
func (r *run) leave() error {
	if r.opt.Out == "" {
		return nil
	}
	if err := os.MkdirAll(r.opt.Out, 0o700); err != nil {
		return err
	}
	var failed error
	if log, err := os.ReadFile(filepath.Join(r.dir, "prozesse.log")); err == nil {
		failed = r.put("prozesse.log", bytes.ReplaceAll(log, []byte(r.dir), []byte(".")))
	}
	if r.applicant != nil && r.applicant.receipt != nil {
		failed = errors.Join(failed, r.put("quittung.json", r.applicant.receipt), r.put("quittung-schluessel.json", r.applicant.keys))
	}
	if r.stack == nil {
		return failed
	}
	folders, err := filepath.Glob(filepath.Join(r.dir, "connector-musterland", "akten", "*"))
	for _, folder := range folders {
		err = errors.Join(err, r.leaveFolder(folder))
	}
	return errors.Join(failed, err)
}

// leaveFolder copies one received or sent message under the name of its kind.
func (r *run) leaveFolder(folder string) error {
	message, err := os.ReadFile(filepath.Join(folder, "nachricht.xml"))
	if err != nil {
		return err
	}
	name := map[bool]string{bytes.Contains(message, []byte("OZG.Antrag.130101")): "antrag", bytes.Contains(message, []byte("OZG.RueckkanalFrage.130102")): "frage",
		bytes.Contains(message, []byte("OZG.RueckkanalAntwort.130103")): "antwort"}[true]
	if name == "" {
		return fmt.Errorf("%s holds another message", folder)
	}
	err = r.put(name+".xml", message)
	files, glob := filepath.Glob(filepath.Join(folder, "*"))
	docs, glob2 := filepath.Glob(filepath.Join(folder, "dokumente", "*"))
	err = errors.Join(err, glob, glob2)
	for _, f := range append(files, docs...) {
		base := filepath.Base(f)
		if base == "nachricht.xml" || base == "manifest.json" || base == "dokumente" {
			continue
		}
		data, read := os.ReadFile(f)
		if read != nil {
			err = errors.Join(err, read)
			continue
		}
		if strings.HasPrefix(base, "0") {
			base = name + "-" + base
		}
		err = errors.Join(err, r.put(base, data))
	}
	return err
}

func (r *run) put(name string, data []byte) error {
	return os.WriteFile(filepath.Join(r.opt.Out, name), data, 0o600)
}
