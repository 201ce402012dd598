package fitconnect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/jose"
)

var setSchema = regexp.MustCompile(`^https://schema\.fitko\.de/fit-connect/set-payload/1\.(0\.[1-9]|[1-9]\d?\.\d{1,2})/set-payload\.schema\.json$`)

// ReadPayload reads the payload of a token strictly; the signature is another matter.
func ReadPayload(raw []byte) (Payload, Event, EventContent, error) {
	var p Payload
	var c EventContent
	if err := json.Unmarshal(raw, &p); err != nil {
		return p, "", c, errors.New("event: payload is not JSON")
	}
	switch {
	case !setSchema.MatchString(p.Schema):
		return p, "", c, errors.New("event: payload schema not supported")
	case uuid.Validate(p.JTI) != nil || p.Issuer == "":
		return p, "", c, errors.New("event: jti and iss are needed")
	case p.Issued < earliestIssue.Unix():
		return p, "", c, errors.New("event: iat is too early")
	case len(p.Events) != 1:
		return p, "", c, errors.New("event: exactly one event is allowed")
	}
	kind, id, ok := strings.Cut(p.Sub, ":")
	if !ok || (kind != "submission" && kind != "reply") || uuid.Validate(id) != nil {
		return p, "", c, errors.New("event: sub must be submission: or reply: and a UUID")
	}
	if id, ok := strings.CutPrefix(p.Txn, "case:"); !ok || uuid.Validate(id) != nil {
		return p, "", c, errors.New("event: txn must be case: and a UUID")
	}
	for uri, content := range p.Events {
		name, ok := strings.CutPrefix(uri, EventBase)
		if !ok {
			return p, "", c, errors.New("event: unknown event")
		}
		if err := json.Unmarshal(content, &c); err != nil {
			return p, "", c, errors.New("event: content cannot be read")
		}
		return p, Event(name), c, nil
	}
	panic("unreachable: one event was counted")
}

// NewPayload makes a payload for an event of a submission.
func NewPayload(issuer string, ref Reference, e Event, c EventContent, now time.Time) ([]byte, error) {
	raw, err := json.Marshal(c)
	if err != nil {
		return nil, err
	}
	return json.Marshal(Payload{
		Schema: SchemaSET, JTI: uuid.NewString(), Issuer: issuer, Issued: now.Unix(), Sub: "submission:" + ref.SubmissionID,
		Txn: "case:" + ref.CaseID, Events: map[string]json.RawMessage{EventBase + string(e): raw},
	})
}

// byService says who may author an event: the delivery service or the receiver. Without this rule a receiver could
// forge a submission and a service key could accept for an authority.
var byService = map[Event]bool{Created: true, Submitted: true, Deleted: true, "notify-submission": true}
var byReceiver = map[Event]bool{Accepted: true, Rejected: true, "forward-submission": true}

// verified is an event whose token was checked.
type verified struct {
	Payload Payload
	Event   Event
	Content EventContent
}

// Events fetches the log of a case and verifies every token about the submission (fit-connect § 12): header, payload,
// case, author, key, signature, order.
func (c *Client) Events(ctx context.Context, ref Reference) ([]verified, error) {
	tokens, err := c.eventLog(ctx, ref.CaseID)
	if err != nil {
		return nil, err
	}
	var out []verified
	var last Event
	for _, token := range tokens {
		v, err := c.verify(ctx, token, ref)
		if errors.Is(err, errOther) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("event log: %w", err)
		}
		if !follows(last, v.Event) {
			return nil, fmt.Errorf("event log: %s cannot follow %s", v.Event, last)
		}
		if v.Event != "notify-submission" {
			last = v.Event
		}
		out = append(out, v)
	}
	return out, nil
}

// errOther marks an event about another submission of the same case.
var errOther = errors.New("event of another submission")

var order = map[Event][]Event{
	"":                   {Created},
	Created:              {Submitted, Deleted},
	Submitted:            {Accepted, Rejected, "forward-submission"},
	"forward-submission": {Accepted, Rejected},
	Accepted:             {Deleted},
	Rejected:             {Deleted},
}

func follows(last, next Event) bool {
	if next == "notify-submission" {
		return true
	}
	for _, e := range order[last] {
		if e == next {
			return true
		}
	}
	return false
}

func (c *Client) verify(ctx context.Context, token string, ref Reference) (verified, error) {
	kid, raw, err := jose.ReadSET(token)
	if err != nil {
		return verified{}, err
	}
	p, e, content, err := ReadPayload(raw)
	if err != nil {
		return verified{}, err
	}
	if p.Txn != "case:"+ref.CaseID {
		return verified{}, errors.New("event of another case")
	}
	if p.Sub != "submission:"+ref.SubmissionID { // a case has submissions in both directions, and may have replies
		return verified{}, errOther
	}
	fromService := p.Issuer == c.cfg.SubmissionURL
	switch {
	case fromService && !byService[e] && e != Rejected: // the service itself rejects what nobody fetched
		return verified{}, fmt.Errorf("%s must not come from the service", e)
	case !fromService && p.Issuer != ref.DestinationID:
		return verified{}, fmt.Errorf("%s was written by a foreign destination", e)
	case !fromService && !byReceiver[e]:
		return verified{}, fmt.Errorf("%s must not come from a destination", e)
	}
	key, err := c.eventKey(ctx, p.Issuer, kid)
	if err != nil {
		return verified{}, err
	}
	return verified{p, e, content}, jose.VerifySET(token, key)
}

// eventKey finds and checks the key of an author; keys never change under their kid, so they are kept.
func (c *Client) eventKey(ctx context.Context, issuer, kid string) (*jose.PublicJWK, error) {
	id := issuer + " " + kid
	if k, ok := c.keys.Load(id); ok {
		return k.(*jose.PublicJWK), nil
	}
	var key *jose.PublicJWK
	var err error
	if issuer == c.cfg.SubmissionURL {
		key, err = c.serviceKey(ctx, kid)
	} else {
		if uuid.Validate(issuer) != nil {
			return nil, errors.New("event: unknown issuer")
		}
		key, err = c.Key(ctx, issuer, kid)
	}
	if err != nil {
		return nil, err
	}
	if err := key.Check(jose.Signature, c.cfg.Now(), c.cfg.SelfSigned); err != nil {
		return nil, err
	}
	c.keys.Store(id, key)
	return key, nil
}
