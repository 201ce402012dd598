package fitconnect

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// parcelHead stands in one line before the parts, which follow one another without separators. JSON would look at every
// byte of megabytes that are base64url already.
type parcelHead struct {
	Format      int          `json:"format"`
	Metadata    int          `json:"metadata"` // lengths in bytes
	Data        int          `json:"data"`
	Attachments []parcelPart `json:"attachments"`
}

type parcelPart struct {
	ID     string `json:"id"`
	Length int    `json:"length"`
}

// maxParcelHead bounds the line: a few dozen attachments.
const maxParcelHead = 64 << 10

// MarshalBinary writes the parcel for keeping.
func (p Parcel) MarshalBinary() ([]byte, error) {
	head := parcelHead{Format: 1, Metadata: len(p.Metadata), Data: len(p.Data), Attachments: []parcelPart{}}
	size := len(p.Metadata) + len(p.Data)
	for _, id := range slices.Sorted(maps.Keys(p.Attachments)) {
		head.Attachments = append(head.Attachments, parcelPart{id, len(p.Attachments[id])})
		size += len(p.Attachments[id])
	}
	line, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	out := make([]byte, 0, len(line)+1+size)
	out = append(append(out, line...), '\n')
	out = append(append(out, p.Metadata...), p.Data...)
	for _, a := range head.Attachments {
		out = append(out, p.Attachments[a.ID]...)
	}
	return out, nil
}

// UnmarshalBinary reads what MarshalBinary wrote, and only that: lengths must add up.
func (p *Parcel) UnmarshalBinary(raw []byte) error {
	end := bytes.IndexByte(raw[:min(len(raw), maxParcelHead)], '\n')
	if end < 0 {
		return errors.New("parcel: no head")
	}
	var head parcelHead
	if err := json.Unmarshal(raw[:end], &head); err != nil || head.Format != 1 {
		return errors.New("parcel: unknown head")
	}
	rest := raw[end+1:]
	take := func(n int) (string, bool) {
		if n < 0 || n > len(rest) {
			return "", false
		}
		part := string(rest[:n])
		rest = rest[n:]
		return part, true
	}
	var ok1, ok2 bool
	p.Metadata, ok1 = take(head.Metadata)
	p.Data, ok2 = take(head.Data)
	p.Attachments = make(map[string]string, len(head.Attachments))
	for _, a := range head.Attachments {
		part, ok := take(a.Length)
		if _, twice := p.Attachments[a.ID]; !ok || twice {
			return errors.New("parcel: lengths do not fit")
		}
		p.Attachments[a.ID] = part
	}
	if !ok1 || !ok2 || len(rest) > 0 {
		return errors.New("parcel: lengths do not fit")
	}
	return nil
}
