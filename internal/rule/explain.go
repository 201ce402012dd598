package rule

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
)

// translate puts what cel-go reports into the words of the language.
func translate(issues []*cel.Error) Errors {
	var list Errors
	for _, i := range issues[:min(len(issues), maxErrors)] {
		text, remedy := explain(i.Message)
		list = append(list, Error{
			Line: max(1, i.Location.Line()), Column: max(0, i.Location.Column()) + 1, Text: text, Remedy: remedy,
		})
	}
	return list
}

func explain(message string) (text, remedy string) {
	message, _, _ = strings.Cut(message, "\n")
	if rest, ok := strings.CutPrefix(message, "found no matching overload for '"); ok {
		function, types, ok := strings.Cut(rest, "' applied to '(")
		if ok {
			return mismatch(function, strings.Split(strings.TrimSuffix(types, ")'"), ", "))
		}
	}
	if rest, ok := strings.CutPrefix(message, "expected type '"); ok {
		if want, have, ok := strings.Cut(strings.TrimSuffix(rest, "'"), "' but found '"); ok {
			return "needed is " + author(want) + ", this is " + author(have), "and, or and not take truth values; write a comparison, or answered(field)"
		}
	}
	if strings.Contains(message, "recursion limit") {
		return "the rule is nested too deeply", "split it into several rules"
	}
	return strings.TrimPrefix(message, "Syntax error: "), "see the rules of the language: &&, ||, !, ==, in, ? :"
}

// mismatch is the usual mistake of authors: an operator between types that do not go together.
func mismatch(function string, types []string) (text, remedy string) {
	for i, t := range types {
		types[i] = author(t)
	}
	text = fmt.Sprintf("%s does not go with %s", shown(function), strings.Join(types, " and "))
	has := func(t string) bool { return strings.Contains(" "+strings.Join(types, " ")+" ", " "+t+" ") }
	switch {
	case function == "_?_:_":
		return text, "the condition is a truth value, and both branches have one type"
	case function == "or_else":
		return text, "both arguments have one type"
	case function == "only_if":
		return text, "the first argument is a truth value"
	case has("money") && has("decimal"):
		return text, "write times_down(amount, decimal) or times_half_up(amount, decimal)"
	case has("decimal") && (has("int") || has("text")):
		return text, `write the number as decimal("38.5"); a whole number becomes one by decimal("1") * n`
	case has("money") && has("int") && function != "_*_":
		return text, `write the amount as money("100.00")`
	case has("money") && has("text"):
		return text, `write the amount as money("100.00")`
	case has("day") && has("text"):
		return text, `write the day as day("2026-01-31"); of an incomplete date use earliest_day(date) or latest_day(date)`
	case has("day"):
		return text, "use add_days, add_months, days_between, months_between, years_between or age"
	case has("list") && (function == "_==_" || function == "_!=_"):
		return text, `write "x" in list, has_any(list, [...]) or size(list) == 0`
	case has("text") && strings.ContainsAny(function, "<>"):
		return text, "texts have no order; compare with == or in"
	case has("text") && function == "_+_":
		return text, "texts are not joined in rules"
	case function == "_&&_" || function == "_||_" || function == "!_":
		return text, "it takes truth values; write a comparison, or answered(field)"
	}
	return text, "both sides must have one type"
}

// author gives a CEL type its name in this language.
func author(t string) string {
	switch {
	case t == "string":
		return Text.String()
	case strings.HasPrefix(t, "list("):
		return List.String()
	}
	return t
}
