package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/application"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/seal"
	"aufenthalt/internal/store"
	"aufenthalt/internal/xauslaender"
)

// replyWait says how often taking a reply failed and when it may be tried again.
type replyWait struct {
	tries int
	next  time.Time
}

// replyWaits remembers the replies that could not be taken, by submission; after a restart all are tried at once.
type replyWaits map[string]replyWait

// repliesPage is the largest page that the delivery service gives.
const repliesPage = 500

// FetchReplies takes what authorities sent back: verify, decrypt, check that it belongs to the case, seal to the
// applicant, and only then accept. What cannot be taken is rejected with its reason, so that the authority learns of it.
// A reply in trouble is logged and waits longer each time; it holds up no other. Call it from one goroutine.
func (a *App) FetchReplies(ctx context.Context) error {
	waiting, err := a.waitingReplies(ctx)
	if err != nil {
		return err
	}
	waits := replyWaits{} // what waits no longer is forgotten
	for _, ref := range waiting {
		w := a.replies[ref.SubmissionID]
		if w.next.After(a.Now()) {
			waits[ref.SubmissionID] = w
			continue
		}
		err := a.replyInTime(ctx, ref)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			w = replyWait{w.tries + 1, a.Now().Add(min(5*time.Second<<min(w.tries, 20), lastLook))}
			waits[ref.SubmissionID] = w
			a.Log.Warn("reply must wait", "submission", ref.SubmissionID, "tries", w.tries, "error", err.Error())
		}
	}
	a.replies = waits
	return nil
}

// waitingReplies lists everything before anything is taken, since taking shifts the pages.
func (a *App) waitingReplies(ctx context.Context) ([]fitconnect.Reference, error) {
	var all []fitconnect.Reference
	for {
		page, err := a.FITConnect.Waiting(ctx, a.Config.Destination, len(all), repliesPage)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Submissions...)
		if len(page.Submissions) < repliesPage {
			return all, nil
		}
	}
}

// perReply bounds the work on one reply, so that a stuck one only delays the others.
const perReply = 5 * time.Minute

func (a *App) replyInTime(ctx context.Context, ref fitconnect.Reference) error {
	ctx, cancel := context.WithTimeout(ctx, perReply)
	defer cancel()
	return a.fetchReply(ctx, ref)
}

func (a *App) fetchReply(ctx context.Context, ref fitconnect.Reference) error {
	got, err := fitconnect.Receive(ctx, a.FITConnect, ref, a.Decryption)
	if err == nil {
		err = a.takeReply(ctx, got)
	}
	var fault *fitconnect.Fault
	switch {
	case errors.As(err, &fault):
		a.Log.Error("reply rejected", "submission", ref.SubmissionID, "reason", strings.TrimPrefix(fault.Problem.Type, fitconnect.EventProblem))
		return fitconnect.Reject(ctx, a.FITConnect, a.Signing, ref, fault.Problem)
	case err != nil:
		return err
	}
	return fitconnect.Accept(ctx, a.FITConnect, a.Signing, ref, got.Tags)
}

// refuse is a reply that is well sealed and must not be shown to anybody.
func refuse(title string) error {
	return &fitconnect.Fault{Problem: fitconnect.Problem{Type: fitconnect.EventProblem + "data-processing-error", Title: title, Instance: "data"}}
}

func (a *App) takeReply(ctx context.Context, got *fitconnect.Received) error {
	root, err := a.messages.Read(got.Data)
	if err != nil {
		return refuse("not a valid XAusländer 26.11 message: " + rejectionCode(err))
	}
	if root.Type() != "130102" {
		return refuse("message " + root.Type() + " is not shown to applicants yet")
	}
	q, err := xauslaender.ReadQuestion(root)
	if err != nil {
		return refuse("not a valid XAusländer 26.11 message: " + rejectionCode(err))
	}
	if q.Test && a.Config.Environment == "PRO" {
		return refuse("message is marked as test and must not be processed")
	}
	row, err := a.belongs(ctx, q, got.CaseID)
	if err != nil {
		return err
	}
	return a.keepQuestion(ctx, row, q)
}

func rejectionCode(err error) string {
	var r *xauslaender.Rejection
	if errors.As(err, &r) {
		return r.Code
	}
	return "X001"
}

// belongs checks that a question is for us, about a case that we know, from the authority that has it (xauslaender 7).
// The case number alone proves nothing.
func (a *App) belongs(ctx context.Context, q xauslaender.Question, fcCase string) (store.Application, error) {
	none := store.Application{}
	number, err := application.ParseNumber(q.Number)
	if err != nil {
		return none, refuse("antragsidentifikation is not ours")
	}
	row, err := a.Store.ApplicationByNumber(ctx, number)
	if errs.Is(err, errs.NotFound) {
		return none, refuse("antragsidentifikation is not known")
	} else if err != nil {
		return none, err
	}
	auth := a.Authorities.Find(authority.AGS(row.AGS))
	if auth == nil || q.Author.Kennung != auth.Kennung || q.Reader.Kennung != a.Config.Operator.Kennung {
		return none, refuse("autor or leser is not a party of this case")
	}
	deliveries, err := a.Store.Deliveries(ctx, number)
	if err != nil {
		return none, err
	}
	inCase, triggered := false, false
	for _, d := range deliveries {
		inCase = inCase || d.Case == fcCase
		triggered = triggered || strings.EqualFold(d.ID, q.Trigger)
	}
	switch {
	case !inCase:
		return none, refuse("the delivery service's case is another one")
	case !triggered:
		return none, refuse("ausloeserUUID is no message of this case")
	case !isID(q.UUID):
		return none, refuse("nachrichtenUUID is no UUID")
	}
	return row, nil
}

// keepQuestion seals the question to the applicant's case key. The same message again changes nothing; its UUID on
// another one is refused, for that one would be shown to nobody.
func (a *App) keepQuestion(ctx context.Context, row store.Application, q xauslaender.Question) error {
	m, err := a.Store.FindMessage(ctx, q.UUID)
	switch {
	case err == nil && m.Number == row.Number && m.Kind == "question" && m.InReplyTo == q.Trigger:
		return nil
	case err == nil:
		return refuse("nachrichtenUUID was used before (S100)")
	case !errs.Is(err, errs.NotFound):
		return err
	}
	c := content{Text: q.Text}
	if !q.Deadline.IsZero() {
		c.Deadline = q.Deadline.String()
	}
	blob := ""
	if q.Attachment != nil {
		sealed, err := seal.SealTo(row.CasePublic, q.UUID+"/file", q.Attachment.Data)
		if err != nil {
			return err
		}
		blob = uuid.NewString()
		if err := a.Blobs.Put(blob, sealed); err != nil {
			return err
		}
		ext := map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg"}[q.Attachment.MIME]
		c.File, c.MIME, c.Size = fmt.Sprintf("Anlage-%s-%s%s", row.Number, q.UUID[:8], ext), q.Attachment.MIME, len(q.Attachment.Data)
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sealed, err := seal.SealTo(row.CasePublic, q.UUID, raw)
	if err != nil {
		return err
	}
	known := false
	err = a.Store.Tx(ctx, func(tx *sql.Tx) error {
		known, err = a.Store.InsertMessage(ctx, tx, store.Message{ID: q.UUID, Number: row.Number, Kind: "question", InReplyTo: q.Trigger, Sealed: sealed, Attachment: blob, At: a.Now()})
		return err
	})
	if err != nil || known {
		if blob != "" {
			err = errors.Join(err, a.Blobs.Delete(blob))
		}
		return err
	}
	a.Log.Info("question kept", "message", q.UUID)
	return nil
}
