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
	opList
	opAnd
	opOr
	opNot
	opIf
	opAnswered
	opEqBool
	opEqInt
	opEqText
	opEqDay
	opEqMoney
	opNeBool
	opNeInt
	opNeText
	opNeDay
	opNeMoney
	opLtInt
	opLtDay
	opLtMoney
	opLeInt
	opLeDay
	opLeMoney
	opGtInt
	opGtDay
	opGtMoney
	opGeInt
	opGeDay
	opGeMoney
	opAddInt
	opSubInt
	opMulInt
	opAddMoney
	opSubMoney
	opMulMoney
	opIn
	opAny
	opSize
	opAddDays
	opAddMonths
	opYearsBetween
	opCount // not an operation: how many there are
)

// signature is how an operation is written in a tree and in CEL, what it takes, and what it gives. Operations without
// arguments here (variables, constants, and, or, if, answered) have a form of their own.
type signature struct {
	name     string // in the tree
	function string // in CEL
	args     []Type
	result   Type
}

// signatures is the whole language; it is never written to. The TypeScript evaluator has the same names.
var signatures = [opCount]signature{
	opField:        {"f", "", nil, 0},
	opParam:        {"p", "", nil, 0},
	opClock:        {"c", "", nil, Day},
	opBool:         {"b", "", nil, Bool},
	opInt:          {"i", "", nil, Int},
	opText:         {"s", "", nil, Text},
	opDay:          {"d", "day", nil, Day},
	opMoney:        {"m", "money", nil, Money},
	opList:         {"l", "", nil, List},
	opAnd:          {"and", "_&&_", nil, Bool},
	opOr:           {"or", "_||_", nil, Bool},
	opNot:          {"not", "!_", []Type{Bool}, Bool},
	opIf:           {"if", "_?_:_", nil, 0},
	opAnswered:     {"answered", "answered", nil, Bool},
	opEqBool:       {"==b", "_==_", []Type{Bool, Bool}, Bool},
	opEqInt:        {"==i", "_==_", []Type{Int, Int}, Bool},
	opEqText:       {"==s", "_==_", []Type{Text, Text}, Bool},
	opEqDay:        {"==d", "_==_", []Type{Day, Day}, Bool},
	opEqMoney:      {"==m", "_==_", []Type{Money, Money}, Bool},
	opNeBool:       {"!=b", "_!=_", []Type{Bool, Bool}, Bool},
	opNeInt:        {"!=i", "_!=_", []Type{Int, Int}, Bool},
	opNeText:       {"!=s", "_!=_", []Type{Text, Text}, Bool},
	opNeDay:        {"!=d", "_!=_", []Type{Day, Day}, Bool},
	opNeMoney:      {"!=m", "_!=_", []Type{Money, Money}, Bool},
	opLtInt:        {"<i", "_<_", []Type{Int, Int}, Bool},
	opLtDay:        {"<d", "_<_", []Type{Day, Day}, Bool},
	opLtMoney:      {"<m", "_<_", []Type{Money, Money}, Bool},
	opLeInt:        {"<=i", "_<=_", []Type{Int, Int}, Bool},
	opLeDay:        {"<=d", "_<=_", []Type{Day, Day}, Bool},
	opLeMoney:      {"<=m", "_<=_", []Type{Money, Money}, Bool},
	opGtInt:        {">i", "_>_", []Type{Int, Int}, Bool},
	opGtDay:        {">d", "_>_", []Type{Day, Day}, Bool},
	opGtMoney:      {">m", "_>_", []Type{Money, Money}, Bool},
	opGeInt:        {">=i", "_>=_", []Type{Int, Int}, Bool},
	opGeDay:        {">=d", "_>=_", []Type{Day, Day}, Bool},
	opGeMoney:      {">=m", "_>=_", []Type{Money, Money}, Bool},
	opAddInt:       {"+i", "_+_", []Type{Int, Int}, Int},
	opSubInt:       {"-i", "_-_", []Type{Int, Int}, Int},
	opMulInt:       {"*i", "_*_", []Type{Int, Int}, Int},
	opAddMoney:     {"+m", "_+_", []Type{Money, Money}, Money},
	opSubMoney:     {"-m", "_-_", []Type{Money, Money}, Money},
	opMulMoney:     {"*m", "_*_", []Type{Money, Int}, Money},
	opIn:           {"in", "@in", []Type{Text, List}, Bool},
	opAny:          {"any", "has_any", []Type{List, List}, Bool},
	opSize:         {"size", "size", []Type{List}, Int},
	opAddDays:      {"add_days", "add_days", []Type{Day, Int}, Day},
	opAddMonths:    {"add_months", "add_months", []Type{Day, Int}, Day},
	opYearsBetween: {"years_between", "years_between", []Type{Day, Day}, Int},
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
