package application

import (
	"strings"
	"testing"
	"time"
)

func TestNumber(t *testing.T) {
	for range 200 {
		n := NewNumber()
		got, err := ParseNumber(strings.ToLower(strings.ReplaceAll(string(n), "-", " ")))
		if err != nil || got != n {
			t.Fatalf("%s → %s, %v", n, got, err)
		}
		// One wrong symbol is always noticed.
		b := []byte(n)
		for _, i := range []int{3, 4, 5, 6, 8, 9, 10, 11} {
			c := b[i]
			b[i] = symbols[(strings.IndexByte(symbols, c)+1)%32]
			if _, err := ParseNumber(string(b)); err == nil {
				t.Errorf("accepted %s instead of %s", b, n)
			}
			b[i] = c
		}
	}
	for _, bad := range []string{"", "AT", "AT-1234-5678", "AT-UUUU-UUUU-U", "AT-0000-0000-00"} {
		if _, err := ParseNumber(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func TestStage(t *testing.T) {
	now := time.Unix(1e9, 0)
	for want, r := range map[Stage]Receipts{
		Accepted:   {Accepted: now, Sealed: now},
		HandedOver: {Accepted: now, HandedOver: now},
		Imported:   {Accepted: now, HandedOver: now, Fetched: now, Imported: now},
		Rejected:   {Accepted: now, HandedOver: now, Rejected: now},
		Failed:     {Accepted: now, Failed: now},
	} {
		if got := r.Stage(); got != want {
			t.Errorf("%+v: %s, want %s", r, got, want)
		}
		if r.Pending() != (want == Accepted || want == HandedOver) {
			t.Errorf("%s pending = %v", want, r.Pending())
		}
	}
}
