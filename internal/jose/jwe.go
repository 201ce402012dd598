// Package jose is the only door to JOSE: compact JWE (RSA-OAEP-256, A256GCM), PS512 for security event tokens, Ed25519
// for receipts, and the key rules of FIT-Connect. Algorithms are constants; whatever else a header asks for is refused.
package jose

import (
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	josev4 "github.com/go-jose/go-jose/v4"
)

// MaxJWE bounds a compact JWE: 500 MB is the service's own limit, what we send is far smaller.
const MaxJWE = 96 << 20

// ErrDecrypt says that no key opened the message, or that it was changed.
var ErrDecrypt = errors.New("jwe: no key opens it")

// Header is the protected header of a JWE.
type Header struct {
	Alg string `json:"alg"`
	Enc string `json:"enc"`
	Kid string `json:"kid,omitempty"`
	Cty string `json:"cty,omitempty"`
	Typ string `json:"typ,omitempty"`
	Zip string `json:"zip,omitempty"`
}

// Seal encrypts to a public key. cty is the media type of the content; FIT-Connect v2 refuses metadata and data
// without it. There is no compression: v2 forbids it.
func Seal(key *PublicJWK, cty string, plain []byte) (string, error) {
	pub, err := key.RSA()
	if err != nil {
		return "", err
	}
	opts := &josev4.EncrypterOptions{}
	enc, err := josev4.NewEncrypter(josev4.A256GCM, josev4.Recipient{Algorithm: josev4.RSA_OAEP_256, Key: pub, KeyID: key.Kid},
		opts.WithContentType(josev4.ContentType(cty)))
	if err != nil {
		return "", fmt.Errorf("jwe: %w", err)
	}
	obj, err := enc.Encrypt(plain)
	if err != nil {
		return "", fmt.Errorf("jwe: %w", err)
	}
	return obj.CompactSerialize()
}

// ReadHeader parses and checks the outer form of a compact JWE without opening it.
func ReadHeader(jwe string) (Header, error) {
	var h Header
	if len(jwe) > MaxJWE {
		return h, errors.New("jwe: too large")
	}
	parts := strings.Split(jwe, ".")
	if len(parts) != 5 {
		return h, errors.New("jwe: want five parts")
	}
	for i, p := range parts {
		if i != 3 && p == "" || strings.ContainsFunc(p, notBase64URL) {
			return h, errors.New("jwe: not base64url")
		}
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	if err != nil {
		return h, errors.New("jwe: header is not base64url")
	}
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil || dec.More() {
		return h, errors.New("jwe: header cannot be read")
	}
	switch {
	case h.Zip != "":
		return h, errors.New("jwe: zip is forbidden")
	case h.Alg != string(josev4.RSA_OAEP_256) || h.Enc != string(josev4.A256GCM):
		return h, errors.New("jwe: only RSA-OAEP-256 with A256GCM")
	case len(parts[2]) != 16 || len(parts[4]) != 22:
		return h, errors.New("jwe: IV or tag has the wrong length")
	}
	return h, nil
}

func notBase64URL(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '_')
}

// AuthTag gives the authentication tag, the fifth part; security event tokens quote it.
func AuthTag(jwe string) string { return jwe[strings.LastIndexByte(jwe, '.')+1:] }

// Open decrypts with the key that kid names, else with each in turn: during a rollover senders may name none or
// another one.
func Open(jwe string, keys []*PrivateJWK) ([]byte, Header, error) {
	h, err := ReadHeader(jwe)
	if err != nil {
		return nil, h, err
	}
	obj, err := josev4.ParseEncryptedCompact(jwe, []josev4.KeyAlgorithm{josev4.RSA_OAEP_256}, []josev4.ContentEncryption{josev4.A256GCM})
	if err != nil {
		return nil, h, errors.New("jwe: cannot be read")
	}
	for _, named := range []bool{true, false} {
		for _, k := range keys {
			if (k.Kid == h.Kid) != named {
				continue
			}
			if plain, err := obj.Decrypt(k.key); err == nil {
				return plain, h, nil
			}
		}
	}
	return nil, h, ErrDecrypt
}

// minBits is what FIT-Connect asks of every RSA key.
const minBits = 4096

func strongEnough(k *rsa.PublicKey) error {
	if k.N.BitLen() < minBits || k.E != 65537 {
		return fmt.Errorf("key: want RSA with at least %d bits and e=65537", minBits)
	}
	return nil
}
