package rule

// op is what a node of the tree does.
type op uint8

const (
	opNone op = iota
	opField
	opParam
	opClock
	opBool
	opInt
	opText
	opDay
	opMoney
	opDecimal
	opList
	opAnd
	opOr
	opNot
	opIf
	opAnswered
	opOrElse
	opOnlyIf
	opLike
	opEqBool
	opEqInt
	opEqText
	opEqDay
	opEqMoney
	opEqDecimal
	opNeBool
	opNeInt
	opNeText
	opNeDay
	opNeMoney
	opNeDecimal
	opLtInt
	opLtDay
	opLtMoney
	opLtDecimal
	opLeInt
	opLeDay
	opLeMoney
	opLeDecimal
	opGtInt
	opGtDay
	opGtMoney
	opGtDecimal
	opGeInt
	opGeDay
	opGeMoney
	opGeDecimal
	opAddInt
	opSubInt
	opMulInt
	opAddMoney
	opSubMoney
	opAddDecimal
	opSubDecimal
	opMulMoney
	opMulDecimal
	opTimesDown
	opTimesHalfUp
	opDivideDownInt
	opDivideUpInt
	opDivideHalfUpInt
	opDivideDownMoney
	opDivideUpMoney
	opDivideHalfUpMoney
	opIn
	opAny
	opAll
	opCountIn
	opSize
	opAddDays
	opAddMonths
	opDaysBetween
	opMonthsBetween
	opYearsBetween
	opAge
	opEarliestDay
	opLatestDay
	opCount // not an operation: how many there are
)

// signature is how an operation is written in a tree and in CEL, what it takes, and what it gives. Variables, constants,
// and, or, answered and like have no arguments here, but a form of their own. The type 0 is one that all arguments
// without a type share, and the result with them.
type signature struct {
	name     string // in the tree
	function string // in CEL
	args     []Type
	result   Type
}

