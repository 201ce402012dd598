package connector

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"aufenthalt/internal/akte"
	"aufenthalt/internal/blob"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/xauslaender"
)

// refusedMessage says to the Fachverfahren why a message was not sent.
type refusedMessage struct{ why string }

func (r refusedMessage) Error() string { return r.why }

func refusedf(format string, args ...any) error { return refusedMessage{fmt.Sprintf(format, args...)} }

// outbound sends what lies in the outgoing folder and asks what became of what was sent.
func (c *Connector) outbound(ctx context.Context) (worked bool, err error) {
	entries, err := os.ReadDir(filepath.Join(c.cfg.Directory, akte.Outbound))
	if err != nil {
		return false, fmt.Errorf("connector: %w", err)
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".xml")
		if !ok || e.IsDir() || strings.HasPrefix(name, ".") {
			continue
		}
		moved, err := c.sendFile(ctx, name)
		if err == nil {
			worked = worked || moved
			continue
		}
		if errors.Is(err, errCut) || ctx.Err() != nil {
			return worked, err
		}
		c.cfg.Log.Warn("message back must wait", "message", name, "error", err.Error())
		if o, there, _ := c.journal.outgoing(ctx, name); there {
			if err := c.journal.later(ctx, "outgoing", "uuid", name, c.backOff(o.Tries)); err != nil {
				return worked, err
			}
		}
	}
	return worked, c.followUp(ctx)
}

// sendFile takes one file as far as it gets; a file that must not be sent goes aside with the reason.
func (c *Connector) sendFile(ctx context.Context, name string) (moved bool, err error) {
	if o, there, err := c.journal.outgoing(ctx, name); err != nil || (there && !o.Sent && o.Next.After(c.cfg.Now())) {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, perSubmission)
	defer cancel()
	err = c.send(ctx, name)
	var no refusedMessage
	if errors.As(err, &no) {
		shown := name
		if !akte.IsID(name) { // what somebody called a file may be anything
			shown = "[not a UUID]"
		}
		c.cfg.Log.Warn("message back refused", "message", shown, "reason", no.why)
		return true, c.putAside(akte.Outbound, name, no.why)
	}
	return true, err
}

func (c *Connector) putAside(from, name, why string) error {
	refused := filepath.Join(c.cfg.Directory, akte.Outbound, akte.Refused)
	if err := akte.PutFile(refused, name+".txt", []byte(why+"\n")); err != nil {
		return err
	}
	return akte.Move(filepath.Join(c.cfg.Directory, from, name+".xml"), filepath.Join(refused, name+".xml"))
}

func (c *Connector) send(ctx context.Context, name string) error {
	raw, n, err := c.readOutgoing(name)
	if err != nil {
		return err
	}
	o, err := c.admit(ctx, name, raw, n)
	if err != nil {
		return err
	}
	if !o.Sent {
		if err := c.transmit(ctx, &o, raw); err != nil {
			return err
		}
	}
	folder, err := akte.Build(raw, n, akte.Parts{}, c.cfg.Now())
	if err != nil {
		return err
	}
	if err := errors.Join(folder.Write(c.Folders()), c.hook("question kept")); err != nil {
		return err
	}
	out := filepath.Join(c.cfg.Directory, akte.Outbound)
	if err := errors.Join(akte.Move(filepath.Join(out, name+".xml"), filepath.Join(out, akte.SentFolder, name+".xml")), c.hook("question moved")); err != nil {
		return err
	}
	return errors.Join(c.journal.moved(ctx, name), c.parcels.Delete(name))
}

// readOutgoing demands a question by us, named by its UUID.
func (c *Connector) readOutgoing(name string) ([]byte, *xauslaender.Node, error) {
	if !akte.IsID(name) {
		return nil, nil, refusedf("Der Dateiname muss die nachrichtenUUID in Kleinbuchstaben sein.")
	}
	f, err := os.Open(filepath.Join(c.cfg.Directory, akte.Outbound, name+".xml"))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, xauslaender.MaxMessage+1))
	if err != nil {
		return nil, nil, err
	}
	n, err := c.reader.Read(raw)
	var r *xauslaender.Rejection
	if errors.As(err, &r) {
		return nil, nil, refusedf("Die Nachricht entspricht nicht XAusländer 26.11: %v", r)
	}
	if err != nil {
		return nil, nil, err
	}
	if n.Type() != "130102" {
		return nil, nil, refusedf("Nachrichten vom Typ %s können noch nicht gesendet werden, nur 130102.", n.Type())
	}
	q, err := xauslaender.ReadQuestion(n)
	switch {
	case errors.As(err, &r):
		return nil, nil, refusedf("Die Nachricht entspricht nicht XAusländer 26.11: %v", r)
	case err != nil:
		return nil, nil, err
	case q.UUID != name:
		return nil, nil, refusedf("Die nachrichtenUUID ist eine andere als der Dateiname.")
	case q.Author.Kennung != c.cfg.Kennung:
		return nil, nil, refusedf("Der Autor der Nachricht ist eine andere Behörde.")
	}
	return raw, n, nil
}

