package rule

import (
	"log/slog"
	"slices"

	"aufenthalt/internal/civil"
)

// Type is the type of a variable, a constant or a result.
type Type uint8

// The types of the language. Money is an exact amount in cents, Decimal an exact number with up to four decimals, Day a
// calendar day, List a list of texts.
const (
	Bool Type = iota + 1
	Int
	Text
	Day
	Money
	Decimal
	List
)

func (t Type) String() string {
	return [...]string{"unknown", "bool", "int", "text", "day", "money", "decimal", "list"}[min(t, List+1)%(List+1)]
}

// ParseType reads what String writes.
func ParseType(s string) (Type, bool) {
	for t := Bool; t <= List; t++ {
		if t.String() == s {
			return t, true
		}
	}
	return 0, false
}

// MaxInt is the greatest integer, and the greatest number of cents and of ten-thousandths, that both hosts compute exactly: 2^53 − 1.
const MaxInt = 1<<53 - 1

// Value is a fact or a result. The zero Value is unknown: the question has not been answered. A Value never prints
// its content, because answers are personal data.
type Value struct {
	typ  Type
	bad  bool // unknown because it cannot be computed
	num  int64
	text string
	list []string
}

// OfBool makes a truth value.
func OfBool(b bool) Value {
	if b {
		return Value{typ: Bool, num: 1}
	}
	return Value{typ: Bool}
}

// OfInt makes an integer; invalid beyond ±MaxInt.
func OfInt(n int64) Value { return number(Int, n) }

// OfMoney makes an amount of cents; invalid beyond ±MaxInt.
func OfMoney(cents int64) Value { return number(Money, cents) }

// OfDecimal makes a decimal out of its ten-thousandths, 385000 for 38.5; invalid beyond ±MaxInt of them.
func OfDecimal(tenThousandths int64) Value { return number(Decimal, tenThousandths) }

// OfText makes a text.
func OfText(s string) Value { return Value{typ: Text, text: s} }

// OfDay makes a day; the zero Day is unknown.
func OfDay(d civil.Day) Value {
	if d.IsZero() {
		return Value{}
	}
	return Value{typ: Day, num: int64(d)}
}

// OfList makes a list; the slice must not be changed afterwards.
func OfList(list []string) Value { return Value{typ: List, list: list} }

func number(t Type, n int64) Value {
	if n > MaxInt || n < -MaxInt {
		return Value{bad: true}
	}
	return Value{typ: t, num: n}
}

// computedDay is a day out of arithmetic, where no day means that the calendar was left.
func computedDay(d civil.Day) Value {
	if d.IsZero() {
		return Value{bad: true}
	}
	return OfDay(d)
}

// Known tells whether there is a value.
func (v Value) Known() bool { return v.typ != 0 }

// Invalid tells whether the value is unknown because it cannot be computed: a number beyond MaxInt, a day outside the
// calendar, or a fact of another type than declared.
func (v Value) Invalid() bool { return v.bad }

// Type gives the type, 0 when unknown.
func (v Value) Type() Type { return v.typ }

// IsTrue tells whether the value is known and true.
func (v Value) IsTrue() bool { return v.typ == Bool && v.num == 1 }

// IsFalse tells whether the value is known and false.
func (v Value) IsFalse() bool { return v.typ == Bool && v.num == 0 }

// Bool gives the truth value, false for anything else.
func (v Value) Bool() bool { return v.IsTrue() }

// Int gives the integer, 0 for anything else.
func (v Value) Int() int64 { return v.numberOf(Int) }

// Cents gives the amount, 0 for anything else.
func (v Value) Cents() int64 { return v.numberOf(Money) }

// TenThousandths gives the decimal times 10,000, 0 for anything else.
func (v Value) TenThousandths() int64 { return v.numberOf(Decimal) }

// Day gives the day, the zero Day for anything else.
func (v Value) Day() civil.Day { return civil.Day(v.numberOf(Day)) }

// Text gives the text, empty for anything else.
func (v Value) Text() string { return v.text }

// List gives the list, nil for anything else; it must not be changed.
func (v Value) List() []string { return v.list }

func (v Value) numberOf(t Type) int64 {
	if v.typ != t {
		return 0
	}
	return v.num
}

// Equal tells whether two values are of one type and the same; two unknowns are equal when both or neither is invalid.
func (v Value) Equal(w Value) bool {
	return v.typ == w.typ && v.bad == w.bad && v.num == w.num && v.text == w.text && slices.Equal(v.list, w.list)
}

// String says whether the value is known, never what it is.
func (v Value) String() string {
	switch {
	case v.bad:
		return "invalid"
	case v.typ == 0:
		return "unknown"
	}
	return "[redacted]"
}

// GoString is String, so that %#v does not leak either.
func (v Value) GoString() string { return v.String() }

// LogValue is String for structured logs.
func (v Value) LogValue() slog.Value { return slog.StringValue(v.String()) }
