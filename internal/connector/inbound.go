package connector

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/xauslaender"
)

// Outcomes of a submission.
const (
	accepted = "accepted"
	rejected = "rejected"
	gone     = "gone" // the service no longer has it and we never held it
)

// process takes a submission as far as it gets now: fetched, handed over, confirmed, decided.
func (c *Connector) process(ctx context.Context, s submission) (moved bool, err error) {
	if s.Problem == nil && !s.Handed {
		moved = true
		if err := c.fetch(ctx, s); err != nil {
			return true, err
		}
		if s, err = c.journal.submission(ctx, s.ID); err != nil {
			return true, err
		}
	}
	if s.Handed && s.Problem == nil && s.Verdict == "" {
		q, there, err := akte.ReadQuittung(c.cfg.Directory, s.Message)
		if err != nil || !there {
			return moved, err
		}
		moved = true
		if err := errors.Join(c.journal.confirmed(ctx, s.Message, q), c.hook("confirmed")); err != nil {
			return true, err
		}
		s.Verdict, s.Code = q.State, q.Code
	}
	if s.Problem != nil || s.Verdict != "" {
		return true, c.decide(ctx, s)
	}
	return moved, nil
}

// fetch brings a submission into the Fachverfahren's folder, or notes why it must be refused.
func (c *Connector) fetch(ctx context.Context, s submission) error {
	ref := fitconnect.Reference{DestinationID: c.cfg.Destination, SubmissionID: s.ID, CaseID: s.Case}
	got, err := fitconnect.Receive(ctx, c.cfg.Client, ref, c.cfg.Keys)
	var f *fitconnect.Fault
	switch {
	case errors.As(err, &f):
		return c.refuse(ctx, s, f.Problem)
	case status(err) == http.StatusNotFound:
		c.cfg.Log.Warn("submission is gone", "submission", s.ID, "case", s.Case)
		return c.journal.decided(ctx, s.ID, gone)
	case err != nil:
		return err
	}
	if err := c.hook("received"); err != nil {
		return err
	}
	folder, p := c.open(got, s)
	if p != nil {
		return c.refuse(ctx, s, *p)
	}
	sum := sha256.Sum256(got.Data)
	m := message{folder.MessageUUID, hex.EncodeToString(sum[:]), folder.Type, folder.Number, s.Case}
	clash, err := c.journal.enter(ctx, s.ID, m, got.Tags)
	if err != nil {
		return err
	}
	if clash {
		return c.refuse(ctx, s, problem("schema-violation", "Message or case number was used before with other content (S100)", "data"))
	}
	if err := c.hook("entered"); err != nil {
		return err
	}
	return c.handOver(ctx, m.UUID, folder)
}

// handOver writes the authority's copy, then the Fachverfahren's. A message that was handed over before stays as it is.
func (c *Connector) handOver(ctx context.Context, uuid string, folder *akte.Folder) error {
	if err := errors.Join(folder.Write(c.Folders()), c.hook("kept")); err != nil {
		return err
	}
	_, there, err := akte.ReadQuittung(c.cfg.Directory, uuid)
	if err != nil {
		return err
	}
	if !there { // else the Fachverfahren was faster than our journal
		if err := errors.Join(folder.Write(filepath.Join(c.cfg.Directory, akte.Inbound)), c.hook("written")); err != nil {
			return err
		}
	}
	return errors.Join(c.journal.handed(ctx, uuid), c.hook("handed"))
}

// open reads the message strictly and makes the folder, or says what is wrong.
func (c *Connector) open(got *fitconnect.Received, s submission) (*akte.Folder, *fitconnect.Problem) {
	if got.DataMIME != "application/xml" {
		p := problem("unsupported-schema", "Data must be application/xml", "metadata")
		return nil, &p
	}
	n, err := c.reader.Read(got.Data)
	if err != nil {
		return nil, wrong(err)
	}
	if t := n.Type(); !xauslaender.IsApplication(t) && t != "130103" {
		p := problem("unsupported-schema", "Message is not for an authority: "+t, "data")
		return nil, &p
	}
	head, err := xauslaender.ReadHead(n)
	if err != nil {
		return nil, wrong(err)
	}
	if head.Reader.Kennung != c.cfg.Kennung {
		p := problem("schema-violation", "Message is for another reader (T080)", "data")
		return nil, &p
	}
	if head.Test && c.cfg.Production {
		c.cfg.Log.Error("test message in production", "submission", s.ID, "case", s.Case, "message", head.UUID)
		p := problem("schema-violation", "Message is marked as test and must not be processed", "data")
		return nil, &p
	}
	folder, err := akte.Build(got.Data, n, akte.Parts{Readable: got.Attachment(akte.Readable), Summary: got.Attachment(akte.Summary)}, s.Seen)
	if err != nil {
		return nil, wrong(err)
	}
	return folder, nil
}

