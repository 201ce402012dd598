package inbox

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Costs of argon2id: RFC 9106 § 4, second recommended option.
const (
	passes   = 3
	memory   = 64 << 10 // KiB
	lanes    = 4
	keyBytes = 32
)

// hash is a password hash, taken apart.
type hash struct {
	passes, memory uint32
	lanes          uint8
	salt, key      []byte
}

// HashPassword makes the hash that stands in the configuration. Passwords have at least ten characters.
func HashPassword(password string) (string, error) {
	if len([]rune(password)) < 10 {
		return "", errors.New("password: at least ten characters")
	}
	salt := make([]byte, 16)
	rand.Read(salt)
	key := argon2.IDKey([]byte(password), salt, passes, memory, lanes, keyBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memory, passes, lanes, b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// parseHash reads what HashPassword writes; costs are bounded, so that a slip of the pen cannot exhaust the machine.
func parseHash(s string) (hash, error) {
	var h hash
	parts := strings.Split(s, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, errors.New("password hash: want $argon2id$v=19$…")
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return h, errors.New("password hash: costs cannot be read")
	}
	var err1, err2 error
	h.salt, err1 = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, err2 = base64.RawStdEncoding.DecodeString(parts[5])
	switch {
	case err1 != nil || err2 != nil || len(h.salt) < 8 || len(h.key) < 16 || len(h.key) > 64:
		return h, errors.New("password hash: salt or key cannot be read")
	case h.memory < 8<<10 || h.memory > 1<<20 || h.passes < 1 || h.passes > 20 || h.lanes < 1:
		return h, errors.New("password hash: costs are out of bounds")
	}
	return h, nil
}

func (h hash) fits(password string) bool {
	key := argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.lanes, uint32(len(h.key)))
	return subtle.ConstantTimeCompare(key, h.key) == 1
}

// newDecoy is a hash that no password fits.
func newDecoy() hash {
	h := hash{passes: passes, memory: memory, lanes: lanes, salt: make([]byte, 16), key: make([]byte, keyBytes)}
	rand.Read(h.salt)
	rand.Read(h.key)
	return h
}
