package app

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"aufenthalt/internal/antrag"
	"aufenthalt/internal/application"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/form"
	"aufenthalt/internal/seal"
	"aufenthalt/internal/store"
)

// Wrong codes are counted per case: five tries, then a quarter of an hour.
const (
	maxTries = 5
	waitTime = 15 * time.Minute
)

// Access is what the applicant shows to open a case.
type Access struct {
	Number string
	Code   string
}

// CaseView is the status page's content.
type CaseView struct {
	Number    application.Number `json:"case_number"`
	Service   string             `json:"service"`
	Title     string             `json:"title"` // of the service, in the reader's language
	Authority ReceiptAuthority   `json:"authority"`
	Received  string             `json:"received_at"`
	Stage     application.Stage  `json:"stage"`
	Timeline  []TimelineEntry    `json:"timeline"`
	Missing   []MissingEvidence  `json:"missing"`
	Messages  []MessageView      `json:"messages"`
}

// TimelineEntry is one event on the way; Key is a text key.
type TimelineEntry struct {
	Key   string `json:"key"`
	At    string `json:"at,omitempty"`
	State string `json:"state"` // past, now, future
}

// MissingEvidence names a document that is still to come, in the reader's language.
type MissingEvidence struct {
	Evidence string `json:"evidence"`
	Name     string `json:"name"`
}

// MessageView is one message of the thread.
type MessageView struct {
	ID          string          `json:"id"`
	Kind        string          `json:"kind"`
	At          string          `json:"at"`
	Text        string          `json:"text"`
	Deadline    string          `json:"deadline,omitempty"`
	DaysLeft    *int            `json:"days_left,omitempty"`
	Attachment  *AttachmentView `json:"attachment,omitempty"`
	AnsweredAt  string          `json:"answered_at,omitempty"`
	AnswerState string          `json:"answer_state,omitempty"`
	Documents   []string        `json:"documents,omitempty"`
}

// AttachmentView describes the authority's document; its name is ours, never the sender's.
type AttachmentView struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Size int    `json:"size"`
}

// content is a back-channel message in the clear; at rest it is sealed to the case key.
type content struct {
	Text      string   `json:"text"`
	Deadline  string   `json:"deadline,omitempty"`
	File      string   `json:"file,omitempty"`
	MIME      string   `json:"mime,omitempty"`
	Size      int      `json:"size,omitempty"`
	Documents []string `json:"documents,omitempty"`
}

// opened is a case whose code was right.
type opened struct {
	row  store.Application
	code seal.AccessCode
}

func (o opened) read(context string, sealed []byte) ([]byte, error) {
	key := seal.CaseKey{Public: o.row.CasePublic, Wrapped: o.row.CaseWrapped}
	return key.Open(o.code, string(o.row.Number), context, sealed)
}

// open checks number and code. A wrong number and a wrong code get the same answer and are counted alike.
func (a *App) open(ctx context.Context, acc Access) (opened, error) {
	number, err := application.ParseNumber(acc.Number)
	if err != nil {
		return opened{}, errs.E(errs.Denied, "error.case.number")
	}
	subject := "case:" + string(number)
	_, until, err := a.Store.Attempts(ctx, subject)
	if err != nil {
		return opened{}, err
	}
	if wait := until.Sub(a.Now()); wait > 0 {
		return opened{}, waitError(wait)
	}
	row, err := a.Store.ApplicationByNumber(ctx, number)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return opened{}, err
	}
	code, wrong := seal.ParseAccessCode(acc.Code)
	if err != nil || wrong != nil || !seal.Same(row.CodeVerifier, code.Verifier(string(number))) {
		return opened{}, a.wrongCode(ctx, subject)
	}
	return opened{row, code}, a.forgive(ctx, subject)
}

func (a *App) wrongCode(ctx context.Context, subject string) error {
	now := a.Now()
	n, err := a.Store.CountFailure(ctx, subject, maxTries, now, now.Add(waitTime))
	if err != nil {
		return err
	}
	if n >= maxTries {
		return waitError(waitTime)
	}
	return errs.E(errs.Denied, "error.case.code").With("left", strconv.Itoa(maxTries-n))
}

func (a *App) forgive(ctx context.Context, subject string) error {
	if n, _, err := a.Store.Attempts(ctx, subject); err != nil || n == 0 {
		return err
	}
	return a.Store.ClearAttempts(ctx, subject)
}

func waitError(wait time.Duration) error {
	return errs.E(errs.Throttled, "error.case.wait").With("minutes", strconv.Itoa(int((wait+time.Minute-1)/time.Minute)))
}

