package app

import (
	"context"
	"encoding/base64"
	"encoding/json"

	"aufenthalt/internal/antrag"
	"aufenthalt/internal/authority"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/store"
)

// ReceiptPDF writes the applicant's receipt, with the access code that she showed.
func (a *App) ReceiptPDF(ctx context.Context, acc Access, lang string) (number string, pdf []byte, err error) {
	o, err := a.open(ctx, acc)
	if err != nil {
		return "", nil, err
	}
	r, err := a.receipt(o.row)
	if err != nil {
		return "", nil, err
	}
	var signed receiptPayload
	if err := payloadOf(r.Signed, &signed); err != nil {
		return "", nil, err
	}
	lang = a.languageOf(o.row.Service, lang)
	out := antrag.Receipt{
		Lang: lang, Number: string(o.row.Number), Code: o.code.Reveal(), Received: o.row.Received, StatusURL: r.StatusURL, QR: r.QR,
		Message: signed.Message, Fingerprint: signed.SHA512, Operator: a.Config.Operator.Name,
	}
	if auth := a.Authorities.Find(authority.AGS(o.row.AGS)); auth != nil {
		out.Authority = auth.Name
	}
	if err := a.nameParts(o.row, lang, signed, &out); err != nil {
		return "", nil, err
	}
	pdf, err = a.writer.Receipt(out)
	return out.Number, pdf, err
}

// nameParts names the service and the documents that are still to come in the reader's language.
func (a *App) nameParts(row store.Application, lang string, signed receiptPayload, out *antrag.Receipt) error {
	def, err := a.lawOf(row.Service, row.Hash, row.LawDay)
	if err != nil {
		return err
	}
	out.Service = def.Text(lang, "service.title")
	out.Text = func(key string) string { return def.Text(lang, key) } // a service may say in its own words what filing means
	for _, id := range signed.Missing {
		out.Missing = append(out.Missing, def.Text(lang, "evidence."+id+".name"))
	}
	return nil
}

func payloadOf(s jose.Signed, into any) error {
	raw, err := base64.RawURLEncoding.DecodeString(s.Payload)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, into)
}

// ReceiptKeys are published, so that anybody can verify a receipt.
func (a *App) ReceiptKeys() map[string][]jose.OKP {
	return map[string][]jose.OKP{"keys": {jose.PublicOKP(a.ReceiptKey)}}
}
