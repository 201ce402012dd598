package app

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"rsc.io/qr"

	"aufenthalt/internal/antrag"
	"aufenthalt/internal/application"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/form"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/seal"
	"aufenthalt/internal/store"
)

// Submission is what the browser sends, claims only.
type Submission struct {
	ID        string // UUID made by the browser: the same again gives the same receipt and no second case
	Service   string
	Hash      string
	LawDay    string // the day of law that the browser showed; empty when it does not say
	AGS       string
	Language  string
	Answers   json.RawMessage
	Documents []DocumentRef
	Draft     string
	Key       seal.DraftKey
	Code      seal.AccessCode
	Related   *jose.Signed // the receipt of an application before, of the same family
}

// DocumentRef says which upload is which evidence.
type DocumentRef struct {
	ID       string `json:"id"`
	Evidence string `json:"evidence"`
}

// Receipt is the answer to an accepted application.
type Receipt struct {
	Number    application.Number `json:"case_number"`
	Received  string             `json:"received_at"` // German local time
	Authority ReceiptAuthority   `json:"authority"`
	Service   string             `json:"service"`
	StatusURL string             `json:"status_url"`
	QR        []string           `json:"qr,omitempty"` // rows of 0 and 1; leads to the status page
	Missing   []string           `json:"missing"`
	Signed    jose.Signed        `json:"receipt"`
}

// ReceiptAuthority names the receiver.
type ReceiptAuthority struct {
	AGS     string `json:"ags"`
	Name    string `json:"name"`
	Kennung string `json:"kennung"`
}

// receiptPayload is signed: a third party can check that this content was received then. It holds no answer.
type receiptPayload struct {
	Type      string             `json:"type"`
	Number    application.Number `json:"case_number"`
	Message   string             `json:"message_uuid"`
	SHA512    string             `json:"message_sha512"`
	Received  string             `json:"received_at"`
	Authority ReceiptAuthority   `json:"authority"`
	Service   string             `json:"service"`
	Hash      string             `json:"definition_hash"`
	LawDay    string             `json:"law_day"`
	Documents []receiptDocument  `json:"documents"`
	Missing   []string           `json:"missing"`
	Platform  string             `json:"platform"`
	Note      string             `json:"note"`
}

type receiptDocument struct {
	Evidence string `json:"evidence"`
	SHA256   string `json:"sha256"`
	Size     int64  `json:"size"`
}

// Submit accepts an application: it believes nothing that the browser claims, composes the message, seals it to the
// authority's key, and writes case, ledger and job in one transaction. repeated tells that it was accepted before.
func (a *App) Submit(ctx context.Context, s Submission) (r Receipt, repeated bool, err error) {
	if !isID(s.ID) {
		return r, false, errs.E(errs.Malformed, "error.request.malformed").At("id")
	}
	if r, err := a.again(ctx, s); !errs.Is(err, errs.NotFound) {
		return r, err == nil, err
	}
	auth, err := a.find(s.AGS, s.Service)
	if err != nil {
		return r, false, err
	}
	now := a.Now()
	def, err := a.definition(s, now)
	if err != nil {
		return r, false, err
	}
	key, err := a.destinationKey(ctx, auth)
	if err != nil {
		return r, false, err
	}
	r, err = a.take(ctx, s, auth, def, key, now)
	if err != nil { // the same submission on another connection may have been quicker, and have ended the draft
		if r, again := a.again(ctx, s); again == nil {
			return r, true, nil
		}
	}
	return r, false, err
}

// take reads, checks and accepts a submission when there is memory for it.
func (a *App) take(ctx context.Context, s Submission, auth *authority.Authority, def *form.Definition, key *jose.PublicJWK, now time.Time) (Receipt, error) {
	size, err := a.draftSize(ctx, s.Draft)
	if err != nil {
		return Receipt{}, err
	}
	done, err := a.admit(ctx, size)
	if err != nil {
		return Receipt{}, err
	}
	defer done()
	in, err := a.readSubmission(ctx, def, s, now)
	if err != nil {
		return Receipt{}, err
	}
	return a.accept(ctx, s, auth, def, in, key, now)
}

// again gives the receipt of a submission that is already there. Another content or code under the same id is refused.
func (a *App) again(ctx context.Context, s Submission) (Receipt, error) {
	row, err := a.Store.ApplicationByID(ctx, s.ID)
	if err != nil {
		return Receipt{}, err
	}
	if !seal.Same(row.CodeVerifier, s.Code.Verifier(string(row.Number))) || !seal.Same(row.RequestDigest, s.digest()) {
		return Receipt{}, errs.E(errs.Conflict, "error.submission.other")
	}
	return a.receipt(row)
}

