package zustelldienst

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/sqldb"
)

// Limits per submission.
const (
	maxAttachments = 100
	maxBody        = 140 << 20
)

type row struct {
	id, caseID, destination, sender, service, state string
	announced                                       []string
	tags                                            fitconnect.Tags
	owner                                           string // client of the destination
}

func (s *Service) find(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, id string) (row, error) {
	r := row{id: id}
	var announced, tags string
	err := q.QueryRowContext(ctx, `select s.case_id, s.destination, s.sender, s.service, s.state, s.announced, s.tags, d.client
		from submission s join destination d on d.id = s.destination where s.id = $1`, id).
		Scan(&r.caseID, &r.destination, &r.sender, &r.service, &r.state, &announced, &tags, &r.owner)
	if errors.Is(err, sql.ErrNoRows) {
		return r, refuse(404, "submission-not-found", "Submission not found")
	}
	if err != nil {
		return r, err
	}
	r.announced = strings.Fields(announced)
	if tags != "" {
		err = json.Unmarshal([]byte(tags), &r.tags)
	}
	return r, err
}

func (r row) reference() fitconnect.Reference {
	return fitconnect.Reference{DestinationID: r.destination, SubmissionID: r.id, CaseID: r.caseID}
}

func (s *Service) announce(w http.ResponseWriter, r *http.Request, g grant) error {
	var a fitconnect.Announcement
	if err := readJSON(w, r, 64<<10, &a); err != nil {
		return err
	}
	if g.kind == Subscriber {
		return refuse(403, "forbidden", "This client may not send")
	}
	seen := map[string]bool{}
	for _, id := range a.AnnouncedAttachments {
		if uuid.Validate(id) != nil || len(id) != 36 || seen[id] {
			return refuse(400, "invalid-attachment-id", "Attachment ids must be different UUIDs")
		}
		seen[id] = true
	}
	if len(a.AnnouncedAttachments) > maxAttachments {
		return refuse(422, "too-many-attachments", "Too many attachments")
	}
	ref := fitconnect.Reference{DestinationID: a.DestinationID, SubmissionID: uuid.NewString(), CaseID: a.CaseID}
	err := s.db.Tx(r.Context(), func(tx *sql.Tx) error { return s.open(r.Context(), tx, a, &ref, g) })
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/submissions/"+ref.SubmissionID)
	writeJSON(w, 201, ref)
	return nil
}

func (s *Service) open(ctx context.Context, tx *sql.Tx, a fitconnect.Announcement, ref *fitconnect.Reference, g grant) error {
	var status, service string
	err := tx.QueryRowContext(ctx, `select status, service from destination where id = $1`, a.DestinationID).Scan(&status, &service)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return refuse(404, "destination-not-found", "Destination not found")
	case err != nil:
		return err
	case status != "active":
		return refuse(422, "destination-state-invalid", "Destination is not active")
	case a.PublicService.Identifier != service:
		return refuse(422, "service-not-offered", "The destination does not offer this service")
	}
	if a.CaseID == "" {
		ref.CaseID = uuid.NewString()
	} else if err := s.partOf(ctx, tx, a.CaseID, g); err != nil {
		return err
	}
	now := s.cfg.Now()
	_, err = tx.ExecContext(ctx, `insert into submission (id, case_id, destination, sender, service, region, state, announced, created_at, sort)
		values ($1, $2, $3, $4, $5, $6, 'incomplete', $7, $8, 0)`, ref.SubmissionID, ref.CaseID, a.DestinationID, g.client,
		a.PublicService.Identifier, a.Region, strings.Join(a.AnnouncedAttachments, " "), sqldb.Millis(now))
	if err != nil {
		return err
	}
	return s.record(ctx, tx, *ref, fitconnect.Created, fitconnect.EventContent{}, now)
}

// partOf tells whether a client has sent or received something in the case; to all others the case does not exist.
func (s *Service) partOf(ctx context.Context, q interface {
	QueryRowContext(context.Context, string, ...any) *sql.Row
}, caseID string, g grant) error {
	var n int
	err := q.QueryRowContext(ctx, `select count(*) from submission s join destination d on d.id = s.destination
		where s.case_id = $1 and (s.sender = $2 or d.client = $2)`, caseID, g.client).Scan(&n)
	if err != nil {
		return err
	}
	if n == 0 {
		return refuse(404, "case-not-found", "Case not found")
	}
	return nil
}

// record signs and appends an event of the service. One signature costs about 6 ms, so it is made once and kept.
func (s *Service) record(ctx context.Context, tx *sql.Tx, ref fitconnect.Reference, e fitconnect.Event, c fitconnect.EventContent, now time.Time) error {
	payload, err := fitconnect.NewPayload(s.cfg.URL, ref, e, c, now)
	if err != nil {
		return err
	}
	token, err := jose.SignSET(s.key, payload)
	if err != nil {
		return err
	}
	return s.append(ctx, tx, ref.CaseID, payload, token)
}

