// Package document takes what an applicant uploads and lets through only a harmless PDF or JPEG. It looks at the
// content alone: neither the file's name nor the type that the browser claims decides anything.
//
// XAusländer knows two formats, PDF and JPG (code list dokumentformat 2). A PNG becomes a JPEG; a JPEG with metadata
// (where the photo was taken, with which phone) is written again without it. A PDF is never changed: one with a
// password, with scripts, with attachments or with a second file behind it is refused with the way out.
package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
	"strings"

	"aufenthalt/internal/errs"
)

// Limits bound one document.
type Limits struct {
	MaxBytes int64 // of the upload and of what leaves; 0 means no bound
}

// Info is a document that may be passed on.
type Info struct {
	Data    []byte // what leaves the platform; the upload itself unless Cleaned
	MIME    string // "application/pdf" or "image/jpeg"
	Ext     string // ".pdf" or ".jpg"
	Pages   int    // 1 for a picture
	SHA256  string // of Data, 64 lower-case hex digits
	Cleaned bool   // Data was written anew: converted, turned upright, or freed from metadata
}

const (
	mimePDF  = "application/pdf"
	mimeJPEG = "image/jpeg"
)

// Check reads a document and says whether it may be passed on, and as which bytes. The declared media type only serves
// to name the remedy for a file that is none of ours. The error is an *errs.Error with a key below error.document.
func Check(data []byte, declared string, l Limits) (Info, error) {
	if len(data) == 0 {
		return Info{}, errs.E(errs.Invalid, "error.document.empty")
	}
	if l.MaxBytes > 0 && int64(len(data)) > l.MaxBytes {
		return Info{}, tooLarge(int64(len(data)), l.MaxBytes)
	}
	var info Info
	var err error
	switch sniff(data) {
	case kindPDF:
		info = Info{Data: data, MIME: mimePDF, Ext: ".pdf"}
		info.Pages, err = checkPDF(data)
	case kindJPEG:
		info = Info{MIME: mimeJPEG, Ext: ".jpg", Pages: 1}
		info.Data, info.Cleaned, err = checkJPEG(data, l)
	case kindPNG:
		info = Info{MIME: mimeJPEG, Ext: ".jpg", Pages: 1, Cleaned: true}
		info.Data, err = convertPNG(data, l)
	default:
		return Info{}, refuseType(data, declared)
	}
	if err != nil {
		return Info{}, err
	}
	sum := sha256.Sum256(info.Data)
	info.SHA256 = hex.EncodeToString(sum[:])
	return info, nil
}

// tooLarge names size and limit in whole megabytes of 1 000 000 bytes, the size rounded up, so that it is never shown
// as equal to the limit that it exceeds.
func tooLarge(size, limit int64) error {
	mb := func(n float64) string { return strconv.FormatInt(int64(n), 10) }
	shown := math.Floor(float64(limit) / 1e6)
	return errs.E(errs.TooLarge, "error.document.too_large").
		With("limit", mb(shown)).With("size", mb(max(math.Ceil(float64(size)/1e6), shown+1)))
}

// broken is a file of a kind we take that cannot be read; the reason is for the operator.
func broken(reason error) error {
	return errs.E(errs.Invalid, "error.document.broken").Because(reason)
}

type kind int

const (
	kindOther kind = iota
	kindPDF
	kindJPEG
	kindPNG
)

// sniff tells the kind by the first bytes.
func sniff(data []byte) kind {
	switch {
	case bytes.HasPrefix(data, []byte("%PDF-")):
		return kindPDF
	case bytes.HasPrefix(data, []byte("\xff\xd8\xff")):
		return kindJPEG
	case bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")):
		return kindPNG
	}
	return kindOther
}

// headWindow is how far readers look for a header (ISO 32000-1 annex H, note 13).
const headWindow = 1024

// refuseType gives the reason with the most helpful way out for a file that is not taken.
func refuseType(data []byte, declared string) error {
	head := data[:min(len(data), headWindow)]
	switch {
	case bytes.Contains(head, []byte("%PDF-")):
		return errs.E(errs.Invalid, "error.document.polyglot")
	case isHEIC(data), strings.HasPrefix(declared, "image/hei"):
		return errs.E(errs.Unsupported, "error.document.heic")
	case isOffice(data):
		return errs.E(errs.Unsupported, "error.document.word")
	}
	return errs.E(errs.Unsupported, "error.document.type")
}

// isHEIC knows the brands of HEIF pictures that phones write (ISO/IEC 23008-12).
func isHEIC(data []byte) bool {
	if len(data) < 12 || string(data[4:8]) != "ftyp" {
		return false
	}
	switch string(data[8:12]) {
	case "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1":
		return true
	}
	return false
}

// isOffice knows OOXML, OpenDocument, the old binary office files and RTF.
func isOffice(data []byte) bool {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return bytes.Contains(data, []byte("[Content_Types].xml")) || bytes.Contains(data, []byte("application/vnd.oasis.opendocument"))
	}
	return bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")) || bytes.HasPrefix(data, []byte(`{\rtf`))
}
