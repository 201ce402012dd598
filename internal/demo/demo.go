// Package demo shows on one machine what is built so far: the delivery thread. A sealed application goes from the
// platform's side through the embedded delivery service, a process of its own that is killed on the way, into the
// authority's hands, and a question comes back in the same case. The content is a fixed sample, not yet composed by a
// form: form, intake, connector and case system are the next slices.
package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"aufenthalt/internal/config"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
)

// Options of a run.
type Options struct {
	Binary string // of this program, for the child process
	Out    string
	JSON   bool
	Print  io.Writer
}

// Step is one line of the report.
type Step struct {
	Name string `json:"step"`
	MS   int64  `json:"ms"`
}

const (
	toAuthority = "0f6c1d52-5b1a-4c7e-9a3b-1f2d3c4b5a69"
	toPlatform  = "7a5e2c10-8d4f-4b6a-b1c2-3d4e5f607182"
	leistung    = "urn:de:fim:leika:leistung:99000000000000" // placeholder: real keys are configuration
	schemaURI   = "urn:aufenthalt:demo"
)

type run struct {
	opt   Options
	dir   string
	url   string
	file  string
	log   *os.File
	child *exec.Cmd
	steps []Step

	enc, sig, platEnc, platSig *jose.PrivateJWK
	platform, authority        *fitconnect.Client
	parcel                     fitconnect.Parcel
	ref                        fitconnect.Reference
	got, question              *fitconnect.Received
}

// Once runs all steps in a temporary folder and reports each.
func Once(ctx context.Context, opt Options) error {
	dir, err := os.MkdirTemp("", "aufenthalt-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	r := &run{opt: opt, dir: dir}
	if r.log, err = os.Create(filepath.Join(dir, "prozesse.log")); err != nil {
		return err
	}
	defer r.log.Close()
	defer r.kill()
	err = r.all(ctx)
	return errors.Join(err, r.report(err), r.leave())
}

func (r *run) all(ctx context.Context) error {
	for _, s := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"make keys of authority and platform", r.makeKeys},
		{"start the delivery service as a process", r.start},
		{"seal the sample application to the authority", r.seal},
		{"hand over, with the service killed after each step", r.handOver},
		{"authority fetches, verifies and decrypts", r.fetch},
		{"authority accepts", r.accept},
		{"platform verifies the acceptance", r.outcome},
		{"a question comes back in the same case", r.ask},
		{"platform fetches and decrypts the question", r.fetchQuestion},
	} {
		start := time.Now()
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("step %q: %w", s.name, err)
		}
		r.steps = append(r.steps, Step{s.name, time.Since(start).Milliseconds()})
		if !r.opt.JSON {
			fmt.Fprintf(r.opt.Print, "%6d ms  %s\n", time.Since(start).Milliseconds(), s.name)
		}
	}
	return nil
}

func (r *run) report(failed error) error {
	if !r.opt.JSON {
		if failed == nil {
			fmt.Fprintln(r.opt.Print, "exactly one submission arrived, nothing was lost")
		}
		return nil
	}
	return json.NewEncoder(r.opt.Print).Encode(map[string]any{"ok": failed == nil, "steps": r.steps})
}

func (r *run) makeKeys(context.Context) error {
	var g errgroup.Group
	for _, k := range []struct {
		into **jose.PrivateJWK
		use  jose.Use
		name string
	}{{&r.enc, jose.Encryption, "abh-enc"}, {&r.sig, jose.Signature, "abh-sig"}, {&r.platEnc, jose.Encryption, "plattform-enc"}, {&r.platSig, jose.Signature, "plattform-sig"}} {
		g.Go(func() error {
			key, err := jose.Generate(k.use, "Demo "+k.name, time.Now().Add(-time.Hour), time.Now().AddDate(0, 0, 30))
			if err != nil {
				return err
			}
			*k.into = key
			return key.Public().SavePublic(filepath.Join(r.dir, k.name+".pub"))
		})
	}
	return g.Wait()
}

func (r *run) start(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	host := l.Addr().String()
	if err := l.Close(); err != nil {
		return err
	}
	r.url = "http://" + host
	path := func(name string) string { return filepath.Join(r.dir, name) }
	r.file = path("zustelldienst.yaml")
	err = config.Save(r.file, config.Zustelldienst{
		Listen: host, PublicURL: r.url, Data: path("zustelldienst"),
		Clients: []config.DSClient{{ID: "plattform", Secret: "demo-secret-of-platform", Kind: "both"}, {ID: "abh", Secret: "demo-secret-of-authority", Kind: "both"}},
		Destinations: []config.Destination{
			{ID: toAuthority, Client: "abh", Name: "Landkreis Musterland (erfunden)", EncryptionKey: path("abh-enc.pub"), SigningKey: path("abh-sig.pub"), Service: leistung, SchemaURI: schemaURI},
			{ID: toPlatform, Client: "plattform", Name: "Plattform", EncryptionKey: path("plattform-enc.pub"), SigningKey: path("plattform-sig.pub"), Service: leistung, SchemaURI: schemaURI},
		},
	})
	if err != nil {
		return err
	}
	client := func(id, secret string) *fitconnect.Client {
		return fitconnect.New(fitconnect.Config{TokenURL: r.url + "/token", SubmissionURL: r.url + "/submission-api", ClientID: id, ClientSecret: secret, SelfSigned: true})
	}
	r.platform, r.authority = client("plattform", "demo-secret-of-platform"), client("abh", "demo-secret-of-authority")
	return r.spawn(ctx)
}

