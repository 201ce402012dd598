package rule

import (
	"math/bits"
	"slices"

	"aufenthalt/internal/civil"
)

func (n *node) eval(f Facts) Value {
	switch n.op {
	case opField:
		return n.expect(f.Field(n.name))
	case opParam:
		return n.expect(f.Param(n.name))
	case opClock:
		return n.expect(f.Clock(n.name))
	case opBool, opInt, opText, opDay, opMoney, opDecimal, opList:
		return n.val
	case opAnd:
		return n.junction(f, false)
	case opOr:
		return n.junction(f, true)
	case opIf:
		switch c := n.args[0].eval(f); {
		case c.IsTrue():
			return n.args[1].eval(f)
		case c.IsFalse():
			return n.args[2].eval(f)
		default:
			return Value{bad: c.bad}
		}
	case opOrElse:
		if v := n.args[0].eval(f); v.Known() || v.bad {
			return v
		}
		return n.args[1].eval(f)
	case opOnlyIf:
		if c := n.args[0].eval(f); !c.IsTrue() {
			return Value{bad: c.bad}
		}
		return n.args[1].eval(f)
	case opAnswered:
		v := f.Field(n.name)
		if v.bad {
			return Value{bad: true}
		}
		return OfBool(v.Known())
	}
	a := n.args[0].eval(f)
	if len(n.args) == 1 {
		if !a.Known() {
			return Value{bad: a.bad}
		}
		return n.unary(a)
	}
	b := n.args[1].eval(f)
	if !a.Known() || !b.Known() {
		return Value{bad: a.bad || b.bad}
	}
	return binary(n.op, a, b)
}

// expect refuses a fact of another type than the rule was checked with.
func (n *node) expect(v Value) Value {
	if v.typ != n.typ && v.typ != 0 && n.typ != 0 {
		return Value{bad: true}
	}
	return v
}

// junction is Kleene's and (decided by false) or or (decided by true). A deciding operand wins wherever it stands, so
// the order of the operands does not matter; next comes what cannot be computed, then what is not answered.
func (n *node) junction(f Facts, decides bool) Value {
	result := OfBool(!decides)
	for i := range n.args {
		v := n.args[i].eval(f)
		switch {
		case v.Known() && v.Bool() == decides:
			return v
		case v.bad:
			result = Value{bad: true}
		case !v.Known() && !result.bad:
			result = Value{}
		}
	}
	return result
}

func (n *node) unary(a Value) Value {
	switch n.op {
	case opNot:
		return OfBool(!a.Bool())
	case opLike:
		p, ok := patternNamed(n.name)
		return OfBool(ok && p.fits(a.text))
	case opEarliestDay, opLatestDay:
		return partialDay(n.op, a.text)
	}
	return OfInt(int64(len(a.list))) // opSize
}

// partialDay gives the first or last day that an incomplete date can mean; invalid when it is none.
func partialDay(o op, text string) Value {
	p, err := civil.ParsePartial(text)
	switch {
	case err != nil:
		return Value{bad: true}
	case o == opEarliestDay:
		return OfDay(p.Earliest())
	}
	return OfDay(p.Latest())
}