// signatures is the whole language; it is never written to. The TypeScript evaluator has the same names.
var signatures = [opCount]signature{
	opField:    {"f", "", nil, 0},
	opParam:    {"p", "", nil, 0},
	opClock:    {"c", "", nil, Day},
	opBool:     {"b", "", nil, Bool},
	opInt:      {"i", "", nil, Int},
	opText:     {"s", "", nil, Text},
	opDay:      {"d", "day", nil, Day},
	opMoney:    {"m", "money", nil, Money},
	opDecimal:  {"n", "decimal", nil, Decimal},
	opList:     {"l", "", nil, List},
	opAnd:      {"and", "_&&_", nil, Bool},
	opOr:       {"or", "_||_", nil, Bool},
	opNot:      {"not", "!_", []Type{Bool}, Bool},
	opIf:       {"if", "_?_:_", []Type{Bool, 0, 0}, 0},
	opAnswered: {"answered", "answered", nil, Bool},
	opOrElse:   {"or_else", "or_else", []Type{0, 0}, 0},
	opOnlyIf:   {"only_if", "only_if", []Type{Bool, 0}, 0},
	opLike:     {"like", "like", nil, Bool},

	opEqBool:    {"==b", "_==_", []Type{Bool, Bool}, Bool},
	opEqInt:     {"==i", "_==_", []Type{Int, Int}, Bool},
	opEqText:    {"==s", "_==_", []Type{Text, Text}, Bool},
	opEqDay:     {"==d", "_==_", []Type{Day, Day}, Bool},
	opEqMoney:   {"==m", "_==_", []Type{Money, Money}, Bool},
	opEqDecimal: {"==n", "_==_", []Type{Decimal, Decimal}, Bool},
	opNeBool:    {"!=b", "_!=_", []Type{Bool, Bool}, Bool},
	opNeInt:     {"!=i", "_!=_", []Type{Int, Int}, Bool},
	opNeText:    {"!=s", "_!=_", []Type{Text, Text}, Bool},
	opNeDay:     {"!=d", "_!=_", []Type{Day, Day}, Bool},
	opNeMoney:   {"!=m", "_!=_", []Type{Money, Money}, Bool},
	opNeDecimal: {"!=n", "_!=_", []Type{Decimal, Decimal}, Bool},
	opLtInt:     {"<i", "_<_", []Type{Int, Int}, Bool},
	opLtDay:     {"<d", "_<_", []Type{Day, Day}, Bool},
	opLtMoney:   {"<m", "_<_", []Type{Money, Money}, Bool},
	opLtDecimal: {"<n", "_<_", []Type{Decimal, Decimal}, Bool},
	opLeInt:     {"<=i", "_<=_", []Type{Int, Int}, Bool},
	opLeDay:     {"<=d", "_<=_", []Type{Day, Day}, Bool},
	opLeMoney:   {"<=m", "_<=_", []Type{Money, Money}, Bool},
	opLeDecimal: {"<=n", "_<=_", []Type{Decimal, Decimal}, Bool},
	opGtInt:     {">i", "_>_", []Type{Int, Int}, Bool},
	opGtDay:     {">d", "_>_", []Type{Day, Day}, Bool},
	opGtMoney:   {">m", "_>_", []Type{Money, Money}, Bool},
	opGtDecimal: {">n", "_>_", []Type{Decimal, Decimal}, Bool},
	opGeInt:     {">=i", "_>=_", []Type{Int, Int}, Bool},
	opGeDay:     {">=d", "_>=_", []Type{Day, Day}, Bool},
	opGeMoney:   {">=m", "_>=_", []Type{Money, Money}, Bool},
	opGeDecimal: {">=n", "_>=_", []Type{Decimal, Decimal}, Bool},

	opAddInt:            {"+i", "_+_", []Type{Int, Int}, Int},
	opSubInt:            {"-i", "_-_", []Type{Int, Int}, Int},
	opMulInt:            {"*i", "_*_", []Type{Int, Int}, Int},
	opAddMoney:          {"+m", "_+_", []Type{Money, Money}, Money},
	opSubMoney:          {"-m", "_-_", []Type{Money, Money}, Money},
	opAddDecimal:        {"+n", "_+_", []Type{Decimal, Decimal}, Decimal},
	opSubDecimal:        {"-n", "_-_", []Type{Decimal, Decimal}, Decimal},
	opMulMoney:          {"*m", "_*_", []Type{Money, Int}, Money},
	opMulDecimal:        {"*n", "_*_", []Type{Decimal, Int}, Decimal},
	opTimesDown:         {"times_down", "times_down", []Type{Money, Decimal}, Money},
	opTimesHalfUp:       {"times_half_up", "times_half_up", []Type{Money, Decimal}, Money},
	opDivideDownInt:     {"divide_down_i", "divide_down", []Type{Int, Int}, Int},
	opDivideUpInt:       {"divide_up_i", "divide_up", []Type{Int, Int}, Int},
	opDivideHalfUpInt:   {"divide_half_up_i", "divide_half_up", []Type{Int, Int}, Int},
	opDivideDownMoney:   {"divide_down_m", "divide_down", []Type{Money, Int}, Money},
	opDivideUpMoney:     {"divide_up_m", "divide_up", []Type{Money, Int}, Money},
	opDivideHalfUpMoney: {"divide_half_up_m", "divide_half_up", []Type{Money, Int}, Money},

	opIn:            {"in", "@in", []Type{Text, List}, Bool},
	opAny:           {"any", "has_any", []Type{List, List}, Bool},
	opAll:           {"all", "has_all", []Type{List, List}, Bool},
	opCountIn:       {"count_in", "count_in", []Type{List, List}, Int},
	opSize:          {"size", "size", []Type{List}, Int},
	opAddDays:       {"add_days", "add_days", []Type{Day, Int}, Day},
	opAddMonths:     {"add_months", "add_months", []Type{Day, Int}, Day},
	opDaysBetween:   {"days_between", "days_between", []Type{Day, Day}, Int},
	opMonthsBetween: {"months_between", "months_between", []Type{Day, Day}, Int},
	opYearsBetween:  {"years_between", "years_between", []Type{Day, Day}, Int},
	opAge:           {"age", "age", []Type{Day, Day}, Int},
	opEarliestDay:   {"earliest_day", "earliest_day", []Type{Text}, Day},
	opLatestDay:     {"latest_day", "latest_day", []Type{Text}, Day},
}

func opNamed(name string) (op, bool) {
	for o := opField; o < opCount; o++ {
		if signatures[o].name == name {
			return o, true
		}
	}
	return opNone, false
}

func (o op) constant() bool { return o >= opBool && o <= opList }
func (o op) variable() bool { return o >= opField && o <= opClock }
func (o op) leaf() bool     { return o <= opList || o == opAnswered }

// lazy tells whether the operation may leave an operand aside, so that an unknown operand does not make it unknown.
func (o op) lazy() bool { return o == opIf || o == opOrElse || o == opOnlyIf }

// divides tells whether the operation takes a divisor.
func (o op) divides() bool { return o >= opDivideDownInt && o <= opDivideHalfUpMoney }

// form gives the comparison or arithmetic that a typed operation is one of: opEqBool for every ==, and so on.
func (o op) form() op {
	switch {
	case o < opEqBool:
		return o
	case o < opNeBool:
		return opEqBool
	case o < opLtInt:
		return opNeBool
	case o < opLeInt:
		return opLtInt
	case o < opGtInt:
		return opLeInt
	case o < opGeInt:
		return opGtInt
	case o < opAddInt:
		return opGeInt
	}
	return o
}