// admit finds the case and opens the journal's row.
func (c *Connector) admit(ctx context.Context, name string, raw []byte, n *xauslaender.Node) (outgoing, error) {
	sum := sha256.Sum256(raw)
	o, there, err := c.journal.outgoing(ctx, name)
	if err != nil {
		return o, err
	}
	if there {
		if o.SHA256 != hex.EncodeToString(sum[:]) {
			return o, refusedf("Unter dieser nachrichtenUUID wurde schon etwas anderes gesendet.")
		}
		if o.Outcome == rejected {
			return o, refusedf("Die Plattform hat diese Nachricht zurückgewiesen. Bitte senden Sie sie mit einer neuen nachrichtenUUID.")
		}
		return o, nil
	}
	number := n.At("antragsidentifikation")
	id, err := c.journal.caseOf(ctx, number)
	if err != nil {
		return o, err
	}
	if id == "" {
		return o, refusedf("Zu dieser antragsidentifikation ist hier kein Antrag eingegangen.")
	}
	ours, err := c.journal.belongs(ctx, strings.ToLower(n.At("ausloeserUUID")), number)
	if err != nil {
		return o, err
	}
	if !ours {
		return o, refusedf("Die ausloeserUUID gehört zu keiner Nachricht dieses Antrags.")
	}
	o = outgoing{UUID: name, SHA256: hex.EncodeToString(sum[:]), Number: number, Case: id}
	return o, errors.Join(c.journal.begin(ctx, o), c.hook("question entered"))
}

// transmit seals once and sends until the log proves that it arrived.
func (c *Connector) transmit(ctx context.Context, o *outgoing, raw []byte) error {
	parcel, err := c.parcel(ctx, o, raw)
	if err != nil {
		return err
	}
	to := fitconnect.Address{Destination: c.cfg.Platform, Case: o.Case, Service: c.cfg.Service}
	o.Progress, err = fitconnect.Send(ctx, c.cfg.Client, to, parcel, o.Progress, func(at fitconnect.Progress) error {
		return errors.Join(c.journal.progress(ctx, o.UUID, at), c.hook("question on its way"))
	})
	if err != nil {
		return err
	}
	if err := errors.Join(c.journal.sent(ctx, o.UUID), c.hook("question sent")); err != nil {
		return err
	}
	c.cfg.Log.Info("message back sent", "message", o.UUID, "submission", o.Progress.Submission, "case", o.Progress.Case)
	return nil
}

// parcel gives the stored parcel or makes it. It is made once, so that a repetition sends the same bytes.
func (c *Connector) parcel(ctx context.Context, o *outgoing, raw []byte) (fitconnect.Parcel, error) {
	var p fitconnect.Parcel
	if o.Tags != nil {
		data, err := c.parcels.Get(o.UUID)
		if err == nil {
			err := json.Unmarshal(data, &p)
			return p, err
		}
		if !errors.Is(err, blob.ErrAbsent) {
			return p, err
		}
	}
	key, err := c.cfg.Client.EncryptionKey(ctx, c.cfg.Platform)
	if err != nil {
		return p, err
	}
	schema, err := c.schema(ctx)
	if err != nil {
		return p, err
	}
	p, err = fitconnect.Pack(key, schema, raw, nil, fitconnect.Author{Name: c.cfg.Product.Name, Product: c.cfg.Product})
	if err != nil {
		return p, err
	}
	data, err := json.Marshal(p)
	if err != nil {
		return p, err
	}
	if err := c.parcels.Put(o.UUID, data); err != nil {
		return p, err
	}
	return p, errors.Join(c.journal.packed(ctx, o.UUID, p.Tags()), c.hook("question packed"))
}

// schema is what the platform's destination takes for our service.
func (c *Connector) schema(ctx context.Context) (fitconnect.Schema, error) {
	d, err := c.cfg.Client.Destination(ctx, c.cfg.Platform)
	if err != nil {
		return fitconnect.Schema{}, err
	}
	for _, s := range d.PublicServices {
		if s.Identifier != c.cfg.Service.Identifier {
			continue
		}
		for _, schema := range s.SubmissionSchemas {
			if schema.MimeType == "application/xml" {
				return schema, nil
			}
		}
	}
	return fitconnect.Schema{}, errors.New("the platform's destination takes no XML for this service")
}

// followUp asks whether the platform accepted what was sent. A rejected message moves to the refused ones, so that the
// Fachverfahren learns of it.
func (c *Connector) followUp(ctx context.Context) error {
	list, err := c.journal.unanswered(ctx)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Tags == nil {
			continue
		}
		ref := fitconnect.Reference{DestinationID: c.cfg.Platform, SubmissionID: o.Progress.Submission, CaseID: o.Progress.Case}
		got, err := c.cfg.Client.Outcome(ctx, ref, *o.Tags)
		if err != nil || !got.Done {
			if err != nil && ctx.Err() == nil {
				c.cfg.Log.Warn("outcome of a message back is not known", "message", o.UUID, "error", err.Error())
			}
			if err := c.journal.later(ctx, "outgoing", "uuid", o.UUID, c.backOff(o.Tries)); err != nil {
				return err
			}
			continue
		}
		if err := c.settle(ctx, o, got); err != nil {
			return err
		}
	}
	return nil
}

func (c *Connector) settle(ctx context.Context, o outgoing, got fitconnect.Outcome) error {
	if got.Accepted {
		return c.journal.answered(ctx, o.UUID, accepted)
	}
	why := "Die Plattform hat die Nachricht zurückgewiesen."
	for _, p := range got.Problems {
		why += "\n" + p.Title + " (" + strings.TrimPrefix(p.Type, fitconnect.EventProblem) + ") " + p.Detail
	}
	c.cfg.Log.Error("message back rejected by the platform", "message", o.UUID, "case", o.Case)
	if err := c.putAside(filepath.Join(akte.Outbound, akte.SentFolder), o.UUID, why); err != nil {
		return err
	}
	return c.journal.answered(ctx, o.UUID, rejected)
}
