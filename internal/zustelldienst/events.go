package zustelldienst

import (
	"context"
	"database/sql"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/google/uuid"

	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/sqldb"
)

func (s *Service) eventLog(w http.ResponseWriter, r *http.Request, g grant) error {
	q := r.URL.Query()
	offset, limit, err := page(q.Get("offset"), q.Get("limit"))
	if err != nil {
		return err
	}
	id := r.PathValue("id")
	if err := s.partOf(r.Context(), s.db.Read, id, g); err != nil {
		return err
	}
	out := fitconnect.EventLog{Offset: offset, EventLog: []string{}}
	if err := s.db.Read.QueryRowContext(r.Context(), `select count(*) from event where case_id = $1`, id).Scan(&out.TotalCount); err != nil {
		return err
	}
	tokens, err := sqldb.List(r.Context(), s.db.Read, sqldb.Text, `select token from event where case_id = $1 order by seq limit $2 offset $3`, id, limit, offset)
	if err != nil {
		return err
	}
	out.EventLog, out.Count = append(out.EventLog, tokens...), len(tokens)
	writeJSON(w, 200, out)
	return nil
}

// postEvent takes what a receiver decides, in the order of fit-connect § 18: form, issuer, key, signature, payload,
// case, author, state, tags, replay.
func (s *Service) postEvent(w http.ResponseWriter, r *http.Request, g grant) error {
	if r.Header.Get("Content-Type") != "application/jose" {
		return refuse(415, "unsupported-media-type", "Want application/jose")
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	token := string(body)
	kid, raw, err := jose.ReadSET(token)
	if err != nil {
		return refuse(400, "malformed-event", "Event is no token of the prescribed kind")
	}
	p, event, content, err := fitconnect.ReadPayload(raw)
	if err != nil {
		return refuse(422, "invalid-event", err.Error())
	}
	if err := s.signed(r.Context(), token, kid, p.Issuer, g); err != nil {
		return err
	}
	if p.Txn != "case:"+r.PathValue("id") {
		return refuse(422, "case-mismatch", "txn is another case")
	}
	if event != fitconnect.Accepted && event != fitconnect.Rejected {
		return refuse(422, "event-not-allowed", "A receiver may only accept or reject")
	}
	if event == fitconnect.Rejected && len(content.Problems) == 0 {
		return refuse(422, "invalid-event", "A rejection needs a problem")
	}
	id := strings.TrimPrefix(p.Sub, "submission:")
	err = s.db.Tx(r.Context(), func(tx *sql.Tx) error { return s.decide(r.Context(), tx, id, p, event, content, raw, token) })
	if err != nil {
		return err
	}
	w.WriteHeader(204)
	return nil
}

// signed proves that the token comes from a destination of this client.
func (s *Service) signed(ctx context.Context, token, kid, issuer string, g grant) error {
	var owner string
	if uuid.Validate(issuer) != nil {
		return refuse(422, "invalid-issuer", "iss must be a destination")
	}
	err := s.db.Read.QueryRowContext(ctx, `select client from destination where id = $1`, issuer).Scan(&owner)
	if err != nil || owner != g.client {
		return refuse(403, "forbidden", "iss is not your destination")
	}
	stored, err := s.keyOf(ctx, issuer, kid)
	if err != nil {
		return refuse(422, "unknown-key", "The destination has no such key")
	}
	var key jose.PublicJWK
	if err := json.Unmarshal([]byte(stored), &key); err != nil {
		return err
	}
	if err := key.Check(jose.Signature, s.cfg.Now(), true); err != nil {
		return refuse(422, "invalid-key", "The key may not sign events")
	}
	if err := jose.VerifySET(token, &key); err != nil {
		return refuse(422, "invalid-signature", "The signature is wrong")
	}
	return nil
}

func (s *Service) decide(ctx context.Context, tx *sql.Tx, id string, p fitconnect.Payload, e fitconnect.Event, c fitconnect.EventContent, raw []byte, token string) error {
	sub, err := s.find(ctx, tx, id)
	if err != nil {
		return err
	}
	switch {
	case p.Txn != "case:"+sub.caseID:
		return refuse(422, "case-mismatch", "The submission belongs to another case")
	case p.Issuer != sub.destination:
		return refuse(403, "forbidden", "The submission went to another destination")
	case sub.state != "submitted":
		return refuse(409, "illegal-transition", "Not possible in this state")
	case c.AuthenticationTags != nil && !c.AuthenticationTags.Equal(sub.tags):
		return refuse(422, "incorrect-authentication-tag", "Authentication tags differ from those submitted")
	}
	state := "accepted"
	if e == fitconnect.Rejected {
		state = "rejected"
	}
	if _, err := tx.ExecContext(ctx, `update submission set state = $2 where id = $1`, id, state); err != nil {
		return err
	}
	return s.append(ctx, tx, sub.caseID, raw, token)
}
