package api_test

import (
	"crypto/rand"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"aufenthalt/internal/sample"
	"aufenthalt/internal/seal"
	"aufenthalt/internal/testenv"
)

// One application without documents: validation, message, summary, sealing, durable write, receipt.
func BenchmarkSubmit(b *testing.B) {
	p := testenv.New(b)
	a := p.NewApplicant(b)
	for b.Loop() {
		a.ID, a.Code = uuid.NewString(), seal.NewAccessCode()
		if status, _, raw := p.Submit(b, a.Body(b, false, nil)); status != 201 {
			b.Fatalf("%d %s", status, raw)
		}
	}
}

// One application with three documents of a megabyte each, uploads included.
func BenchmarkSubmitWithDocuments(b *testing.B) {
	p := testenv.New(b)
	a := p.NewApplicant(b)
	noise := make([]byte, 490_000) // does not compress, like a scan
	rand.Read(noise)
	for i := range a.Files[:3] {
		a.Files[i].MIME, a.Files[i].Data = "application/pdf", sample.PDF(fmt.Sprintf("%x", noise))
	}
	for b.Loop() {
		a.ID, a.Draft, a.Code = uuid.NewString(), uuid.NewString(), seal.NewAccessCode()
		p.UploadAll(b, a)
		if status, _, raw := p.Submit(b, a.Body(b, true, nil)); status != 201 {
			b.Fatalf("%d %s", status, raw)
		}
	}
}
