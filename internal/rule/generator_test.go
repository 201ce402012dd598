package rule

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"aufenthalt/internal/civil"
)

// generator writes well-typed rules at random, from the table of operations. Bounded, it keeps every number and day in
// range and every operation computable, whatever the facts are.
type generator struct {
	*rand.Rand
	bounded bool
	open    bool // may use answered(…), or_else(…) and only_if(…), which tell what is answered
}

var (
	someTexts    = []string{"a", "blue_card", "ß", "Ç", "عربي", "👍🏽ab", `"quoted\"`, "𝔘nit", " ", "01067", "00123", "09912342", "990101123456", "C01X0006H"}
	somePartials = []string{"1992", "1992-02", "2000-02", "1900-02", "1992-02-29", "2023-12", "2026-11-24", "1999-12-31", "2001-01-01", "2024"}
	someDays     = []string{"1900-01-01", "1992-02-29", "2000-02-29", "2023-02-28", "2024-02-29", "2026-01-31", "2026-11-24", "2026-12-31", "2027-03-01", "2199-12-31"}
	edgeDays     = []string{"0001-01-01", "0001-01-31", "9999-12-31", "9999-11-30"}
	edgeInts     = []int64{MaxInt, -MaxInt, 94906265, 94906266, 1 << 52, 3652058, 119999}
)

func pick[T any](g *generator, list []T) T { return list[g.IntN(len(list))] }

func (g *generator) day() civil.Day {
	if !g.bounded && g.IntN(3) == 0 {
		return civil.MustParse(pick(g, edgeDays))
	}
	if g.IntN(3) > 0 {
		return civil.MustParse(pick(g, someDays))
	}
	if !g.bounded {
		return civil.Day(1 + g.IntN(int(civil.MaxDay)))
	}
	return civil.MustParse("1900-01-01") + civil.Day(g.IntN(100000))
}

func (g *generator) int() int64 {
	switch {
	case g.bounded:
	case g.IntN(3) == 0:
		return pick(g, edgeInts)
	case g.IntN(3) == 0:
		return (g.Int64N(MaxInt+1) >> g.IntN(53)) * int64(1-2*g.IntN(2))
	}
	return int64(g.IntN(121) - 60)
}

// tenThousandths gives sixteenths, or one of the edges.
func (g *generator) tenThousandths() int64 {
	n := g.int()
	if n < 1000 && n > -1000 {
		return n * 625
	}
	return n
}

// dateLike gives a date that may be incomplete, or digits, with something changed now and then.
func (g *generator) dateLike() string {
	s := []byte(g.day().String())[:pick(g, []int{4, 7, 8, 10, 10})]
	if g.IntN(3) == 0 {
		s[g.IntN(len(s))] = pick(g, []byte("0123456789-Ax "))
	}
	if g.IntN(3) == 0 {
		return strings.ReplaceAll(string(s), "-", "")
	}
	return string(s)
}

