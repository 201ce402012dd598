package seal

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
)

func TestDraftKey(t *testing.T) {
	k, err := ParseDraftKey(base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)))
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := k.Seal("doc 1", []byte("KANARIENVOGEL"))
	if err != nil || bytes.Contains(sealed, []byte("KANARIEN")) {
		t.Fatalf("sealed = %q, %v", sealed, err)
	}
	if got, err := k.Open("doc 1", sealed); err != nil || string(got) != "KANARIENVOGEL" {
		t.Fatalf("open = %q, %v", got, err)
	}
	if _, err := k.Open("doc 2", sealed); err != ErrKey {
		t.Errorf("other context: %v, want ErrKey", err)
	}
	other, _ := ParseDraftKey(base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{8}, 32)))
	if _, err := other.Open("doc 1", sealed); err != ErrKey {
		t.Errorf("other key: %v, want ErrKey", err)
	}
	if Same(k.Verifier(), other.Verifier()) || !Same(k.Verifier(), k.Verifier()) {
		t.Error("verifiers do not tell keys apart")
	}
	for _, bad := range []string{"", "AA", strings.Repeat("A", 44), "!" + strings.Repeat("A", 42)} {
		if _, err := ParseDraftKey(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
}

func TestAccessCode(t *testing.T) {
	a, err := ParseAccessCode("abcd-efgh jkmn-PQRS-TVWX-Y1l0")
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Reveal(); got != "ABCD-EFGH-JKMN-PQRS-TVWX-Y110" {
		t.Errorf("reveal = %s", got)
	}
	if s := fmt.Sprintf("%v %+v %#v %s", a, a, a, a); strings.Contains(s, "ABCD") || strings.Contains(s, "65") {
		t.Errorf("printed: %s", s)
	}
	for _, bad := range []string{"", "ABCD", strings.Repeat("U", 24), strings.Repeat("A", 25)} {
		if _, err := ParseAccessCode(bad); err == nil {
			t.Errorf("accepted %q", bad)
		}
	}
	b := NewAccessCode()
	if again, err := ParseAccessCode(b.Reveal()); err != nil || again != b {
		t.Errorf("round trip: %v", err)
	}
}

func TestCaseKey(t *testing.T) {
	code := NewAccessCode()
	k, err := NewCaseKey(code, "AT-1")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := SealTo(k.Public, "msg 1", []byte("Bitte reichen Sie ein"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.Open(code, "AT-1", "msg 1", sealed); err != nil || string(got) != "Bitte reichen Sie ein" {
		t.Fatalf("open = %q, %v", got, err)
	}
	if _, err := k.Open(NewAccessCode(), "AT-1", "msg 1", sealed); err != ErrKey {
		t.Errorf("other code: %v", err)
	}
	if _, err := k.Open(code, "AT-1", "msg 2", sealed); err != ErrKey {
		t.Errorf("other message: %v", err)
	}
}
