package pdf_test

import (
	"fmt"
	"os"
	"time"

	"aufenthalt/internal/document/pdf"
)

// A receipt as an applicant gets it.
func Example() {
	fonts, err := pdf.Load()
	if err != nil {
		panic(err)
	}
	d := pdf.New(fonts, pdf.Options{
		Title: "Quittung", Lang: "de", Author: "Betreiber", Created: time.Date(2026, 11, 24, 14, 41, 7, 0, time.UTC),
		Footer: "AT-7K3M-9QX2-5", PageFormat: "Seite {page} von {pages}",
	})
	d.Heading(1, "Ihr Antrag ist eingegangen")
	d.Big("Vorgangsnummer", "AT-7K3M-9QX2-5")
	d.Row("Eingegangen", "24.11.2026, 14:41 Uhr")
	d.Row("Behörde", "Landkreis Musterland, Ausländerbehörde")
	d.Row("Name", "محمد أحمد")
	data, err := d.Bytes()
	fmt.Println(string(data[:8]), err)
	if name := os.Getenv("AUFENTHALT_PDF"); name != "" { // to look at it
		os.WriteFile(name, data, 0o600)
	}
	// Output: %PDF-1.7 <nil>
}
