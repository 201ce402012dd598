package civil

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
	_ "time/tzdata"
)

// Every day of the calendar against the standard library's own arithmetic.
func TestEveryDayAgreesWithTime(t *testing.T) {
	at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	for d := Day(1); d <= MaxDay; d++ {
		y, m, n := at.Date()
		gy, gm, gn := d.Date()
		if gy != y || gm != m || gn != n {
			t.Fatalf("day %d is %d-%d-%d, want %d-%d-%d", d, gy, gm, gn, y, m, n)
		}
		if back, ok := Of(y, m, n); !ok || back != d {
			t.Fatalf("Of(%d,%d,%d) = %d, %v, want %d", y, m, n, back, ok, d)
		}
		if d.Weekday() != at.Weekday() {
			t.Fatalf("weekday of %s is %s, want %s", d, d.Weekday(), at.Weekday())
		}
		at = at.AddDate(0, 0, 1)
	}
	if at.Year() != 10000 {
		t.Fatalf("MaxDay is not the last day: next is %s", at)
	}
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		in   string
		want error
	}{
		{"2026-12-11", nil}, {"0001-01-01", nil}, {"9999-12-31", nil}, {"2024-02-29", nil}, {"2000-02-29", nil},
		{"2023-02-29", ErrCalendar}, {"1900-02-29", ErrCalendar}, {"2026-04-31", ErrCalendar}, {"2026-00-01", ErrCalendar},
		{"2026-13-01", ErrCalendar}, {"2026-01-00", ErrCalendar}, {"0000-01-01", ErrCalendar},
		{"", ErrForm}, {"2026-1-01", ErrForm}, {"2026-12-1", ErrForm}, {"11.12.2026", ErrForm}, {"2026/12/11", ErrForm},
		{"2026-12-11 ", ErrForm}, {" 2026-12-11", ErrForm}, {"2026-12-11T00:00:00Z", ErrForm}, {"-026-12-11", ErrForm},
		{"+026-12-11", ErrForm}, {"2026-12-١١", ErrForm}, {"20261-2-11", ErrForm},
	} {
		d, err := Parse(tc.in)
		if !errors.Is(err, tc.want) {
			t.Errorf("Parse(%q) error %v, want %v", tc.in, err, tc.want)
		}
		if err == nil && d.String() != tc.in {
			t.Errorf("Parse(%q) writes %q", tc.in, d)
		}
		if err != nil && d != 0 {
			t.Errorf("Parse(%q) gives a day with its error", tc.in)
		}
	}
}

func TestAddMonths(t *testing.T) {
	for _, tc := range []struct {
		from         string
		n            int
		clamp, start string
	}{
		{"2026-01-31", 1, "2026-02-28", "2026-03-01"},
		{"2024-01-31", 1, "2024-02-29", "2024-03-01"},
		{"2026-03-31", -1, "2026-02-28", "2026-03-01"},
		{"2026-08-31", 1, "2026-09-30", "2026-10-01"},
		{"2026-01-15", 12, "2027-01-15", "2027-01-15"},
		{"2024-02-29", 12, "2025-02-28", "2025-03-01"},
		{"2024-02-29", 48, "2028-02-29", "2028-02-29"},
		{"2026-12-31", 2, "2027-02-28", "2027-03-01"},
		{"2026-01-15", -1, "2025-12-15", "2025-12-15"},
		{"0001-01-01", -1, "", ""},
		{"9999-12-01", 1, "", ""},
		{"9999-11-30", 1, "9999-12-30", "9999-12-30"},
		{"2026-01-01", 1 << 40, "", ""},
	} {
		d := MustParse(tc.from)
		if got := d.AddMonths(tc.n, EndOfMonth).String(); got != tc.clamp {
			t.Errorf("%s + %d months = %q, want %q", d, tc.n, got, tc.clamp)
		}
		if got := d.AddMonths(tc.n, StartOfNext).String(); got != tc.start {
			t.Errorf("%s + %d months, rolling = %q, want %q", d, tc.n, got, tc.start)
		}
	}
}

func TestAddDays(t *testing.T) {
	for _, tc := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-11-24", 17, "2026-12-11"}, {"2026-03-01", -1, "2026-02-28"}, {"2026-01-01", 0, "2026-01-01"},
		{"0001-01-01", -1, ""}, {"9999-12-31", 1, ""}, {"2026-01-01", 1 << 50, ""}, {"2026-01-01", -1 << 50, ""},
	} {
		d := MustParse(tc.from)
		got := d.AddDays(tc.n)
		if got.String() != tc.want {
			t.Errorf("%s + %d = %q, want %q", d, tc.n, got, tc.want)
		}
		if got != 0 && got.DaysSince(d) != tc.n {
			t.Errorf("%s since %s = %d, want %d", got, d, got.DaysSince(d), tc.n)
		}
	}
}

