package xauslaender

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"aufenthalt/internal/civil"
)

// Address is a postal address in Germany, of an authority or operator.
type Address struct{ Street, HouseNumber, Postcode, City string }

// Party is a reader or author: key with its prefix ("azr:073400", "alp:99000001"), name, how the technical side is reached.
type Party struct {
	Kennung, Name, Email, Phone string
	Address                     Address
}

// Product names the software that wrote a message.
type Product struct{ Name, Maker, Version string }

// Head is what every message begins with. Test marks a message that must not be processed productively.
type Head struct {
	UUID           string
	Created        time.Time
	Test           bool
	Product        Product
	Reader, Author Party
}

// Document is a PDF or JPEG inside a message. Title says what it is, Name is the cleaned file name; not every place has both.
type Document struct {
	Name, Title, MIME string
	Data              []byte
}

// Question is 130102: the authority asks the applicant. Trigger is the UUID of the message that it reacts to.
type Question struct {
	Head
	Number, Trigger, Text string
	Deadline              civil.Day // zero: none
	Attachment            *Document
}

// Answer is 130103; Trigger is the UUID of the question.
type Answer struct {
	Head
	Number, Trigger, Text string
	BackChannel           bool
	Documents             []Document
}

// WriteQuestion encodes and checks a question; the error is a *Rejection when the content is not allowed.
func (r *Reader) WriteQuestion(q Question) ([]byte, error) {
	body := nodes{qLeaf("antragsidentifikation", q.Number), qLeaf("ausloeserUUID", q.Trigger), qLeaf("frage", q.Text), qDay("fristdatum", q.Deadline)}
	if q.Attachment != nil {
		body = append(body, inline("anlage", *q.Attachment))
	}
	return r.message("OZG.RueckkanalFrage.130102", q.Head, body)
}

// WriteAnswer encodes and checks an answer; the error is a *Rejection when the content is not allowed.
func (r *Reader) WriteAnswer(a Answer) ([]byte, error) {
	body := nodes{qLeaf("antragsidentifikation", a.Number), flag("rueckkanalVorhanden", a.BackChannel), qLeaf("ausloeserUUID", a.Trigger)}
	for _, d := range a.Documents {
		body = append(body, orReference("unterlage", d, false))
	}
	return r.message("OZG.RueckkanalAntwort.130103", a.Head, append(body, qOptional("antworttext", a.Text)))
}

// ReadQuestion takes a checked 130102 apart.
func ReadQuestion(n *Node) (Question, error) {
	head, err := ReadHead(n)
	if err != nil {
		return Question{}, err
	}
	q := Question{Head: head, Number: n.At("antragsidentifikation"), Trigger: n.At("ausloeserUUID"), Text: n.At("frage")}
	if s := n.At("fristdatum"); s != "" {
		if q.Deadline, err = civil.Parse(s); err != nil {
			return q, err
		}
	}
	docs, err := Documents(n)
	if len(docs) > 0 {
		q.Attachment = &docs[0]
	}
	return q, err
}

// ReadAnswer takes a checked 130103 apart.
func ReadAnswer(n *Node) (Answer, error) {
	head, err := ReadHead(n)
	if err != nil {
		return Answer{}, err
	}
	a := Answer{Head: head, Number: n.At("antragsidentifikation"), Trigger: n.At("ausloeserUUID"), Text: n.At("antworttext"), BackChannel: truth(n.At("rueckkanalVorhanden"))}
	a.Documents, err = Documents(n)
	return a, err
}

// ReadHead reads the head of any checked message.
func ReadHead(n *Node) (Head, error) {
	_, test := n.Attr["test"]
	h := Head{Test: test, Product: Product{n.Attr["produkt"], n.Attr["produkthersteller"], n.Attr["produktversion"]}}
	g2g := n.Kid("nachrichtenkopf.g2g")
	ident := g2g.Kid("identifikation.nachricht")
	h.UUID = strings.ToLower(ident.At("nachrichtenUUID"))
	created, err := time.Parse(time.RFC3339Nano, ident.At("erstellungszeitpunkt"))
	if err != nil { // the schema does not insist on a zone, the standard does
		return h, &Rejection{"S001", n.Line, n.Name + "/nachrichtenkopf.g2g", "time of creation has no zone", "a time with milliseconds and zone"}
	}
	h.Created = created
	h.Reader, h.Author = readParty(g2g.Kid("leser"), n.Kid("anschrift.leser")), readParty(g2g.Kid("autor"), n.Kid("anschrift.autor"))
	return h, nil
}

func readParty(n, address *Node) Party {
	p := Party{Kennung: n.At("kennung"), Name: n.At("name")}
	for _, k := range n.Kids {
		if k.Name != "erreichbarkeit" {
			continue
		}
		switch k.At("kanal", "code") {
		case channelEmail:
			p.Email = k.At("kennung")
		case channelPhone:
			p.Phone = k.At("kennung")
		}
	}
	if b := address.Kid("gebaeude"); b != nil {
		p.Address = Address{b.At("strasse"), b.At("hausnummer") + b.At("hausnummerBuchstabeZusatzziffer"), b.At("postleitzahl"), b.At("wohnort")}
	}
	return p
}

// Codes of list erreichbarkeit 3.
const (
	channelEmail  = "01"
	channelPhone  = "02"
	channelMobile = "03"
)

