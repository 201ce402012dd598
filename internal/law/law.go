// Package law keeps the figures of the law as intervals: thresholds and fees, each with its days, basis and source. And it keeps
// the register of the laws that are cited, with their editions.
package law

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aufenthalt/internal/civil"
)

// Type says what a parameter is.
type Type string

// The types of parameters. Money is an exact amount in cents.
const (
	Money Type = "money"
	Int   Type = "int"
	Text  Type = "text"
)

// Value is a figure; only the part of its type is set.
type Value struct {
	Type  Type
	Cents int64
	Int   int64
	Text  string
}

// String writes the form that ParseValue reads.
func (v Value) String() string {
	switch v.Type {
	case Money:
		return FormatMoney(v.Cents)
	case Int:
		return strconv.FormatInt(v.Int, 10)
	}
	return v.Text
}

// maxNumber is the greatest whole number, and amount of cents, that the rule language computes exactly.
const maxNumber = 1<<53 - 1

// ParseValue reads a figure of the type: money "50700.00", int "-3", or any short text.
func ParseValue(t Type, s string) (Value, error) {
	switch t {
	case Money:
		cents, ok := ParseMoney(s)
		if !ok {
			return Value{}, fmt.Errorf("%q is no amount; write it like 100.00", s)
		}
		return Value{Type: Money, Cents: cents}, nil
	case Int:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != s || n > maxNumber || n < -maxNumber {
			return Value{}, fmt.Errorf("%q is no whole number; write it like 12", s)
		}
		return Value{Type: Int, Int: n}, nil
	case Text:
		if s == "" || len(s) > 200 {
			return Value{}, fmt.Errorf("a text needs 1 to 200 bytes")
		}
		return Value{Type: Text, Text: s}, nil
	}
	return Value{}, fmt.Errorf("type is money, int or text")
}

// ParseMoney reads strictly "4650.00": digits without needless zeros, a point, two decimals. The result is in cents.
func ParseMoney(s string) (cents int64, ok bool) {
	whole, rest, found := strings.Cut(s, ".")
	if !found || len(rest) != 2 || len(whole) == 0 || len(whole) > 14 || len(whole) > 1 && whole[0] == '0' {
		return 0, false
	}
	for _, c := range []byte(whole + rest) {
		if c < '0' || c > '9' {
			return 0, false
		}
		cents = cents*10 + int64(c-'0')
	}
	return cents, cents <= maxNumber
}

// FormatMoney writes cents as "4650.00".
func FormatMoney(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "-", -cents
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// Span is an interval of days, both ends included. A zero end is open.
type Span struct{ From, Until civil.Day }

// Has tells whether the day lies inside.
func (s Span) Has(day civil.Day) bool {
	return day >= s.From && (s.Until.IsZero() || day <= s.Until)
}

// Record is one value of a parameter for its days. A record that is not Confirmed is kept for the record and never
// used; without a value it says that the figure is known to be unpublished.
type Record struct {
	Span
	Value         Value // zero Type: no value
	Basis, Source string
	Published     civil.Day // in the gazette; zero when it is not known
	Checked       civil.Day // compared with the source
	Confirmed     bool
	line          int
}

// Tariff is one price of an act, in cents. Minor is the price for persons under 18 (§ 50 AufenthV).
type Tariff struct {
	Span
	Adult, Minor  int64
	Basis, Source string
	Published     civil.Day
	Checked       civil.Day
	Confirmed     bool
	line          int
}

// Parameter is a figure through time, in the order of days.
type Parameter struct {
	Name    string
	Type    Type
	Unit    string
	Meaning map[string]string // language → text
	Records []Record
	line    int
}

// Fee is an act with its prices through time, in the order of days.
type Fee struct {
	Code    string
	Meaning map[string]string
	Tariffs []Tariff
	line    int
}

// Book is all figures. It is never changed after Load.
type Book struct {
	parameters []Parameter
	fees       []Fee
	laws       []Law
}

// Parameters lists all parameters by name; they must not be changed.
func (b *Book) Parameters() []Parameter { return b.parameters }

// Fees lists all fees by code; they must not be changed.
func (b *Book) Fees() []Fee { return b.fees }

// Parameter finds a parameter.
func (b *Book) Parameter(name string) (Parameter, bool) {
	i, ok := slices.BinarySearchFunc(b.parameters, name, func(p Parameter, n string) int { return strings.Compare(p.Name, n) })
	if !ok {
		return Parameter{}, false
	}
	return b.parameters[i], true
}

// FeeByCode finds a fee.
func (b *Book) FeeByCode(code string) (Fee, bool) {
	i, ok := slices.BinarySearchFunc(b.fees, code, func(f Fee, c string) int { return strings.Compare(f.Code, c) })
	if !ok {
		return Fee{}, false
	}
	return b.fees[i], true
}

// Value gives a parameter on a day with the record that says so. It is false when there is none for the day or it is not
// confirmed: what is unconfirmed is unknown.
func (b *Book) Value(name string, day civil.Day) (Value, Record, bool) {
	p, _ := b.Parameter(name)
	r, ok := p.On(day)
	if !ok || !r.Confirmed {
		return Value{}, Record{}, false
	}
	return r.Value, r, true
}

// Fee gives the confirmed price of an act on a day.
func (b *Book) Fee(code string, day civil.Day) (Tariff, bool) {
	f, _ := b.FeeByCode(code)
	t, ok := f.On(day)
	if !ok || !t.Confirmed {
		return Tariff{}, false
	}
	return t, true
}

// On gives the record of a day, confirmed or not.
func (p Parameter) On(day civil.Day) (Record, bool) {
	for _, r := range p.Records {
		if r.Has(day) {
			return r, true
		}
	}
	return Record{}, false
}

// On gives the price of a day, confirmed or not.
func (f Fee) On(day civil.Day) (Tariff, bool) {
	for _, t := range f.Tariffs {
		if t.Has(day) {
			return t, true
		}
	}
	return Tariff{}, false
}

// Ended tells whether the day lies after the last record, whose end was known: the next figure is not published yet.
func (p Parameter) Ended(day civil.Day) bool {
	n := len(p.Records)
	return n > 0 && !p.Records[n-1].Until.IsZero() && day > p.Records[n-1].Until
}

// ChangeDays lists each day on which a figure begins, or has ended, sorted and each once.
func (b *Book) ChangeDays() []civil.Day {
	var days []civil.Day
	for _, p := range b.parameters {
		for _, r := range p.Records {
			days = append(days, r.Span.Changes()...)
		}
	}
	for _, f := range b.fees {
		for _, t := range f.Tariffs {
			days = append(days, t.Span.Changes()...)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// Changes lists the days on which the interval begins and on which it no longer holds.
func (s Span) Changes() (days []civil.Day) {
	if !s.From.IsZero() {
		days = append(days, s.From)
	}
	if next := s.Until.AddDays(1); !next.IsZero() {
		days = append(days, next)
	}
	return days
}
