package rule

import (
	"fmt"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"

	"aufenthalt/internal/errs"
)

// Types declares what a rule may read, by full name: "purpose" is a field, "p.blue_card_normal" a parameter,
// "clock.submitted" a clock (always a Day).
type Types map[string]Type

// Env compiles rules of one definition; safe for concurrent use.
type Env struct {
	cel   *cel.Env
	types Types
	names []string // sorted, for suggestions
}

// NewEnv makes an environment. Field, parameter and clock names are a small letter followed by small letters, digits
// and "_", at most 63 characters, and no word of CEL.
func NewEnv(types Types) (*Env, error) {
	e := &Env{types: make(Types, len(types))}
	options := []cel.EnvOption{cel.ParserRecursionLimit(2 * maxDepth), cel.ParserExpressionSizeLimit(maxSource)}
	for name, t := range types {
		if err := declarable(name, t); err != nil {
			return nil, errs.Wrap(errs.Internal, "error.rule.name", err).At(name)
		}
		e.types[name] = t
		e.names = append(e.names, name)
		options = append(options, cel.Variable(name, celType(t)))
	}
	slices.Sort(e.names)
	for function, overloads := range language() {
		options = append(options, cel.Function(function, overloads...))
	}
	c, err := cel.NewCustomEnv(options...)
	if err != nil {
		return nil, errs.Wrap(errs.Internal, "error.rule.environment", err)
	}
	e.cel = c
	return e, nil
}

func declarable(name string, t Type) error {
	if t < Bool || t > List {
		return fmt.Errorf("rule: %q has no type", name)
	}
	_, bare := split(name)
	if !identifier(bare) || slices.Contains(reserved(), bare) {
		return fmt.Errorf("rule: %q cannot be a name", name)
	}
	if strings.HasPrefix(name, "clock.") && t != Day {
		return fmt.Errorf("rule: clock %q must be a day", name)
	}
	return nil
}

// reserved are the words that cannot name anything: the prefixes of this language, and what CEL keeps for itself.
func reserved() []string {
	return []string{"p", "clock", "as", "break", "const", "continue", "else", "false", "for", "function", "if", "import",
		"in", "let", "loop", "null", "package", "namespace", "return", "true", "var", "void", "while"}
}

// split gives the kind of variable and its bare name.
func split(full string) (op, string) {
	if name, ok := strings.CutPrefix(full, "p."); ok {
		return opParam, name
	}
	if name, ok := strings.CutPrefix(full, "clock."); ok {
		return opClock, name
	}
	return opField, full
}

func celType(t Type) *cel.Type {
	switch t {
	case 0:
		return cel.TypeParamType("T")
	case Bool:
		return cel.BoolType
	case Int:
		return cel.IntType
	case Text:
		return cel.StringType
	case List:
		return cel.ListType(cel.StringType)
	}
	return cel.OpaqueType(t.String()) // Day, Money and Decimal go with nothing that is not declared for them
}

// language declares the operations for the checker. The name of an overload is the name of the operation in the tree;
// the standard library of CEL is not there at all.
func language() map[string][]cel.FunctionOpt {
	functions := map[string][]cel.FunctionOpt{}
	add := func(function, id string, result *cel.Type, args ...*cel.Type) {
		functions[function] = append(functions[function], cel.Overload(id, args, result))
	}
	for o := opNot; o < opCount; o++ {
		s := signatures[o]
		if len(s.args) == 0 {
			continue
		}
		var args []*cel.Type
		for _, t := range s.args {
			args = append(args, celType(t))
		}
		add(s.function, s.name, celType(s.result), args...)
	}
	two := []*cel.Type{cel.BoolType, cel.BoolType}
	add(signatures[opAnd].function, "and", cel.BoolType, two...)
	add(signatures[opOr].function, "or", cel.BoolType, two...)
	add(signatures[opLike].function, signatures[opLike].name, cel.BoolType, cel.StringType, cel.StringType)
	for _, o := range turned() {
		s := signatures[o]
		add(s.function, turnedName(o), celType(s.result), celType(s.args[1]), celType(s.args[0]))
	}
	add("day", "d", celType(Day), cel.StringType)
	add("money", "m", celType(Money), cel.StringType)
	add("decimal", "n", celType(Decimal), cel.StringType)
	for t := Bool; t <= List; t++ {
		add("answered", "answered_"+t.String(), cel.BoolType, celType(t))
	}
	return functions
}

// turned are the products that may be written with the whole number in front; in the tree it stands behind.
func turned() []op { return []op{opMulMoney, opMulDecimal} }

func turnedName(o op) string { return "i" + signatures[o].name }
