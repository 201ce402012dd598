package akte

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"time"

	"aufenthalt/internal/xauslaender"
)

// Parts come beside the message of an application; both may be absent.
type Parts struct {
	Readable []byte // antrag.json
	Summary  []byte // zusammenfassung.pdf
}

// Build makes the folder of a checked message: raw is written byte for byte, documents are taken out of it. The error
// is a *xauslaender.Rejection when a document is not what it is said to be.
func Build(raw []byte, n *xauslaender.Node, parts Parts, received time.Time) (*Folder, error) {
	head, err := xauslaender.ReadHead(n)
	if err != nil {
		return nil, err
	}
	f := &Folder{Manifest: Manifest{Type: n.Type(), Number: n.At("antragsidentifikation"), MessageUUID: head.UUID, Received: received.UTC()}}
	f.Add(Message, "XAusländer-Nachricht "+n.Type(), "", "application/xml", raw)
	known := map[string]Attached{} // by SHA-256
	if parts.Readable != nil {
		a, err := ReadAntrag(parts.Readable)
		if err != nil {
			return nil, err
		}
		if a.Number != f.Number || a.Message != f.MessageUUID {
			return nil, errors.New(Readable + ": belongs to another message")
		}
		for _, d := range a.Documents {
			known[d.SHA256] = d
		}
		f.Add(Readable, "Antrag, lesbar", "", "application/json", parts.Readable)
	}
	summary := parts.Summary
	if summary == nil {
		d, err := xauslaender.Summary(n)
		if err != nil {
			return nil, err
		}
		if d != nil && d.MIME == "application/pdf" {
			summary = d.Data
		}
	}
	if summary != nil {
		if !bytes.HasPrefix(summary, []byte("%PDF-")) {
			return nil, errors.New(Summary + ": is not a PDF")
		}
		f.Add(Summary, "Zusammenfassung des Antrags", "", "application/pdf", summary)
	}
	return f, f.addDocuments(n, known)
}

var codeForm = regexp.MustCompile(`^[A-Z0-9_-]{1,40}$`)

func (f *Folder) addDocuments(n *xauslaender.Node, known map[string]Attached) error {
	docs, err := xauslaender.Documents(n)
	if err != nil {
		return err
	}
	for i, d := range docs {
		sum := sha256.Sum256(d.Data)
		as := known[hex.EncodeToString(sum[:])]
		code, title, ending := as.Evidence, as.Name, "pdf"
		if !codeForm.MatchString(code) {
			code = "ANLAGE"
		}
		for _, s := range []string{d.Title, d.Name, fmt.Sprintf("Anlage %d", i+1)} {
			if title == "" {
				title = s
			}
		}
		if d.MIME == "image/jpeg" {
			ending = "jpg"
		}
		f.Add(fmt.Sprintf("dokumente/%02d-%s.%s", i+1, code, ending), title, as.Evidence, d.MIME, d.Data)
	}
	return nil
}

// Field is one text of a message, with the names of the elements that lead to it.
type Field struct{ Path, Value string }

// Fields lists what a message says, in its order: codes as they are, documents left out. It is for people and systems
// that want to look into a message without knowing the standard.
func Fields(n *xauslaender.Node) []Field {
	var out []Field
	for _, k := range n.Kids {
		if k.Name != "nachrichtenkopf.g2g" && k.Name != "anschrift.leser" && k.Name != "anschrift.autor" {
			out = fields(out, k, k.Name)
		}
	}
	return out
}

func fields(out []Field, n *xauslaender.Node, path string) []Field {
	if n.Kid("dokumententyp") != nil {
		return out
	}
	if code := n.At("code"); code != "" {
		if name := n.At("name"); name != "" {
			code += " (" + name + ")"
		}
		return append(out, Field{path, code})
	}
	if len(n.Kids) == 0 {
		if n.Text == "" {
			return out
		}
		return append(out, Field{path, n.Text})
	}
	for _, k := range n.Kids {
		out = fields(out, k, path+" › "+k.Name)
	}
	return out
}
