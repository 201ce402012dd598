package demo

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"

	"aufenthalt/internal/authority"
	"aufenthalt/internal/config"
	"aufenthalt/internal/inbox"
	"aufenthalt/internal/jose"
)

// Names of the made-up parties. Keys with 99 do not exist in the official lists.
const (
	service       = "at-erwerbstaetigkeit" // of the person who applies by herself
	portalKennung = "alp:99000001"
	inboxUser     = "demo"
	leistung      = "urn:de:fim:leika:leistung:99000000000000" // a placeholder: real keys are configuration
	schemaURI     = "http://www.osci.de/xauslaender2611"
	toPlatform    = "7a5e2c10-8d4f-4b6a-b1c2-3d4e5f607182"
)

// offered is what both made-up authorities have online.
var offered = []string{
	service, "at-ausbildung", "at-familiennachzug", "at-germany-for-ukraine", "at-humanitaere-gruende", "at-nebenbestimmungen", "at-niederlassungserlaubnis",
	"at-sonstiges", "aw-aufenthaltskarte", "aw-beschaeftigungserlaubnis",
}

// tenant is one made-up authority.
type tenant struct {
	key, ags, kennung, name, destination string
	street, number, postcode, city       string
	page, inbox                          string // addresses
	listen, inboxListen                  string
}

// kept is what a second start must find again.
type kept struct {
	Ports    []int             `json:"ports"`
	Secrets  map[string]string `json:"secrets"`
	Password string            `json:"password"`
}

// settings are all addresses and files of a stack.
type settings struct {
	dir         string
	urls        map[string]string
	authorities []tenant
	password    string
}

func (s settings) file(name string) string { return filepath.Join(s.dir, name) }

// args is the command line of each process.
func (s settings) args(name string) []string {
	switch name {
	case "zustelldienst":
		return []string{"zustelldienst", "--config", s.file("zustelldienst.yaml")}
	case "plattform":
		return []string{"serve", "--config", s.file("plattform.yaml")}
	case "fachverfahren":
		return []string{"fachverfahren", "--config", s.file("fachverfahren.yaml")}
	}
	return []string{"connect", "--config", s.file(name + ".yaml")}
}

// Positions in the row of ports.
const (
	portZustelldienst = iota
	portPlatform
	portFachverfahren
	portPages
	portInboxes = portPages + 2
	portCount   = portInboxes + 2
)

func prepare(opt Options) (settings, error) {
	k, err := keep(opt)
	if err != nil {
		return settings{}, err
	}
	address := func(i int) string { return "127.0.0.1:" + strconv.Itoa(k.Ports[i]) }
	s := settings{dir: opt.Dir, password: k.Password, urls: map[string]string{
		"zustelldienst": "http://" + address(portZustelldienst), "plattform": "http://" + address(portPlatform), "fachverfahren": "http://" + address(portFachverfahren),
	}}
	s.authorities = []tenant{
		{key: "musterland", ags: "12999001", kennung: "azr:990001", name: "Landkreis Musterland", destination: "0f6c1d52-5b1a-4c7e-9a3b-1f2d3c4b5a69",
			street: "Am Markt", number: "1", postcode: "19999", city: "Musterstadt"},
		{key: "beispielstadt", ags: "09999002", kennung: "azr:990002", name: "Stadt Beispielstadt", destination: "1b7d2e63-6c2b-4d8f-8b4c-2e3f4d5c6b7a",
			street: "Rathausplatz", number: "3a", postcode: "89999", city: "Beispielstadt"},
	}
	for i := range s.authorities {
		a := &s.authorities[i]
		a.listen, a.inboxListen = address(portPages+i), address(portInboxes+i)
		a.page, a.inbox = "http://"+a.listen, "http://"+a.inboxListen
		s.urls["connector-"+a.key] = a.inbox
	}
	return s, errors.Join(s.makeKeys(), s.write(k, address))
}

