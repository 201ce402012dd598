package fachverfahren

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/xauslaender"
)

// Asked is what a caseworker enters. ID is the UUID of the message, made with the form, so that sending it twice asks once.
type Asked struct {
	ID, Text   string
	Deadline   civil.Day // zero: none
	Attachment []byte    // PDF; nil: none
}

// Wrong is what a caseworker must mend: the field (text, frist, anlage) and the sentence beside it.
type Wrong struct{ Field, Sentence string }

func (w *Wrong) Error() string { return "question: " + w.Field + ": " + w.Sentence }

// Ask composes a question and puts it out for the connector. The error is a *Wrong when the caseworker can mend it, and
// NotFound when there is no such case.
func (s *System) Ask(ctx context.Context, number string, in Asked) error {
	s.asking.Lock()
	defer s.asking.Unlock()
	v, err := s.store.vorgang(ctx, number)
	if err != nil {
		return err
	}
	if _, err := s.store.nachricht(ctx, in.ID); err == nil {
		_, err := s.release(ctx)
		return err
	}
	text, err := s.checkAsked(v, in)
	if err != nil {
		return err
	}
	raw, err := s.compose(v, in, text)
	if err != nil {
		return err
	}
	n, err := s.reader.Read(raw)
	if err != nil {
		return err
	}
	folder, err := akte.Build(raw, n, akte.Parts{}, s.cfg.Now())
	if err != nil {
		return err
	}
	// What a crash left behind was never entered, and the text may have been changed since.
	if err := os.RemoveAll(filepath.Join(s.folders(), in.ID)); err != nil {
		return err
	}
	if err := errors.Join(folder.Write(s.folders()), s.hook("question stored")); err != nil {
		return err
	}
	row := nachricht{UUID: in.ID, Number: number, Type: "130102", Trigger: v.Application, At: s.cfg.Now()}
	if err := errors.Join(s.store.insert(ctx, row, nil), s.hook("question entered")); err != nil {
		return err
	}
	_, err = s.release(ctx)
	return err
}

func (s *System) checkAsked(v vorgang, in Asked) (string, error) {
	text, wrong := s.table.Clean(strings.TrimSpace(in.Text))
	switch {
	case !v.Reachable:
		return "", &Wrong{"text", "Diese Person hat keinen Rückkanal. Bitte schreiben Sie ihr per Post."}
	case !akte.IsID(in.ID):
		return "", &Wrong{"text", "Das Formular ist beschädigt. Bitte laden Sie die Seite neu."}
	case text == "":
		return "", &Wrong{"text", "Bitte schreiben Sie die Frage."}
	case len(wrong) > 0:
		return "", &Wrong{"text", "Das Zeichen „" + wrong[0].Text + "“ lässt XAusländer nicht zu. Bitte schreiben Sie es anders."}
	case !in.Deadline.IsZero() && in.Deadline.Before(civil.Today(s.cfg.Now())):
		return "", &Wrong{"frist", "Die Frist liegt in der Vergangenheit."}
	case in.Attachment != nil && !strings.HasPrefix(string(in.Attachment[:min(5, len(in.Attachment))]), "%PDF-"):
		return "", &Wrong{"anlage", "Die Anlage muss eine PDF-Datei sein."}
	}
	return text, nil
}

func (s *System) compose(v vorgang, in Asked, text string) ([]byte, error) {
	a, ok := s.authority(v.Authority)
	if !ok {
		return nil, &Wrong{"text", "Diese Behörde ist nicht mehr eingerichtet."}
	}
	app, err := s.message(v.Application)
	if err != nil {
		return nil, err
	}
	head, err := xauslaender.ReadHead(app)
	if err != nil {
		return nil, err
	}
	q := xauslaender.Question{
		Head: xauslaender.Head{UUID: in.ID, Created: s.cfg.Now(), Test: head.Test, Product: s.cfg.Product, Reader: head.Author,
			Author: xauslaender.Party{Kennung: a.Kennung, Name: a.Name, Email: a.Email, Address: a.Address}},
		Number: v.Number, Trigger: v.Application, Text: text, Deadline: in.Deadline,
	}
	if in.Attachment != nil {
		q.Attachment = &xauslaender.Document{Name: "anlage.pdf", MIME: "application/pdf", Data: in.Attachment}
	}
	return s.reader.WriteQuestion(q)
}

func (s *System) authority(kennung string) (Authority, bool) {
	for _, a := range s.cfg.Authorities {
		if a.Kennung == kennung {
			return a, true
		}
	}
	return Authority{}, false
}

// message reads a stored message again.
func (s *System) message(uuid string) (*xauslaender.Node, error) {
	dir := filepath.Join(s.folders(), uuid)
	m, err := akte.ReadManifest(dir)
	if err != nil {
		return nil, err
	}
	f, _ := m.Find(akte.Message)
	raw, err := akte.ReadFile(dir, f)
	if err != nil {
		return nil, err
	}
	return s.reader.Read(raw)
}

// Places of a question after it was asked.
const (
	waiting  = "wartet auf den Connector"
	sent     = "gesendet"
	refused  = "abgelehnt"
	notThere = ""
)

// whereabouts tells where a question lies, with the reason when it was refused.
func whereabouts(a Authority, uuid string) (place, why string) {
	out := filepath.Join(a.Directory, akte.Outbound)
	for _, p := range []struct{ place, dir string }{
		{waiting, out}, {sent, filepath.Join(out, akte.SentFolder)}, {refused, filepath.Join(out, akte.Refused)}, // the order in which files move
	} {
		if _, err := os.Stat(filepath.Join(p.dir, uuid+".xml")); err != nil {
			continue
		}
		if p.place == refused {
			text, err := os.ReadFile(filepath.Join(p.dir, uuid+".txt"))
			if err == nil {
				why = strings.TrimSpace(string(text))
			}
		}
		return p.place, why
	}
	return notThere, ""
}

// release, under asking, puts out every question that lies in none of the places: normally the one just asked, after a crash the one
// that was entered and not yet put out.
func (s *System) release(ctx context.Context) (moved bool, err error) {
	list, err := s.store.questions(ctx)
	if err != nil {
		return false, err
	}
	for _, q := range list {
		v, err := s.store.vorgang(ctx, q.Number)
		if err != nil {
			return moved, err
		}
		a, ok := s.authority(v.Authority)
		if !ok {
			continue
		}
		if place, _ := whereabouts(a, q.UUID); place != notThere {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(s.folders(), q.UUID, akte.Message))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = akte.PutFile(filepath.Join(a.Directory, akte.Outbound), q.UUID+".xml", raw)
		}
		if err != nil {
			return moved, fmt.Errorf("question %s: %w", q.UUID, err)
		}
		moved = true
	}
	return moved, nil
}