func TestYearsBetween(t *testing.T) {
	for _, tc := range []struct {
		birth, day string
		want       int
	}{
		{"2008-11-24", "2026-11-23", 17}, {"2008-11-24", "2026-11-24", 18}, {"2008-11-24", "2008-11-24", 0},
		{"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18}, // completes on 1 March in a common year
		{"2008-02-29", "2024-02-28", 15}, {"2008-02-29", "2024-02-29", 16},
		{"2008-02-28", "2026-02-28", 18}, {"2008-12-31", "2026-01-01", 17}, {"2026-05-02", "2026-05-01", -1},
	} {
		if got := YearsBetween(MustParse(tc.birth), MustParse(tc.day)); got != tc.want {
			t.Errorf("born %s, on %s: %d years, want %d", tc.birth, tc.day, got, tc.want)
		}
	}
	if YearsBetween(0, MustParse("2026-01-01")) != 0 || YearsBetween(MustParse("2026-01-01"), 0) != 0 {
		t.Error("an age without a day")
	}
}

func TestMonthsBetween(t *testing.T) {
	for _, tc := range []struct {
		from, to string
		want     int
	}{
		{"2026-01-15", "2026-02-14", 0}, {"2026-01-15", "2026-02-15", 1}, {"2026-01-31", "2026-02-28", 0}, {"2026-01-31", "2026-03-01", 1},
		{"2024-01-30", "2024-02-29", 0}, {"2024-01-29", "2024-02-29", 1}, {"2024-02-29", "2025-02-28", 11}, {"2024-02-29", "2025-03-01", 12},
		{"2026-05-02", "2026-05-01", -1}, {"2026-05-02", "2026-04-02", -1}, {"2026-05-02", "2026-04-01", -2}, {"0001-01-01", "9999-12-31", 119987},
	} {
		if got := MonthsBetween(MustParse(tc.from), MustParse(tc.to)); got != tc.want {
			t.Errorf("from %s to %s: %d months, want %d", tc.from, tc.to, got, tc.want)
		}
	}
	if MonthsBetween(0, MustParse("2026-01-01")) != 0 || MonthsBetween(MustParse("2026-01-01"), 0) != 0 {
		t.Error("months without a day")
	}
}

// How counting and adding go together: years are twelve months, and n months after a day n months are over, except where
// add_months had to take the last day of the month; then they are over a day later.
func TestMonthsYearsAndAdding(t *testing.T) {
	for from := MustParse("2023-12-20"); from < MustParse("2025-03-10"); from++ {
		_, _, day := from.Date()
		for n := -40; n <= 40; n++ {
			to := from.AddMonths(n, EndOfMonth)
			_, _, landed := to.Date()
			want := n
			if landed < day {
				want = n - 1
			}
			if got := MonthsBetween(from, to); got != want {
				t.Fatalf("%s and %d months are %s, counted %d", from, n, to, got)
			}
			if got := MonthsBetween(from, from.AddMonths(n, StartOfNext)); got != n {
				t.Fatalf("%s and %d months, rolling, counted %d", from, n, got)
			}
			months := MonthsBetween(from, to)
			years := months / 12
			if months%12 < 0 {
				years--
			}
			if got := YearsBetween(from, to); got != years {
				t.Fatalf("from %s to %s: %d years, %d months", from, to, got, months)
			}
		}
	}
}

func TestGerman(t *testing.T) {
	for in, want := range map[string]string{"2026-12-11": "11. Dezember 2026", "1992-03-01": "1. März 1992"} {
		if got := MustParse(in).German(); got != want {
			t.Errorf("%s in German is %q, want %q", in, got, want)
		}
	}
	if Day(0).German() != "" || Day(0).String() != "" {
		t.Error("the zero Day has a text")
	}
}

func TestPartial(t *testing.T) {
	for _, tc := range []struct{ in, german, earliest, latest string }{
		{"1992", "1992", "1992-01-01", "1992-12-31"},
		{"1992-02", "Februar 1992", "1992-02-01", "1992-02-29"},
		{"1992-08-14", "14. August 1992", "1992-08-14", "1992-08-14"},
	} {
		p, err := ParsePartial(tc.in)
		if err != nil {
			t.Fatal(err)
		}
		if p.String() != tc.in || p.German() != tc.german || p.Earliest().String() != tc.earliest || p.Latest().String() != tc.latest {
			t.Errorf("%q: %q %q %s %s", tc.in, p, p.German(), p.Earliest(), p.Latest())
		}
		if d, ok := p.Complete(); ok != (len(tc.in) == 10) || ok && d.String() != tc.in {
			t.Errorf("%q complete: %v %v", tc.in, d, ok)
		}
	}
	for in, want := range map[string]error{
		"": ErrForm, "92": ErrForm, "1992-": ErrForm, "1992-8": ErrForm, "1992-08-": ErrForm, "1992-08-1": ErrForm, "199a": ErrForm,
		"1992/08": ErrForm, "0000": ErrCalendar, "1992-00": ErrCalendar, "1992-13": ErrCalendar, "1992-00-00": ErrCalendar,
		"1991-02-29": ErrCalendar, "1992-xx": ErrForm,
	} {
		if p, err := ParsePartial(in); !errors.Is(err, want) || !p.IsZero() {
			t.Errorf("ParsePartial(%q) = %v, %v, want %v", in, p, err, want)
		}
	}
	var none Partial
	if none.String() != "" || none.German() != "" || none.Earliest() != 0 || none.Latest() != 0 {
		t.Error("the zero Partial means something")
	}
}

// Both ways of finding the zone, around midnight and around both clock changes.
func TestToday(t *testing.T) {
	for in, want := range map[string]string{
		"2026-11-23T22:59:59Z": "2026-11-23", "2026-11-23T23:00:00Z": "2026-11-24", // winter
		"2026-07-01T21:59:59Z": "2026-07-01", "2026-07-01T22:00:00Z": "2026-07-02", // summer
		"2026-03-28T23:00:00Z": "2026-03-29", "2026-03-29T22:00:00Z": "2026-03-30", // the change to summer time
		"2026-10-24T22:00:00Z": "2026-10-25", "2026-10-25T22:59:59Z": "2026-10-25", // and back
		"2026-12-31T23:30:00Z": "2027-01-01", "2026-11-24T00:30:00+05:00": "2026-11-23",
	} {
		at, err := time.Parse(time.RFC3339, in)
		if err != nil {
			t.Fatal(err)
		}
		if got := Today(at).String(); got != want {
			t.Errorf("today at %s is %s, want %s", in, got, want)
		}
		if got := InGermany(at); !got.Equal(at) || got.Format("2006-01-02") != want {
			t.Errorf("%s in Germany is %s, want the day %s", in, got, want)
		}
	}
}

func TestOffsetAgreesWithDatabase(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for at := time.Date(1996, 1, 1, 0, 30, 0, 0, time.UTC); at.Year() < 2038; at = at.Add(time.Hour) {
		if _, s := at.In(zone).Zone(); time.Duration(s)*time.Second != offset(at) {
			t.Fatalf("offset at %s is %s, want %d s", at, offset(at), s)
		}
	}
}

func TestJSON(t *testing.T) {
	type record struct {
		From  Day     `json:"from,omitzero"`
		Birth Partial `json:"birth,omitzero"`
	}
	partial, _ := ParsePartial("1992-08")
	for in, want := range map[record]string{
		{}:                                 `{}`,
		{MustParse("2026-12-11"), partial}: `{"from":"2026-12-11","birth":"1992-08"}`,
	} {
		b, err := json.Marshal(in)
		if err != nil || string(b) != want {
			t.Fatalf("%s, %v; want %s", b, err, want)
		}
		var back record
		if err := json.Unmarshal(b, &back); err != nil || back != in {
			t.Fatalf("back: %v, %v", back, err)
		}
	}
	for _, bad := range []string{`{"from":""}`, `{"from":"1992-08"}`, `{"from":1}`, `{"birth":""}`, `{"birth":"19920814 xx"}`} {
		if err := json.Unmarshal([]byte(bad), &record{}); err == nil {
			t.Errorf("%s was taken", bad)
		}
	}
	if _, err := json.Marshal(Day(0)); err == nil {
		t.Error("the zero Day was written")
	}
}

func FuzzPartial(f *testing.F) {
	for _, s := range []string{"1992", "1992-08", "1992-08-14", "1991-02-29", "0000", "1992-", "١٩٩٢", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePartial(s)
		if err != nil {
			if !p.IsZero() {
				t.Fatalf("%q: a date and an error", s)
			}
			return
		}
		if p.String() != s {
			t.Fatalf("%q is written %q", s, p)
		}
		if p.Earliest() > p.Latest() || p.Earliest() < 1 || p.Latest() > MaxDay {
			t.Fatalf("%q: %s to %s", s, p.Earliest(), p.Latest())
		}
		d, err := Parse(s)
		if complete, ok := p.Complete(); ok != (err == nil) || complete != d {
			t.Fatalf("%q: complete %s %v, as a day %s %v", s, complete, ok, d, err)
		}
	})
}

func FuzzDay(f *testing.F) {
	for _, s := range []string{"2026-12-11", "2024-02-29", "0001-01-01", "9999-12-31", "2023-02-29", "2026-1-1"} {
		f.Add(s, 1)
	}
	f.Add("2024-02-29", -1200)
	f.Fuzz(func(t *testing.T, s string, n int) {
		d, err := Parse(s)
		want, goErr := time.Parse(time.DateOnly, s)
		if y := want.Year(); (err == nil) != (goErr == nil && y >= 1) {
			t.Fatalf("%q: %v, standard library %v", s, err, goErr)
		}
		if err != nil {
			return
		}
		if d.String() != s {
			t.Fatalf("%q is written %q", s, d)
		}
		early, late := d.AddMonths(n, EndOfMonth), d.AddMonths(n, StartOfNext)
		if late-early > 1 || late < early {
			t.Fatalf("%s + %d months: %s or %s", d, n, early, late)
		}
	})
}

func BenchmarkDate(b *testing.B) {
	d := MustParse("2026-11-24")
	for b.Loop() {
		d.Date()
	}
}

func BenchmarkToday(b *testing.B) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for b.Loop() {
		Today(at)
	}
}
