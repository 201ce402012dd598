// Package sample is a made-up applicant with her documents, for the demonstration, tests and benchmarks.
package sample

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"

	"github.com/google/uuid"
)

// File is one document of the applicant; ID is new each time.
type File struct {
	ID, Evidence, Name, MIME string
	Data                     []byte
}

// Files are three documents of the application and a fourth for an answer, made here, so that nothing real is in them.
func Files() ([]File, error) {
	photo, err := Photo()
	if err != nil {
		return nil, err
	}
	return []File{
		{uuid.NewString(), "PASS", "Reisepass Scan.pdf", "application/pdf", PDF("SPECIMEN PASSPORT", "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<")},
		{uuid.NewString(), "TITLE", "Aufenthaltstitel.jpg", "image/jpeg", photo},
		{uuid.NewString(), "CONTR", "Arbeitsvertrag (unterschrieben).pdf", "application/pdf", PDF("SPECIMEN CONTRACT", "Software Engineer, 40 hours, 4,650 EUR")},
		{uuid.NewString(), "", "Krankenversicherung.pdf", "application/pdf", PDF("SPECIMEN INSURANCE", "Certificate of membership")},
	}, nil
}

// PDF writes a one-page PDF with lines of text.
func PDF(lines ...string) []byte {
	var content strings.Builder
	content.WriteString("BT /F1 14 Tf 60 760 Td")
	for _, l := range lines {
		fmt.Fprintf(&content, " (%s) Tj 0 -24 Td", strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(l))
	}
	content.WriteString(" ET")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", content.Len(), content.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, len(objects))
	for i, o := range objects {
		offsets[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, at := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// Photo is a JPEG that could be a card.
func Photo() ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, 1012, 638))
	for y := range 638 {
		for x := range 1012 {
			img.Set(x, y, color.RGBA{uint8(200 + x*40/1012), uint8(215 + y*30/638), 235, 255})
		}
	}
	var b bytes.Buffer
	err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85})
	return b.Bytes(), err
}

// Answers is a rich application: an extension of an EU Blue Card with signs from several languages.
func Answers() map[string]any {
	return map[string]any{
		"reason": "extension", "work_kind": "qualified", "purpose": "blue_card",
		"family_name": "Nguyễn-Ștefănescu", "given_names": "Thị Mai Łucja", "birth_date": "1992-08-14", "gender": "w", "nationalities": []string{"VNM", "UKR"},
		"birth_place": "Đà Nẵng", "birth_country": "VNM", "birth_name": "Nguyễn", "doctor_title": "Dr.",
		"marital_status": "VH", "living_apart": false, "marital_since": "2019-05",
		"has_passport": true, "passport_kind": "national", "passport_number": "C01X00T47", "passport_state": "VNM", "passport_issued": "2022-03-01", "passport_until": "2032-02-28",
		"no_fixed_address": false, "street": "Lindenallee", "house_number": "12a", "address_extra": "Hinterhaus", "postcode": "19999", "city": "Musterstadt", "moved_in": "2023-04-01",
		"email": "mai@example.org", "phone": "+49 171 3920012", "correspondence_language": "en", "interpreter_needed": false, "represented": false,
		"current_status": "blue_card", "title_until": "2027-02-28", "first_entry": "2022-10-01", "long_absence": false,
		"asylum_applied": false, "eu_protection": false, "entry_ban": false,
		"employer_name": "Muster Software GmbH", "employer_street": "Industrieweg 5", "employer_postcode": "19999", "employer_city": "Musterstadt", "employer_number": "12345671",
		"job_title": "Softwareentwicklerin", "job_tasks": "Entwicklung und Betrieb von Fachanwendungen.", "workplace": "Musterstadt", "job_start": "2022-10-01", "contract_open_ended": true,
		"salary_month": "4650.00", "weekly_hours": "40", "job_level": "degree", "social_insurance": true, "agency_work": false,
		"degree_kind": "german", "degree_name": "M.Sc. Informatik", "degree_date": "2022-07-15", "voc_kind": "none",
		"occupation_group": "i25", "it_experience": false, "licence_required": false,
		"means": []string{"salary"}, "benefits": []string{"none"}, "household_persons": 2, "rent_month": "980.50", "health_insurance": "statutory",
		"convicted": false, "pending_case": false, "expelled": false,
		"height_cm": 163, "eye_colour": "06", "photo_source": "provider", "express_card": false, "postal_delivery": false,
		"remarks":   "Ich reise im Januar dienstlich; bitte keinen Termin vom 11. bis 15. Januar.",
		"dec_truth": true, "dec_coop": true, "dec_end": true, "dec_blue": true, "dec_empl": true, "dec_priv": true,
	}
}
