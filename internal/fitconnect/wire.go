// Package fitconnect speaks FIT-Connect's Submission API v2: the wire types, a client, security event tokens, and the
// two flows that survive being cut off anywhere: sending and receiving. What the published description leaves open is
// marked in docs/fit-connect.md; no interoperability is claimed that was not tried.
package fitconnect

import (
	"encoding/json"
	"time"
)

// Namespaces of the standard.
const (
	SchemaSET      = "https://schema.fitko.de/fit-connect/set-payload/1.2.2/set-payload.schema.json"
	SchemaMetadata = "https://schema.fitko.de/fit-connect/metadata/2.1.0/metadata.schema.json"
	EventBase      = "https://schema.fitko.de/fit-connect/events/"
	ProblemBase    = "https://schema.fitko.de/fit-connect/submission-api/problems/"
	EventProblem   = "https://schema.fitko.de/fit-connect/events/problems/"
)

// Scopes as the token endpoint returns them.
const (
	ScopeSend      = "https://schema.fitko.de/fit-connect/oauth/scopes/send-submissions"
	ScopeSubscribe = "https://schema.fitko.de/fit-connect/oauth/scopes/subscribe-destinations"
)

// Event is what happened to a submission.
type Event string

// Events of a submission.
const (
	Created   Event = "create-submission"
	Submitted Event = "submit-submission"
	Accepted  Event = "accept-submission"
	Rejected  Event = "reject-submission"
	Deleted   Event = "delete-submission"
)

// Token is the answer of the token endpoint.
type Token struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	ExpiresIn   int    `json:"expires_in"` // seconds
	Scope       string `json:"scope"`
}

// PublicService names what is applied for.
type PublicService struct {
	Identifier string `json:"identifier"`
	Name       string `json:"name,omitempty"`
}

// Destination is the public view of where submissions go.
type Destination struct {
	DestinationID    string               `json:"destinationId"`
	Status           string               `json:"status"` // created, active, inactive, decommissioned
	EncryptionKid    string               `json:"encryptionKid"`
	MetadataVersions []string             `json:"metadataVersions"`
	PublicServices   []DestinationService `json:"publicServices"`
	Name             string               `json:"name,omitempty"`
}

// DestinationService is one service that a destination offers.
type DestinationService struct {
	Identifier        string   `json:"identifier"`
	Regions           []string `json:"regions"`
	SubmissionSchemas []Schema `json:"submissionSchemas"`
}

// Schema names the form of the data.
type Schema struct {
	SchemaURI string `json:"schemaUri"`
	MimeType  string `json:"mimeType"`
}

// Announcement opens a submission.
type Announcement struct {
	DestinationID        string        `json:"destinationId"`
	AnnouncedAttachments []string      `json:"announcedAttachments"`
	PublicService        PublicService `json:"publicService"`
	Region               string        `json:"region,omitempty"`
	CaseID               string        `json:"caseId,omitempty"` // continues a case
}

// Reference names a submission everywhere.
type Reference struct {
	DestinationID string `json:"destinationId"`
	SubmissionID  string `json:"submissionId"`
	CaseID        string `json:"caseId"`
}

// Content is the body of the final PUT.
type Content struct {
	EncryptedMetadata string `json:"encryptedMetadata"`
	EncryptedData     string `json:"encryptedData"`
}

// Submission is what a receiver gets.
type Submission struct {
	Reference
	Attachments   []string      `json:"attachments"`
	PublicService PublicService `json:"publicService"`
	Content
}

// Pickup is a page of submissions that wait.
type Pickup struct {
	Count       int         `json:"count"`
	Offset      int         `json:"offset"`
	TotalCount  int         `json:"totalCount"`
	Submissions []Reference `json:"submissions"`
}

// EventLog is a page of tokens, oldest first.
type EventLog struct {
	Count      int      `json:"count"`
	Offset     int      `json:"offset"`
	TotalCount int      `json:"totalCount"`
	EventLog   []string `json:"eventLog"`
}

// Problem is a problem document (RFC 7807), also used as reason of a rejection.
type Problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status,omitempty"`
	Detail   string `json:"detail,omitempty"`
	Instance string `json:"instance,omitempty"`
}

// Tags are the authentication tags of a submission's parts.
type Tags struct {
	Metadata    string            `json:"metadata"`
	Data        string            `json:"data"`
	Attachments map[string]string `json:"attachments"`
}

// Equal compares all tags.
func (t Tags) Equal(o Tags) bool {
	if t.Metadata != o.Metadata || t.Data != o.Data || len(t.Attachments) != len(o.Attachments) {
		return false
	}
	for id, tag := range t.Attachments {
		if other, ok := o.Attachments[id]; !ok || other != tag {
			return false
		}
	}
	return true
}

// Payload is the content of a security event token.
type Payload struct {
	Schema string                     `json:"$schema"`
	JTI    string                     `json:"jti"`
	Issuer string                     `json:"iss"`
	Issued int64                      `json:"iat"`
	Sub    string                     `json:"sub"`
	Txn    string                     `json:"txn"`
	Events map[string]json.RawMessage `json:"events"`
}

// EventContent is what an event carries.
type EventContent struct {
	AuthenticationTags *Tags     `json:"authenticationTags,omitempty"`
	Problems           []Problem `json:"problems,omitempty"`
}

// Metadata 2.1.0, the part that we write and read.
type Metadata struct {
	Schema           string           `json:"$schema"`
	ContentStructure ContentStructure `json:"contentStructure"`
	Author           *Author          `json:"author,omitempty"`
}

// ContentStructure lists the parts with their hashes.
type ContentStructure struct {
	Data        DataPart         `json:"data"`
	Attachments []AttachmentPart `json:"attachments"`
}

// DataPart describes the data.
type DataPart struct {
	Hash             Hash   `json:"hash"`
	SubmissionSchema Schema `json:"submissionSchema"`
}

// AttachmentPart describes one attachment.
type AttachmentPart struct {
	Hash         Hash   `json:"hash"`
	Purpose      string `json:"purpose"` // form, attachment, report, data
	MimeType     string `json:"mimeType"`
	AttachmentID string `json:"attachmentId"`
	Filename     string `json:"filename,omitempty"`
}

// Hash is SHA-512 over the plaintext, lower-case hex.
type Hash struct {
	Type    string `json:"type"`
	Content string `json:"content"`
}

// Author names the software.
type Author struct {
	Name    string  `json:"name"`
	Product Product `json:"product"`
}

// Product is a software with its version.
type Product struct {
	Name         string `json:"name"`
	Version      string `json:"version"`
	Manufacturer string `json:"manufacturer"`
}

// earliestIssue is the smallest iat that the standard allows (2020-01-01).
var earliestIssue = time.Unix(1577833200, 0)