func (s *Service) append(ctx context.Context, tx *sql.Tx, caseID string, payload []byte, token string) error {
	p, _, _, err := fitconnect.ReadPayload(payload)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `insert into event (case_id, seq, jti, token)
		select $1, coalesce(max(seq), 0) + 1, $2, $3 from event where case_id = $1 on conflict (jti) do nothing`, caseID, p.JTI, token)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(err, refuse(409, "event-replayed", "An event with this jti is there already"))
	}
	return nil
}

func (s *Service) putAttachment(w http.ResponseWriter, r *http.Request, g grant) error {
	sub, err := s.find(r.Context(), s.db.Read, r.PathValue("id"))
	if err != nil {
		return err
	}
	id := r.PathValue("attachment")
	switch {
	case sub.sender != g.client:
		return refuse(403, "forbidden", "Not your submission")
	case r.Header.Get("Content-Type") != "application/jose":
		return refuse(415, "unsupported-media-type", "Want application/jose")
	case !contains(sub.announced, id):
		return refuse(422, "attachment-not-announced", "Attachment was not announced")
	case sub.state != "incomplete":
		return refuse(409, "submission-state-invalid", "Submission is complete already")
	}
	body, err := readBody(w, r)
	if err != nil {
		return err
	}
	if _, err := jose.ReadHeader(string(body)); err != nil {
		return refuse(422, "invalid-jwe", "Attachment is no JWE of the prescribed kind")
	}
	if err := s.body.put(sub.id, id, body); err != nil {
		return err
	}
	_, err = s.db.Write.ExecContext(r.Context(), `insert into attachment (submission, id, tag) values ($1, $2, $3)
		on conflict (submission, id) do update set tag = excluded.tag`, sub.id, id, jose.AuthTag(string(body)))
	if err == nil {
		w.WriteHeader(204)
	}
	return err
}

// submit checks in the order of fit-connect § 18, so that refusals are the same every time.
func (s *Service) submit(w http.ResponseWriter, r *http.Request, g grant) error {
	sub, err := s.find(r.Context(), s.db.Read, r.PathValue("id"))
	if err != nil {
		return err
	}
	if sub.sender != g.client {
		return refuse(403, "forbidden", "Not your submission")
	}
	var c fitconnect.Content
	if err := readJSON(w, r, maxBody, &c); err != nil {
		return err
	}
	if err := checkContent(c); err != nil {
		return err
	}
	if sub.state != "incomplete" {
		return refuse(409, "submission-state-invalid", "Submission is complete already")
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if err := s.body.put(sub.id, "content", raw); err != nil {
		return err
	}
	err = s.db.Tx(r.Context(), func(tx *sql.Tx) error { return s.complete(r.Context(), tx, sub.id, c) })
	if err != nil {
		return err
	}
	writeJSON(w, 200, map[string]any{"destinationId": sub.destination, "submissionId": sub.id, "caseId": sub.caseID, "attachments": list(sub.announced),
		"publicService": fitconnect.PublicService{Identifier: sub.service}})
	return nil
}

func checkContent(c fitconnect.Content) error {
	for _, part := range []struct{ name, jwe string }{{"encryptedMetadata", c.EncryptedMetadata}, {"encryptedData", c.EncryptedData}} {
		if part.jwe == "" {
			return refuse(400, "missing-part", part.name+" is needed")
		}
		h, err := jose.ReadHeader(part.jwe)
		if err != nil {
			return refuse(422, "invalid-jwe", part.name+" is no JWE of the prescribed kind")
		}
		if h.Cty != "application/json" && h.Cty != "application/xml" {
			return refuse(422, "invalid-cty", "Invalid JWE Header 'cty'")
		}
	}
	return nil
}

func (s *Service) complete(ctx context.Context, tx *sql.Tx, id string, c fitconnect.Content) error {
	sub, err := s.find(ctx, tx, id)
	if err != nil {
		return err
	}
	if sub.state != "incomplete" { // another connection was quicker
		return refuse(409, "submission-state-invalid", "Submission is complete already")
	}
	tags := fitconnect.Tags{Metadata: jose.AuthTag(c.EncryptedMetadata), Data: jose.AuthTag(c.EncryptedData), Attachments: map[string]string{}}
	for _, a := range sub.announced {
		var tag string
		err := tx.QueryRowContext(ctx, `select tag from attachment where submission = $1 and id = $2`, id, a).Scan(&tag)
		if errors.Is(err, sql.ErrNoRows) {
			return refuse(422, "attachment-missing", "An announced attachment is missing")
		}
		if err != nil {
			return err
		}
		tags.Attachments[a] = tag
	}
	raw, err := json.Marshal(tags)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `update submission set state = 'submitted', tags = $2,
		sort = (select coalesce(max(sort), 0) + 1 from submission) where id = $1`, id, string(raw))
	if err != nil {
		return err
	}
	return s.record(ctx, tx, sub.reference(), fitconnect.Submitted, fitconnect.EventContent{AuthenticationTags: &tags}, s.cfg.Now())
}

