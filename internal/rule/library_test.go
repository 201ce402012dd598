package rule

import (
	"maps"
	"math/big"
	"regexp"
	"strconv"
	"time"

	celtypes "cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// firstDay is how many days 0001-01-01 lies before 1970-01-01, plus one, because it has the number 1.
const firstDay = 719163

func instant(day int64) time.Time { return time.Unix((day-firstDay)*86400, 0).UTC() }

func dayNumber(t time.Time) (int64, bool) {
	n := t.Unix()/86400 + firstDay
	if t.Unix()%86400 != 0 || t.Year() < 1 || t.Year() > 9999 {
		return 0, false
	}
	return n, true
}

func oracleDay(s string) (int64, bool) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, false
	}
	return dayNumber(t)
}

func oracleMoney(s string) (int64, bool) { return oracleParts(s, 100) }

func oracleDecimal(s string) (int64, bool) { return oracleParts(s, 10000) }

func oracleParts(s string, unit int64) (int64, bool) {
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return 0, false
	}
	r.Mul(r, big.NewRat(unit, 1))
	return r.Num().Int64(), r.IsInt() && r.Num().IsInt64()
}

// oraclePartial reads an incomplete date, and says how many years, months and days it stands for.
func oraclePartial(s string) (first time.Time, years, months, days int, ok bool) {
	for layout, span := range map[string][3]int{"2006": {1, 0, 0}, "2006-01": {0, 1, 0}, "2006-01-02": {0, 0, 1}} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 0 {
			return t, span[0], span[1], span[2], true
		}
	}
	return time.Time{}, 0, 0, 0, false
}

func oracleEarliest(s string) (int64, bool) {
	t, _, _, _, ok := oraclePartial(s)
	if !ok {
		return 0, false
	}
	return dayNumber(t)
}

func oracleLatest(s string) (int64, bool) {
	t, y, m, d, ok := oraclePartial(s)
	if !ok {
		return 0, false
	}
	return dayNumber(t.AddDate(y, m, d-1))
}

func oracleSet(v ref.Val) map[string]bool {
	set := map[string]bool{}
	for _, s := range nativeList(v) {
		set[s] = true
	}
	return set
}

func oracleCount(a, b map[string]bool) ref.Val {
	maps.DeleteFunc(a, func(s string, _ bool) bool { return !b[s] })
	return celtypes.Int(len(a))
}

func oracleAny(a, b map[string]bool) ref.Val {
	return celtypes.Bool(oracleCount(a, b).(celtypes.Int) > 0)
}

func oracleAll(a, b map[string]bool) ref.Val {
	for s := range b {
		if !a[s] {
			return celtypes.False
		}
	}
	return celtypes.True
}

var oracleForms = map[string]*regexp.Regexp{
	"azr_number": regexp.MustCompile(`^[0-9]{12}$`), "betriebsnummer": regexp.MustCompile(`^[0-9]{8}$`), "digits": regexp.MustCompile(`^[0-9]{1,200}$`),
	"latin_capitals_digits": regexp.MustCompile(`^[A-Z0-9]{1,200}$`), "postcode_de": regexp.MustCompile(`^(0[1-9]|[1-9][0-9])[0-9]{3}$`),
	"year": regexp.MustCompile(`^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])$`),
}

func oracleLike(s, name string) bool {
	if !oracleForms[name].MatchString(s) || name != "betriebsnummer" {
		return oracleForms[name].MatchString(s)
	}
	written := "" // the products beside each other; their digits are what is added
	for i, weight := range []int{1, 2, 1, 2, 1, 2, 1} {
		n, _ := strconv.Atoi(s[i : i+1])
		written += strconv.Itoa(n * weight)
	}
	sum := 0
	for _, r := range written {
		sum += int(r - '0')
	}
	last, _ := strconv.Atoi(s[7:])
	return (last-sum)%5 == 0 // the digit or the digit plus five
}

// floorOf, ceilingOf and nearestOf round x/n for n > 0.
func floorOf(x, n *big.Int) *big.Int { return new(big.Int).Div(x, n) } // Euclid's division is the floor then

func ceilingOf(x, n *big.Int) *big.Int {
	return new(big.Int).Neg(floorOf(new(big.Int).Neg(x), n))
}

func nearestOf(x, n *big.Int) *big.Int {
	q := new(big.Int).Abs(x)
	q.Add(q.Lsh(q, 1), n)
	q = floorOf(q, new(big.Int).Lsh(n, 1))
	if x.Sign() < 0 {
		q.Neg(q)
	}
	return q
}

func oracleDivide(round func(x, n *big.Int) *big.Int) func(a, b int64) (int64, bool) {
	return func(a, b int64) (int64, bool) {
		if b <= 0 {
			return 0, false
		}
		return round(big.NewInt(a), big.NewInt(b)).Int64(), true
	}
}

func oracleTimes(round func(x, n *big.Int) *big.Int) func(a, b int64) (int64, bool) {
	return func(a, b int64) (int64, bool) {
		p := round(new(big.Int).Mul(big.NewInt(a), big.NewInt(b)), big.NewInt(10000))
		return p.Int64(), p.IsInt64()
	}
}

func oracleAddDays(day, n int64) (int64, bool) {
	if n > 4e6 || n < -4e6 {
		return 0, false
	}
	return dayNumber(instant(day).AddDate(0, 0, int(n)))
}

// oracleMonth gives the first and the last day of the month that lies n months after the one of a day.
func oracleMonth(from time.Time, n int) (first, last time.Time) {
	first = time.Date(from.Year(), from.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	return first, first.AddDate(0, 1, -1)
}

// oracleAddMonths goes to the first of the month and takes the day, or the last one that the month has.
func oracleAddMonths(day, n int64) (int64, bool) {
	if n > 1e6 || n < -1e6 {
		return 0, false
	}
	from := instant(day)
	first, last := oracleMonth(from, int(n))
	if from.Day() > last.Day() {
		return dayNumber(last)
	}
	return dayNumber(first.AddDate(0, 0, from.Day()-1))
}

// oracleMonths is the greatest number of months that are over when the second day begins: a month is over on its day of
// the same number, and where there is none, on the first of the next.
func oracleMonths(from, to int64) (int64, bool) {
	start, end := instant(from), instant(to)
	over := func(n int) time.Time {
		first, last := oracleMonth(start, n)
		return first.AddDate(0, 0, min(start.Day(), last.Day()+1)-1)
	}
	n := 12*(end.Year()-start.Year()) + 13
	for over(n).After(end) {
		n--
	}
	return int64(n), true
}

// oracleYears is the greatest number of years that can be added to the birth without passing the day; a birthday that
// the year does not have is on 1 March.
func oracleYears(birth, day int64) (int64, bool) {
	from, to := instant(birth), instant(day)
	n := to.Year() - from.Year() + 1
	for from.AddDate(n, 0, 0).After(to) {
		n--
	}
	return int64(n), true
}

// oracleAge counts birthdays.
func oracleAge(birth, day int64) (int64, bool) {
	from, to := instant(birth), instant(day)
	if to.Before(from) {
		return 0, false
	}
	count := int64(0)
	for !from.AddDate(int(count)+1, 0, 0).After(to) {
		count++
	}
	return count, true
}

func oracleDays(from, to int64) (int64, bool) {
	return (instant(to).Unix() - instant(from).Unix()) / 86400, true
}
