package civil

import (
	"fmt"
	"strconv"
	"time"
)

// Partial is a date of which the day, or month and day, may be unknown, as some passports state births (§ 78 AufenthG
// takes the card's date from them). The zero Partial means "no date". Partials are comparable.
type Partial struct {
	year       int16
	month, day int8 // 0 = unknown
}

// ParsePartial reads strictly "1992", "1992-08" or "1992-08-14". The error is ErrForm or ErrCalendar.
func ParsePartial(s string) (Partial, error) {
	switch {
	case len(s) == 10:
		d, err := Parse(s)
		if err != nil {
			return Partial{}, err
		}
		y, m, n := d.Date()
		return Partial{int16(y), int8(m), int8(n)}, nil
	case len(s) == 7 && s[4] == '-':
		y, ok1 := digits(s[:4])
		m, ok2 := digits(s[5:])
		return shorter(y, m, ok1 && ok2, m >= 1 && m <= 12)
	case len(s) == 4:
		y, ok := digits(s)
		return shorter(y, 0, ok, true)
	}
	return Partial{}, ErrForm
}

func shorter(year, month int, form, exists bool) (Partial, error) {
	if !form {
		return Partial{}, ErrForm
	}
	if year < 1 || !exists {
		return Partial{}, ErrCalendar
	}
	return Partial{int16(year), int8(month), 0}, nil
}

// IsZero tells whether there is no date at all.
func (p Partial) IsZero() bool { return p == Partial{} }

// String writes the form that ParsePartial reads, and nothing for the zero Partial.
func (p Partial) String() string {
	switch {
	case p.IsZero():
		return ""
	case p.month == 0:
		return fmt.Sprintf("%04d", p.year)
	case p.day == 0:
		return fmt.Sprintf("%04d-%02d", p.year, p.month)
	}
	return fmt.Sprintf("%04d-%02d-%02d", p.year, p.month, p.day)
}

// German writes "1992", "August 1992" or "14. August 1992".
func (p Partial) German() string {
	if p.IsZero() {
		return ""
	}
	s := strconv.Itoa(int(p.year))
	if p.month != 0 {
		s = germanMonth(time.Month(p.month)) + " " + s
	}
	if p.day != 0 {
		s = strconv.Itoa(int(p.day)) + ". " + s
	}
	return s
}

// Complete gives the day when all of it is known.
func (p Partial) Complete() (Day, bool) {
	if p.day == 0 {
		return 0, false
	}
	return number(int(p.year), time.Month(p.month), int(p.day)), true
}

// Earliest gives the first day that the date can mean; the zero Day for none.
func (p Partial) Earliest() Day {
	if p.IsZero() {
		return 0
	}
	return number(int(p.year), time.Month(max(p.month, 1)), int(max(p.day, 1)))
}

// Latest gives the last day that the date can mean; the zero Day for none.
func (p Partial) Latest() Day {
	if d, ok := p.Complete(); ok || p.IsZero() {
		return d
	}
	m := time.Month(p.month)
	if m == 0 {
		m = time.December
	}
	return number(int(p.year), m, daysIn(int(p.year), m))
}

// MarshalText writes the form that ParsePartial reads; the zero Partial is an error, leave it out instead.
func (p Partial) MarshalText() ([]byte, error) {
	if p.IsZero() {
		return nil, ErrCalendar
	}
	return []byte(p.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (p *Partial) UnmarshalText(b []byte) error {
	if len(b) > 10 {
		return ErrForm
	}
	q, err := ParsePartial(string(b))
	if err != nil {
		return err
	}
	*p = q
	return nil
}