func (s *Service) pickup(w http.ResponseWriter, r *http.Request, g grant) error {
	q := r.URL.Query()
	offset, limit, err := page(q.Get("offset"), q.Get("limit"))
	if err != nil {
		return err
	}
	var owner string
	err = s.db.Read.QueryRowContext(r.Context(), `select client from destination where id = $1`, q.Get("destinationId")).Scan(&owner)
	if err != nil || owner != g.client {
		return refuse(403, "forbidden", "Not your destination")
	}
	out := fitconnect.Pickup{Offset: offset, Submissions: []fitconnect.Reference{}}
	err = s.db.Read.QueryRowContext(r.Context(), `select count(*) from submission where destination = $1 and state = 'submitted'`, q.Get("destinationId")).Scan(&out.TotalCount)
	if err != nil {
		return err
	}
	waiting, err := sqldb.List(r.Context(), s.db.Read, func(row sqldb.Row) (fitconnect.Reference, error) {
		ref := fitconnect.Reference{DestinationID: q.Get("destinationId")}
		err := row.Scan(&ref.SubmissionID, &ref.CaseID)
		return ref, err
	}, `select id, case_id from submission where destination = $1 and state = 'submitted' order by sort limit $2 offset $3`, q.Get("destinationId"), limit, offset)
	if err != nil {
		return err
	}
	out.Submissions, out.Count = append(out.Submissions, waiting...), len(waiting)
	writeJSON(w, 200, out)
	return nil
}

// readable gives a submission that the client may fetch now.
func (s *Service) readable(r *http.Request, g grant) (row, error) {
	sub, err := s.find(r.Context(), s.db.Read, r.PathValue("id"))
	switch {
	case err != nil:
		return sub, err
	case sub.owner != g.client:
		return sub, refuse(403, "forbidden", "Not your destination")
	case sub.state != "submitted":
		return sub, refuse(404, "submission-not-found", "Submission cannot be read in this state")
	}
	return sub, nil
}

func (s *Service) getSubmission(w http.ResponseWriter, r *http.Request, g grant) error {
	sub, err := s.readable(r, g)
	if err != nil {
		return err
	}
	raw, err := s.body.get(sub.id, "content")
	if err != nil {
		return err
	}
	out := fitconnect.Submission{Reference: sub.reference(), Attachments: list(sub.announced), PublicService: fitconnect.PublicService{Identifier: sub.service}}
	if err := json.Unmarshal(raw, &out.Content); err != nil {
		return err
	}
	writeJSON(w, 200, out)
	return nil
}

func (s *Service) getAttachment(w http.ResponseWriter, r *http.Request, g grant) error {
	sub, err := s.readable(r, g)
	if err != nil {
		return err
	}
	id := r.PathValue("attachment")
	if !contains(sub.announced, id) {
		return refuse(404, "attachment-not-found", "Attachment not found")
	}
	body, err := s.body.get(sub.id, id)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/jose")
	w.Write(body)
	return nil
}

func list(ids []string) []string {
	if ids == nil {
		return []string{}
	}
	return ids
}

func contains(ids []string, id string) bool {
	for _, x := range ids {
		if x == id {
			return true
		}
	}
	return false
}

func page(offset, limit string) (o, l int, err error) {
	l = 100
	if offset != "" {
		o, err = strconv.Atoi(offset)
	}
	if limit != "" && err == nil {
		l, err = strconv.Atoi(limit)
	}
	if err != nil || o < 0 || l < 1 || l > 500 {
		return 0, 0, refuse(400, "invalid-page", "offset must be 0 or more, limit 1 to 500")
	}
	return o, l, nil
}

func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return nil, refuse(413, "too-large", "Body is too large")
	}
	return body, err
}

func readJSON(w http.ResponseWriter, r *http.Request, limit int64, into any) error {
	if ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); ct != "application/json" {
		return refuse(415, "unsupported-media-type", "Want application/json")
	}
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, limit))
	if err := dec.Decode(into); err != nil {
		var big *http.MaxBytesError
		if errors.As(err, &big) {
			return refuse(413, "too-large", "Body is too large")
		}
		return refuse(400, "malformed-request", "Body is not the JSON expected")
	}
	if dec.More() {
		return refuse(400, "malformed-request", "Body has more than one JSON value")
	}
	return nil
}

// Expire deletes what was announced a day ago and never submitted.
func (s *Service) Expire(ctx context.Context) error {
	ids, err := sqldb.List(ctx, s.db.Read, sqldb.Text, `select id from submission where state = 'incomplete' and created_at < $1 limit 1000`,
		sqldb.Millis(s.cfg.Now().Add(-24*time.Hour)))
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := s.db.Tx(ctx, func(tx *sql.Tx) error {
			sub, err := s.find(ctx, tx, id)
			if err != nil || sub.state != "incomplete" {
				return err
			}
			if _, err := tx.ExecContext(ctx, `update submission set state = 'deleted' where id = $1`, id); err != nil {
				return err
			}
			return s.record(ctx, tx, sub.reference(), fitconnect.Deleted, fitconnect.EventContent{}, s.cfg.Now())
		})
		if err != nil {
			return fmt.Errorf("expire: %w", err)
		}
		if err := s.body.drop(id); err != nil {
			return err
		}
	}
	return nil
}