// Case gives the status page to who knows the code.
func (a *App) Case(ctx context.Context, acc Access, lang string) (CaseView, error) {
	var v CaseView
	o, err := a.open(ctx, acc)
	if err != nil {
		return v, err
	}
	deliveries, err := a.Store.Deliveries(ctx, o.row.Number)
	if err != nil {
		return v, err
	}
	v = CaseView{Number: o.row.Number, Service: o.row.Service, Received: localTime(o.row.Received), Missing: []MissingEvidence{}, Messages: []MessageView{}}
	if auth := a.Authorities.Find(authority.AGS(o.row.AGS)); auth != nil {
		v.Authority = ReceiptAuthority{AGS: o.row.AGS, Name: auth.Name, Kennung: auth.Kennung}
	}
	states := map[string]application.Receipts{}
	for _, d := range deliveries {
		states[d.ID] = d.Receipts
	}
	v.Stage = states[o.row.ID].Stage()
	v.Timeline = timeline(states[o.row.ID])
	if def, err := a.lawOf(o.row.Service, o.row.Hash, o.row.LawDay); err == nil { // else this platform no longer has it
		v.Title, v.Missing = def.Text(lang, "service.title"), missingNames(def, o.row.Missing, lang)
	}
	v.Messages, err = a.thread(ctx, o, states)
	return v, err
}

func missingNames(def *form.Definition, ids []string, lang string) []MissingEvidence {
	out := []MissingEvidence{}
	for _, id := range ids {
		out = append(out, MissingEvidence{Evidence: id, Name: def.Text(lang, "evidence."+id+".name")})
	}
	return out
}

// timeline shows the five receipts in words; the future has no dates. After a bad end nothing is on its way, so that is
// where it stops.
func timeline(r application.Receipts) []TimelineEntry {
	steps := []TimelineEntry{entry("status.accepted", r.Accepted), entry("status.handed_over", r.HandedOver), entry("status.imported", r.Imported)}
	switch r.Stage() {
	case application.Rejected:
		return append(steps[:2], entry("status.rejected", r.Rejected))
	case application.Failed:
		return append(steps[:1], entry("status.failed", r.Failed))
	}
	steps = append(steps, TimelineEntry{Key: "status.examination", State: "future"}, TimelineEntry{Key: "status.decision", State: "future"})
	for i := range steps {
		if steps[i].State == "future" {
			steps[i].State = "now"
			break
		}
	}
	return steps
}

func entry(key string, at time.Time) TimelineEntry {
	if at.IsZero() {
		return TimelineEntry{Key: key, State: "future"}
	}
	return TimelineEntry{Key: key, At: localTime(at), State: "past"}
}

func (a *App) thread(ctx context.Context, o opened, states map[string]application.Receipts) ([]MessageView, error) {
	rows, err := a.Store.Messages(ctx, o.row.Number)
	if err != nil {
		return nil, err
	}
	out := []MessageView{}
	for _, m := range rows {
		raw, err := o.read(m.ID, m.Sealed)
		if err != nil {
			return nil, err
		}
		var c content
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, err
		}
		v := MessageView{ID: m.ID, Kind: m.Kind, At: localTime(m.At), Text: c.Text, Deadline: c.Deadline, Documents: c.Documents}
		if day, err := civil.Parse(c.Deadline); err == nil {
			left := day.DaysSince(civil.Today(a.Now()))
			v.DaysLeft = &left
		}
		if m.Attachment != "" {
			v.Attachment = &AttachmentView{ID: m.ID, Name: c.File, Size: c.Size}
		}
		if m.Kind == "answer" {
			markAnswered(out, m, states[m.ID])
		}
		out = append(out, v)
	}
	return out, nil
}

func markAnswered(thread []MessageView, answer store.Message, r application.Receipts) {
	for i := range thread {
		if thread[i].ID == answer.InReplyTo {
			thread[i].AnsweredAt, thread[i].AnswerState = localTime(answer.At), string(r.Stage())
		}
	}
}

// Attachment gives the document of an authority's message with the name under which to save it.
func (a *App) Attachment(ctx context.Context, acc Access, message string) (name, mime string, data []byte, err error) {
	o, err := a.open(ctx, acc)
	if err != nil {
		return "", "", nil, err
	}
	rows, err := a.Store.Messages(ctx, o.row.Number)
	if err != nil {
		return "", "", nil, err
	}
	i := slices.IndexFunc(rows, func(m store.Message) bool { return m.ID == message && m.Attachment != "" })
	if i < 0 {
		return "", "", nil, errs.E(errs.NotFound, "error.absent")
	}
	raw, err := o.read(message, rows[i].Sealed)
	if err != nil {
		return "", "", nil, err
	}
	var c content
	if err := json.Unmarshal(raw, &c); err != nil {
		return "", "", nil, err
	}
	sealed, err := a.Blobs.Get(rows[i].Attachment)
	if err != nil {
		return "", "", nil, err
	}
	data, err = o.read(message+"/file", sealed)
	return c.File, c.MIME, data, err
}

// Reply is the applicant's answer to a question.
type Reply struct {
	ID        string // UUID made by the browser
	Question  string
	Text      string
	Documents []DocumentRef
	Draft     string
	Key       seal.DraftKey
}

