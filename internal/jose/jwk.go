package jose

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"time"
)

// Use says what a key is for; it decides alg and key_ops.
type Use string

// The two uses of FIT-Connect.
const (
	Encryption Use = "encryption" // RSA-OAEP-256, wrapKey / unwrapKey
	Signature  Use = "signature"  // PS512, verify / sign
)

var policy = map[Use]struct{ alg, public, private string }{
	Encryption: {"RSA-OAEP-256", "wrapKey", "unwrapKey"},
	Signature:  {"PS512", "verify", "sign"},
}

// PublicJWK is a public key as FIT-Connect publishes it. It is our own type because libraries drop key_ops.
type PublicJWK struct {
	Kty    string   `json:"kty"`
	KeyOps []string `json:"key_ops"`
	Alg    string   `json:"alg"`
	Kid    string   `json:"kid"`
	Use    string   `json:"use,omitempty"`
	N      string   `json:"n"`
	E      string   `json:"e"`
	X5c    []string `json:"x5c,omitempty"` // standard base64 DER, leaf first
}

// PrivateJWK is a private key. It prints as [redacted].
type PrivateJWK struct {
	PublicJWK
	key *rsa.PrivateKey
}

// String hides the key.
func (*PrivateJWK) String() string { return "[redacted]" }

// GoString hides the key.
func (*PrivateJWK) GoString() string { return "[redacted]" }

// RSA gives the key without judging it.
func (k *PublicJWK) RSA() (*rsa.PublicKey, error) {
	n, err := base64.RawURLEncoding.DecodeString(k.N)
	if err != nil || k.Kty != "RSA" || k.E != "AQAB" {
		return nil, errors.New("key: want RSA with e=AQAB")
	}
	pub := &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: 65537}
	return pub, strongEnough(pub)
}

// ErrExpired says that the certificate of a key is not valid at the time asked for.
var ErrExpired = errors.New("key: its certificate is not valid now")

// Check applies the rules that a sender must check before it encrypts or verifies: length, alg, key_ops, certificate
// equal to the key, validity. Chain and revocation are checked only for keys that are not self-signed, and that part
// is not built: selfSigned must be true until it is.
func (k *PublicJWK) Check(use Use, now time.Time, selfSigned bool) error {
	p := policy[use]
	pub, err := k.RSA()
	if err != nil {
		return err
	}
	if k.Alg != p.alg || len(k.KeyOps) != 1 || k.KeyOps[0] != p.public {
		return fmt.Errorf("key %s: want alg %s and key_ops [%s]", k.Kid, p.alg, p.public)
	}
	if len(k.Kid) < 8 || len(k.Kid) > 64 {
		return errors.New("key: kid must have 8 to 64 characters")
	}
	if len(k.X5c) == 0 {
		return fmt.Errorf("key %s: has no certificate", k.Kid)
	}
	der, err := base64.StdEncoding.DecodeString(k.X5c[0])
	if err != nil {
		return fmt.Errorf("key %s: certificate is not base64", k.Kid)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return fmt.Errorf("key %s: certificate cannot be read", k.Kid)
	}
	leaf, ok := cert.PublicKey.(*rsa.PublicKey)
	if !ok || !leaf.Equal(pub) {
		return fmt.Errorf("key %s: certificate belongs to another key", k.Kid)
	}
	if now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return ErrExpired
	}
	if !selfSigned {
		return fmt.Errorf("key %s: chains of the administration's PKI are not checked by this version; self-signed keys must be allowed", k.Kid)
	}
	return nil
}

// Public gives what may be published.
func (k *PrivateJWK) Public() *PublicJWK { p := k.PublicJWK; return &p }

// Generate makes an RSA-4096 key with a self-signed certificate (SHA-512, RSASSA-PSS). It takes about half a second.
func Generate(use Use, commonName string, from, until time.Time) (*PrivateJWK, error) {
	key, err := rsa.GenerateKey(rand.Reader, minBits)
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: commonName}, NotBefore: from, NotAfter: until,
		SignatureAlgorithm: x509.SHA512WithRSAPSS, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	p := policy[use]
	n := base64.RawURLEncoding.EncodeToString(key.N.Bytes())
	sum := sha256.Sum256(der)
	return &PrivateJWK{PublicJWK{
		Kty: "RSA", KeyOps: []string{p.public}, Alg: p.alg, Kid: base64.RawURLEncoding.EncodeToString(sum[:18]), N: n, E: "AQAB",
		X5c: []string{base64.StdEncoding.EncodeToString(der)},
	}, key}, nil
}

// file is how a private key rests: the public members, private key_ops, and PKCS #8.
type file struct {
	PublicJWK
	PKCS8 string `json:"pkcs8"`
}

// Save writes a private key, readable for its owner only. It never overwrites: what was sealed to a lost key is lost.
func (k *PrivateJWK) Save(path string) error {
	der, err := x509.MarshalPKCS8PrivateKey(k.key)
	if err != nil {
		return err
	}
	data, err := json.MarshalIndent(file{k.PublicJWK, base64.StdEncoding.EncodeToString(der)}, "", " ")
	if err != nil {
		return err
	}
	return create(path, data, 0o600)
}

// create writes a file that must not be there yet.
func create(path string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("key file: %s is there already and is not overwritten; choose another name", path)
	} else if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// SavePublic writes the public half.
func (k *PublicJWK) SavePublic(path string) error {
	data, err := json.MarshalIndent(k, "", " ")
	if err != nil {
		return err
	}
	return create(path, data, 0o644)
}

// Load reads a private key and checks that it fits its public half.
func Load(path string) (*PrivateJWK, error) {
	var f file
	if err := readJSON(path, &f); err != nil {
		return nil, err
	}
	if f.PKCS8 == "" {
		return nil, fmt.Errorf("key file: %s is the public half; the private one is needed", path)
	}
	der, err := base64.StdEncoding.DecodeString(f.PKCS8)
	if err != nil {
		return nil, errors.New("key file: pkcs8 is not base64")
	}
	any, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, errors.New("key file: pkcs8 cannot be read")
	}
	key, ok := any.(*rsa.PrivateKey)
	pub, err := f.RSA()
	if !ok || err != nil || !pub.Equal(key.Public()) {
		return nil, errors.New("key file: private and public half do not fit")
	}
	return &PrivateJWK{f.PublicJWK, key}, nil
}

// LoadPublic reads a public key file.
func LoadPublic(path string) (*PublicJWK, error) {
	k := new(PublicJWK)
	return k, readJSON(path, k)
}

func readJSON(path string, into any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("key file: %w", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return errors.New("key file: is not JSON")
	}
	return nil
}
