package fitconnect

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"aufenthalt/internal/jose"
)

// Received is a submission that was verified and decrypted.
type Received struct {
	Reference
	Metadata    Metadata
	Data        []byte
	DataMIME    string
	Attachments []ReceivedPart
	Tags        Tags
}

// ReceivedPart is one attachment in the clear.
type ReceivedPart struct {
	AttachmentPart
	Data []byte
}

// Attachment gives the part of a file name, nil when there is none.
func (r *Received) Attachment(filename string) []byte {
	for _, a := range r.Attachments {
		if a.Filename == filename {
			return a.Data
		}
	}
	return nil
}

// Fault is a submission that must be refused; the caller decides, nothing is rejected behind its back.
type Fault struct{ Problem Problem }

func (f *Fault) Error() string { return "submission is faulty: " + f.Problem.Title }

func fault(slug, title, instance string) error {
	return &Fault{Problem{Type: EventProblem + slug, Title: title, Instance: instance}}
}

var metadataSchema = regexp.MustCompile(`^https://schema\.fitko\.de/fit-connect/metadata/2\.\d+\.\d+/metadata\.schema\.json$`)

// Receive fetches a submission, proves by the event log that it is what the sender submitted, decrypts it and checks
// every hash (fit-connect § 8).
func Receive(ctx context.Context, c *Client, ref Reference, keys []*jose.PrivateJWK) (*Received, error) {
	s, err := c.submission(ctx, ref.SubmissionID)
	if err != nil {
		return nil, err
	}
	events, err := c.Events(ctx, s.Reference)
	if err != nil {
		return nil, err
	}
	var tags *Tags
	for _, e := range events {
		if e.Event == Submitted {
			tags = e.Content.AuthenticationTags
		}
	}
	if tags == nil {
		return nil, fault("invalid-event-log", "No submit event with authentication tags", "submission")
	}
	if tags.Metadata != jose.AuthTag(s.EncryptedMetadata) {
		return nil, fault("incorrect-authentication-tag", "Incorrect authentication tag", "metadata")
	}
	if tags.Data != jose.AuthTag(s.EncryptedData) {
		return nil, fault("incorrect-authentication-tag", "Incorrect authentication tag", "data")
	}
	r := &Received{Reference: s.Reference, Tags: *tags}
	if err := r.openMain(s, keys); err != nil {
		return nil, err
	}
	return r, r.openAttachments(ctx, c, s, keys)
}

func (r *Received) openMain(s Submission, keys []*jose.PrivateJWK) error {
	raw, _, err := jose.Open(s.EncryptedMetadata, keys)
	if err != nil {
		return fault("encryption-issue", "Metadata cannot be decrypted", "metadata")
	}
	if err := json.Unmarshal(raw, &r.Metadata); err != nil {
		return fault("syntax-violation", "Metadata is not JSON", "metadata")
	}
	if !metadataSchema.MatchString(r.Metadata.Schema) {
		return fault("unsupported-schema", "Metadata schema not supported", "metadata")
	}
	data, _, err := jose.Open(s.EncryptedData, keys)
	if err != nil {
		return fault("encryption-issue", "Data cannot be decrypted", "data")
	}
	if hashOf(data) != r.Metadata.ContentStructure.Data.Hash {
		return fault("hash-mismatch", "Hash of the data differs", "data")
	}
	r.Data, r.DataMIME = data, r.Metadata.ContentStructure.Data.SubmissionSchema.MimeType
	return nil
}

// openAttachments insists that announced, described and signed attachments are the same set.
func (r *Received) openAttachments(ctx context.Context, c *Client, s Submission, keys []*jose.PrivateJWK) error {
	parts := r.Metadata.ContentStructure.Attachments
	if len(parts) != len(s.Attachments) || len(parts) != len(r.Tags.Attachments) {
		return fault("attachments-mismatch", "Announced and described attachments differ", "submission")
	}
	announced := map[string]bool{}
	for _, id := range s.Attachments {
		announced[id] = true
	}
	for _, part := range parts {
		id := part.AttachmentID
		tag, signed := r.Tags.Attachments[id]
		if !announced[id] || !signed {
			return fault("attachments-mismatch", "Announced and described attachments differ", "submission")
		}
		announced[id] = false
		jwe, err := c.attachment(ctx, s.SubmissionID, id)
		if err != nil {
			return err
		}
		if jose.AuthTag(jwe) != tag {
			return fault("incorrect-authentication-tag", "Incorrect authentication tag", "attachment:"+id)
		}
		data, _, err := jose.Open(jwe, keys)
		if err != nil {
			return fault("encryption-issue", "Attachment cannot be decrypted", "attachment:"+id)
		}
		if hashOf(data) != part.Hash {
			return fault("hash-mismatch", "Hash of the attachment differs", "attachment:"+id)
		}
		r.Attachments = append(r.Attachments, ReceivedPart{part, data})
	}
	return nil
}

// Accept tells the sender that the content arrived for good. Only call it once the content is stored: afterwards the
// service no longer hands it out. Repeating it is fine.
func Accept(ctx context.Context, c *Client, key *jose.PrivateJWK, r Reference, tags Tags) error {
	return c.decide(ctx, key, r, Accepted, EventContent{AuthenticationTags: &tags})
}

// Reject refuses a submission with at least one reason.
func Reject(ctx context.Context, c *Client, key *jose.PrivateJWK, r Reference, problems ...Problem) error {
	if len(problems) == 0 {
		return errors.New("reject: a reason is needed")
	}
	return c.decide(ctx, key, r, Rejected, EventContent{Problems: problems})
}

func (c *Client) decide(ctx context.Context, key *jose.PrivateJWK, r Reference, e Event, content EventContent) error {
	payload, err := NewPayload(r.DestinationID, r, e, content, c.cfg.Now())
	if err != nil {
		return err
	}
	token, err := jose.SignSET(key, payload)
	if err != nil {
		return err
	}
	err = c.postEvent(ctx, r.CaseID, token)
	if statusOf(err) != 409 {
		return err
	}
	// An earlier try may have come through although its answer was lost.
	events, lookup := c.Events(ctx, r)
	if lookup != nil {
		return errors.Join(err, lookup)
	}
	for _, v := range events {
		if v.Event == e && v.Payload.Issuer == r.DestinationID {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", e, err)
}
