package document

import (
	"bytes"
	"errors"
	"strconv"
)

// Objects of PDF (ISO 32000-1 § 7.3). The content of strings is of no interest here: a script is found by the name of
// its key, never by its text.
type (
	name string
	dict map[name]any
	list []any
	text struct{}
	ref  struct{ num, gen int }
	// stream is a dictionary with the offset of its first byte of data.
	stream struct {
		dict  dict
		start int
	}
)

// word is an operator or a keyword, such as obj, endobj, stream, R.
type word string

const (
	maxNesting = 100
	maxTokens  = 2_000_000 // per object
)

var errSyntax = errors.New("pdf: syntax")

// lexer reads objects from a buffer. See reports every entry of every dictionary in passing, so that of two equal keys
// neither escapes.
type lexer struct {
	data   []byte
	pos    int
	tokens int
	see    func(key name, value any)
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '<', '>', '[', ']', '{', '}', '/', '%':
		return true
	}
	return false
}

// skip passes over white space and comments.
func (l *lexer) skip() {
	for l.pos < len(l.data) {
		c := l.data[l.pos]
		if c == '%' {
			for l.pos < len(l.data) && l.data[l.pos] != '\n' && l.data[l.pos] != '\r' {
				l.pos++
			}
		} else if !isSpace(c) {
			return
		} else {
			l.pos++
		}
	}
}

// object reads one object, or a word when there is no object.
func (l *lexer) object(depth int) (any, error) {
	l.skip()
	if l.tokens++; depth > maxNesting || l.tokens > maxTokens || l.pos >= len(l.data) {
		return nil, errSyntax
	}
	switch c := l.data[l.pos]; {
	case c == '/':
		return l.name()
	case c == '(':
		return text{}, l.literal()
	case c == '[':
		return l.array(depth)
	case c == '<' && l.pos+1 < len(l.data) && l.data[l.pos+1] == '<':
		return l.dict(depth)
	case c == '<':
		end := bytes.IndexByte(l.data[l.pos:], '>')
		if end < 0 {
			return nil, errSyntax
		}
		l.pos += end + 1
		return text{}, nil
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return l.number()
	case isDelimiter(c):
		return nil, errSyntax
	}
	switch w := l.regular(); w {
	case "true":
		return true, nil
	case "false":
		return false, nil
	case "null":
		return nil, nil
	default:
		return word(w), nil
	}
}

// regular reads characters up to the next space or delimiter.
func (l *lexer) regular() string {
	from := l.pos
	for l.pos < len(l.data) && !isSpace(l.data[l.pos]) && !isDelimiter(l.data[l.pos]) {
		l.pos++
	}
	return string(l.data[from:l.pos])
}

// name reads /Name and resolves #xx, so that /Java#53cript is what it means.
func (l *lexer) name() (name, error) {
	l.pos++
	raw := l.regular()
	if len(raw) > 1000 {
		return "", errSyntax
	}
	out := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) {
			if n, err := strconv.ParseUint(raw[i+1:i+3], 16, 8); err == nil {
				out = append(out, byte(n))
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return name(out), nil
}

// literal passes over a string in parentheses.
func (l *lexer) literal() error {
	open := 0
	for ; l.pos < len(l.data); l.pos++ {
		switch l.data[l.pos] {
		case '\\':
			l.pos++
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				l.pos++
				return nil
			}
		}
	}
	return errSyntax
}

func (l *lexer) array(depth int) (any, error) {
	l.pos++
	var out list
	for {
		if l.skip(); l.pos < len(l.data) && l.data[l.pos] == ']' {
			l.pos++
			return out, nil
		}
		v, err := l.object(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(word); ok {
			return nil, errSyntax
		}
		out = append(out, v)
	}
}

func (l *lexer) dict(depth int) (any, error) {
	l.pos += 2
	out := dict{}
	for {
		l.skip()
		if bytes.HasPrefix(l.data[l.pos:], []byte(">>")) {
			l.pos += 2
			return out, nil
		}
		if l.pos >= len(l.data) || l.data[l.pos] != '/' {
			return nil, errSyntax
		}
		key, err := l.name()
		if err != nil {
			return nil, err
		}
		v, err := l.object(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, ok := v.(word); ok {
			return nil, errSyntax
		}
		if l.see != nil {
			l.see(key, v)
		}
		out[key] = v
	}
}

// number reads a number, or a reference when "G R" follows a whole one. Everything else is float64; what is no number,
// like the "0.-3" of some writers, is 0, as viewers read it.
func (l *lexer) number() (any, error) {
	s := l.regular()
	n, err := strconv.Atoi(s)
	if err != nil {
		f, _ := strconv.ParseFloat(s, 64)
		return f, nil
	}
	if n < 0 || s[0] == '+' {
		return n, nil
	}
	back := l.pos
	if gen, ok := l.digits(); ok {
		if l.skip(); l.pos < len(l.data) && l.data[l.pos] == 'R' {
			if end := l.pos + 1; end == len(l.data) || isSpace(l.data[end]) || isDelimiter(l.data[end]) {
				l.pos = end
				return ref{n, gen}, nil
			}
		}
	}
	l.pos = back
	return n, nil
}

// digits reads a whole number without sign; ok is false when there is none.
func (l *lexer) digits() (n int, ok bool) {
	l.skip()
	from := l.pos
	for l.pos < len(l.data) && l.data[l.pos] >= '0' && l.data[l.pos] <= '9' && l.pos-from < 12 {
		n = n*10 + int(l.data[l.pos]-'0')
		l.pos++
	}
	return n, l.pos > from
}

// keyword consumes a word when it comes next.
func (l *lexer) keyword(w string) bool {
	l.skip()
	if !bytes.HasPrefix(l.data[l.pos:], []byte(w)) {
		return false
	}
	l.pos += len(w)
	return true
}
