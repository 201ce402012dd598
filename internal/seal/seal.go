// Package seal protects what the platform keeps at rest: drafts under a key that only the applicant's browser has, and
// back-channel messages under a case key whose private half is wrapped by the applicant's access code.
//
// The platform alone can open neither. It never promises end-to-end encryption: while a request runs, the key that
// came with it and the plaintext are in memory.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/hkdf"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
)

// ErrKey says that a key does not open what it was used on, or that the sealed bytes were changed.
var ErrKey = errors.New("wrong key or changed content")

// DraftKey is made by the browser (256 random bits) and comes with each request; the platform never stores it.
type DraftKey struct{ k [32]byte }

// ParseDraftKey reads base64url without padding, exactly 32 bytes.
func ParseDraftKey(s string) (DraftKey, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != 32 {
		return DraftKey{}, errors.New("draft key: want 32 bytes in base64url")
	}
	return DraftKey{[32]byte(b)}, nil
}

// String hides the key.
func (DraftKey) String() string { return "[redacted]" }

// GoString hides the key.
func (DraftKey) GoString() string { return "[redacted]" }

// Verifier is what the platform stores to recognise the key's owner; it does not help to open anything.
func (k DraftKey) Verifier() []byte { return derive(k.k[:], "", "draft verifier") }

// Seal encrypts for the draft; context (such as the document's id) must be the same to open.
func (k DraftKey) Seal(context string, plain []byte) ([]byte, error) {
	return sealAES(derive(k.k[:], "", "draft content"), context, plain)
}

// Open reverses Seal.
func (k DraftKey) Open(context string, sealed []byte) ([]byte, error) {
	return openAES(derive(k.k[:], "", "draft content"), context, sealed)
}

// Same compares verifiers in constant time.
func Same(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// CodeLength is the number of characters of an access code: 24 of 32 symbols are 120 random bits, so guessing is
// hopeless without limits and a slow hash would add nothing.
const CodeLength = 24

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// AccessCode opens one case. The browser makes it; the platform stores only a verifier.
type AccessCode struct{ c [CodeLength]byte }

// ParseAccessCode reads Crockford's base32: case, blanks and dashes do not matter, I and L are 1, O is 0.
func ParseAccessCode(s string) (AccessCode, error) {
	var code AccessCode
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == ' ' || c == '-':
			continue
		case 'a' <= c && c <= 'z':
			c -= 'a' - 'A'
		}
		switch c {
		case 'I', 'L':
			c = '1'
		case 'O':
			c = '0'
		}
		if n == CodeLength || !isSymbol(c) {
			return AccessCode{}, errors.New("access code: wrong length or symbol")
		}
		code.c[n] = c
		n++
	}
	if n != CodeLength {
		return AccessCode{}, errors.New("access code: wrong length")
	}
	return code, nil
}

func isSymbol(c byte) bool {
	for i := 0; i < len(crockford); i++ {
		if crockford[i] == c {
			return true
		}
	}
	return false
}

// NewAccessCode makes one, for callers that are not a browser.
func NewAccessCode() AccessCode {
	var code AccessCode
	rand.Read(code.c[:])
	for i, b := range code.c {
		code.c[i] = crockford[b&31]
	}
	return code
}

// String hides the code.
func (AccessCode) String() string { return "[redacted]" }

// GoString hides the code.
func (AccessCode) GoString() string { return "[redacted]" }

// Reveal writes the code in six groups of four, for the applicant's own receipt only.
func (a AccessCode) Reveal() string {
	out := make([]byte, 0, CodeLength+5)
	for i, c := range a.c {
		if i > 0 && i%4 == 0 {
			out = append(out, '-')
		}
		out = append(out, c)
	}
	return string(out)
}

// Verifier is what is stored to check the code, salted with the case.
func (a AccessCode) Verifier(caseID string) []byte { return derive(a.c[:], caseID, "access verifier") }

// CaseKey is the key pair of one case. Everybody on the platform may seal to Public; only who knows the access code
// can unwrap the private half.
type CaseKey struct {
	Public  []byte // X25519, RFC 9180 serialisation
	Wrapped []byte // private half under the access code
}

// NewCaseKey makes a pair and wraps its private half.
func NewCaseKey(code AccessCode, caseID string) (CaseKey, error) {
	priv, err := kem().GenerateKey()
	if err != nil {
		return CaseKey{}, fmt.Errorf("case key: %w", err)
	}
	raw, err := priv.Bytes()
	if err != nil {
		return CaseKey{}, fmt.Errorf("case key: %w", err)
	}
	wrapped, err := sealAES(derive(code.c[:], caseID, "case key"), caseID, raw)
	if err != nil {
		return CaseKey{}, err
	}
	return CaseKey{Public: priv.PublicKey().Bytes(), Wrapped: wrapped}, nil
}

// SealTo encrypts a message to a case's public key (HPKE, RFC 9180 base mode).
func SealTo(public []byte, context string, plain []byte) ([]byte, error) {
	pk, err := kem().NewPublicKey(public)
	if err != nil {
		return nil, fmt.Errorf("case key: %w", err)
	}
	return hpke.Seal(pk, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(context), plain)
}

// Open decrypts a message of the case with the access code.
func (k CaseKey) Open(code AccessCode, caseID, context string, sealed []byte) ([]byte, error) {
	raw, err := openAES(derive(code.c[:], caseID, "case key"), caseID, k.Wrapped)
	if err != nil {
		return nil, err
	}
	priv, err := kem().NewPrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("case key: %w", err)
	}
	plain, err := hpke.Open(priv, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(context), sealed)
	if err != nil {
		return nil, ErrKey
	}
	return plain, nil
}

func kem() hpke.KEM { return hpke.DHKEM(ecdh.X25519()) }

func derive(secret []byte, salt, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, []byte(salt), "aufenthalt v1 "+purpose, 32)
	if err != nil {
		panic(err) // only for absurd lengths
	}
	return key
}

func gcm(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key is always 32 bytes
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func sealAES(key []byte, context string, plain []byte) ([]byte, error) {
	return gcm(key).Seal(nil, nil, plain, []byte(context)), nil
}

func openAES(key []byte, context string, sealed []byte) ([]byte, error) {
	plain, err := gcm(key).Open(nil, nil, sealed, []byte(context))
	if err != nil {
		return nil, ErrKey
	}
	return plain, nil
}