// digest recognises the same content; it is salted with the access code, so the stored value tells nothing.
func (s Submission) digest() []byte {
	h := sha256.New()
	h.Write(s.Code.Verifier("digest"))
	for _, part := range []string{s.Service, s.Hash, s.AGS, s.Language, string(s.Answers), s.Draft} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	for _, d := range s.Documents {
		h.Write([]byte(d.ID + "\x00" + d.Evidence + "\x00"))
	}
	return h.Sum(nil)
}

// definition gives the service as the law stands today. A browser that holds an edition or a day since which something has
// changed must load it first: its answers were given to other questions.
func (a *App) definition(s Submission, now time.Time) (*form.Definition, error) {
	doc, ok := a.Law.On(civil.Today(now)).Service(s.Service)
	if !ok {
		return nil, errs.E(errs.NotFound, "error.service.unknown")
	}
	def, err := doc.On(civil.Today(now))
	if err != nil {
		return nil, err
	}
	changed := errs.E(errs.Conflict, "error.definition.changed").With("hash", string(doc.Hash())).With("law_day", def.Day.String())
	if string(doc.Hash()) == s.Hash && (s.LawDay == "" || s.LawDay == def.Day.String()) {
		return def, nil
	}
	if other, ok := a.Law.ByHash(catalog.Hash(s.Hash)); !ok || other.Tag() != s.Service || s.LawDay == "" {
		return nil, changed
	}
	seen, err := a.lawOf(s.Service, s.Hash, s.LawDay)
	if errs.Is(err, errs.NotFound) {
		return nil, changed
	}
	if err != nil {
		return nil, err
	}
	if len(catalog.Diff(seen, def, a.languageOf(s.Service, s.Language))) > 0 {
		return nil, changed
	}
	return def, nil
}

// lawOf gives a service as it was on a day, which a browser or a row of the database names, in the edition of the hash; in
// that of now when the hash is unknown.
func (a *App) lawOf(service, hash, day string) (*form.Definition, error) {
	doc, ok := a.Law.ByHash(catalog.Hash(hash))
	if !ok || doc.Tag() != service {
		doc, ok = a.law().Service(service)
	}
	if !ok {
		return nil, errs.E(errs.NotFound, "error.service.unknown")
	}
	d, err := civil.Parse(day)
	if err != nil {
		return nil, errs.E(errs.Malformed, "error.request.malformed").At("law_day")
	}
	return doc.On(d)
}

// News tells what an applicant notices of the changes in a service since a day.
type News struct {
	Since   string         `json:"since"`
	LawDay  string         `json:"law_day"`
	Changes []catalog.News `json:"changes"`
}

// NewsSince compares a service of an authority, as the edition of the hash has it on an earlier day, with today. Without a
// hash it is the edition of now.
func (a *App) NewsSince(service, ags, lang, hash, since string) (News, error) {
	if _, err := a.find(ags, service); err != nil {
		return News{}, err
	}
	was, err := a.lawOf(service, hash, since)
	if err != nil {
		return News{}, err
	}
	is, err := a.lawOf(service, "", civil.Today(a.Now()).String())
	if err != nil {
		return News{}, err
	}
	lang = a.languageOf(service, lang)
	return News{Since: since, LawDay: is.Day.String(), Changes: catalog.NewsBetween(was, is, a.law().Book(), lang)}, nil
}

// input is a checked submission in the clear, in memory only.
type input struct {
	language  string // one that the form has
	answers   form.Answers
	state     *form.State
	documents []antrag.Document
	missing   []string
}

func (a *App) readSubmission(ctx context.Context, def *form.Definition, s Submission, now time.Time) (input, error) {
	var in input
	answers, wrong := form.Parse(def, s.Answers)
	if len(wrong) > 0 {
		return in, wrong
	}
	clocks := form.Clocks{Submitted: civil.Today(now), FormOpened: civil.Today(now)}
	if wrong := def.Validate(answers, clocks); len(wrong) > 0 {
		return in, wrong
	}
	in.language = a.languageOf(s.Service, s.Language)
	in.answers = def.Clean(answers, clocks)
	in.state = def.Evaluate(in.answers, clocks)
	ids := make([]string, len(s.Documents))
	for i, d := range s.Documents {
		ids[i] = d.ID
	}
	open, err := a.openDrafts(ctx, s.Draft, s.Key, ids)
	if err != nil {
		return in, err
	}
	there := map[string]bool{}
	for i, d := range open {
		ref := s.Documents[i]
		if _, ok := def.EvidenceByID(ref.Evidence); !ok {
			return in, errs.E(errs.Malformed, "error.request.malformed").At("documents")
		}
		there[ref.Evidence] = true
		in.documents = append(in.documents, antrag.Document{ID: d.ID, Evidence: ref.Evidence, Name: d.Name, MIME: d.MIME, SHA256: d.SHA256, Pages: d.Pages, Data: d.Data})
	}
	for _, e := range in.state.Evidence {
		if !there[e.ID] && e.Level != "helpful" {
			in.missing = append(in.missing, e.ID)
		}
	}
	return in, nil
}

