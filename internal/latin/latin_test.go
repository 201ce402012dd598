package latin

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"aufenthalt/internal/official"
)

// Each of the 930 entries is accepted exactly where the table of data types says so.
func TestOfficialList(t *testing.T) {
	f, err := os.Open(filepath.Join(official.Path(t, "din-91379"), "datatype-membership.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	table, n := New(), 0
	s := bufio.NewScanner(f)
	s.Scan() // head
	for s.Scan() {
		c := strings.Split(s.Text(), "\t")
		var text []rune
		for _, h := range strings.FieldsFunc(c[2], func(r rune) bool { return r == '+' || r == ' ' || r == ',' }) {
			v, err := strconv.ParseUint(strings.TrimPrefix(h, "U+"), 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, rune(v))
		}
		n++
		if got := len(table.Check(string(text))) == 0; got != (c[6] == "1") {
			t.Errorf("C %s %s: %v", c[2], c[3], got)
		}
		if got := len(table.CheckName(string(text))) == 0; got != (c[4] == "1") {
			t.Errorf("A %s %s: %v", c[2], c[3], got)
		}
		if c[6] == "1" && c[0] == "bll" {
			if clean, wrong := table.Clean("x" + string(text) + "y"); wrong != nil || clean != "x"+string(text)+"y" {
				t.Errorf("Clean changes %s to %q, %v", c[2], clean, wrong)
			}
		}
	}
	if n != 930 {
		t.Errorf("%d entries, want 930", n)
	}
}

func TestClean(t *testing.T) {
	table := New()
	for in, want := range map[string]string{
		"Müller":          "Müller",
		"Mu\u0308ller":    "Müller",
		"a – b — c":       "a - b - c",
		"„Ja“ ‘x’…":       `"Ja" 'x’...`,
		"ﬁnden\u200b":     "finden",
		"A\r\nB":          "A\nB",
		"S\u0304\u0323":   "\u1e62\u0304",
		"Oʼneil":          "O’neil",
		"\u202eabc\u202c": "abc",
		"a\u200b\u0308":   "ä", // the dropped sign brings letter and mark together
	} {
		if got, wrong := table.Clean(in); got != want || wrong != nil {
			t.Errorf("%q → %q %v, want %q", in, got, wrong, want)
		}
	}
	for in, sign := range map[string]string{"Ωmega": "Ω", "Аnna": "А", "x\u0336": "\u0336", "a😀": "😀", "a\x00": "\x00", "محمد": "م", "q\u0308": "\u0308"} {
		_, wrong := table.Clean(in)
		if len(wrong) == 0 || wrong[0].Text != sign {
			t.Errorf("%q: %+v, want %q first", in, wrong, sign)
		}
	}
	if _, wrong := table.Clean("\xff"); wrong == nil {
		t.Error("invalid UTF-8 accepted")
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Müller", "a\u200b\u0308", "\u1e62\u0304", "\u1100\u1161", "ﬁ\u0301", "x\u0336", "\u2010\u0308"} {
		f.Add(s)
	}
	table := New()
	f.Fuzz(func(t *testing.T, s string) {
		clean, wrong := table.Clean(s)
		if wrong != nil {
			return
		}
		if p := table.Check(clean); p != nil {
			t.Errorf("%q: clean, but Check says %+v", s, p)
		}
		if !norm.NFC.IsNormalString(clean) {
			t.Errorf("%q → %q is not NFC", s, clean)
		}
		if again, _ := table.Clean(clean); again != clean {
			t.Errorf("%q → %q → %q", s, clean, again)
		}
	})
}

func BenchmarkCheck(b *testing.B) {
	table, s := New(), strings.Repeat("Straße und Hausnummer, Ștefan Nguyễn. ", 25)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		table.Check(s)
	}
}
