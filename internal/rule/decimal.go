package rule

import (
	"fmt"
	"strconv"
	"strings"
)

// DecimalUnit is how many parts the unit of a decimal has, which has four decimals.
const DecimalUnit = 10000

// FormatDecimal writes ten-thousandths in the one form that ParseDecimal reads: 385000 as "38.5".
func FormatDecimal(tenThousandths int64) string {
	sign := ""
	if tenThousandths < 0 {
		sign, tenThousandths = "-", -tenThousandths
	}
	s := fmt.Sprintf("%s%d.%04d", sign, tenThousandths/DecimalUnit, tenThousandths%DecimalUnit)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// ParseDecimal reads strictly what FormatDecimal writes: "38", "38.5", "-0.0625", with at most four decimals, without
// needless zeros, within ±MaxInt ten-thousandths. The result is in ten-thousandths.
func ParseDecimal(s string) (int64, bool) {
	if len(s) > 20 {
		return 0, false
	}
	whole, part, _ := strings.Cut(s, ".")
	if len(part) > 4 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+part+strings.Repeat("0", 4-len(part)), 10, 64)
	if err != nil || n > MaxInt || n < -MaxInt || FormatDecimal(n) != s {
		return 0, false
	}
	return n, true
}