// languageOf gives a language that the service has: what it does not have was not shown to anybody, and could be any text.
func (a *App) languageOf(service, lang string) string {
	if doc, ok := a.law().Service(service); ok && slices.Contains(doc.Languages(), lang) {
		return lang
	}
	return catalog.Binding
}

func (a *App) accept(ctx context.Context, s Submission, auth *authority.Authority, def *form.Definition, in input, key *jose.PublicJWK, now time.Time) (Receipt, error) {
	number := application.NewNumber()
	made, err := a.writer.Compose(antrag.Input{
		Number: string(number), Related: a.related(s), Message: s.ID, Now: now, Test: a.Config.Environment != "PRO", Language: in.language,
		Operator: a.Config.Operator, Authority: auth, Definition: def, Mapping: a.mappings[catalog.Hash(def.Hash)], State: in.state, Answers: in.answers, Documents: in.documents,
	})
	if err != nil {
		return Receipt{}, err
	}
	parcel, err := a.sealParcel(key, made)
	if err != nil {
		return Receipt{}, err
	}
	caseKey, err := seal.NewCaseKey(s.Code, string(number))
	if err != nil {
		return Receipt{}, err
	}
	signed, err := a.signReceipt(s, auth, def, in, made, number, now)
	if err != nil {
		return Receipt{}, err
	}
	row := store.Application{
		ID: s.ID, Number: number, AGS: s.AGS, Service: s.Service, Hash: def.Hash, LawDay: def.Day.String(), Language: in.language,
		RequestDigest: s.digest(), CodeVerifier: s.Code.Verifier(string(number)), CasePublic: caseKey.Public, CaseWrapped: caseKey.Wrapped,
		Receipt: signed, Missing: in.missing, Received: now,
	}
	blob := uuid.NewString() // never shared by two requests for the same application
	if err := a.Blobs.Put(blob, parcel); err != nil {
		return Receipt{}, err
	}
	err = a.Store.Tx(ctx, func(tx *sql.Tx) error {
		if err := a.Store.InsertApplication(ctx, tx, row); err != nil {
			return err
		}
		return a.dispatch(ctx, tx, store.Delivery{ID: s.ID, Number: number, Kind: "application", Destination: auth.Destination, Parcel: blob}, now)
	})
	if err != nil {
		return Receipt{}, a.dropParcel(err, blob)
	}
	if err := a.dropDraft(context.WithoutCancel(ctx), s.Draft); err != nil {
		a.Log.Error("draft is left to the retention job", "error", err)
	}
	return a.receipt(row)
}

// dropParcel deletes the sealed parcel of an application or answer that was there already. After any other error it
// stays: nobody can tell whether the transaction came through, and a row without its parcel would be a loss.
func (a *App) dropParcel(err error, blob string) error {
	if errs.Is(err, errs.Conflict) {
		return errors.Join(err, a.Blobs.Delete(blob))
	}
	return err
}

// dispatch opens the ledger's row and enqueues the hand-over in the caller's transaction.
func (a *App) dispatch(ctx context.Context, tx *sql.Tx, d store.Delivery, now time.Time) error {
	d.Receipts = application.Receipts{Accepted: now, Sealed: now}
	if err := a.Store.InsertDelivery(ctx, tx, d); err != nil {
		return err
	}
	return a.Queue.Deliver(ctx, tx, d.ID)
}

// related gives the number of the application whose receipt the browser holds: that it has the receipt shows that both come from
// one hand. A receipt that is not ours, or of another authority, relates nothing; it never stops an application.
func (a *App) related(s Submission) string {
	if s.Related == nil {
		return ""
	}
	payload, err := jose.VerifyEd25519(*s.Related, jose.ReceiptType, []jose.OKP{jose.PublicOKP(a.ReceiptKey)})
	var p receiptPayload
	if err != nil || json.Unmarshal(payload, &p) != nil || p.Authority.AGS != s.AGS {
		return ""
	}
	return string(p.Number)
}

func (a *App) signReceipt(s Submission, auth *authority.Authority, def *form.Definition, in input, made antrag.Composed, number application.Number, now time.Time) (string, error) {
	p := receiptPayload{
		Type: "aufenthalt-receipt/1", Number: number, Message: s.ID, SHA512: hex.EncodeToString(made.SHA512[:]), Received: localTime(now),
		Authority: ReceiptAuthority{AGS: string(auth.AGS), Name: auth.Name, Kennung: auth.Kennung}, Service: s.Service, Hash: def.Hash,
		LawDay: def.Day.String(), Documents: []receiptDocument{}, Missing: in.missing, Platform: a.Config.PublicURL,
		Note: "Bestätigt den Eingang auf der Plattform. Keine Entscheidung und keine Bescheinigung der Behörde.",
	}
	for _, d := range in.documents {
		p.Documents = append(p.Documents, receiptDocument{Evidence: d.Evidence, SHA256: d.SHA256, Size: int64(len(d.Data))})
	}
	payload, err := json.Marshal(p)
	if err != nil {
		return "", err
	}
	signed, err := jose.SignEd25519(a.ReceiptKey, jose.ReceiptType, payload)
	if err != nil {
		return "", err
	}
	raw, err := json.Marshal(signed)
	return string(raw), err
}

