package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/google/uuid"

	"aufenthalt/internal/document"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/seal"
	"aufenthalt/internal/store"
)

// DocumentMeta is what the browser learns of an upload; it rests sealed under the draft key.
type DocumentMeta struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	MIME   string `json:"type"`
	Size   int64  `json:"size"`
	Pages  int    `json:"pages,omitempty"`
	SHA256 string `json:"sha256"`
}

// Upload is one document on its way in.
type Upload struct {
	AGS, Draft, ID string
	Key            seal.DraftKey
	Name           string
	Declared       string // content type the browser claims
	Data           []byte
}

// PutDocument checks a document by its content, seals it under the applicant's key and stores it. The same id again
// replaces the document.
func (a *App) PutDocument(ctx context.Context, u Upload) (DocumentMeta, error) {
	var none DocumentMeta
	if _, err := a.known(u.AGS); err != nil {
		return none, err
	}
	if !isID(u.Draft) || !isID(u.ID) {
		return none, errs.E(errs.Malformed, "error.request.malformed").At("id")
	}
	if err := a.ownsDraft(ctx, u.Draft, u.Key); err != nil && !errs.Is(err, errs.NotFound) {
		return none, err
	}
	info, err := a.checkDocument(ctx, u)
	if err != nil {
		return none, err
	}
	meta := DocumentMeta{ID: u.ID, Name: a.fileName(u.Name, info.Ext), MIME: info.MIME, Size: int64(len(info.Data)), Pages: info.Pages, SHA256: info.SHA256}
	if err := a.roomFor(ctx, u.Draft, u.ID, meta.Size); err != nil {
		return none, err
	}
	return meta, a.keepDocument(ctx, u, meta, info.Data)
}

// minPicture is what any picture costs: a small file can hold 50 megapixels, so never more than two are unpacked at once.
const minPicture = 10_000_000

// pictureCost is what checking may take: a picture unpacks to many times its size, a PDF is looked at as it is.
func pictureCost(data []byte) int64 {
	if bytes.HasPrefix(data, []byte("%PDF-")) {
		return int64(len(data))
	}
	return max(minPicture, 10*int64(len(data)))
}

// checkDocument waits for its turn.
func (a *App) checkDocument(ctx context.Context, u Upload) (document.Info, error) {
	done, err := a.admit(ctx, pictureCost(u.Data))
	if err != nil {
		return document.Info{}, err
	}
	defer done()
	return document.Check(u.Data, u.Declared, document.Limits{MaxBytes: MaxDocument})
}

// draftSize is the size of all documents of a draft.
func (a *App) draftSize(ctx context.Context, draft string) (size int64, err error) {
	if draft == "" {
		return 0, nil
	}
	docs, err := a.Store.Documents(ctx, draft)
	for _, d := range docs {
		size += d.Size
	}
	return size, err
}

// roomFor refuses what would not fit into one message.
func (a *App) roomFor(ctx context.Context, draft, id string, size int64) error {
	docs, err := a.Store.Documents(ctx, draft)
	if err != nil {
		return err
	}
	count := 1
	for _, d := range docs {
		if d.ID != id {
			count++
			size += d.Size
		}
	}
	if count > MaxCount {
		return errs.E(errs.TooLarge, "error.document.too_many")
	}
	if size > MaxDocuments {
		return errs.E(errs.TooLarge, "error.document.total")
	}
	return nil
}

func (a *App) keepDocument(ctx context.Context, u Upload, meta DocumentMeta, data []byte) error {
	context := u.Draft + "/" + u.ID
	sealed, err := u.Key.Seal(context, data)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(meta)
	if err != nil {
		return err
	}
	about, err := u.Key.Seal(context+"/meta", raw)
	if err != nil {
		return err
	}
	name := uuid.NewString()
	if err := a.Blobs.Put(name, sealed); err != nil {
		return err
	}
	now := a.Now()
	draft := store.Draft{ID: u.Draft, AGS: u.AGS, KeyVerifier: u.Key.Verifier(), Expires: now.Add(a.Config.DraftLife)}
	old, _, err := a.Store.PutDocument(ctx, draft, store.Document{Draft: u.Draft, ID: u.ID, MIME: meta.MIME, Size: meta.Size, Sealed: about, Blob: name}, now)
	if err != nil {
		return errors.Join(err, a.Blobs.Delete(name))
	}
	if old != "" {
		return a.Blobs.Delete(old)
	}
	return nil
}

// DeleteDocument removes an upload; absent is fine.
func (a *App) DeleteDocument(ctx context.Context, draft, id string, key seal.DraftKey) error {
	if err := a.ownsDraft(ctx, draft, key); err != nil {
		if errs.Is(err, errs.NotFound) {
			return nil
		}
		return err
	}
	name, err := a.Store.DeleteDocument(ctx, draft, id)
	if err != nil || name == "" {
		return err
	}
	return a.Blobs.Delete(name)
}

