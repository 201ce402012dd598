package api_test

import (
	"testing"

	"github.com/google/uuid"

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