// receipt rebuilds the answer from the row, so that a repetition gives the same.
func (a *App) receipt(row store.Application) (Receipt, error) {
	r := Receipt{Number: row.Number, Received: localTime(row.Received), Service: row.Service, StatusURL: a.Config.PublicURL + "/status", Missing: row.Missing}
	if r.Missing == nil {
		r.Missing = []string{}
	}
	if auth := a.Authorities.Find(authority.AGS(row.AGS)); auth != nil {
		r.Authority = ReceiptAuthority{AGS: row.AGS, Name: auth.Name, Kennung: auth.Kennung}
	}
	rows, err := qrRows(r.StatusURL + "#case=" + string(row.Number))
	if err != nil {
		return r, err
	}
	r.QR = rows
	err = json.Unmarshal([]byte(row.Receipt), &r.Signed)
	return r, err
}

func qrRows(text string) ([]string, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return nil, err
	}
	rows := make([]string, code.Size)
	for y := range rows {
		var b strings.Builder
		for x := range code.Size {
			if code.Black(x, y) {
				b.WriteByte('1')
			} else {
				b.WriteByte('0')
			}
		}
		rows[y] = b.String()
	}
	return rows, nil
}

// localTime writes a time as German authorities count: with the offset that holds in Germany on that day.
func localTime(t time.Time) string { return civil.InGermany(t).Format("2006-01-02T15:04:05-07:00") }

// View gives the definition that the browser needs for one authority. The router is there for each of them.
func (a *App) View(service, ags, lang string) ([]byte, error) {
	auth, err := a.live(ags)
	if err != nil {
		return nil, err
	}
	if service != catalog.RouterTag && !auth.Offers(service) {
		return nil, errs.E(errs.NotFound, "error.authority.closed")
	}
	doc, ok := a.law().Service(service)
	if !ok {
		return nil, errs.E(errs.NotFound, "error.service.unknown")
	}
	def, err := doc.On(civil.Today(a.Now()))
	if err != nil {
		return nil, err
	}
	return catalog.View(doc, def, lang, about(auth), catalog.Environment{Name: a.Config.Environment, DocumentBytes: MaxDocument, TotalBytes: MaxDocuments, Documents: MaxCount})
}

// about is what a form says about its authority.
func about(auth *authority.Authority) catalog.Authority {
	return catalog.Authority{
		AGS: string(auth.AGS), Name: auth.Name, Address: auth.Address, Contact: auth.Contact, Phone: auth.Phone, Email: auth.Email,
		PrivacyURL: auth.Privacy, ImprintURL: auth.Imprint, Offers: auth.Services,
	}
}

// Offer is a service that an authority has online.
type Offer struct {
	Tag   string `json:"tag"`
	Title string `json:"title"`
	Intro string `json:"intro"`
}

// Offers is what an authority has online today, in a language.
type Offers struct {
	Authority   catalog.Authority `json:"authority"`
	Environment string            `json:"environment"`
	Languages   []string          `json:"languages"`
	Services    []Offer           `json:"services"`
}

// Offers lists what an authority has online today.
func (a *App) Offers(ags, lang string) (Offers, error) {
	auth, err := a.live(ags)
	if err != nil {
		return Offers{}, err
	}
	law := a.law()
	out := Offers{Authority: about(auth), Environment: a.Config.Environment, Languages: law.Languages(), Services: []Offer{}}
	for _, tag := range auth.Services {
		doc, ok := law.Service(tag)
		if !ok {
			continue
		}
		if def, err := doc.On(civil.Today(a.Now())); err == nil {
			out.Services = append(out.Services, Offer{tag, def.Text(lang, "service.title"), def.Sentence(lang, "page.start.intro")})
		}
	}
	return out, nil
}

// Words gives what the forms of all services share in a language.
func (a *App) Words(lang string) []byte { return a.law().Words(lang) }

// ServiceTitle names a service in German; the tag itself when there is none of that name.
func (a *App) ServiceTitle(tag string) string {
	doc, ok := a.law().Service(tag)
	if !ok {
		return tag
	}
	def, err := doc.On(civil.Today(a.Now()))
	if err != nil {
		return tag
	}
	return def.Text(catalog.Binding, "service.title")
}