// ownsDraft tells a wrong key apart from a draft that is not there (yet, or any more).
func (a *App) ownsDraft(ctx context.Context, draft string, key seal.DraftKey) error {
	d, err := a.Store.FindDraft(ctx, draft, a.Now())
	if err != nil {
		return err
	}
	if !seal.Same(d.KeyVerifier, key.Verifier()) {
		return errs.E(errs.Denied, "error.draft.key")
	}
	return nil
}

// openDocument is an upload in the clear, in memory only.
type openDocument struct {
	DocumentMeta
	Data []byte
}

// openDrafts decrypts the documents that a submission names, in its order. A draft that is named without documents must
// be the sender's too, since it is forgotten afterwards.
func (a *App) openDrafts(ctx context.Context, draft string, key seal.DraftKey, ids []string) ([]openDocument, error) {
	err := a.ownsDraft(ctx, draft, key)
	switch {
	case errs.Is(err, errs.NotFound) && len(ids) == 0:
		return nil, nil
	case errs.Is(err, errs.NotFound):
		return nil, errs.E(errs.Invalid, "error.draft.expired").At("documents")
	case err != nil:
		return nil, err
	}
	rows, err := a.named(ctx, draft, ids)
	if err != nil {
		return nil, err
	}
	out := make([]openDocument, 0, len(rows))
	for _, row := range rows {
		doc, err := a.openDocument(key, row)
		if err != nil {
			return nil, err
		}
		out = append(out, doc)
	}
	return out, nil
}

// named gives the rows of the documents, each one once and all together small enough for one message: uploads at the same
// time pass roomFor side by side.
func (a *App) named(ctx context.Context, draft string, ids []string) ([]store.Document, error) {
	rows, err := a.Store.Documents(ctx, draft)
	if err != nil {
		return nil, err
	}
	byID := map[string]store.Document{}
	for _, r := range rows {
		byID[r.ID] = r
	}
	out, total := make([]store.Document, 0, len(ids)), int64(0)
	for i, id := range ids {
		row, ok := byID[id]
		if !ok {
			return nil, errs.E(errs.Invalid, "error.document.gone").At("documents")
		}
		if slices.Contains(ids[:i], id) {
			return nil, errs.E(errs.Malformed, "error.request.malformed").At("documents")
		}
		if total += row.Size; total > MaxDocuments {
			return nil, errs.E(errs.TooLarge, "error.document.total").At("documents")
		}
		out = append(out, row)
	}
	return out, nil
}

func (a *App) openDocument(key seal.DraftKey, row store.Document) (openDocument, error) {
	var doc openDocument
	context := row.Draft + "/" + row.ID
	about, err := key.Open(context+"/meta", row.Sealed)
	if err != nil {
		return doc, err
	}
	if err := json.Unmarshal(about, &doc.DocumentMeta); err != nil {
		return doc, err
	}
	sealed, err := a.Blobs.Get(row.Blob)
	if err != nil {
		return doc, err
	}
	doc.Data, err = key.Open(context, sealed)
	return doc, err
}

// dropDraft forgets a draft and its blobs. A failure leaves them to the retention job.
func (a *App) dropDraft(ctx context.Context, draft string) error {
	blobs, err := a.Store.DeleteDraft(ctx, draft)
	for _, b := range blobs {
		err = errors.Join(err, a.Blobs.Delete(b))
	}
	return err
}

// Expire removes all drafts past their day, and counts of wrong codes a day after the last one.
func (a *App) Expire(ctx context.Context) error {
	for {
		ids, err := a.Store.ExpiredDrafts(ctx, a.Now())
		for _, id := range ids {
			err = errors.Join(err, a.dropDraft(ctx, id))
		}
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return a.Store.ForgetAttempts(ctx, a.Now().AddDate(0, 0, -1))
		}
	}
}

// fileName keeps an uploaded file's name as far as the message can carry it; the ending is that of the content.
func (a *App) fileName(name, ext string) string {
	name = path.Base(strings.ReplaceAll(name, "\\", "/"))
	name = strings.TrimSuffix(name, path.Ext(name))
	clean, wrong := a.letters.Clean(name)
	for _, w := range wrong {
		clean = strings.ReplaceAll(clean, w.Text, "_")
	}
	clean = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, clean))
	if runes := []rune(clean); len(runes) > 100 {
		clean = string(runes[:100])
	}
	if strings.Trim(clean, "._ ") == "" {
		clean = "Dokument"
	}
	return clean + ext
}