// spawn starts the service and waits until it answers.
func (r *run) spawn(ctx context.Context) error {
	r.child = exec.Command(r.opt.Binary, "zustelldienst", "--config", r.file)
	r.child.Stdout, r.child.Stderr = r.log, r.log
	if err := r.child.Start(); err != nil {
		return err
	}
	for deadline := time.Now().Add(20 * time.Second); ; {
		res, err := http.Get(r.url + "/submission-api/v2/info")
		if err == nil {
			res.Body.Close()
			return nil
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return fmt.Errorf("the delivery service does not answer: %w", err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// kill is SIGKILL: the process gets no chance to tidy up.
func (r *run) kill() {
	if r.child != nil && r.child.Process != nil {
		r.child.Process.Kill()
		r.child.Wait()
	}
}

func (r *run) seal(ctx context.Context) error {
	key, err := r.platform.EncryptionKey(ctx, toAuthority)
	if err != nil {
		return err
	}
	r.parcel, err = fitconnect.Pack(key, fitconnect.Schema{SchemaURI: schemaURI, MimeType: "application/xml"},
		[]byte("<beispiel>Antrag, Umlaute äöü ẞ, Dư Thị Ștefan</beispiel>"),
		[]fitconnect.Part{{Filename: "antrag.json", MIME: "application/json", Purpose: "attachment", Data: []byte(`{"beispiel":true}`)}}, author)
	return err
}

var author = fitconnect.Author{Name: "Demo", Product: fitconnect.Product{Name: "Aufenthalt", Version: "0", Manufacturer: "Aufenthalt"}}

// handOver kills and restarts the service after every step that Send reports, and goes on from the saved progress.
func (r *run) handOver(ctx context.Context) error {
	cut := errors.New("killed on purpose")
	var saved fitconnect.Progress
	for range 10 {
		done, err := fitconnect.Send(ctx, r.platform, fitconnect.Address{Destination: toAuthority, Service: fitconnect.PublicService{Identifier: leistung}}, r.parcel, saved,
			func(p fitconnect.Progress) error { saved = p; return cut })
		if err == nil {
			r.ref = fitconnect.Reference{DestinationID: toAuthority, SubmissionID: done.Submission, CaseID: done.Case}
			return nil
		}
		if !errors.Is(err, cut) {
			return err
		}
		r.kill()
		if err := r.spawn(ctx); err != nil {
			return err
		}
	}
	return errors.New("never done")
}

func (r *run) fetch(ctx context.Context) error {
	waiting, err := r.authority.Waiting(ctx, toAuthority, 0, 100)
	if err != nil {
		return err
	}
	if waiting.TotalCount != 1 || waiting.Submissions[0] != r.ref {
		return fmt.Errorf("%d submissions wait, want exactly the one sent", waiting.TotalCount)
	}
	r.got, err = fitconnect.Receive(ctx, r.authority, r.ref, []*jose.PrivateJWK{r.enc})
	return err
}

func (r *run) accept(ctx context.Context) error {
	return fitconnect.Accept(ctx, r.authority, r.sig, r.ref, r.got.Tags)
}

func (r *run) outcome(ctx context.Context) error {
	o, err := r.platform.Outcome(ctx, r.ref, r.parcel.Tags())
	if err == nil && !o.Accepted {
		err = errors.New("not accepted")
	}
	return err
}

func (r *run) ask(ctx context.Context) error {
	key, err := r.authority.EncryptionKey(ctx, toPlatform)
	if err != nil {
		return err
	}
	p, err := fitconnect.Pack(key, fitconnect.Schema{SchemaURI: schemaURI, MimeType: "application/xml"}, []byte("<beispiel>Frage</beispiel>"), nil, author)
	if err != nil {
		return err
	}
	at, err := fitconnect.Send(ctx, r.authority, fitconnect.Address{Destination: toPlatform, Case: r.ref.CaseID, Service: fitconnect.PublicService{Identifier: leistung}}, p,
		fitconnect.Progress{}, func(fitconnect.Progress) error { return nil })
	if err == nil && at.Case != r.ref.CaseID {
		err = errors.New("the question came into another case")
	}
	return err
}

func (r *run) fetchQuestion(ctx context.Context) error {
	waiting, err := r.platform.Waiting(ctx, toPlatform, 0, 10)
	if err != nil {
		return err
	}
	if waiting.TotalCount != 1 {
		return fmt.Errorf("%d questions wait, want 1", waiting.TotalCount)
	}
	r.question, err = fitconnect.Receive(ctx, r.platform, waiting.Submissions[0], []*jose.PrivateJWK{r.platEnc})
	if err != nil {
		return err
	}
	return fitconnect.Accept(ctx, r.platform, r.platSig, waiting.Submissions[0], r.question.Tags)
}

// leave copies what arrived, also after a failure.
func (r *run) leave() error {
	if r.opt.Out == "" {
		return nil
	}
	if err := os.MkdirAll(r.opt.Out, 0o700); err != nil {
		return err
	}
	log, err := os.ReadFile(r.log.Name())
	if err != nil {
		return err
	}
	files := map[string][]byte{"prozesse.log": []byte(strings.ReplaceAll(string(log), r.dir, "."))}
	if r.got != nil {
		files["probe-antrag.xml"] = r.got.Data
	}
	if r.question != nil {
		files["probe-frage.xml"] = r.question.Data
	}
	for name, data := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(r.opt.Out, name), data, 0o600))
	}
	return err
}