func binary(o op, a, b Value) Value {
	switch o.form() {
	case opEqBool:
		return OfBool(a.num == b.num && a.text == b.text)
	case opNeBool:
		return OfBool(a.num != b.num || a.text != b.text)
	case opLtInt:
		return OfBool(a.num < b.num)
	case opLeInt:
		return OfBool(a.num <= b.num)
	case opGtInt:
		return OfBool(a.num > b.num)
	case opGeInt:
		return OfBool(a.num >= b.num)
	case opAddInt, opAddMoney, opAddDecimal:
		return number(a.typ, a.num+b.num) // both are below 2^53: no wrap
	case opSubInt, opSubMoney, opSubDecimal:
		return number(a.typ, a.num-b.num)
	case opMulInt, opMulMoney, opMulDecimal:
		return product(a.typ, a.num, b.num)
	case opTimesDown, opTimesHalfUp:
		return times(o, a.num, b.num)
	case opDivideDownInt, opDivideUpInt, opDivideHalfUpInt, opDivideDownMoney, opDivideUpMoney, opDivideHalfUpMoney:
		return quotient(o, a, b.num)
	case opIn:
		return OfBool(slices.Contains(b.list, a.text))
	case opAny:
		return OfBool(slices.ContainsFunc(a.list, func(s string) bool { return slices.Contains(b.list, s) }))
	case opAll:
		return OfBool(!slices.ContainsFunc(b.list, func(s string) bool { return !slices.Contains(a.list, s) }))
	case opCountIn:
		return OfInt(countIn(a.list, b.list))
	case opAddDays:
		return computedDay(a.Day().AddDays(int(b.num)))
	case opAddMonths:
		return computedDay(a.Day().AddMonths(int(b.num), monthEnd))
	case opDaysBetween:
		return OfInt(int64(b.Day().DaysSince(a.Day())))
	case opMonthsBetween:
		return OfInt(int64(civil.MonthsBetween(a.Day(), b.Day())))
	case opAge:
		if b.num < a.num {
			return Value{bad: true} // nobody has an age before birth
		}
		return OfInt(int64(civil.YearsBetween(a.Day(), b.Day())))
	case opYearsBetween:
		return OfInt(int64(civil.YearsBetween(a.Day(), b.Day())))
	}
	return Value{bad: true} // not reached: every operation of two arguments is above
}

func product(t Type, a, b int64) Value {
	p := a * b
	if a != 0 && p/a != b { // operands below 2^53 cannot be MinInt64, so the division is safe
		return Value{bad: true}
	}
	return number(t, p)
}

// countIn counts the different entries of a that are in b.
func countIn(a, b []string) (count int64) {
	for i, s := range a {
		if slices.Contains(b, s) && !slices.Contains(a[:i], s) {
			count++
		}
	}
	return count
}

// quotient divides by a positive whole number and rounds as the operation says; invalid for any other divisor.
func quotient(o op, a Value, n int64) Value {
	if n <= 0 {
		return Value{bad: true}
	}
	return number(a.typ, round(roundingOf(o), a.num/n, a.num%n, n))
}

// times multiplies an amount with a decimal and rounds to whole cents. The product has up to 106 bits before it is
// divided, so it is computed in two words.
func times(o op, cents, factor int64) Value {
	hi, lo := bits.Mul64(magnitude(cents), magnitude(factor))
	if hi >= DecimalUnit {
		return Value{bad: true} // the quotient has more than 64 bits
	}
	q, r := bits.Div64(hi, lo, DecimalUnit)
	if q > MaxInt {
		return Value{bad: true}
	}
	whole, rest := int64(q), int64(r)
	if (cents < 0) != (factor < 0) {
		whole, rest = -whole, -rest
	}
	return number(Money, round(roundingOf(o), whole, rest, DecimalUnit))
}

func magnitude(n int64) uint64 { return uint64(max(n, -n)) }

// rounding says where a quotient goes that is not whole.
type rounding uint8

const (
	roundDown   rounding = iota // towards −∞
	roundUp                     // towards +∞
	roundHalfUp                 // to the nearest, and from the middle away from zero
)

func roundingOf(o op) rounding {
	switch o {
	case opDivideUpInt, opDivideUpMoney:
		return roundUp
	case opDivideHalfUpInt, opDivideHalfUpMoney, opTimesHalfUp:
		return roundHalfUp
	}
	return roundDown
}

// round corrects a quotient that was cut towards zero; the rest has the sign of the dividend.
func round(how rounding, whole, rest, n int64) int64 {
	away := int64(1)
	if rest < 0 {
		away = -1
	}
	switch {
	case rest == 0:
		return whole
	case how == roundDown && rest < 0, how == roundUp && rest > 0, how == roundHalfUp && 2*max(rest, -rest) >= n:
		return whole + away
	}
	return whole
}
