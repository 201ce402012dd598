package catalog

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/form"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Authority is what the form says about its authority.
type Authority struct {
	AGS        string   `json:"ags"`
	Name       string   `json:"name"`
	Address    []string `json:"address"`
	Contact    string   `json:"contact,omitempty"`
	Phone      string   `json:"phone,omitempty"`
	Email      string   `json:"email,omitempty"`
	PrivacyURL string   `json:"privacy_url,omitempty"`
	ImprintURL string   `json:"imprint_url,omitempty"`
	Offers     []string `json:"offers,omitempty"` // services that it has online
}

// Environment is what the form must know about the platform. Sizes are in bytes.
type Environment struct {
	Name          string // PRE or PRO
	DocumentBytes int64
	TotalBytes    int64
	Documents     int
}

type viewKey struct {
	day  civil.Day
	lang string
}

// view is the part that is the same for every authority.
type view struct {
	Service    string                `json:"service"`
	Hash       string                `json:"hash"`
	Day        civil.Day             `json:"law_day"`
	Languages  []string              `json:"languages"`
	Language   string                `json:"language"`
	Binding    string                `json:"binding"`
	Pages      []viewPage            `json:"pages"`
	Fields     map[string]form.Field `json:"fields"`
	Evidence   []form.Evidence       `json:"evidence"`
	Notices    []form.Notice         `json:"notices"`
	Checks     []form.Check          `json:"checks"`
	Fees       []viewFee             `json:"fees"`
	Parameters map[string]viewParam  `json:"parameters"`
	Routes     []form.Route          `json:"routes,omitempty"`  // of the router
	Targets    map[string]viewTarget `json:"targets,omitempty"` // the services of its routes
	Words      string                `json:"words"`             // hash of the shared words, which are not in here
	Texts      map[string]string     `json:"texts"`
}

type viewPage struct {
	form.Page
	Notices []string `json:"notices"`
}

type viewFee struct {
	Code   string    `json:"code"`
	When   rule.Tree `json:"when,omitzero"`
	Amount string    `json:"amount,omitempty"` // absent when the price of the day is not known
	Minor  string    `json:"minor,omitempty"`
	When18 rule.Tree `json:"minor_when,omitzero"`
	Basis  string    `json:"basis,omitempty"`
}

type viewLimits struct {
	Document  int64 `json:"document_bytes"`
	Total     int64 `json:"total_bytes"`
	Documents int   `json:"documents"`
}

type viewParam struct {
	Type  law.Type `json:"type"`
	Value string   `json:"value"`
}

// View gives what the browser needs beside the shared words: the definition of the day in one language, for one authority. A language without
// texts gives the binding one. All but the authority's part is made once per day and language.
func View(d *Document, def *form.Definition, lang string, a Authority, env Environment) ([]byte, error) {
	if d.body.Texts[lang] == nil {
		lang = Binding
	}
	common, err := d.view(def, lang)
	if err != nil {
		return nil, err
	}
	if a.Address == nil {
		a.Address = []string{}
	}
	head, err := json.Marshal(struct {
		Authority   Authority  `json:"authority"`
		Environment string     `json:"environment"`
		Limits      viewLimits `json:"limits"`
	}{a, env.Name, viewLimits{env.DocumentBytes, env.TotalBytes, env.Documents}})
	if err != nil {
		return nil, fmt.Errorf("catalog: view: %w", err)
	}
	out := make([]byte, 0, len(head)+len(common))
	out = append(out, head[:len(head)-1]...)
	out = append(out, ',')
	return append(out, common[1:]...), nil
}

func (d *Document) view(def *form.Definition, lang string) ([]byte, error) {
	key := viewKey{def.Day, lang}
	d.mu.Lock()
	defer d.mu.Unlock()
	if b := d.views[key]; b != nil {
		return b, nil
	}
	b, err := json.Marshal(d.common(def, lang))
	if err != nil {
		return nil, fmt.Errorf("catalog: view: %w", err)
	}
	if len(d.views) >= maxCached {
		clear(d.views)
	}
	d.views[key] = b
	return b, nil
}

