// Package civil is about calendar days as German law counts them: whole days without clock or zone, incomplete dates
// as passports carry them, months with a named rounding, and ages.
package civil

import (
	"errors"
	"fmt"
	"strconv"
	"time"
)

// Day is a day of the Gregorian calendar, 0001-01-01 (= 1) to MaxDay. The zero Day means "no day", so an open end needs
// no pointer. Days are compared and ordered with the ordinary operators.
type Day int32

// MaxDay is 9999-12-31, the last day that has four digits.
const MaxDay Day = 3652059

// Rounding says what becomes of a day that the target month does not have.
type Rounding uint8

const (
	// EndOfMonth takes the last day of the month: how periods of months end, § 188 Abs. 3 BGB.
	EndOfMonth Rounding = iota
	// StartOfNext takes the first day of the following month: when something may begin only after the period is over.
	StartOfNext
)

// Reasons for refusing a date; they never hold what was typed.
var (
	ErrForm     = errors.New("civil: date is not written as year-month-day")
	ErrCalendar = errors.New("civil: no such day in the calendar")
)

// Of gives the day of a date; false when the calendar has none.
func Of(year int, month time.Month, day int) (Day, bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month) {
		return 0, false
	}
	return number(year, month, day), true
}

// Parse reads strictly "2006-01-02". The error is ErrForm or ErrCalendar.
func Parse(s string) (Day, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, ErrForm
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 {
		return 0, ErrForm
	}
	day, ok := Of(y, time.Month(m), d)
	if !ok {
		return 0, ErrCalendar
	}
	return day, nil
}

// MustParse is Parse for constants in the source; it panics on a wrong one.
func MustParse(s string) Day {
	d, err := Parse(s)
	if err != nil {
		panic("civil: MustParse: not a day: " + strconv.Quote(s))
	}
	return d
}

// YearsBetween counts completed years of life. The day of birth counts (§ 187 Abs. 2 Satz 2 BGB) and a year ends with
// the day before the anniversary (§ 188 Abs. 2 BGB): who is born on 29 February completes a year at the end of
// 28 February, in a common year hence on 1 March. Before birth the result is negative, with a zero Day it is 0.
func YearsBetween(birth, day Day) int {
	if birth == 0 || day == 0 {
		return 0
	}
	y1, m1, d1 := birth.Date()
	y2, m2, d2 := day.Date()
	years := y2 - y1
	if m2 < m1 || m2 == m1 && d2 < d1 {
		years--
	}
	return years
}

// MonthsBetween counts completed months as YearsBetween counts years: the first day counts (§ 187 Abs. 2 BGB), and a month
// ends with the day before the one of the same number (§ 188 Abs. 2 BGB). Where the month has no such day it ends with its
// last one (§ 188 Abs. 3 BGB): from 31 January one month is complete on 1 March. So twelve months are always one year of
// YearsBetween. Before the first day the result is negative, with a zero Day it is 0.
func MonthsBetween(from, to Day) int {
	if from == 0 || to == 0 {
		return 0
	}
	y1, m1, d1 := from.Date()
	y2, m2, d2 := to.Date()
	months := 12*(y2-y1) + int(m2-m1)
	if d2 < d1 {
		months--
	}
	return months
}

// Date gives year, month and day of the month; zeros for the zero Day.
func (d Day) Date() (year int, month time.Month, day int) {
	if d < 1 || d > MaxDay {
		return 0, 0, 0
	}
	// Count in years that begin on 1 March: the leap day is then the last of its year, and every month has a fixed
	// place. One era is 400 such years, always 146,097 days.
	n := int(d) + daysBeforeMarch
	era := n / daysPerEra
	n -= era * daysPerEra
	y := (n - n/1460 + n/36524 - n/146096) / 365
	n -= y*365 + y/4 - y/100
	m := (5*n + 2) / 153
	day = n - (153*m+2)/5 + 1
	year = era*400 + y
	if m < 10 {
		return year, time.Month(m + 3), day
	}
	return year + 1, time.Month(m - 9), day
}

const (
	daysPerEra      = 146097
	daysBeforeMarch = 305 // from 1 March of the year 0 to 31 December of the year 0
)

func number(year int, month time.Month, day int) Day {
	y, m := year, int(month)-3
	if m < 0 {
		y, m = y-1, m+12
	}
	era := y / 400
	y -= era * 400
	return Day(era*daysPerEra + y*365 + y/4 - y/100 + (153*m+2)/5 + day - 1 - daysBeforeMarch)
}

// String writes "2006-01-02", and nothing for the zero Day.
func (d Day) String() string {
	if d < 1 || d > MaxDay {
		return ""
	}
	y, m, n := d.Date()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), n)
}

// German writes "11. Dezember 2026".
func (d Day) German() string {
	if d < 1 || d > MaxDay {
		return ""
	}
	y, m, n := d.Date()
	return strconv.Itoa(n) + ". " + germanMonth(m) + " " + strconv.Itoa(y)
}

// AddDays moves by whole days; the zero Day when the result leaves the calendar.
func (d Day) AddDays(n int) Day {
	if d == 0 || n > int(MaxDay) || n < -int(MaxDay) {
		return 0
	}
	sum := int(d) + n
	if sum < 1 || sum > int(MaxDay) {
		return 0
	}
	return Day(sum)
}

// AddMonths moves by whole months to the same day of the month, rounding where the month is too short; the zero Day
// when the result leaves the calendar.
func (d Day) AddMonths(n int, r Rounding) Day {
	if d == 0 || n > 12*9999 || n < -12*9999 {
		return 0
	}
	y, m, day := d.Date()
	months := y*12 + int(m) - 1 + n
	if months < 12 || months >= 12*10000 {
		return 0
	}
	y, m = months/12, time.Month(months%12+1)
	last := daysIn(y, m)
	if day <= last {
		return number(y, m, day)
	}
	end := number(y, m, last)
	if r == StartOfNext {
		return end + 1 // never beyond MaxDay: December has 31 days
	}
	return end
}

// DaysSince counts the days from e to d; negative when d comes first.
func (d Day) DaysSince(e Day) int { return int(d) - int(e) }

// Weekday gives the day of the week.
func (d Day) Weekday() time.Weekday {
	return time.Weekday((int(d)%7 + 7) % 7) // 0001-01-01 was a Monday
}

// IsZero tells whether there is no day.
func (d Day) IsZero() bool { return d == 0 }

// Before tells whether d comes before e; After the other way round; Compare is for sorting.
func (d Day) Before(e Day) bool { return d < e }

// After tells whether d comes after e.
func (d Day) After(e Day) bool { return d > e }

// Compare gives -1, 0 or +1.
func (d Day) Compare(e Day) int {
	switch {
	case d < e:
		return -1
	case d > e:
		return 1
	}
	return 0
}

// MarshalText writes "2006-01-02"; the zero Day is an error, leave it out instead (json: ",omitzero").
func (d Day) MarshalText() ([]byte, error) {
	if d < 1 || d > MaxDay {
		return nil, ErrCalendar
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Day) UnmarshalText(b []byte) error {
	if len(b) != 10 {
		return ErrForm
	}
	day, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = day
	return nil
}

func daysIn(year int, month time.Month) int {
	switch month {
	case time.April, time.June, time.September, time.November:
		return 30
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func germanMonth(m time.Month) string {
	return [...]string{"", "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
		"November", "Dezember"}[m]
}

// digits reads ASCII digits only; the caller bounds the length.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
