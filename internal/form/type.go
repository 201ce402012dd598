package form

import "aufenthalt/internal/rule"

// Type is what a field takes.
type Type string

// The types of fields.
const (
	Text          Type = "text"
	LongText      Type = "longtext"
	Choice        Type = "choice"
	Choices       Type = "choices"
	Country       Type = "country"
	Nationality   Type = "nationality"
	Nationalities Type = "nationalities"
	Date          Type = "date"
	PartialDate   Type = "partial_date"
	Money         Type = "money"
	Int           Type = "int"
	Decimal       Type = "decimal"
	Bool          Type = "bool"
	Email         Type = "email"
	Phone         Type = "phone"
	Postcode      Type = "postcode"
)

// Types lists all types.
func Types() []Type {
	return []Type{Text, LongText, Choice, Choices, Country, Nationality, Nationalities, Date, PartialDate, Money, Int, Decimal, Bool, Email, Phone, Postcode}
}

// Rule gives the type that the field has in rules; 0 for a type that does not exist. A date that may be incomplete is
// a text there, so that no rule can take it for a day.
func (t Type) Rule() rule.Type {
	switch t {
	case Text, LongText, Choice, Country, Nationality, PartialDate, Email, Phone, Postcode:
		return rule.Text
	case Choices, Nationalities:
		return rule.List
	case Date:
		return rule.Day
	case Money:
		return rule.Money
	case Int:
		return rule.Int
	case Decimal:
		return rule.Decimal
	case Bool:
		return rule.Bool
	}
	return 0
}

// MaxChars is how long an answer may be when the definition does not say less.
func (t Type) MaxChars() int {
	switch t {
	case LongText:
		return 2000
	case Email:
		return 254
	case Phone:
		return 30
	}
	return 200
}