// keep reads what an earlier start chose, or chooses ports and secrets.
func keep(opt Options) (kept, error) {
	var k kept
	path := filepath.Join(opt.Dir, "demo.json")
	raw, err := os.ReadFile(path)
	if err == nil {
		if err := json.Unmarshal(raw, &k); err != nil {
			return k, err
		}
		if opt.Port > 0 && opt.Port != k.Ports[0] { // addresses stand in what was signed and sent
			return k, fmt.Errorf("the data in %s belongs to the ports from %d on: leave --port out, or choose another --data", opt.Dir, k.Ports[0])
		}
		return k, free(k.Ports)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if k.Ports, err = ports(opt.Port); err != nil {
		return k, err
	}
	k.Password, k.Secrets = rand.Text()[:10], map[string]string{}
	for _, client := range []string{"plattform", "musterland", "beispielstadt"} {
		k.Secrets[client] = rand.Text()
	}
	if raw, err = json.MarshalIndent(k, "", "  "); err != nil {
		return k, err
	}
	return k, os.WriteFile(path, raw, 0o600)
}

// free tells a port that another program holds.
func free(ports []int) error {
	for _, p := range ports {
		l, err := listen("127.0.0.1:" + strconv.Itoa(p))
		if err != nil {
			return fmt.Errorf("port %d is busy: is a demo running already? Else choose other ports with --port: %w", p, err)
		}
		_ = l.Close() // it was only a question
	}
	return nil
}

// ports gives a row of ports that are free, or any free ones; these are held until all are known, so that none comes twice.
func ports(first int) ([]int, error) {
	out := make([]int, portCount)
	if first > 0 {
		for i := range out {
			out[i] = first + i
		}
		return out, free(out)
	}
	for i := range out {
		l, err := listen("127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		out[i] = l.Addr().(*net.TCPAddr).Port
	}
	return out, nil
}

// parties lists who has keys: the platform, and each authority.
func (s settings) parties() []string {
	list := []string{"plattform"}
	for _, a := range s.authorities {
		list = append(list, a.key)
	}
	return list
}

func (s settings) key(party string, use jose.Use) string {
	return s.file(party + "-" + string(use) + ".jwk")
}

// makeKeys makes the keys that are not there yet: RSA-4096 with a self-signed certificate, good for a demonstration only.
func (s settings) makeKeys() error {
	var g errgroup.Group
	g.SetLimit(2)
	for _, party := range s.parties() {
		for _, use := range []jose.Use{jose.Encryption, jose.Signature} {
			path := s.key(party, use)
			if _, err := os.Stat(path + ".pub"); err == nil {
				continue
			}
			g.Go(func() error {
				now := time.Now()
				k, err := jose.Generate(use, party, now.Add(-time.Hour), now.AddDate(2, 0, 0))
				if err != nil {
					return err
				}
				return errors.Join(k.Save(path), k.Public().SavePublic(path+".pub"))
			})
		}
	}
	return g.Wait()
}

func (s settings) client(k kept, party string) config.Client {
	base := s.urls["zustelldienst"]
	return config.Client{TokenURL: base + "/token", SubmissionURL: base + "/submission-api", ClientID: party, ClientSecret: k.Secrets[party]}
}

// write writes the configuration of every process, as an operator would.
func (s settings) write(k kept, address func(int) string) error {
	zd := config.Zustelldienst{Listen: address(portZustelldienst), PublicURL: s.urls["zustelldienst"], Data: s.file("zustelldienst")}
	destination := func(id, party string) config.Destination {
		return config.Destination{ID: id, Client: party, Name: party, EncryptionKey: s.key(party, jose.Encryption) + ".pub",
			SigningKey: s.key(party, jose.Signature) + ".pub", Service: leistung, SchemaURI: schemaURI}
	}
	for _, p := range s.parties() {
		zd.Clients = append(zd.Clients, config.DSClient{ID: p, Secret: k.Secrets[p], Kind: "both"})
	}
	zd.Destinations = []config.Destination{destination(toPlatform, "plattform")}
	service := config.Service{Identifier: leistung, Name: "Aufenthaltstitel"}
	platform := config.Platform{
		Listen: address(portPlatform), PublicURL: s.urls["plattform"], Data: s.file("plattform"), Environment: "PRE",
		Operator: config.Operator{Name: "Online-Dienst Aufenthalt (Demonstration)", Kennung: portalKennung, Email: "dienst@example.org", Street: "Dienstweg",
			HouseNumber: "2", Postcode: "10117", City: "Berlin"},
		FITConnect: s.client(k, "plattform"), Service: service, Destination: toPlatform, DecryptionKey: s.key("plattform", jose.Encryption),
		SigningKey: s.key("plattform", jose.Signature), ReceiptKey: s.file("quittungen.key"), SelfSigned: true, Poll: 300 * time.Millisecond, DraftLife: 30 * 24 * time.Hour,
	}
	cases := config.Fachverfahren{Listen: address(portFachverfahren), Data: s.file("fachverfahren"), Portal: portalKennung, Poll: 200 * time.Millisecond}
	hash, err := inbox.HashPassword(k.Password)
	if err != nil {
		return err
	}
	for _, a := range s.authorities {
		zd.Destinations = append(zd.Destinations, destination(a.destination, a.key))
		platform.Authorities = append(platform.Authorities, a.configured())
		directory := s.file("uebergabe-" + a.key)
		cases.Authorities = append(cases.Authorities, config.CaseSystem{Name: a.name, Kennung: a.kennung, Email: a.email(), Directory: directory, Street: a.street,
			HouseNumber: a.number, Postcode: a.postcode, City: a.city})
		connector := config.Connector{
			FITConnect: s.client(k, a.key), Destination: a.destination, DecryptionKeys: []string{s.key(a.key, jose.Encryption)}, SigningKey: s.key(a.key, jose.Signature),
			PlatformDestination: toPlatform, SelfSigned: true, Data: s.file("connector-" + a.key), Directory: directory, Poll: 200 * time.Millisecond, Service: service,
			Kennung: a.kennung,
			Inbox:   config.Inbox{Listen: a.inboxListen, Authority: a.name, Users: []config.User{{Name: inboxUser, PasswordHash: hash}}},
		}
		if err := config.Save(s.file("connector-"+a.key+".yaml"), connector); err != nil {
			return err
		}
	}
	return errors.Join(config.Save(s.file("zustelldienst.yaml"), zd), config.Save(s.file("plattform.yaml"), platform), config.Save(s.file("fachverfahren.yaml"), cases))
}

func (a tenant) email() string { return "auslaenderbehoerde@" + a.key + ".example.org" }

func (a tenant) configured() authority.Authority {
	return authority.Authority{
		AGS: authority.AGS(a.ags), Name: a.name, Kennung: a.kennung, Live: true, Services: offered, Origins: []string{a.page}, Destination: a.destination,
		Address: []string{"Ausländerbehörde", a.street + " " + a.number, a.postcode + " " + a.city}, Street: a.street, HouseNumber: a.number, Postcode: a.postcode, City: a.city,
		Email: a.email(), Phone: "0999 123450", Privacy: a.page + "/", Imprint: a.page + "/",
	}
}
