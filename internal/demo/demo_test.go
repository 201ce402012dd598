package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"aufenthalt/internal/official"
)

// binary builds the program once for all tests of the package.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "aufenthalt-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "aufenthalt")
	out, err := exec.Command("go", "build", "-o", path, "aufenthalt/cmd/aufenthalt").CombinedOutput()
	if err != nil {
		return "", &buildError{string(out)}
	}
	return path, nil
})

type buildError struct{ out string }

func (e *buildError) Error() string { return "go build: " + e.out }

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		_ = os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// The main job, end to end, leaves what the operator asks for, and its messages pass the schemas.
func TestOnce(t *testing.T) {
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	var printed bytes.Buffer
	if err := Once(t.Context(), OnceOptions{Binary: bin, Out: out, JSON: true, Print: &printed}); err != nil {
		log, _ := os.ReadFile(filepath.Join(out, "prozesse.log"))
		t.Fatalf("%v\n%s\n%s", err, printed.String(), log)
	}
	var rep report
	if err := json.Unmarshal(printed.Bytes(), &rep); err != nil || !rep.OK || len(rep.Steps) != 10 {
		t.Errorf("report %s, %v", printed.String(), err)
	}
	for _, name := range []string{"antrag.xml", "frage.xml", "antwort.xml", "zusammenfassung.pdf", "quittung.json", "prozesse.log", "antrag.json"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s is missing or empty: %v", name, err)
		}
	}
	if docs, err := filepath.Glob(filepath.Join(out, "*-0[0-9]-*")); err != nil || len(docs) != 4 {
		t.Errorf("documents %v, want three of the application and one of the answer", docs)
	}
	log, err := os.ReadFile(filepath.Join(out, "prozesse.log"))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"Nguy", "mai@example.org", "C01X00T47", "Lindenallee"} {
		if bytes.Contains(log, []byte(secret)) {
			t.Errorf("the log of the processes holds %q", secret)
		}
	}
	official.Validate(t, filepath.Join(out, "antrag.xml"), filepath.Join(out, "frage.xml"), filepath.Join(out, "antwort.xml"))
}

// Each process is killed with SIGKILL at many points of the way of an application and of an answer, and started again:
// exactly one application, question and answer result, and nothing is lost.
func TestKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("about a minute of killing")
	}
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	s, err := Start(t.Context(), Options{Binary: bin, Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(s.opt.Dir, "prozesse.log"))
			t.Logf("%s", log[max(0, len(log)-20_000):])
		}
	})
	for _, victim := range []string{"zustelldienst", "plattform", "connector-musterland", "fachverfahren"} {
		t.Run(victim, func(t *testing.T) {
			for _, after := range []time.Duration{0, 20, 60, 120, 250, 500} {
				drive(t, s, victim, after*time.Millisecond)
			}
		})
	}
}

// drive files one application, asks and answers, and kills the victim so long after each step began.
func drive(t *testing.T, s *Stack, victim string, after time.Duration) {
	t.Helper()
	url, ags, origin := s.Intake()
	a, err := newApplicant(url, origin, ags)
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{url: s.settings.urls["fachverfahren"]}
	ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
	defer cancel()
	step := func(what string, do func(context.Context) error) {
		t.Helper()
		if err := withKill(ctx, s, victim, after, what, do); err != nil {
			t.Fatalf("%s killed %s after the beginning of %q: %v", victim, after, what, err)
		}
	}
	step("load and upload", func(ctx context.Context) error {
		return retried(ctx, "upload", func() error {
			if err := a.load(ctx); err != nil {
				return err
			}
			return a.upload(ctx)
		})
	})
	step("submit", func(ctx context.Context) error {
		if err := retried(ctx, "submit", func() error { return a.submit(ctx) }); err != nil {
			return err
		}
		return d.waitFor(ctx, a.number, "130101", 1)
	})
	step("ask", func(ctx context.Context) error {
		if err := retried(ctx, "ask", func() error { return d.askOnce(ctx, a.number) }); err != nil {
			return err
		}
		return a.waitQuestion(ctx)
	})
	step("answer", func(ctx context.Context) error {
		a.replyID = ""
		if err := retried(ctx, "answer", func() error { return a.answer(ctx) }); err != nil {
			return err
		}
		return d.waitFor(ctx, a.number, "130103", 1)
	})
	if err := d.waitFor(ctx, a.number, "130101", 1); err != nil {
		t.Error(err)
	}
	if err := a.waitStage(ctx, "imported"); err != nil {
		t.Error(err)
	}
}

// withKill runs a step and kills the victim meanwhile; the step ends after the victim is back.
func withKill(ctx context.Context, s *Stack, victim string, after time.Duration, _ string, do func(context.Context) error) error {
	killed := make(chan error, 1)
	go func() {
		time.Sleep(after)
		err := s.Kill(victim)
		if err == nil {
			if err = s.Restart(ctx, victim); err == nil {
				err = s.Wait(ctx, victim)
			}
		}
		killed <- err
	}()
	err := do(ctx)
	if k := <-killed; k != nil {
		return k
	}
	return err
}

// retried repeats what a person or her browser would repeat: the same request with the same ids.
func retried(ctx context.Context, what string, do func() error) error {
	return until(ctx, what, func() (bool, error) {
		err := do()
		return err == nil, err
	})
}
