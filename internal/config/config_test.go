package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aufenthalt/internal/authority"
)

// key is a file that is there, which is all that the check wants of a key.
var key = func() string {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return exe
}()

func platform() Platform {
	return Platform{
		Listen: "127.0.0.1:8400", PublicURL: "https://antrag.example.de", Data: "d", Environment: "PRE",
		Operator:   Operator{Name: "Betrieb", Kennung: "alp:99000001", Email: "betrieb@example.de"},
		FITConnect: Client{"http://z/token", "http://z/submission-api", "c", "s"}, Service: Service{Identifier: "urn:x:y"},
		Destination: "d", DecryptionKey: key, SigningKey: key, ReceiptKey: "k", SelfSigned: true,
		Authorities: []authority.Authority{{AGS: "12099001", Name: "Landkreis Musterland", Kennung: "azr:990001", Destination: "d", Postcode: "00000", City: "Musterstadt", Origins: []string{"https://www.musterland.example"}}},
	}
}

func TestPlatform(t *testing.T) {
	good := platform()
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Platform){
		"listen: is needed":            func(p *Platform) { p.Listen = "" },
		"public_url: must be an":       func(p *Platform) { p.PublicURL = "https://a.example/b" },
		"environment: PRE or PRO":      func(p *Platform) { p.Environment = "TEST" },
		"never in PRO":                 func(p *Platform) { p.Environment = "PRO" },
		"ags must have eight digits":   func(p *Platform) { p.Authorities[0].AGS = "1" },
		"origin must be like":          func(p *Platform) { p.Authorities[0].Origins = []string{"https://a.example/"} },
		"is there twice":               func(p *Platform) { p.Authorities = append(p.Authorities, p.Authorities[0]) },
		"fit_connect.client_secret":    func(p *Platform) { p.FITConnect.ClientSecret = "" },
		"listen: must be host:port":    func(p *Platform) { p.Listen = "nonsense" },
		"poll: must not be negative":   func(p *Platform) { p.Poll = -1 },
		"signing_key: there is no":     func(p *Platform) { p.SigningKey = "absent.jwk" },
		"authorities: at least one":    func(p *Platform) { p.Authorities = nil },
		"law.keys: name the public":    func(p *Platform) { p.Law.Folder = "law" },
		"law.keys[0]: there is no":     func(p *Platform) { p.Law = Law{Folder: "law", Keys: []string{"absent.pub"}} },
		"kennung must be azr: and six": func(p *Platform) { p.Authorities[0].Kennung = "abh:1" },
	} {
		p := platform()
		change(&p)
		if err := p.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestLoadIsStrict(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"unknown key": "listen: a\nport: 1\n", "two documents": "listen: a\n---\nlisten: b\n", "no YAML": "{", "list": "- a\n"} {
		path := filepath.Join(dir, "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := Load(path, new(Zustelldienst)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	path := filepath.Join(dir, "p.yaml")
	want := platform()
	if err := Save(path, want); err != nil {
		t.Fatal(err)
	}
	var got Platform
	if err := Load(path, &got); err != nil || got.Authorities[0].Name != want.Authorities[0].Name || got.Validate() != nil {
		t.Errorf("saved and loaded: %+v, %v", got, err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode: %v, %v", st.Mode(), err)
	}
}

func TestConnector(t *testing.T) {
	good := func() Connector {
		return Connector{
			FITConnect: Client{"http://z/token", "http://z/submission-api", "c", "s"}, Destination: "d", Kennung: "azr:990001", DecryptionKeys: []string{key}, SigningKey: key,
			PlatformDestination: "p", SelfSigned: true, Data: "d", Directory: "u", Service: Service{Identifier: "urn:x:y"},
			Inbox: Inbox{Listen: "127.0.0.1:1", Authority: "A", Users: []User{{Name: "T. Muster", PasswordHash: "$argon2id$v=19$m=65536,t=3,p=4$x$y"}}},
		}
	}
	c := good()
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Connector){
		"kennung: is needed":                   func(c *Connector) { c.Kennung = "" },
		"public_service.identifier: is needed": func(c *Connector) { c.Service.Identifier = "" },
		"never in PRO":                         func(c *Connector) { c.Environment = "PRO" },
		"environment: PRE or PRO":              func(c *Connector) { c.Environment = "TEST" },
		"decryption_keys: at least one":        func(c *Connector) { c.DecryptionKeys = nil },
		"inbox.users: at least one":            func(c *Connector) { c.Inbox.Users = nil },
		"inbox.users[0].password_hash":         func(c *Connector) { c.Inbox.Users[0].PasswordHash = "geheim" },
		"inbox.users[0].name: is needed":       func(c *Connector) { c.Inbox.Users[0].Name = "" },
	} {
		c := good()
		change(&c)
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}

func TestFachverfahren(t *testing.T) {
	f := Fachverfahren{Listen: "127.0.0.1:1", Data: "d", Portal: "alp:99000001", Authorities: []CaseSystem{{Name: "A", Kennung: "azr:990001", Directory: "u", Street: "Weg", Postcode: "00000", City: "Stadt", Email: "a@example.org"}}}
	if err := f.Validate(); err != nil {
		t.Fatal(err)
	}
	f.Portal, f.Authorities[0].Email = "", ""
	if err := f.Validate(); err == nil || !strings.Contains(err.Error(), "portal_kennung") || !strings.Contains(err.Error(), "authorities[0].email") {
		t.Errorf("got %v", err)
	}
}

// What an operator mistypes is told in her words, without names of our types.
func TestLoadSpeaksPlainly(t *testing.T) {
	for text, want := range map[string]string{
		"":                              "configuration: c.yaml: the file is empty",
		"# nothing yet\n":               "configuration: c.yaml: the file is empty",
		"listten: 127.0.0.1:1\n":        `c.yaml:1: there is no key "listten" here; did you mean "listen"?`,
		"poll: 5\n":                     `c.yaml:1: poll: "5" has no unit; write it like 5s or 10m`,
		"listen: 127.0.0.1:1\n--":       "c.yaml:2: this is no YAML",
		"poll: 5\noperator: {nam: A}\n": `c.yaml:2: there is no key "nam" here; did you mean "name"?`,
	} {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Load(path, new(Platform))
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Platform") {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	if err := Load(filepath.Join(t.TempDir(), "absent.yaml"), new(Platform)); err == nil || !strings.Contains(err.Error(), "absent.yaml: there is no such file") {
		t.Errorf("no file: %v", err)
	}
}