// slugs are the problems of FIT-Connect for the reasons of XAusländer.
var slugs = map[string]string{"X000": "syntax-violation", "S001": "syntax-violation", "V000": "unsupported-schema"}

// wrong turns what a reader says into a problem: code, element names, what and want, never content.
func wrong(err error) *fitconnect.Problem {
	var r *xauslaender.Rejection
	if !errors.As(err, &r) {
		p := problem("schema-violation", "Schema violation", "data")
		p.Detail = err.Error()
		return &p
	}
	slug, ok := slugs[r.Code]
	if !ok {
		slug = "schema-violation"
	}
	p := problem(slug, "Schema violation", "data")
	p.Detail = r.Error()
	return &p
}

func problem(slug, title, instance string) fitconnect.Problem {
	return fitconnect.Problem{Type: fitconnect.EventProblem + slug, Title: title, Instance: instance}
}

func (c *Connector) refuse(ctx context.Context, s submission, p fitconnect.Problem) error {
	return errors.Join(c.journal.refuse(ctx, s.ID, p), c.hook("refused"))
}

// decide writes the signed event: accepted only after the Fachverfahren has imported, else rejected with the reason.
func (c *Connector) decide(ctx context.Context, s submission) error {
	ref := fitconnect.Reference{DestinationID: c.cfg.Destination, SubmissionID: s.ID, CaseID: s.Case}
	outcome, reason := rejected, ""
	var err error
	switch {
	case s.Problem != nil:
		reason = s.Problem.Type
		err = fitconnect.Reject(ctx, c.cfg.Client, c.cfg.Signature, ref, *s.Problem)
	case s.Verdict == akte.Rejected:
		reason = s.Code
		err = fitconnect.Reject(ctx, c.cfg.Client, c.cfg.Signature, ref, refusal(s.Code))
	default:
		outcome = accepted
		err = fitconnect.Accept(ctx, c.cfg.Client, c.cfg.Signature, ref, s.Tags)
	}
	if err != nil {
		if outcome, err = c.overtaken(ctx, ref, s, err); err != nil {
			return err
		}
	}
	if err := c.hook("posted"); err != nil {
		return err
	}
	if err := c.journal.decided(ctx, s.ID, outcome); err != nil {
		return err
	}
	c.cfg.Log.Info("submission "+outcome, "submission", s.ID, "case", s.Case, "message", s.Message, "type", s.Type, "reason", reason,
		"ms", c.cfg.Now().Sub(s.Seen).Milliseconds())
	return c.hook("decided")
}

// overtaken asks what became of a submission that can no longer be decided: the service itself rejects after two weeks.
func (c *Connector) overtaken(ctx context.Context, ref fitconnect.Reference, s submission, cause error) (string, error) {
	if code := status(cause); code != http.StatusConflict && code != http.StatusNotFound {
		return "", cause
	}
	o, err := c.cfg.Client.Outcome(ctx, ref, s.Tags)
	switch {
	case status(err) == http.StatusNotFound:
		c.cfg.Log.Error("case is gone at the delivery service", "submission", s.ID, "case", s.Case, "message", s.Message)
		return gone, nil
	case err != nil:
		return "", errors.Join(cause, err)
	case !o.Done:
		return "", cause
	case o.Accepted:
		return accepted, nil
	}
	if s.Verdict == akte.Imported {
		c.cfg.Log.Error("imported, but the delivery service had rejected it before", "submission", s.ID, "case", s.Case, "message", s.Message)
	}
	return rejected, nil
}

// refusal is the reason that the Fachverfahren gave, as an event may carry it: its code. The text stays in the house.
func refusal(code string) fitconnect.Problem {
	slug, ok := slugs[code]
	switch {
	case ok:
	case code == "" || code[0] == 'T':
		slug = "technical-error"
	default:
		slug = "schema-violation"
	}
	p := problem(slug, "Rejected by the Fachverfahren", "data")
	if code != "" {
		p.Detail = fmt.Sprintf("XAusländer reason %s", code)
	}
	return p
}

func status(err error) int {
	var e *fitconnect.StatusError
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}
