package jose

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
)

// setHeader is the exact header of a security event token.
type setHeader struct {
	Typ string `json:"typ"`
	Alg string `json:"alg"`
	Kid string `json:"kid"`
}

// maxToken bounds a security event token: a hundred attachments with their tags are some ten kilobytes.
const maxToken = 256 << 10

// salt length equals the hash (64), as PS512 demands; anything else does not verify.
var pss = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: crypto.SHA512}

// SignSET signs a payload as a security event token (PS512). It costs about 6 ms of one core.
func SignSET(key *PrivateJWK, payload []byte) (string, error) {
	if key.Alg != policy[Signature].alg {
		return "", errors.New("jws: the key is not for signatures")
	}
	head, err := json.Marshal(setHeader{"secevent+jwt", "PS512", key.Kid})
	if err != nil {
		return "", err
	}
	input := base64.RawURLEncoding.EncodeToString(head) + "." + base64.RawURLEncoding.EncodeToString(payload)
	sum := sha512.Sum512([]byte(input))
	sig, err := rsa.SignPSS(rand.Reader, key.key, crypto.SHA512, sum[:], pss)
	if err != nil {
		return "", fmt.Errorf("jws: %w", err)
	}
	return input + "." + base64.RawURLEncoding.EncodeToString(sig), nil
}

// ReadSET takes a token apart without trusting it: header exactly as prescribed, payload as bytes.
func ReadSET(token string) (kid string, payload []byte, err error) {
	if len(token) > maxToken {
		return "", nil, errors.New("jws: too large")
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", nil, errors.New("jws: want three parts")
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(parts[0])
	if err != nil {
		return "", nil, errors.New("jws: header is not base64url")
	}
	var h setHeader
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&h); err != nil || dec.More() {
		return "", nil, errors.New("jws: header cannot be read")
	}
	if h.Typ != "secevent+jwt" || h.Alg != "PS512" || h.Kid == "" {
		return "", nil, errors.New("jws: want typ secevent+jwt, alg PS512 and a kid")
	}
	payload, err = base64.RawURLEncoding.Strict().DecodeString(parts[1])
	if err != nil {
		return "", nil, errors.New("jws: payload is not base64url")
	}
	return h.Kid, payload, nil
}

// VerifySET checks the signature with a key that the caller looked up by kid and checked.
func VerifySET(token string, key *PublicJWK) error {
	kid, _, err := ReadSET(token)
	if err != nil {
		return err
	}
	if kid != key.Kid || key.Alg != policy[Signature].alg {
		return errors.New("jws: not the key of this token")
	}
	pub, err := key.RSA()
	if err != nil {
		return err
	}
	dot := strings.LastIndexByte(token, '.')
	sig, err := base64.RawURLEncoding.Strict().DecodeString(token[dot+1:])
	if err != nil {
		return errors.New("jws: signature is not base64url")
	}
	sum := sha512.Sum512([]byte(token[:dot]))
	if err := rsa.VerifyPSS(pub, crypto.SHA512, sum[:], sig, pss); err != nil {
		return errors.New("jws: signature is wrong")
	}
	return nil
}

// Signed is a flattened JWS (RFC 7515 § 7.2.2) with Ed25519 (RFC 8037), for third parties to check: a receipt, a publication of law.
type Signed struct {
	Payload   string `json:"payload"`
	Protected string `json:"protected"`
	Signature string `json:"signature"`
}

// OKP is an Ed25519 public key as JWK (RFC 8037).
type OKP struct {
	Kty string `json:"kty"`
	Crv string `json:"crv"`
	Alg string `json:"alg"`
	Use string `json:"use"`
	Kid string `json:"kid"`
	X   string `json:"x"`
}

// PublicOKP gives the public half for publication; the kid is the RFC 7638 thumbprint.
func PublicOKP(key ed25519.PrivateKey) OKP {
	x := base64.RawURLEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`))
	return OKP{"OKP", "Ed25519", "EdDSA", "sig", base64.RawURLEncoding.EncodeToString(sum[:]), x}
}

// The types of what is signed with Ed25519; one can never pass as the other.
const (
	ReceiptType = "aufenthalt-receipt+jws"
	LawType     = "aufenthalt-law+jws"
)

// SignEd25519 signs exactly these bytes as something of a type.
func SignEd25519(key ed25519.PrivateKey, typ string, payload []byte) (Signed, error) {
	head, err := json.Marshal(map[string]string{"alg": "EdDSA", "kid": PublicOKP(key).Kid, "typ": typ})
	if err != nil {
		return Signed{}, err
	}
	s := Signed{Payload: base64.RawURLEncoding.EncodeToString(payload), Protected: base64.RawURLEncoding.EncodeToString(head)}
	s.Signature = base64.RawURLEncoding.EncodeToString(ed25519.Sign(key, []byte(s.Protected+"."+s.Payload)))
	return s, nil
}

// VerifyEd25519 checks something of a type against the published keys and gives its payload.
func VerifyEd25519(s Signed, typ string, keys []OKP) ([]byte, error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(s.Protected)
	if err != nil {
		return nil, errors.New("signed: header is not base64url")
	}
	var h struct{ Alg, Kid, Typ string }
	if err := json.Unmarshal(raw, &h); err != nil || h.Alg != "EdDSA" || h.Typ != typ {
		return nil, fmt.Errorf("signed: want alg EdDSA and typ %s", typ)
	}
	sig, err := base64.RawURLEncoding.Strict().DecodeString(s.Signature)
	if err != nil {
		return nil, errors.New("signed: signature is not base64url")
	}
	for _, k := range keys {
		x, err := base64.RawURLEncoding.Strict().DecodeString(k.X)
		if k.Kid != h.Kid || k.Kty != "OKP" || k.Crv != "Ed25519" || err != nil || len(x) != ed25519.PublicKeySize {
			continue
		}
		if !ed25519.Verify(x, []byte(s.Protected+"."+s.Payload), sig) {
			return nil, errors.New("signed: signature is wrong")
		}
		return base64.RawURLEncoding.Strict().DecodeString(s.Payload)
	}
	return nil, errors.New("signed: none of the keys fits")
}

// LoadOrMakeEd25519 reads a private key and makes it when it is not there yet.
func LoadOrMakeEd25519(path string) (ed25519.PrivateKey, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, err
		}
		return key, os.WriteFile(path, []byte(base64.StdEncoding.EncodeToString(key.Seed())+"\n"), 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("Ed25519 key: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(data)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errors.New("Ed25519 key: want 32 bytes in base64")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
