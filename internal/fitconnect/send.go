package fitconnect

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"aufenthalt/internal/jose"
)

// Part is an attachment in the clear, on its way into a parcel.
type Part struct {
	Filename, MIME, Purpose string
	Data                    []byte
}

// Parcel is a sealed submission, ready to go. Its tags are fixed, so that sending it again sends the same.
type Parcel struct {
	Metadata    string            `json:"metadata"`
	Data        string            `json:"data"`
	Attachments map[string]string `json:"attachments"` // id → JWE
}

// Tags are the authentication tags of the parcel.
func (p Parcel) Tags() Tags {
	t := Tags{Metadata: jose.AuthTag(p.Metadata), Data: jose.AuthTag(p.Data), Attachments: map[string]string{}}
	for id, jwe := range p.Attachments {
		t.Attachments[id] = jose.AuthTag(jwe)
	}
	return t
}

// Pack builds metadata 2.1.0 and seals every part to the receiver's key.
func Pack(key *jose.PublicJWK, schema Schema, data []byte, parts []Part, author Author) (Parcel, error) {
	p := Parcel{Attachments: map[string]string{}}
	m := Metadata{Schema: SchemaMetadata, Author: &author}
	m.ContentStructure.Data = DataPart{Hash: hashOf(data), SubmissionSchema: schema}
	m.ContentStructure.Attachments = []AttachmentPart{}
	for _, part := range parts {
		id := uuid.NewString()
		jwe, err := jose.Seal(key, part.MIME, part.Data)
		if err != nil {
			return p, err
		}
		p.Attachments[id] = jwe
		m.ContentStructure.Attachments = append(m.ContentStructure.Attachments, AttachmentPart{
			Hash: hashOf(part.Data), Purpose: part.Purpose, MimeType: part.MIME, AttachmentID: id, Filename: part.Filename,
		})
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return p, err
	}
	if p.Metadata, err = jose.Seal(key, "application/json", raw); err != nil {
		return p, err
	}
	p.Data, err = jose.Seal(key, schema.MimeType, data)
	return p, err
}

func hashOf(data []byte) Hash {
	sum := sha512.Sum512(data)
	return Hash{"sha512", hex.EncodeToString(sum[:])}
}

// Progress says how far a parcel got. The sender keeps it, so that it goes on where it was cut off.
type Progress struct {
	Submission string   `json:"submission,omitempty"`
	Case       string   `json:"case,omitempty"`
	Attached   []string `json:"attached,omitempty"`
	Submitted  bool     `json:"submitted,omitempty"`
	Tags       *Tags    `json:"tags,omitempty"` // of what was submitted; the parcel is not needed to ask for the outcome
}

// Address says where a parcel goes.
type Address struct {
	Destination string
	Case        string // continues a case; empty opens one
	Service     PublicService
	Region      string
}

// Send hands a parcel over: announce, attachments, submit, and proof from the event log that exactly this content
// arrived. save is called after each step and must be durable before it returns; Send may be called again with the
// saved progress after any interruption and never submits twice.
func Send(ctx context.Context, c *Client, to Address, p Parcel, at Progress, save func(Progress) error) (Progress, error) {
	if at.Submission == "" {
		ids := make([]string, 0, len(p.Attachments))
		for id := range p.Attachments {
			ids = append(ids, id)
		}
		slices.Sort(ids)
		ref, err := c.announce(ctx, Announcement{DestinationID: to.Destination, AnnouncedAttachments: ids, PublicService: to.Service, Region: to.Region, CaseID: to.Case})
		if err != nil {
			return at, err
		}
		at = Progress{Submission: ref.SubmissionID, Case: ref.CaseID}
		if err := save(at); err != nil {
			return at, err
		}
	}
	if at.Submitted {
		return at, nil
	}
	for id, jwe := range p.Attachments {
		if slices.Contains(at.Attached, id) {
			continue
		}
		if err := c.putAttachment(ctx, at.Submission, id, jwe); err != nil {
			return c.afterTrouble(ctx, to, p, at, save, err)
		}
		at.Attached = append(slices.Clone(at.Attached), id)
		if err := save(at); err != nil {
			return at, err
		}
	}
	if err := c.submit(ctx, at.Submission, Content{p.Metadata, p.Data}); err != nil {
		return c.afterTrouble(ctx, to, p, at, save, err)
	}
	return c.prove(ctx, to, p, at, save)
}

// afterTrouble tells apart what a refused step means: submitted before (then the log proves it), or the service has
// forgotten the announcement (then it begins anew), or a fault.
func (c *Client) afterTrouble(ctx context.Context, to Address, p Parcel, at Progress, save func(Progress) error, cause error) (Progress, error) {
	switch statusOf(cause) {
	case 404, 409, 422:
	default:
		return at, cause
	}
	done, err := c.prove(ctx, to, p, at, save)
	if err == nil {
		return done, nil
	}
	if statusOf(cause) == 404 && (statusOf(err) == 404 || errors.Is(err, errNotSubmitted)) {
		at = Progress{}
		return at, errors.Join(cause, save(at))
	}
	return at, cause
}

var errNotSubmitted = errors.New("the log has no submit event for this submission")

// prove demands the service's submit event with exactly our tags.
func (c *Client) prove(ctx context.Context, to Address, p Parcel, at Progress, save func(Progress) error) (Progress, error) {
	events, err := c.Events(ctx, Reference{to.Destination, at.Submission, at.Case})
	if err != nil {
		return at, err
	}
	for _, e := range events {
		if e.Event != Submitted {
			continue
		}
		if e.Content.AuthenticationTags == nil || !e.Content.AuthenticationTags.Equal(p.Tags()) {
			return at, fmt.Errorf("submission %s: the service recorded other content than was sent", at.Submission)
		}
		tags := p.Tags()
		at.Submitted, at.Tags = true, &tags
		return at, save(at)
	}
	return at, errNotSubmitted
}

// Outcome is what became of a submission.
type Outcome struct {
	Done     bool
	Accepted bool
	Problems []Problem
}

// Outcome asks the event log. An acceptance counts only from the destination itself and, where it names tags, only
// for exactly this content.
func (c *Client) Outcome(ctx context.Context, ref Reference, tags Tags) (Outcome, error) {
	events, err := c.Events(ctx, ref)
	if err != nil {
		return Outcome{}, err
	}
	for _, e := range events {
		switch e.Event {
		case Accepted:
			if t := e.Content.AuthenticationTags; t != nil && !t.Equal(tags) {
				return Outcome{}, errors.New("the receiver accepted other content than was sent")
			}
			return Outcome{Done: true, Accepted: true}, nil
		case Rejected:
			return Outcome{Done: true, Problems: e.Content.Problems}, nil
		}
	}
	return Outcome{}, nil
}
