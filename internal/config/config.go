// Package config is what an operator writes: one YAML file per process, strict, everything wrong told at once.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"aufenthalt/internal/authority"
	"aufenthalt/internal/strict"
)

// Platform is the file of `aufenthalt serve`.
type Platform struct {
	Listen      string   `yaml:"listen"`      // host:port
	PublicURL   string   `yaml:"public_url"`  // origin under which browsers reach the platform
	Data        string   `yaml:"data"`        // directory for database and sealed objects
	Environment string   `yaml:"environment"` // PRE or PRO; everything but PRO marks its messages as test
	Operator    Operator `yaml:"operator"`
	FITConnect  Client   `yaml:"fit_connect"`
	Service     Service  `yaml:"public_service"`
	// Destination is the platform's own, to which authorities send what goes back to applicants.
	Destination   string                `yaml:"destination"`
	DecryptionKey string                `yaml:"decryption_key"` // private JWK file
	SigningKey    string                `yaml:"signing_key"`    // private JWK file
	ReceiptKey    string                `yaml:"receipt_key"`    // Ed25519 file; made on first start
	SelfSigned    bool                  `yaml:"allow_self_signed_keys"`
	Law           Law                   `yaml:"law"`
	Poll          time.Duration         `yaml:"poll"`
	DraftLife     time.Duration         `yaml:"draft_life"`
	Authorities   []authority.Authority `yaml:"authorities"`
}

// Operator stands as author in the head of each message.
type Operator struct {
	Name        string `yaml:"name"`
	Kennung     string `yaml:"kennung"` // alp: key given out by KoSIT
	Email       string `yaml:"email"`
	Street      string `yaml:"street"`
	HouseNumber string `yaml:"house_number"`
	Postcode    string `yaml:"postcode"`
	City        string `yaml:"city"`
}

// Law says where publications of law data lie and whose are believed. Without a folder the law of the program counts.
type Law struct {
	Folder string   `yaml:"folder"` // each publication is a folder in it (aufenthalt service publish)
	Keys   []string `yaml:"keys"`   // files of public keys, as `service publish` writes them
}

// Client is the access to a FIT-Connect delivery service.
type Client struct {
	TokenURL      string `yaml:"token_url"`
	SubmissionURL string `yaml:"submission_url"`
	ClientID      string `yaml:"client_id"`
	ClientSecret  string `yaml:"client_secret"`
}

// Service is the public service (LeiKa) under which applications are announced; keys are configuration, never invented.
type Service struct {
	Identifier string `yaml:"identifier"`
	Name       string `yaml:"name"`
}

// Connector is the file of `aufenthalt connect`.
type Connector struct {
	FITConnect          Client        `yaml:"fit_connect"`
	Destination         string        `yaml:"destination"`
	Kennung             string        `yaml:"kennung"`     // ours, as messages name their reader: azr:990001
	Environment         string        `yaml:"environment"` // PRO refuses messages that are marked as test; empty is PRE
	DecryptionKeys      []string      `yaml:"decryption_keys"`
	SigningKey          string        `yaml:"signing_key"`
	PlatformDestination string        `yaml:"platform_destination"`
	SelfSigned          bool          `yaml:"allow_self_signed_keys"`
	Data                string        `yaml:"data"`
	Directory           string        `yaml:"directory"` // handed over to the Fachverfahren here
	Poll                time.Duration `yaml:"poll"`
	Service             Service       `yaml:"public_service"`
	Inbox               Inbox         `yaml:"inbox"`
}

// Inbox is the caseworkers' page; without Listen there is none.
type Inbox struct {
	Listen    string `yaml:"listen"`
	Authority string `yaml:"authority"`
	Users     []User `yaml:"users"`
}

// User may sign in to the inbox.
type User struct {
	Name         string `yaml:"name"`
	PasswordHash string `yaml:"password_hash"` // argon2id, as `aufenthalt config password` prints it
}

// Fachverfahren is the file of `aufenthalt fachverfahren`.
type Fachverfahren struct {
	Listen      string        `yaml:"listen"`
	Data        string        `yaml:"data"`
	Authorities []CaseSystem  `yaml:"authorities"`
	Portal      string        `yaml:"portal_kennung"`
	Poll        time.Duration `yaml:"poll"`
}