// Documents gives every document inside a message in its order, but for the summary of the form. References to packets
// are refused: packet delivery is not read yet.
func Documents(n *Node) ([]Document, error) {
	var out []Document
	for _, k := range n.Kids {
		if k.Name == "antragszusammenfassung" {
			continue
		}
		if k.Kid("dokumententyp") == nil {
			inner, err := Documents(k)
			if err != nil {
				return nil, err
			}
			out = append(out, inner...)
			continue
		}
		d, err := readDocument(k)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Summary gives the PDF of the form, nil when there is none.
func Summary(n *Node) (*Document, error) {
	k := n.Kid("antragszusammenfassung")
	if k == nil {
		return nil, nil
	}
	d, err := readDocument(k)
	return &d, err
}

func readDocument(k *Node) (Document, error) {
	where := k
	if inner := k.Kid("dokumentOderReferenz"); inner != nil {
		where = inner
	}
	content := where.Kid("dokument")
	if content == nil {
		return Document{}, &Rejection{"S999", k.Line, k.Name, "document comes in a packet", "documents inside the message"}
	}
	data, err := base64.StdEncoding.DecodeString(content.Text) // line feeds are skipped
	if err != nil {
		data, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(content.Text), ""))
	}
	if err != nil {
		return Document{}, &Rejection{"X001", content.Line, k.Name, "not base64", ""}
	}
	d := Document{Name: k.At("dateiname"), Title: k.At("bezeichnung"), Data: data}
	switch k.At("dokumententyp", "code") {
	case "1":
		d.MIME = "application/pdf"
	case "2":
		d.MIME = "image/jpeg"
	}
	if !d.looksLike() {
		return Document{}, &Rejection{"S999", content.Line, k.Name, "content is not of the type that it is said to be", "PDF or JPEG as the code says"}
	}
	return d, nil
}

// looksLike compares the first bytes with the type.
func (d Document) looksLike() bool {
	switch d.MIME {
	case "application/pdf":
		return bytes.HasPrefix(d.Data, []byte("%PDF-"))
	case "image/jpeg":
		return bytes.HasPrefix(d.Data, []byte{0xff, 0xd8, 0xff})
	}
	return false
}

func truth(s string) bool { return s == "true" || s == "1" }

// message puts the head before the body, checks the whole and writes it.
func (r *Reader) message(name string, h Head, body nodes) ([]byte, error) {
	if h.UUID == "" || h.Created.IsZero() {
		return nil, errors.New("xauslaender: message without identification")
	}
	root := &Node{Name: name, Qualified: true, Attr: map[string]string{
		"produkt": h.Product.Name, "produkthersteller": h.Product.Maker, "standard": "XAusländer", "version": r.profile.Version,
	}}
	if h.Product.Version != "" {
		root.Attr["produktversion"] = h.Product.Version
	}
	if h.Test {
		root.Attr["test"] = "Testnachricht"
	}
	ident := plain("identifikation.nachricht", leaf("nachrichtenUUID", h.UUID),
		code(leaf("nachrichtentyp", ""), &codeList{uri: typeList, version: r.profile.TypeList}, root.Type()),
		leaf("erstellungszeitpunkt", h.Created.Format("2006-01-02T15:04:05.000Z07:00")))
	root.Kids = nodes{plain("nachrichtenkopf.g2g", ident, party("leser", h.Reader, false), party("autor", h.Author, true)),
		postal("anschrift.leser", h.Reader.Address), postal("anschrift.autor", h.Author.Address)}.present()
	root.Kids = append(root.Kids, body.present()...)
	var out bytes.Buffer
	out.Grow(roughSize(root))
	if err := r.Write(&out, root); err != nil {
		return nil, err
	}
	if out.Len() > MaxMessage {
		return nil, &Rejection{"S999", 0, name, fmt.Sprintf("message has %d bytes", out.Len()), "at most 50 MB"}
	}
	return out.Bytes(), nil
}

// roughSize is about how long a message becomes, so that megabytes of documents are not copied while it grows.
func roughSize(n *Node) int {
	size := 2*len(n.Name) + len(n.Text) + len(n.Data)*4/3 + 64
	for _, k := range n.Kids {
		size += roughSize(k)
	}
	return size
}

func party(name string, p Party, reachable bool) *Node {
	n := plain(name, code(leaf("verzeichnisdienst", ""), verzeichnis, "DVDV"), leaf("kennung", p.Kennung), leaf("name", p.Name))
	if reachable {
		if p.Email != "" {
			n.Kids = append(n.Kids, reach("erreichbarkeit", false, Contact{Channel: channelEmail, Value: p.Email}))
		}
		if p.Phone != "" {
			n.Kids = append(n.Kids, reach("erreichbarkeit", false, Contact{Channel: channelPhone, Value: p.Phone}))
		}
	}
	return n
}

func postal(name string, a Address) *Node {
	if a.City == "" {
		return nil
	}
	street, number, addition := StreetLine(a.Street, a.HouseNumber)
	return plain(name, plain("gebaeude", optional("hausnummer", number), optional("hausnummerBuchstabeZusatzziffer", addition),
		leaf("postleitzahl", a.Postcode), leaf("strasse", street), leaf("wohnort", a.City)))
}

// StreetLine parts a house number such as "12a" into number and addition, since the standard takes only digits in the
// number. A house number of another form stays behind the street's name. The street is never empty: without one the
// standard wants certain words.
func StreetLine(name, house string) (street, number, addition string) {
	house = strings.TrimSpace(house)
	i := 0
	for i < len(house) && house[i] >= '0' && house[i] <= '9' {
		i++
	}
	number, addition = house[:i], strings.TrimSpace(house[i:])
	if len(number) > 4 || number == "" || !letterForm.MatchString(addition) {
		street, number, addition = strings.TrimSpace(name+" "+house), "", ""
	} else if street = name; street == "" {
		street = "Hausnummer"
	}
	if street == "" {
		street = "ohne Hausnummer"
	}
	return street, number, addition
}
