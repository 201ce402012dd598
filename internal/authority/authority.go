// Package authority knows the immigration authorities that a platform serves: who they are, which services they
// offer, which web pages may embed them, and where applications go.
package authority

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// AGS is the official municipality key, eight digits; fictitious ones are used where one city has several authorities.
type AGS string

// Authority is one tenant.
type Authority struct {
	AGS         AGS      `yaml:"ags"`
	Name        string   `yaml:"name"`
	Kennung     string   `yaml:"kennung"` // reader's key in the message head, e.g. azr:990001
	Live        bool     `yaml:"live"`
	Services    []string `yaml:"services"`
	Origins     []string `yaml:"origins"` // web origins that may embed the element
	Destination string   `yaml:"destination"`
	Address     []string `yaml:"address"`
	Street      string   `yaml:"street"`
	HouseNumber string   `yaml:"house_number"`
	Postcode    string   `yaml:"postcode"`
	City        string   `yaml:"city"`
	Email       string   `yaml:"email"`
	Phone       string   `yaml:"phone"`
	Contact     string   `yaml:"contact"`
	Privacy     string   `yaml:"privacy_url"`
	Imprint     string   `yaml:"imprint_url"`
}

// Offers tells whether the authority offers a service online.
func (a *Authority) Offers(service string) bool { return slices.Contains(a.Services, service) }

// Directory finds authorities.
type Directory struct {
	byAGS map[AGS]*Authority
}

var (
	agsForm      = regexp.MustCompile(`^[0-9]{8}$`)
	kennungForm  = regexp.MustCompile(`^azr:[0-9]{6}$`)
	postcodeForm = regexp.MustCompile(`^[0-9]{5}$`)
)

// NewDirectory checks all authorities and tells every mistake at once.
func NewDirectory(list []Authority) (*Directory, error) {
	d := &Directory{byAGS: map[AGS]*Authority{}}
	var wrong []string
	for i := range list {
		a := &list[i]
		for _, w := range check(a) {
			wrong = append(wrong, fmt.Sprintf("authorities[%d] %s: %s", i, a.AGS, w))
		}
		if d.byAGS[a.AGS] != nil {
			wrong = append(wrong, fmt.Sprintf("authorities[%d]: ags %s is there twice", i, a.AGS))
		}
		d.byAGS[a.AGS] = a
	}
	if wrong != nil {
		return nil, fmt.Errorf("%s", strings.Join(wrong, "\n"))
	}
	return d, nil
}

func check(a *Authority) (wrong []string) {
	if !agsForm.MatchString(string(a.AGS)) {
		wrong = append(wrong, "ags must have eight digits")
	}
	if !kennungForm.MatchString(a.Kennung) {
		wrong = append(wrong, "kennung must be azr: and six digits")
	}
	if a.Name == "" || a.Destination == "" || a.City == "" {
		wrong = append(wrong, "name, destination and city are needed")
	}
	if !postcodeForm.MatchString(a.Postcode) {
		wrong = append(wrong, "postcode must have five digits")
	}
	for _, o := range a.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != o {
			wrong = append(wrong, "origin must be like https://www.example.de, is "+o)
		}
	}
	return wrong
}

// Find gives the authority of an AGS, nil when there is none.
func (d *Directory) Find(ags AGS) *Authority { return d.byAGS[ags] }

// All gives all authorities in the order of their keys.
func (d *Directory) All() []*Authority {
	out := make([]*Authority, 0, len(d.byAGS))
	for _, a := range d.byAGS {
		out = append(out, a)
	}
	slices.SortFunc(out, func(x, y *Authority) int { return strings.Compare(string(x.AGS), string(y.AGS)) })
	return out
}

// Allows tells whether a web origin may use the platform for any authority (a CORS preflight names no authority).
func (d *Directory) Allows(origin string) bool {
	for _, a := range d.byAGS {
		if slices.Contains(a.Origins, origin) {
			return true
		}
	}
	return false
}
