package form

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/errs"
	"aufenthalt/internal/law"
	"aufenthalt/internal/rule"
)

// Years that a date can have on a form. Outside of them somebody mistyped.
const (
	firstYear = 1900
	lastYear  = 2200
)

// Validate tells all that is wrong with the answers of shown fields, in page order. Answers of hidden fields do not
// matter. Missing documents are no mistake.
func (d *Definition) Validate(a Answers, c Clocks) errs.List {
	s := d.Evaluate(a, c)
	var wrong errs.List
	for _, id := range s.Fields {
		f, _ := d.Field(id)
		found := len(wrong)
		answer, ok := d.answer(a, id)
		switch {
		case !ok && f.Required:
			wrong = append(wrong, missing(f))
		case ok:
			if e := d.judge(f, answer, s); e != nil {
				wrong = append(wrong, e.At(id))
			}
		}
		if len(wrong) > found { // one mistake at a time: a contradiction with a wrong answer says nothing
			continue
		}
		for _, check := range s.Checks {
			if check.Field == id && check.Kind == "error" {
				wrong = append(wrong, errs.E(errs.Invalid, "check."+check.ID).At(id))
			}
		}
	}
	return wrong
}

func missing(f *Field) *errs.Error {
	if f.Declaration {
		return errs.E(errs.Invalid, "error.declaration").At(f.ID)
	}
	return errs.E(errs.Invalid, "error.required").At(f.ID)
}

// answer gives what was answered as it is sent on: texts are trimmed and brought to DIN 91379 as far as that goes. A
// text of which nothing is left is no answer.
func (d *Definition) answer(a Answers, id string) (Answer, bool) {
	answer, ok := a[id]
	if !ok {
		return Answer{}, false
	}
	switch answer.typ {
	case Text, LongText:
		if d.Latin != nil {
			answer.text, _ = d.Latin.Clean(answer.text)
		}
		answer.text = strings.TrimSpace(answer.text)
	case Email, Phone, Postcode:
		answer.text = strings.TrimSpace(answer.text)
	}
	return answer, answer.answered()
}

// judge gives the first mistake of an answer.
func (d *Definition) judge(f *Field, a Answer, s *State) *errs.Error {
	switch f.Type {
	case Text, LongText, Email, Phone, Postcode:
		return d.judgeText(f, a.text)
	case Choice:
		return s.judgeOption(f, a.text)
	case Choices, Nationalities, Country, Nationality:
		return d.judgeCodes(f, a, s)
	case Date, PartialDate:
		return judgeDate(f, a, s.facts.clocks)
	case Money:
		cents, ok := law.ParseMoney(a.text)
		if !ok {
			return errs.E(errs.Invalid, "error.money.form")
		}
		return f.within(cents, 100)
	case Int:
		return f.within(a.num, 1)
	case Decimal:
		n, ok := rule.ParseDecimal(a.text)
		if !ok {
			return errs.E(errs.Invalid, "error.decimal.form")
		}
		return f.within(n, rule.DecimalUnit)
	case Bool:
		if f.Declaration && !a.flag && f.Required {
			return errs.E(errs.Invalid, "error.declaration")
		}
	}
	return nil
}

// within judges a number; limits are whole numbers, counted in so many parts: cents of an amount, ten-thousandths of a decimal.
func (f *Field) within(n, unit int64) *errs.Error {
	switch {
	case f.Min != nil && n < *f.Min*unit:
		return errs.E(errs.Invalid, "error.number.min").With("min", strconv.FormatInt(*f.Min, 10))
	case f.Max != nil && n > *f.Max*unit:
		return errs.E(errs.Invalid, "error.number.max").With("max", strconv.FormatInt(*f.Max, 10))
	case f.Min == nil && n < 0:
		return errs.E(errs.Invalid, "error.number.min").With("min", "0")
	}
	return nil
}

func (d *Definition) judgeText(f *Field, s string) *errs.Error {
	switch f.Type {
	case Email:
		if !isEmail(s) {
			return errs.E(errs.Invalid, "error.email")
		}
	case Phone:
		if !isPhone(s) {
			return errs.E(errs.Invalid, "error.phone")
		}
		return nil
	case Postcode:
		if len(s) != 5 || !isDigits(s) {
			return errs.E(errs.Invalid, "error.postcode")
		}
		return nil
	}
	if e := f.lengths(s); e != nil {
		return e
	}
	if f.Type != LongText && strings.ContainsAny(s, "\r\n\t") {
		return errs.E(errs.Invalid, "error.text.line")
	}
	return d.judgeLatin(s)
}

func (f *Field) lengths(s string) *errs.Error {
	limit := int64(f.Type.MaxChars())
	if f.Max != nil {
		limit = *f.Max
	}
	n := int64(utf8.RuneCountInString(s))
	switch {
	case n > limit:
		return errs.E(errs.Invalid, "error.too_long").With("max", strconv.FormatInt(limit, 10))
	case f.Min != nil && n < *f.Min:
		return errs.E(errs.Invalid, "error.too_short").With("min", strconv.FormatInt(*f.Min, 10))
	}
	return nil
}