// Answer sends the reply on its way, in the same case. The same id again gives the first time of answering.
func (a *App) Answer(ctx context.Context, acc Access, r Reply) (at time.Time, repeated bool, err error) {
	o, err := a.open(ctx, acc)
	if err != nil {
		return at, false, err
	}
	if !isID(r.ID) {
		return at, false, errs.E(errs.Malformed, "error.request.malformed").At("id")
	}
	if at, err := a.answered(ctx, o, r); !errs.Is(err, errs.NotFound) {
		return at, err == nil, err
	}
	q, err := a.Store.FindMessage(ctx, r.Question)
	if errs.Is(err, errs.NotFound) || (err == nil && (q.Number != o.row.Number || q.Kind != "question")) {
		return at, false, errs.E(errs.NotFound, "error.question.absent")
	}
	if err != nil {
		return at, false, err
	}
	at = a.Now()
	err = a.answer(ctx, o, r, at)
	if err != nil { // the same answer on another connection may have been quicker, and have ended the draft
		if at, again := a.answered(ctx, o, r); again == nil {
			return at, true, nil
		}
	}
	return at, false, err
}

// answered gives the time of an answer that is there already, NotFound when there is none. The same id with another
// content, or for another question, is refused: nobody would read it.
func (a *App) answered(ctx context.Context, o opened, r Reply) (time.Time, error) {
	m, err := a.Store.FindMessage(ctx, r.ID)
	if err != nil {
		return time.Time{}, err
	}
	other := errs.E(errs.Conflict, "error.conflict")
	if m.Number != o.row.Number || m.Kind != "answer" || m.InReplyTo != r.Question {
		return time.Time{}, other
	}
	raw, err := o.read(m.ID, m.Sealed)
	if err != nil {
		return time.Time{}, err
	}
	var c content
	if err := json.Unmarshal(raw, &c); err != nil {
		return time.Time{}, err
	}
	if text, err := a.answerText(r.Text); err != nil || text != c.Text || len(r.Documents) != len(c.Documents) {
		return time.Time{}, other
	}
	return m.At, nil
}

// maxAnswer is how many characters an answer may have (xauslaender 12.5).
const maxAnswer = 10_000

// answerText brings the answer to the characters of the standard and names the first that it cannot carry.
func (a *App) answerText(text string) (string, error) {
	clean, wrong := a.letters.Clean(strings.TrimSpace(text))
	switch {
	case len(wrong) > 0:
		return "", errs.E(errs.Invalid, "error.latin.char").At("text").With("char", wrong[0].Text)
	case utf8.RuneCountInString(clean) > maxAnswer:
		return "", errs.E(errs.Invalid, "error.too_long").At("text").With("max", strconv.Itoa(maxAnswer))
	}
	return clean, nil
}

func (a *App) answer(ctx context.Context, o opened, r Reply, now time.Time) error {
	auth, err := a.known(o.row.AGS)
	if err != nil {
		return err
	}
	size, err := a.draftSize(ctx, r.Draft)
	if err != nil {
		return err
	}
	done, err := a.admit(ctx, size)
	if err != nil {
		return err
	}
	defer done()
	ids := make([]string, len(r.Documents))
	for i, d := range r.Documents {
		ids[i] = d.ID
	}
	open, err := a.openDrafts(ctx, r.Draft, r.Key, ids)
	if err != nil {
		return err
	}
	text, err := a.answerText(r.Text)
	if err != nil {
		return err
	}
	c := content{Text: text}
	var docs []antrag.Document
	for _, d := range open {
		docs = append(docs, antrag.Document{ID: d.ID, Name: d.Name, MIME: d.MIME, SHA256: d.SHA256, Data: d.Data})
		c.Documents = append(c.Documents, d.Name)
	}
	made, err := a.writer.ComposeAnswer(antrag.AnswerInput{
		Number: string(o.row.Number), Message: r.ID, Question: r.Question, Now: now, Test: a.Config.Environment != "PRO",
		Operator: a.Config.Operator, Authority: auth, Text: text, Documents: docs,
	})
	if err != nil {
		return err
	}
	key, err := a.destinationKey(ctx, auth)
	if err != nil {
		return err
	}
	parcel, err := a.sealParcel(key, made)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	sealed, err := seal.SealTo(o.row.CasePublic, r.ID, raw)
	if err != nil {
		return err
	}
	first, err := a.Store.FindDelivery(ctx, o.row.ID)
	if err != nil {
		return err
	}
	blob := uuid.NewString()
	if err := a.Blobs.Put(blob, parcel); err != nil {
		return err
	}
	err = a.Store.Tx(ctx, func(tx *sql.Tx) error {
		known, err := a.Store.InsertMessage(ctx, tx, store.Message{ID: r.ID, Number: o.row.Number, Kind: "answer", InReplyTo: r.Question, Sealed: sealed, At: now})
		if known { // the same answer on another connection was quicker
			return errs.E(errs.Conflict, "error.conflict")
		}
		if err != nil {
			return err
		}
		return a.dispatch(ctx, tx, store.Delivery{ID: r.ID, Number: o.row.Number, Kind: "answer", Destination: auth.Destination, Parcel: blob, Case: first.Case}, now)
	})
	if err != nil {
		return a.dropParcel(err, blob)
	}
	if err := a.dropDraft(context.WithoutCancel(ctx), r.Draft); err != nil {
		a.Log.Error("draft is left to the retention job", "error", err)
	}
	return nil
}