func (d *Document) common(def *form.Definition, lang string) view {
	v := view{
		Service: def.Service, Hash: def.Hash, Day: def.Day, Languages: d.Languages(), Language: lang, Binding: Binding,
		Fields: map[string]form.Field{}, Parameters: map[string]viewParam{}, Texts: map[string]string{},
		Evidence: orEmpty(def.Evidence), Notices: orEmpty(def.Notices), Checks: orEmpty(def.Checks), Pages: []viewPage{}, Fees: []viewFee{},
	}
	maps.Copy(v.Texts, def.Texts[Binding])
	maps.Copy(v.Texts, def.Texts[lang])
	there := partsOf(def)
	shared := &Words{}
	if d.words != nil { // a document outside of a catalogue shares nothing
		shared = d.words(lang)
	}
	v.Words = shared.Hash
	maps.DeleteFunc(v.Texts, func(key, text string) bool { return !neededInForm(key, there) || shared.Texts[key] == text })
	for key, text := range v.Texts {
		if strings.Contains(text, "{") {
			v.Texts[key] = def.Sentence(lang, key) // with the figures of the day
		}
	}
	for _, p := range def.Pages {
		out := viewPage{Page: p, Notices: []string{}}
		for _, n := range def.Notices {
			if n.Page == p.ID {
				out.Notices = append(out.Notices, n.ID)
			}
		}
		v.Pages = append(v.Pages, out)
	}
	for _, f := range def.Fields() {
		v.Fields[f.ID] = f
	}
	for _, f := range def.Fees {
		out := viewFee{Code: f.Code, When: f.When, When18: f.Minor}
		if t, ok := def.Tariffs[f.Code]; ok {
			out.Amount, out.Minor, out.Basis = law.FormatMoney(t.Adult), law.FormatMoney(t.Minor), t.Basis
		}
		v.Fees = append(v.Fees, out)
	}
	for name, p := range def.Parameters {
		v.Parameters[name] = viewParam{p.Type, p.String()}
	}
	if d.ways != nil {
		d.ways(def, lang, &v)
	}
	return v
}

// partsOf lists what stands in a definition as the beginnings of text keys: "field.x", "option.x.y".
func partsOf(def *form.Definition) map[string]bool {
	there := map[string]bool{}
	for _, p := range def.Pages {
		there["page."+p.ID] = true
	}
	for _, f := range def.Fields() {
		there["field."+f.ID] = true
		for _, o := range f.Options {
			there["option."+f.ID+"."+o.Value] = true
		}
	}
	for _, e := range def.Evidence {
		there["evidence."+e.ID] = true
	}
	for _, n := range def.Notices {
		there["notice."+n.ID] = true
	}
	for _, c := range def.Checks {
		there["check."+c.ID] = true
	}
	for _, r := range def.Routes {
		there["route."+r.ID] = true
	}
	return there
}

// neededInForm tells whether the browser may show a text: not those of the receipt and the aid, which are made here, and
// not those of parts of other days.
func neededInForm(key string, there map[string]bool) bool {
	kind, rest, _ := strings.Cut(key, ".")
	id, more, _ := strings.Cut(rest, ".")
	switch kind {
	case "page", "field", "evidence", "notice", "check", "route":
		return there[kind+"."+id]
	case "option":
		value, _, _ := strings.Cut(more, ".")
		return there["option."+id+"."+value]
	}
	return shownInForm(key)
}

// shownInForm tells whether a text is of a kind that the browser shows at all.
func shownInForm(key string) bool {
	kind, _, _ := strings.Cut(key, ".")
	return !slices.Contains([]string{"basis", "condition", "filing", "receipt"}, kind)
}

func pairs(names []form.Name, lang string) [][2]string {
	out := make([][2]string, len(names))
	for i, n := range names {
		out[i] = [2]string{n.Code, n.In(lang)}
	}
	return out
}

// orEmpty keeps an empty list from becoming null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return slices.Clip(list)
}
