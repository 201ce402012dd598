package xauslaender

import (
	"bufio"
	"encoding/base64"
	"encoding/xml"
	"io"
	"maps"
	"slices"
	"strings"
)

// Write encodes a message after checking it completely, so that nothing leaves which would be refused; the error is
// then a *Rejection without line. A prefix is bound on the root and there is no default namespace: that would capture
// the unqualified elements too. White space between elements is not written.
func (r *Reader) Write(w io.Writer, root *Node) error {
	if err := r.check(root); err != nil {
		return err
	}
	b := bufio.NewWriter(w)
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n")
	r.write(b, root, ` xmlns:xa="`+r.profile.Namespace+`"`)
	return b.Flush()
}

func (r *Reader) write(b *bufio.Writer, n *Node, namespace string) {
	name := n.Name
	if n.Qualified {
		name = "xa:" + name
	}
	b.WriteString("<" + name + namespace)
	for _, a := range slices.Sorted(maps.Keys(n.Attr)) {
		b.WriteString(" " + a + `="`)
		_ = xml.EscapeText(b, []byte(n.Attr[a])) // errors surface at Flush
		b.WriteByte('"')
	}
	b.WriteByte('>')
	switch {
	case n.Data != nil:
		enc := base64.NewEncoder(base64.StdEncoding, b)
		_, _ = enc.Write(n.Data)
		_ = enc.Close()
	case len(n.Kids) == 0:
		_, _ = text.WriteString(b, n.Text)
	}
	for _, k := range n.Kids {
		r.write(b, k, "")
	}
	b.WriteString("</" + name + ">")
}

// text escapes what XML needs; line feeds stay, a carriage return would be lost on reading.
var text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")