// CaseSystem is one authority of the reference case system.
type CaseSystem struct {
	Name        string `yaml:"name"`
	Kennung     string `yaml:"kennung"`
	Directory   string `yaml:"directory"`
	Street      string `yaml:"street"`
	HouseNumber string `yaml:"house_number"`
	Postcode    string `yaml:"postcode"`
	City        string `yaml:"city"`
	Email       string `yaml:"email"` // technical contact, stands as author's channel in each message
}

// Zustelldienst is the file of `aufenthalt zustelldienst`.
type Zustelldienst struct {
	Listen       string        `yaml:"listen"`
	PublicURL    string        `yaml:"public_url"`
	Data         string        `yaml:"data"`
	Clients      []DSClient    `yaml:"clients"`
	Destinations []Destination `yaml:"destinations"`
}

// DSClient may fetch tokens.
type DSClient struct {
	ID     string `yaml:"id"`
	Secret string `yaml:"secret"`
	Kind   string `yaml:"kind"` // sender, subscriber or both
}

// Destination is where submissions go.
type Destination struct {
	ID            string `yaml:"id"`
	Client        string `yaml:"client"`
	Name          string `yaml:"name"`
	EncryptionKey string `yaml:"encryption_key"` // public JWK file
	SigningKey    string `yaml:"signing_key"`    // public JWK file
	Service       string `yaml:"service"`
	SchemaURI     string `yaml:"schema_uri"`
}

// Load reads a file strictly into a struct with its defaults set, and tells everything that is wrong with its form at once.
// Paths inside stay relative to the working directory of the process unless absolute.
func Load(path string, into any) error {
	dir, name := filepath.Split(path)
	file, err := strict.Read(os.DirFS(filepath.Clean(dir)), name)
	if err == nil && file.Root == nil {
		err = strict.Problems{{File: name, Text: "the file is empty"}}
	}
	if err == nil {
		err = file.Decode(into)
	}
	if err != nil {
		return fmt.Errorf("configuration: %w", err)
	}
	return nil
}

// Save writes a configuration readable for its owner only (it holds secrets).
func Save(path string, from any) error {
	data, err := yaml.Marshal(from)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

// Validate tells everything that is wrong at once.
func (p *Platform) Validate() error {
	var list problems
	list.listen("listen", p.Listen)
	list.origin("public_url", p.PublicURL)
	list.need("data", p.Data)
	list.period("poll", p.Poll)
	list.period("draft_life", p.DraftLife)
	if p.Environment != "PRE" && p.Environment != "PRO" {
		list.add("environment: PRE or PRO")
	}
	list.need("operator.name", p.Operator.Name)
	list.need("operator.kennung", p.Operator.Kennung)
	list.need("operator.email", p.Operator.Email)
	list.client(p.FITConnect)
	list.need("public_service.identifier", p.Service.Identifier)
	list.need("destination", p.Destination)
	list.key("decryption_key", p.DecryptionKey)
	list.key("signing_key", p.SigningKey)
	list.need("receipt_key", p.ReceiptKey)
	if p.Law.Folder != "" && len(p.Law.Keys) == 0 {
		list.add("law.keys: name the public keys whose publications are believed")
	}
	for i, file := range p.Law.Keys {
		list.key(fmt.Sprintf("law.keys[%d]", i), file)
	}
	if p.Environment == "PRO" && p.SelfSigned {
		list.add("allow_self_signed_keys: never in PRO")
	}
	if len(p.Authorities) == 0 {
		list.add("authorities: at least one")
	}
	if _, err := authority.NewDirectory(p.Authorities); err != nil {
		list.add(err.Error())
	}
	return list.err()
}

// Validate tells everything that is wrong at once.
func (c *Connector) Validate() error {
	var list problems
	list.client(c.FITConnect)
	list.need("destination", c.Destination)
	list.need("kennung", c.Kennung)
	if c.Environment != "" && c.Environment != "PRE" && c.Environment != "PRO" {
		list.add("environment: PRE or PRO")
	}
	if c.Environment == "PRO" && c.SelfSigned {
		list.add("allow_self_signed_keys: never in PRO")
	}
	list.key("signing_key", c.SigningKey)
	list.period("poll", c.Poll)
	list.need("platform_destination", c.PlatformDestination)
	list.need("public_service.identifier", c.Service.Identifier)
	list.need("data", c.Data)
	list.need("directory", c.Directory)
	if len(c.DecryptionKeys) == 0 {
		list.add("decryption_keys: at least one")
	}
	for i, path := range c.DecryptionKeys {
		list.key(fmt.Sprintf("decryption_keys[%d]", i), path)
	}
	if c.Inbox.Listen != "" && len(c.Inbox.Users) == 0 {
		list.add("inbox.users: at least one, or leave inbox.listen empty")
	}
	for i, u := range c.Inbox.Users {
		key := fmt.Sprintf("inbox.users[%d]", i)
		list.need(key+".name", u.Name)
		if !strings.HasPrefix(u.PasswordHash, "$argon2id$") {
			list.add(key + ".password_hash: must be what `aufenthalt config password` prints")
		}
	}
	return list.err()
}

type problems []string

func (l *problems) add(s string) { *l = append(*l, s) }

func (l *problems) need(key, value string) {
	if value == "" {
		l.add(key + ": is needed")
	}
}

// key wants a file that is there; what is in it is looked at when it is loaded.
func (l *problems) key(name, path string) {
	if l.need(name, path); path == "" {
		return
	}
	if _, err := os.Stat(path); err != nil {
		l.add(name + ": there is no file " + path + "; make one with 'aufenthalt keys make'")
	}
}

func (l *problems) listen(name, address string) {
	if l.need(name, address); address == "" {
		return
	}
	if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
		l.add(name + ": must be host:port, such as 127.0.0.1:8600")
	}
}

