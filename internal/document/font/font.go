// Package font holds the typefaces that documents are written in: Noto Sans for Latin with all letters and sequences of
// DIN 91379, Greek and Cyrillic, and Noto Sans Arabic, each regular and bold. They are unmodified and under the SIL
// Open Font License 1.1; its text is in OFL.txt and in License.
package font

import _ "embed"

// The font files in TrueType format, never to be changed by anyone.
var (
	//go:embed NotoSans-Regular.ttf
	Regular []byte
	//go:embed NotoSans-Bold.ttf
	Bold []byte
	//go:embed NotoSansArabic-Regular.ttf
	ArabicRegular []byte
	//go:embed NotoSansArabic-Bold.ttf
	ArabicBold []byte
	// License is the licence that goes with every copy of the fonts.
	//go:embed OFL.txt
	License string
)
