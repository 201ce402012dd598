package form

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Limits of what is read at all; the definition sets narrower ones.
const (
	maxAnswers = 256 << 10 // bytes
	maxList    = 50        // entries
)

// Answer is what a person answered to one question. It prints [redacted].
type Answer struct {
	typ  Type
	text string // also date, incomplete date, amount and decimal, as written
	list []string
	num  int64
	flag bool
}

// Answers are the answers by field id; an unanswered question is absent.
type Answers map[string]Answer

// Type gives the type of the field.
func (a Answer) Type() Type { return a.typ }

// Text gives the wire form of a scalar; empty for lists.
func (a Answer) Text() string {
	switch a.typ {
	case Int:
		return strconv.FormatInt(a.num, 10)
	case Bool:
		return strconv.FormatBool(a.flag)
	}
	return a.text
}

// List gives the entries of a list, nil for a scalar; it must not be changed.
func (a Answer) List() []string { return a.list }

// Bool gives a yes or no; false for anything else.
func (a Answer) Bool() bool { return a.flag }

// Int gives a whole number; 0 for anything else.
func (a Answer) Int() int64 { return a.num }

// Day gives a date; the zero Day for anything else and for what is no date.
func (a Answer) Day() civil.Day {
	if a.typ != Date {
		return 0
	}
	d, _ := civil.Parse(a.text)
	return d
}

// Partial gives a date that may be incomplete; zero for anything else and for what is no date.
func (a Answer) Partial() civil.Partial {
	if a.typ != PartialDate && a.typ != Date {
		return civil.Partial{}
	}
	p, _ := civil.ParsePartial(a.text)
	return p
}

// Cents gives an amount; 0 for anything else and for what is no amount.
func (a Answer) Cents() int64 {
	if a.typ != Money {
		return 0
	}
	cents, _ := law.ParseMoney(a.text)
	return cents
}

// String hides the answer.
func (a Answer) String() string { return "[redacted]" }

// GoString hides the answer.
func (a Answer) GoString() string { return "[redacted]" }

// LogValue hides the answer.
func (a Answer) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalJSON writes the wire form.
func (a Answer) MarshalJSON() ([]byte, error) {
	switch {
	case a.typ == Int:
		return strconv.AppendInt(nil, a.num, 10), nil
	case a.typ == Bool:
		return strconv.AppendBool(nil, a.flag), nil
	case a.typ.Rule() == rule.List:
		return marshal(a.list), nil
	}
	return marshal(a.text), nil
}

// marshal writes strings, which cannot fail, without the escapes that are only for HTML.
func marshal(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // strings and maps of strings cannot fail
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// value gives the answer as a fact; unknown when it is no date, amount or decimal.
func (a Answer) value() rule.Value {
	switch a.typ.Rule() {
	case rule.List:
		return rule.OfList(a.list)
	case rule.Day:
		return rule.OfDay(a.Day())
	case rule.Int:
		return rule.OfInt(a.num)
	case rule.Bool:
		return rule.OfBool(a.flag)
	case rule.Decimal:
		n, ok := rule.ParseDecimal(a.text)
		if !ok {
			return rule.Value{}
		}
		return rule.OfDecimal(n)
	case rule.Money:
		cents, ok := law.ParseMoney(a.text)
		if !ok {
			return rule.Value{}
		}
		return rule.OfMoney(cents)
	}
	return rule.OfText(a.text)
}

// JSON writes the answers in their wire form, sorted by field id.
func (a Answers) JSON() []byte { return marshal(a) }

// Text gives the wire form of a scalar answer; empty when unanswered.
func (a Answers) Text(id string) string {
	answer, ok := a[id]
	if !ok {
		return ""
	}
	return answer.Text()
}

// String hides the answers.
func (a Answers) String() string { return "[redacted]" }

// LogValue hides the answers.
func (a Answers) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// Parse reads the wire form: one flat JSON object, no key twice, known fields only, each of the JSON type of its field.
// An empty text or list means unanswered. What is well-formed and wrong is for Validate.
func Parse(def *Definition, raw json.RawMessage) (Answers, errs.List) {
	if len(raw) > maxAnswers {
		return nil, errs.List{errs.E(errs.TooLarge, "error.answers.too_large")}
	}
	entries, err := object(raw)
	if err != nil {
		return nil, errs.List{errs.E(errs.Malformed, "error.answers.malformed").Because(err)}
	}
	answers := make(Answers, len(entries))
	var wrong errs.List
	unknown := false
	for _, id := range slices.Sorted(maps.Keys(entries)) {
		f, ok := def.Field(id)
		if !ok {
			unknown = true
			continue
		}
		a, ok := read(f.Type, entries[id])
		switch {
		case !ok:
			wrong = append(wrong, errs.E(errs.Malformed, "error.answers.type").At(id))
		case a.answered():
			answers[id] = a
		}
	}
	if unknown { // told once and without the id, which is the sender's text
		wrong = append(wrong, errs.E(errs.Malformed, "error.answers.unknown"))
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return answers, nil
}

// AnswersOf reads answers that are JSON values in memory: texts, whole numbers, truth values, lists of texts.
func AnswersOf(def *Definition, values map[string]any) (Answers, error) {
	raw, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	answers, wrong := Parse(def, raw)
	return answers, wrong.Err()
}

// answered tells whether there is anything at all.
func (a Answer) answered() bool {
	switch a.typ.Rule() {
	case rule.Int, rule.Bool:
		return true
	case rule.List:
		return len(a.list) > 0
	}
	return a.text != ""
}

// object splits a JSON object and refuses a key that is there twice, which encoding/json would let pass.
func object(raw []byte) (map[string]json.RawMessage, error) {
	if !utf8.Valid(raw) {
		return nil, errors.New("form: not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("form: answers are a JSON object")
	}
	entries := map[string]json.RawMessage{}
	for dec.More() {
		t, err := dec.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return nil, errors.New("form: answers are not JSON")
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return nil, errors.New("form: answers are not JSON")
		}
		if _, twice := entries[key]; twice {
			return nil, errors.New("form: a field is answered twice")
		}
		entries[key] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errors.New("form: answers are not JSON")
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("form: something follows the answers")
	}
	return entries, nil
}

func read(t Type, raw json.RawMessage) (Answer, bool) {
	a := Answer{typ: t}
	if bytes.Equal(raw, []byte("null")) {
		return a, false
	}
	var err error
	switch t.Rule() {
	case rule.List:
		var list []*string
		if err = json.Unmarshal(raw, &list); err != nil || len(list) > maxList {
			return a, false
		}
		for _, s := range list {
			if s == nil || *s == "" {
				return a, false
			}
			a.list = append(a.list, *s)
		}
		return a, true
	case rule.Bool:
		err = json.Unmarshal(raw, &a.flag)
	case rule.Int:
		a.num, err = strconv.ParseInt(string(raw), 10, 64)
		return a, err == nil && strconv.FormatInt(a.num, 10) == string(raw) && !rule.OfInt(a.num).Invalid()
	default:
		err = json.Unmarshal(raw, &a.text)
	}
	return a, err == nil
}
