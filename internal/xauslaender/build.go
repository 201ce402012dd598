package xauslaender

import (
	"strconv"

	"aufenthalt/internal/civil"
)

// Building blocks of messages: a name with q is an element of XAusländer, one without is declared elsewhere. Optional
// blocks are nil when there is nothing to say; present drops them.

type nodes []*Node

func (list nodes) present() nodes {
	var out nodes
	for _, n := range list {
		if n != nil {
			out = append(out, n)
		}
	}
	return out
}

func plain(name string, kids ...*Node) *Node { return &Node{Name: name, Kids: nodes(kids).present()} }

func qualifiedNode(name string, kids ...*Node) *Node {
	return &Node{Name: name, Qualified: true, Kids: nodes(kids).present()}
}

func leaf(name, text string) *Node  { return &Node{Name: name, Text: text} }
func qLeaf(name, text string) *Node { return &Node{Name: name, Qualified: true, Text: text} }

func optional(name, text string) *Node {
	if text == "" {
		return nil
	}
	return leaf(name, text)
}

func qOptional(name, text string) *Node {
	if text == "" {
		return nil
	}
	return qLeaf(name, text)
}

func qDay(name string, d civil.Day) *Node {
	if d.IsZero() {
		return nil
	}
	return qLeaf(name, d.String())
}

func flag(name string, b bool) *Node { return qLeaf(name, strconv.FormatBool(b)) }

// code fills an element with a code of a list.
func code(n *Node, l *codeList, value string) *Node {
	if value == "" {
		return nil
	}
	n.Attr = map[string]string{"listURI": l.uri, "listVersionID": l.version}
	n.Kids = nodes{leaf("code", value)}
	return n
}

// nameOf writes a name, or that the person rightly has none.
func nameOf(element, name string) *Node {
	if name == "" {
		return qualifiedNode(element, leaf("nichtVorhanden", "true"))
	}
	return qualifiedNode(element, leaf("name", name))
}

// partialDate writes as much of a date as is known.
func partialDate(p civil.Partial) *Node {
	s := p.String()
	switch len(s) {
	case 4:
		return leaf("jahr", s)
	case 7:
		return leaf("jahrMonat", s)
	}
	return leaf("jahrMonatTag", s)
}

func reach(name string, qualified bool, c Contact) *Node {
	n := plain(name, code(leaf("kanal", ""), kanal, c.Channel), leaf("kennung", c.Value), optional("zusatz", c.Extra))
	n.Qualified = qualified
	return n
}

func documentType(mime string) *Node {
	value := "1"
	if mime == "image/jpeg" {
		value = "2"
	}
	return code(qLeaf("dokumententyp", ""), format, value)
}

func content(d Document) *Node { return &Node{Name: "dokument", Qualified: true, Data: d.Data} }

// inline writes a document that always travels inside the message.
func inline(name string, d Document) *Node {
	return qualifiedNode(name, content(d), documentType(d.MIME))
}

// orReference writes a document of the kind that could also travel in a packet.
func orReference(name string, d Document, titled bool) *Node {
	n := qualifiedNode(name, qualifiedNode("dokumentOderReferenz", content(d)),
		documentType(d.MIME), qOptional("dateiname", d.Name))
	if titled {
		n.Kids = append(n.Kids, qLeaf("bezeichnung", d.Title))
	}
	return n
}