// judgeLatin holds for every text, because each one travels in the message as data type C of DIN 91379. The character
// is told, so that the person can find it.
func (d *Definition) judgeLatin(s string) *errs.Error {
	if d.Latin == nil {
		return nil
	}
	if problems := d.Latin.Check(s); len(problems) > 0 {
		return errs.E(errs.Invalid, "error.latin.char").With("char", visible(problems[0].Text))
	}
	return nil
}

// visible names a character that cannot be seen.
func visible(s string) string {
	r, _ := utf8.DecodeRuneInString(s)
	if unicode.IsGraphic(r) && !unicode.IsSpace(r) {
		return s
	}
	return "U+" + strings.ToUpper(strconv.FormatInt(int64(r), 16))
}

func (s *State) judgeOption(f *Field, value string) *errs.Error {
	for _, o := range f.Options {
		if o.Value == value && s.OptionShown(o) {
			return nil
		}
	}
	return errs.E(errs.Invalid, "error.option")
}

func (d *Definition) judgeCodes(f *Field, a Answer, s *State) *errs.Error {
	entries := a.list
	if a.list == nil {
		entries = []string{a.text}
	}
	for i, v := range entries {
		if slices.Contains(entries[:i], v) {
			return errs.E(errs.Invalid, "error.twice")
		}
		if e := d.judgeCode(f, v, s); e != nil {
			return e
		}
	}
	n := int64(len(entries))
	switch {
	case a.list == nil:
		return nil
	case f.Max != nil && n > *f.Max:
		return errs.E(errs.Invalid, "error.too_many").With("max", strconv.FormatInt(*f.Max, 10))
	case f.Min != nil && n < *f.Min:
		return errs.E(errs.Invalid, "error.too_few").With("min", strconv.FormatInt(*f.Min, 10))
	}
	return nil
}

func (d *Definition) judgeCode(f *Field, code string, s *State) *errs.Error {
	switch f.Type {
	case Country:
		if _, ok := d.Names.Country(code, "de"); !ok {
			return errs.E(errs.Invalid, "error.country")
		}
	case Nationality, Nationalities:
		if _, ok := d.Names.Nationality(code, "de"); !ok {
			return errs.E(errs.Invalid, "error.nationality")
		}
	default:
		return s.judgeOption(f, code)
	}
	return nil
}

func judgeDate(f *Field, a Answer, c Clocks) *errs.Error {
	var first civil.Day
	var err error
	if f.Type == Date {
		first, err = civil.Parse(a.text)
	} else {
		var p civil.Partial
		p, err = civil.ParsePartial(a.text)
		first = p.Earliest()
	}
	switch {
	case errors.Is(err, civil.ErrCalendar):
		return errs.E(errs.Invalid, "error.date.calendar")
	case err != nil:
		return errs.E(errs.Invalid, "error.date.form")
	}
	if y, _, _ := first.Date(); y < firstYear || y > lastYear {
		return errs.E(errs.Invalid, "error.date.year")
	}
	if f.Past && !c.Submitted.IsZero() && first > c.Submitted {
		return errs.E(errs.Invalid, "error.date.past")
	}
	return nil
}

// isEmail accepts what mail servers of today deliver (RFC 5321 § 4.1.2, dot-atom only): quoted parts and address
// literals are more often slips than addresses.
func isEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > Email.MaxChars() || len(local) > 64 || !isDotted(local, "!#$%&'*+/=?^_`{|}~-") {
		return false
	}
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if len(l) > 63 || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-") || !isDotted(l, "-") {
			return false
		}
	}
	last := labels[len(labels)-1]
	return len(labels) >= 2 && len(last) >= 2 && !isDigits(last)
}

// isDotted tells whether s is letters, digits and the other signs, in parts between single dots.
func isDotted(s, others string) bool {
	for _, part := range strings.Split(s, ".") {
		if part == "" || strings.ContainsFunc(part, func(r rune) bool {
			return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(others, r)
		}) {
			return false
		}
	}
	return true
}

// isPhone wants 5 to 15 digits (ITU-T E.164 has at most 15), a plus only in front, and the signs people group with.
func isPhone(s string) bool {
	digits := 0
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '+' && i == 0:
		case strings.ContainsRune(" -/()", r) && i > 0:
		case r == '(' && i == 0:
		default:
			return false
		}
	}
	return digits >= 5 && digits <= 15 && len(s) <= Phone.MaxChars()
}

// Clean gives the answers that are sent on: of shown fields only, trimmed, and texts brought to DIN 91379. What cannot
// be brought there stays as it is; Validate tells it.
func (d *Definition) Clean(a Answers, c Clocks) Answers {
	out := make(Answers, len(a))
	for _, id := range d.Evaluate(a, c).Fields {
		if answer, ok := d.answer(a, id); ok {
			out[id] = answer
		}
	}
	return out
}

// ErrorKeys lists the texts that answers can make necessary; checks have texts of their own.
func ErrorKeys() []string {
	return []string{
		"error.answers.malformed", "error.answers.too_large", "error.answers.type", "error.answers.unknown",
		"error.country", "error.date.calendar", "error.date.form", "error.date.past", "error.date.year", "error.decimal.form", "error.declaration",
		"error.email", "error.latin.char", "error.money.form", "error.nationality", "error.number.max", "error.number.min",
		"error.option", "error.phone", "error.postcode", "error.required", "error.text.line", "error.too_few", "error.too_long",
		"error.too_many", "error.too_short", "error.twice",
	}
}
