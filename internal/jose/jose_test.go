package jose

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	josev4 "github.com/go-jose/go-jose/v4"
)

var (
	now    = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	encKey = sync.OnceValue(func() *PrivateJWK {
		return must(Generate(Encryption, "Test", now.AddDate(0, -1, 0), now.AddDate(1, 0, 0)))
	})
	sigKey = sync.OnceValue(func() *PrivateJWK {
		return must(Generate(Signature, "Test", now.AddDate(0, -1, 0), now.AddDate(1, 0, 0)))
	})
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSealAndOpen(t *testing.T) {
	k := encKey()
	jwe := must(Seal(k.Public(), "application/xml", []byte("<xml/>")))
	plain, h, err := Open(jwe, []*PrivateJWK{sigKey(), k})
	if err != nil || string(plain) != "<xml/>" || h.Cty != "application/xml" || h.Kid != k.Kid {
		t.Fatalf("open = %q, %+v, %v", plain, h, err)
	}
	if got := len(AuthTag(jwe)); got != 22 {
		t.Errorf("tag has %d characters, want 22", got)
	}
	if _, _, err := Open(jwe, []*PrivateJWK{sigKey()}); !errors.Is(err, ErrDecrypt) {
		t.Errorf("other key: %v", err)
	}
	parts := strings.Split(jwe, ".")
	for i := range parts { // a change in any part is noticed
		changed := append([]string{}, parts...)
		c := []byte(changed[i])
		c[len(c)/2] = map[bool]byte{true: 'B', false: 'A'}[c[len(c)/2] == 'A']
		changed[i] = string(c)
		if _, _, err := Open(strings.Join(changed, "."), []*PrivateJWK{k}); err == nil {
			t.Errorf("change in part %d not noticed", i)
		}
	}
}

func TestHeadersThatAreRefused(t *testing.T) {
	jwe := must(Seal(encKey().Public(), "application/json", []byte("{}")))
	rest := jwe[strings.IndexByte(jwe, '.'):]
	for _, head := range []string{
		`{"alg":"RSA-OAEP-256","enc":"A256GCM","zip":"DEF"}`, `{"alg":"RSA-OAEP","enc":"A256GCM"}`, `{"alg":"RSA1_5","enc":"A256GCM"}`,
		`{"alg":"dir","enc":"A256GCM"}`, `{"alg":"RSA-OAEP-256","enc":"A128GCM"}`, `{"alg":"RSA-OAEP-256","enc":"A256CBC-HS512"}`,
		`{"alg":"RSA-OAEP-256","enc":"A256GCM","crit":["b64"]}`, `{}`, `[]`, ``,
	} {
		if _, err := ReadHeader(base64.RawURLEncoding.EncodeToString([]byte(head)) + rest); err == nil {
			t.Errorf("accepted header %s", head)
		}
	}
}

func TestSET(t *testing.T) {
	k := sigKey()
	token := must(SignSET(k, []byte(`{"jti":"1"}`)))
	if err := VerifySET(token, k.Public()); err != nil {
		t.Fatal(err)
	}
	// The library must agree, so that we are not only consistent with ourselves.
	obj, err := josev4.ParseSigned(token, []josev4.SignatureAlgorithm{josev4.PS512})
	if err != nil {
		t.Fatal(err)
	}
	if payload, err := obj.Verify(must(k.RSA())); err != nil || string(payload) != `{"jti":"1"}` {
		t.Errorf("library: %q, %v", payload, err)
	}
	if err := VerifySET(token[:len(token)-4]+"AAAA", k.Public()); err == nil {
		t.Error("changed signature accepted")
	}
	other := *k.Public()
	other.Kid = "another-key"
	if err := VerifySET(token, &other); err == nil {
		t.Error("another kid accepted")
	}
}

func TestSETNegativeVectors(t *testing.T) {
	k := sigKey()
	sign := func(head string, salt int, hash crypto.Hash) string {
		input := base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + base64.RawURLEncoding.EncodeToString([]byte(`{}`))
		sum := sha512.Sum512([]byte(input))
		sig := must(rsa.SignPSS(rand.Reader, k.key, crypto.SHA512, sum[:], &rsa.PSSOptions{SaltLength: salt, Hash: crypto.SHA512}))
		return input + "." + base64.RawURLEncoding.EncodeToString(sig)
	}
	good := `{"typ":"secevent+jwt","alg":"PS512","kid":"` + k.Kid + `"}`
	if err := VerifySET(sign(good, 64, crypto.SHA512), k.Public()); err != nil {
		t.Fatalf("the good one: %v", err)
	}
	for name, token := range map[string]string{
		"salt of 32":   sign(good, 32, crypto.SHA512),
		"alg RS512":    sign(strings.Replace(good, "PS512", "RS512", 1), 64, crypto.SHA512),
		"alg PS256":    sign(strings.Replace(good, "PS512", "PS256", 1), 64, crypto.SHA512),
		"alg none":     sign(strings.Replace(good, "PS512", "none", 1), 64, crypto.SHA512),
		"typ JWT":      sign(strings.Replace(good, "secevent+jwt", "JWT", 1), 64, crypto.SHA512),
		"no kid":       sign(`{"typ":"secevent+jwt","alg":"PS512"}`, 64, crypto.SHA512),
		"jwk in head":  sign(strings.Replace(good, `"kid"`, `"jwk":{},"kid"`, 1), 64, crypto.SHA512),
		"four parts":   sign(good, 64, crypto.SHA512) + ".e30",
		"no signature": sign(good, 64, crypto.SHA512)[:40],
	} {
		if VerifySET(token, k.Public()) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestKeyRules(t *testing.T) {
	good := encKey().Public()
	if err := good.Check(Encryption, now, true); err != nil {
		t.Fatal(err)
	}
	short := must(rsa.GenerateKey(rand.Reader, 3072))
	change := func(f func(*PublicJWK)) *PublicJWK { k := *good; f(&k); return &k }
	for name, k := range map[string]*PublicJWK{
		"3072 bits":           change(func(k *PublicJWK) { k.N = base64.RawURLEncoding.EncodeToString(short.N.Bytes()) }),
		"key_ops encrypt":     change(func(k *PublicJWK) { k.KeyOps = []string{"encrypt"} }),
		"signature key":       sigKey().Public(),
		"alg RSA-OAEP":        change(func(k *PublicJWK) { k.Alg = "RSA-OAEP" }),
		"short kid":           change(func(k *PublicJWK) { k.Kid = "short" }),
		"no certificate":      change(func(k *PublicJWK) { k.X5c = nil }),
		"foreign certificate": change(func(k *PublicJWK) { k.X5c = sigKey().X5c }),
		"broken certificate":  change(func(k *PublicJWK) { k.X5c = []string{"AAAA"} }),
		"elliptic curve":      change(func(k *PublicJWK) { k.Kty = "EC" }),
		"exponent of three":   change(func(k *PublicJWK) { k.E = "Aw" }),
	} {
		if k.Check(Encryption, now, true) == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := good.Check(Encryption, now.AddDate(2, 0, 0), true); !errors.Is(err, ErrExpired) {
		t.Errorf("expired: %v", err)
	}
	if good.Check(Encryption, now, false) == nil {
		t.Error("self-signed accepted although it must not be")
	}
}

func TestKeyFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "k.json")
	k := encKey()
	if err := k.Save(path); err != nil {
		t.Fatal(err)
	}
	if st := must(os.Stat(path)); st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", st.Mode())
	}
	back := must(Load(path))
	if plain, _, err := Open(must(Seal(k.Public(), "text/plain", []byte("x"))), []*PrivateJWK{back}); err != nil || string(plain) != "x" {
		t.Errorf("loaded key opens %q, %v", plain, err)
	}
	if s := fmt.Sprintf("%v %+v %s", back, back, back); strings.Contains(s, "pkcs8") || len(s) > 60 {
		t.Errorf("a private key prints as %s", s)
	}
	raw := must(os.ReadFile(path))
	raw = bytes.Replace(raw, []byte(k.N[:40]), []byte(sigKey().N[:40]), 1)
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path); err == nil {
		t.Error("halves that do not fit were accepted")
	}
}