func (g *generator) list() []string {
	list := make([]string, 0, 4)
	for range g.IntN(4) {
		if s := pick(g, someTexts); !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

func (g *generator) value(t Type) Value {
	switch t {
	case Bool:
		return OfBool(g.IntN(2) == 0)
	case Int:
		return OfInt(g.int())
	case Text:
		if !g.bounded && g.IntN(3) == 0 {
			return OfText(g.dateLike())
		}
		return OfText(pick(g, someTexts))
	case Day:
		return OfDay(g.day())
	case Money:
		return OfMoney(g.int())
	case Decimal:
		return OfDecimal(g.tenThousandths())
	}
	return OfList(g.list())
}

// facts answers everything, or leaves some of it open.
func (g *generator) facts(open int) world {
	w := world{}
	for _, name := range slices.Sorted(maps.Keys(oracleTypes)) { // in order, so that a seed is always the same facts
		if g.IntN(100) >= open {
			w[name] = g.value(oracleTypes[name])
			if name == "t1" {
				w[name] = OfText(pick(g, somePartials))
			}
		}
	}
	return w
}

// expr writes a rule of the type. The bound is how great its number can be; of days, nothing.
func (g *generator) expr(t Type, depth int) (src string, bound float64) {
	if depth <= 0 || g.IntN(6) == 0 {
		return g.leaf(t)
	}
	ops := []op{opIf}
	for o := opNot; o < opCount; o++ {
		if signatures[o].result == t && len(signatures[o].args) > 0 {
			ops = append(ops, o)
		}
	}
	if g.open {
		ops = append(ops, opOrElse, opOnlyIf)
	}
	if t == Bool {
		ops = append(ops, opAnd, opOr, opAnd, opOr, opAnd, opOr, opLike)
		if g.open {
			ops = append(ops, opAnswered)
		}
	}
	return g.apply(pick(g, ops), t, depth)
}

// rooted writes a rule with any operation at its top, each as likely as the others.
func (g *generator) rooted(depth int) string {
	o := opAnd + op(g.IntN(int(opCount-opAnd)))
	t := signatures[o].result
	if t == 0 {
		t = Type(1 + g.IntN(int(List)))
	}
	src, _ := g.apply(o, t, depth)
	return src
}

// apply writes an operation with generated operands; t is its result.
func (g *generator) apply(o op, t Type, depth int) (src string, bound float64) {
	switch o {
	case opAnswered:
		return "answered(" + g.variable(Type(1+g.IntN(int(List))), true) + ")", 0
	case opIf:
		c, _ := g.expr(Bool, depth-1)
		a, x := g.expr(t, depth-1)
		b, y := g.expr(t, depth-1)
		return "(" + c + " ? " + a + " : " + b + ")", max(x, y)
	case opOrElse:
		a, x := g.expr(t, depth-1)
		b, y := g.argument(t, depth-1)
		return "or_else(" + a + ", " + b + ")", max(x, y)
	case opOnlyIf:
		c, _ := g.expr(Bool, depth-1)
		a, x := g.argument(t, depth-1)
		return "only_if(" + c + ", " + a + ")", x
	case opLike:
		a, _ := g.expr(Text, depth-1)
		return "like(" + a + ", " + quote(pick(g, patterns[:]).name) + ")", 0
	case opAnd, opOr:
		a, _ := g.expr(Bool, depth-1)
		b, _ := g.expr(Bool, depth-1)
		return written2(signatures[o].function, a, b), 0
	}
	return g.operation(o, depth)
}

func (g *generator) operation(o op, depth int) (src string, bound float64) {
	s := signatures[o]
	args, bounds := make([]string, len(s.args)), make([]float64, len(s.args))
	for i, t := range s.args {
		args[i], bounds[i] = g.argument(t, depth-1)
	}
	if g.bounded {
		g.computable(o, args)
	}
	step := map[op]float64{opAddDays: 20000, opAddMonths: 1000}[o]
	if g.bounded && step > 0 && bounds[1] > step {
		args[1], bounds[1] = g.leaf(Int)
	}
	switch o.form() {
	case opAddInt, opSubInt, opAddMoney, opSubMoney, opAddDecimal, opSubDecimal:
		bound = bounds[0] + bounds[1]
	case opMulInt, opMulMoney, opMulDecimal:
		bound = bounds[0] * bounds[1]
		if o != opMulInt && g.IntN(2) == 0 {
			slices.Reverse(args)
		}
	case opTimesDown, opTimesHalfUp:
		bound = bounds[0]*bounds[1]/DecimalUnit + 1
	case opDivideDownInt, opDivideUpInt, opDivideHalfUpInt, opDivideDownMoney, opDivideUpMoney, opDivideHalfUpMoney:
		bound = bounds[0]
	case opSize, opCountIn:
		bound = 10
	case opYearsBetween, opAge:
		bound = 10000
	case opMonthsBetween:
		bound = 120000
	case opDaysBetween:
		bound = 4e6
	}
	if g.bounded && bound > MaxInt {
		return g.leaf(s.result)
	}
	switch {
	case len(args) == 1 && o == opNot:
		return "!(" + args[0] + ")", 0
	case len(args) == 2 && strings.ContainsAny(s.function[:1], "_@"):
		return written2(s.function, args[0], args[1]), bound
	}
	return s.function + "(" + strings.Join(args, ", ") + ")", bound
}

// computable replaces operands that an operation may not be able to compute with.
func (g *generator) computable(o op, args []string) {
	switch {
	case o.divides():
		args[1] = strconv.Itoa(1 + g.IntN(60))
	case o == opAge:
		args[0] = pick(g, []string{`day("0099-02-28")`, `day("0096-02-29")`, `day("0200-12-31")`})
	case o == opEarliestDay || o == opLatestDay:
		args[0] = pick(g, []string{"t1", quote(pick(g, somePartials))})
	}
}

func written2(function, a, b string) string {
	return "(" + a + " " + strings.Trim(function, "_@") + " " + b + ")"
}

// argument may be a list in place, which no other place takes.
func (g *generator) argument(t Type, depth int) (string, float64) {
	if list := g.list(); t == List && len(list) > 0 && g.IntN(2) == 0 {
		return OfList(list).source(), 0
	}
	return g.expr(t, depth)
}

func (g *generator) leaf(t Type) (src string, bound float64) {
	bound = map[Type]float64{Int: 60, Money: 60, Decimal: 60 * 625}[t]
	if t == List || g.IntN(3) > 0 {
		return g.variable(t, false), bound
	}
	return g.value(t).source(), bound
}

func (g *generator) variable(t Type, field bool) string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(oracleTypes)) {
		if kind, _ := split(name); oracleTypes[name] == t && (!field || kind == opField) {
			names = append(names, name)
		}
	}
	return pick(g, names)
}

func newGenerator(seed uint64, bounded, open bool) *generator {
	return &generator{rand.New(rand.NewPCG(seed, 2026)), bounded, open}
}
