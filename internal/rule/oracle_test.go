package rule

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"cel.dev/cel-go/cel"
	celtypes "cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// The oracle is cel-go itself, with its standard library: amounts are integers there (cents), decimals are
// ten-thousandths, days are day numbers. What cel-go does not have is bound to it here, written anew with package time,
// math/big and regexp. Rules are read by both from the same source.
type oracle struct {
	env      *cel.Env
	ours     *Env
	programs map[string]cel.Program // by source
}

// Of the variables, t1 always holds a date that may be incomplete.
var oracleTypes = Types{
	"b1": Bool, "b2": Bool, "b3": Bool, "i1": Int, "i2": Int, "s1": Text, "s2": Text, "t1": Text, "d1": Day, "d2": Day, "m1": Money, "m2": Money,
	"n1": Decimal, "n2": Decimal, "l1": List, "l2": List, "p.b": Bool, "p.i": Int, "p.m": Money, "p.n": Decimal, "p.s": Text,
	"clock.submitted": Day, "clock.form_opened": Day,
}

func newOracle(t testing.TB) *oracle {
	t.Helper()
	ours, err := NewEnv(oracleTypes)
	if err != nil {
		t.Fatal(err)
	}
	options := oracleLibrary()
	for name, typ := range oracleTypes {
		options = append(options, cel.Variable(name, oracleType(typ)), cel.Variable("answered_"+strings.ReplaceAll(name, ".", "_"), cel.BoolType))
	}
	env, err := cel.NewEnv(options...)
	if err != nil {
		t.Fatal(err)
	}
	return &oracle{env, ours, map[string]cel.Program{}}
}

func oracleType(t Type) *cel.Type {
	if t == Day || t == Money || t == Decimal {
		return cel.IntType
	}
	return celType(t)
}

// oracleLibrary binds what cel-go does not have.
func oracleLibrary() []cel.EnvOption {
	var options []cel.EnvOption
	bind := func(name string, result Type, args []Type, f func(args []ref.Val) (ref.Val, bool), more ...cel.OverloadOpt) {
		types := make([]*cel.Type, len(args))
		for i, t := range args {
			types[i] = oracleType(t)
		}
		more = append(more, cel.FunctionBinding(func(args ...ref.Val) ref.Val {
			v, ok := f(args)
			if !ok {
				return celtypes.NewErr("cannot be computed")
			}
			return v
		}))
		options = append(options, cel.Function(name, cel.Overload("oracle_"+name, types, oracleType(result), more...)))
	}
	for name, f := range map[string]func(s string) (int64, bool){
		"day": oracleDay, "money": oracleMoney, "decimal": oracleDecimal, "earliest_day": oracleEarliest, "latest_day": oracleLatest,
	} {
		bind(name, Int, []Type{Text}, func(v []ref.Val) (ref.Val, bool) {
			n, ok := f(string(v[0].(celtypes.String)))
			return celtypes.Int(n), ok
		})
	}
	for name, f := range map[string]func(a, b int64) (int64, bool){
		"add_days": oracleAddDays, "add_months": oracleAddMonths, "years_between": oracleYears, "months_between": oracleMonths, "days_between": oracleDays,
		"age": oracleAge, "divide_down": oracleDivide(floorOf), "divide_up": oracleDivide(ceilingOf), "divide_half_up": oracleDivide(nearestOf),
		"times_down": oracleTimes(floorOf), "times_half_up": oracleTimes(nearestOf),
	} {
		bind(name, Int, []Type{Int, Int}, func(v []ref.Val) (ref.Val, bool) {
			n, ok := f(int64(v[0].(celtypes.Int)), int64(v[1].(celtypes.Int)))
			return celtypes.Int(n), ok
		})
	}
	for name, f := range map[string]func(a, b map[string]bool) ref.Val{"has_any": oracleAny, "has_all": oracleAll, "count_in": oracleCount} {
		result := Bool
		if name == "count_in" {
			result = Int
		}
		bind(name, result, []Type{List, List}, func(v []ref.Val) (ref.Val, bool) { return f(oracleSet(v[0]), oracleSet(v[1])), true })
	}
	bind("like", Bool, []Type{Text, Text}, func(v []ref.Val) (ref.Val, bool) {
		return celtypes.Bool(oracleLike(string(v[0].(celtypes.String)), string(v[1].(celtypes.String)))), true
	})
	bind("or_else", 0, []Type{0, 0}, func(v []ref.Val) (ref.Val, bool) {
		if celtypes.IsUnknown(v[0]) {
			return v[1], true
		}
		return v[0], true
	}, cel.OverloadIsNonStrict())
	bind("only_if", 0, []Type{Bool, 0}, func(v []ref.Val) (ref.Val, bool) {
		switch v[0] {
		case celtypes.True:
			return v[1], true
		case celtypes.False:
			return celtypes.NewUnknown(0, nil), true
		}
		return v[0], true
	}, cel.OverloadIsNonStrict())
	return options
}

func nativeList(v ref.Val) []string {
	list, err := v.ConvertToNative(reflect.TypeFor[[]string]())
	if err != nil {
		panic(err)
	}
	return list.([]string)
}

var answeredCall = regexp.MustCompile(`answered\(([a-z0-9_]+)\)`)

// eval gives the oracle's result, in the words of show; "error" when it refuses.
func (o *oracle) eval(t testing.TB, src string, w world) string {
	t.Helper()
	out, err := o.result(t, src, w)
	switch {
	case err != nil:
		return "error"
	case celtypes.IsUnknown(out):
		return "unknown"
	}
	return fmt.Sprint(out.Value())
}

// program compiles a rule once.
func (o *oracle) program(t testing.TB, src string) cel.Program {
	t.Helper()
	if p := o.programs[src]; p != nil {
		return p
	}
	ast, issues := o.env.Compile(answeredCall.ReplaceAllString(src, "answered_$1"))
	if issues.Err() != nil {
		t.Fatalf("the oracle does not take %s: %v", src, issues.Err())
	}
	program, err := o.env.Program(ast, cel.EvalOptions(cel.OptPartialEval))
	if err != nil {
		t.Fatal(err)
	}
	o.programs[src] = program
	return program
}

func (o *oracle) result(t testing.TB, src string, w world) (ref.Val, error) {
	t.Helper()
	known := map[string]any{}
	var open []*cel.AttributePatternType
	for name := range oracleTypes {
		v := w[name]
		known["answered_"+strings.ReplaceAll(name, ".", "_")] = v.Known()
		if v.Known() {
			known[name] = native(v)
		} else {
			open = append(open, cel.AttributePattern(name))
		}
	}
	vars, err := cel.PartialVars(known, open...)
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := o.program(t, src).Eval(vars)
	return out, err
}

func native(v Value) any {
	switch v.Type() {
	case Bool:
		return v.Bool()
	case Text:
		return v.Text()
	case List:
		return append([]string{}, v.List()...)
	}
	return v.num
}

// plainly is a result of ours in the words of the oracle.
func plainly(v Value) string {
	if !v.Known() {
		return show(v)
	}
	return fmt.Sprint(native(v))
}