func TestReceiptSignature(t *testing.T) {
	path := filepath.Join(t.TempDir(), "receipt.key")
	key := must(LoadOrMakeEd25519(path))
	if again := must(LoadOrMakeEd25519(path)); !again.Equal(key) {
		t.Fatal("the key changed on the second start")
	}
	s := must(SignEd25519(key, ReceiptType, []byte(`{"case_number":"AT-1"}`)))
	keys := []OKP{PublicOKP(key)}
	if p, err := VerifyEd25519(s, ReceiptType, keys); err != nil || string(p) != `{"case_number":"AT-1"}` {
		t.Fatalf("%q, %v", p, err)
	}
	changed := s
	changed.Payload = base64.RawURLEncoding.EncodeToString([]byte(`{"case_number":"AT-2"}`))
	if _, err := VerifyEd25519(s, LawType, keys); err == nil {
		t.Error("a receipt passes as law")
	}
	if _, err := VerifyEd25519(changed, ReceiptType, keys); err == nil {
		t.Error("changed payload accepted")
	}
	_, other, _ := ed25519.GenerateKey(rand.Reader)
	if _, err := VerifyEd25519(s, ReceiptType, []OKP{PublicOKP(other)}); err == nil {
		t.Error("foreign key accepted")
	}
}

// The key of RFC 8037, appendix A, has this thumbprint (A.3).
func TestThumbprint(t *testing.T) {
	seed := must(base64.RawURLEncoding.DecodeString("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
	okp := PublicOKP(ed25519.NewKeyFromSeed(seed))
	if okp.X != "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" || okp.Kid != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("%+v", okp)
	}
}

func FuzzReadHeader(f *testing.F) {
	f.Add(must(Seal(encKey().Public(), "application/json", []byte("{}"))))
	f.Add("a.b.c.d.e")
	f.Fuzz(func(t *testing.T, s string) {
		if h, err := ReadHeader(s); err == nil && (h.Alg != "RSA-OAEP-256" || h.Zip != "" || len(AuthTag(s)) != 22) {
			t.Errorf("accepted %+v", h)
		}
	})
}

func FuzzReadSET(f *testing.F) {
	f.Add(must(SignSET(sigKey(), []byte(`{}`))))
	f.Add("e30.e30.e30")
	f.Fuzz(func(t *testing.T, s string) {
		if kid, _, err := ReadSET(s); err == nil && kid == "" {
			t.Error("accepted a token without kid")
		}
	})
}

func FuzzPublicJWK(f *testing.F) {
	f.Add(must(json.Marshal(encKey().Public())))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var k PublicJWK
		if json.Unmarshal(raw, &k) == nil && k.Check(Encryption, now, true) == nil {
			if pub, err := k.RSA(); err != nil || pub.N.BitLen() < 4096 {
				t.Error("accepted a weak key")
			}
		}
	})
}

func BenchmarkSeal20k(b *testing.B) {
	k, plain := encKey().Public(), make([]byte, 20_000)
	for b.Loop() {
		must(Seal(k, "application/json", plain))
	}
}