func (l *problems) period(name string, d time.Duration) {
	if d < 0 {
		l.add(name + ": must not be negative")
	}
}

func (l *problems) origin(key, value string) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != value {
		l.add(key + ": must be an origin such as https://antrag.example.de")
	}
}

func (l *problems) client(c Client) {
	l.need("fit_connect.token_url", c.TokenURL)
	l.need("fit_connect.submission_url", c.SubmissionURL)
	l.need("fit_connect.client_id", c.ClientID)
	l.need("fit_connect.client_secret", c.ClientSecret)
}

func (l problems) err() error {
	if len(l) == 0 {
		return nil
	}
	out := "configuration:"
	for _, s := range l {
		out += "\n  " + s
	}
	return errors.New(out)
}

// Validate tells everything that is wrong at once.
func (z *Zustelldienst) Validate() error {
	var list problems
	list.listen("listen", z.Listen)
	list.origin("public_url", z.PublicURL)
	list.need("data", z.Data)
	known := map[string]bool{}
	for i, c := range z.Clients {
		key := fmt.Sprintf("clients[%d]", i)
		list.need(key+".id", c.ID)
		if len(c.Secret) < 16 {
			list.add(key + ".secret: at least 16 characters")
		}
		if c.Kind != "sender" && c.Kind != "subscriber" && c.Kind != "both" {
			list.add(key + ".kind: sender, subscriber or both")
		}
		known[c.ID] = true
	}
	for i, d := range z.Destinations {
		key := fmt.Sprintf("destinations[%d]", i)
		list.need(key+".id", d.ID)
		list.key(key+".encryption_key", d.EncryptionKey)
		list.key(key+".signing_key", d.SigningKey)
		list.need(key+".service", d.Service)
		list.need(key+".schema_uri", d.SchemaURI)
		if !known[d.Client] {
			list.add(key + ".client: is not among the clients")
		}
	}
	return list.err()
}

// Validate tells everything that is wrong at once.
func (f *Fachverfahren) Validate() error {
	var list problems
	list.listen("listen", f.Listen)
	list.period("poll", f.Poll)
	list.need("data", f.Data)
	list.need("portal_kennung", f.Portal)
	for i, a := range f.Authorities {
		key := fmt.Sprintf("authorities[%d]", i)
		list.need(key+".name", a.Name)
		list.need(key+".kennung", a.Kennung)
		list.need(key+".directory", a.Directory)
		list.need(key+".street", a.Street)
		list.need(key+".postcode", a.Postcode)
		list.need(key+".city", a.City)
		list.need(key+".email", a.Email)
	}
	return list.err()
}
