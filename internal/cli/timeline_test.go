package cli

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"aufenthalt/data"
	"aufenthalt/internal/catalog"
	"aufenthalt/internal/civil"
)

// unknown is how the table writes a value that is in no source: the law of that day exists, its figure is not confirmed.
const unknown = "?"

// change is one day on which a figure or fee changes: its value on the day before and on the day. An empty value says that
// there was, or is, no such figure; fees are written adult / reduced. The values are typed from the source that stands beside.
type change struct {
	name   string
	day    string
	before string
	on     string
	source string
}

// changes is every change of every federal figure and fee that the platform keeps.
var changes = []change{
	// Salaries: each a share of the contribution ceiling (BBG) of the year.
	{"pension_ceiling", "2020-03-01", "", "82800.00", "BBG West 2020, 6,900 a month"},
	{"pension_ceiling", "2021-01-01", "82800.00", "85200.00", "BBG West 2021, 7,100 a month"},
	{"pension_ceiling", "2022-01-01", "85200.00", "84600.00", "BBG West 2022"},
	{"pension_ceiling", "2023-01-01", "84600.00", "87600.00", "BBG West 2023"},
	{"pension_ceiling", "2024-01-01", "87600.00", "90600.00", "BBG West 2024"},
	{"pension_ceiling", "2025-01-01", "90600.00", "96600.00", "BBG 2025"},
	{"pension_ceiling", "2026-01-01", "96600.00", "101400.00", "BBG 2026, gruenderservicenetz.de"},
	{"pension_ceiling", "2027-01-01", "101400.00", unknown, "BBG 2027 is not published"},
	{"blue_card_normal", "2020-03-01", "", "55200.00", "§ 18b Abs. 2 Satz 1 AufenthG of 2020: two thirds of 82,800"},
	{"blue_card_normal", "2021-01-01", "55200.00", "56800.00", "two thirds of 85,200"},
	{"blue_card_normal", "2022-01-01", "56800.00", "56400.00", "two thirds of 84,600"},
	{"blue_card_normal", "2023-01-01", "56400.00", "58400.00", "announcement for 2023: two thirds of 87,600"},
	{"blue_card_normal", "2023-11-18", "58400.00", "43800.00", "§ 18g Abs. 1 Satz 1 AufenthG: 50 % of 87,600, inside the year"},
	{"blue_card_normal", "2024-01-01", "43800.00", "45300.00", "50 % of 90,600"},
	{"blue_card_normal", "2025-01-01", "45300.00", "48300.00", "50 % of 96,600"},
	{"blue_card_normal", "2026-01-01", "48300.00", "50700.00", "50 % of 101,400; 4,225.00 a month"},
	{"blue_card_normal", "2027-01-01", "50700.00", unknown, "§ 18g Abs. 7 AufenthG: to be announced by 31 December"},
	{"blue_card_reduced", "2020-03-01", "", "43056.00", "§ 18b Abs. 2 Satz 2 AufenthG of 2020: 52 % of 82,800"},
	{"blue_card_reduced", "2021-01-01", "43056.00", "44304.00", "52 % of 85,200"},
	{"blue_card_reduced", "2022-01-01", "44304.00", "43992.00", "52 % of 84,600"},
	{"blue_card_reduced", "2023-01-01", "43992.00", "45552.00", "announcement for 2023: 52 % of 87,600"},
	{"blue_card_reduced", "2023-11-18", "45552.00", "39682.80", "§ 18g Abs. 1 Satz 2 AufenthG: 45.3 % of 87,600"},
	{"blue_card_reduced", "2024-01-01", "39682.80", "41041.80", "45.3 % of 90,600"},
	{"blue_card_reduced", "2025-01-01", "41041.80", "43759.80", "45.3 % of 96,600"},
	{"blue_card_reduced", "2026-01-01", "43759.80", "45934.20", "45.3 % of 101,400; 3,827.85 a month"},
	{"blue_card_reduced", "2027-01-01", "45934.20", unknown, "§ 18g Abs. 7 AufenthG: to be announced by 31 December"},
	{"experienced_worker", "2020-03-01", "", "49680.00", "§ 6 BeschV of 2020, IT only: 60 % of 82,800"},
	{"experienced_worker", "2021-01-01", "49680.00", "51120.00", "60 % of 85,200"},
	{"experienced_worker", "2022-01-01", "51120.00", "50760.00", "60 % of 84,600"},
	{"experienced_worker", "2023-01-01", "50760.00", "52560.00", "60 % of 87,600; unchanged by 2023-11-18"},
	{"experienced_worker", "2024-01-01", "52560.00", "54360.00", "60 % of 90,600"},
	{"experienced_worker", "2024-03-01", "54360.00", "40770.00", "§ 6 Abs. 1 BeschV, V. v. 30.8.2023: 45 % of 90,600, all occupations"},
	{"experienced_worker", "2025-01-01", "40770.00", "43470.00", "45 % of 96,600"},
	{"experienced_worker", "2026-01-01", "43470.00", "45630.00", "45 % of 101,400"},
	{"experienced_worker", "2027-01-01", "45630.00", unknown, "§ 6 Abs. 2 BeschV: to be announced by 31 December"},
	{"salary_45plus", "2020-03-01", "", "45540.00", "§ 18 Abs. 2 Nr. 5 AufenthG: 55 % of 82,800"},
	{"salary_45plus", "2021-01-01", "45540.00", "46860.00", "55 % of 85,200"},
	{"salary_45plus", "2022-01-01", "46860.00", "46530.00", "55 % of 84,600"},
	{"salary_45plus", "2023-01-01", "46530.00", "48180.00", "55 % of 87,600"},
	{"salary_45plus", "2024-01-01", "48180.00", "49830.00", "55 % of 90,600"},
	{"salary_45plus", "2025-01-01", "49830.00", "53130.00", "55 % of 96,600"},
	{"salary_45plus", "2026-01-01", "53130.00", "55770.00", "55 % of 101,400"},
	{"salary_45plus", "2027-01-01", "55770.00", unknown, "§ 18 Abs. 2 AufenthG: to be announced by 31 December"},

	// Subsistence.
	{"student_funds", "2020-03-01", "", unknown, "no amount before August 2022 was found"},
	{"student_funds", "2022-08-01", unknown, "934.00", "§ 2 Abs. 3 Satz 5 AufenthG, §§ 13, 13a Abs. 1 BAföG of 2022"},
	{"student_funds", "2024-07-25", "934.00", unknown, "BAföG, text of 2024-07-25; day of change in the authorities unconfirmed"},
	{"student_funds", "2024-09-01", unknown, "992.00", "§§ 13, 13a Abs. 1 BAföG: 475 + 380 + 102 + 35"},
	{"student_funds", "2027-01-01", "992.00", unknown, "amount of 2027 is not announced"},
	{"student_funds_plus", "2020-03-01", "", unknown, "no amount before August 2022 was found"},
	{"student_funds_plus", "2022-08-01", unknown, "1027.40", "§ 2 Abs. 3 Satz 6 AufenthG: 934 and 10 %"},
	{"student_funds_plus", "2024-07-25", "1027.40", unknown, "BAföG, text of 2024-07-25; day of change in the authorities unconfirmed"},
	{"student_funds_plus", "2024-09-01", unknown, "1091.20", "992 and 10 %"},
	{"student_funds_plus", "2027-01-01", "1091.20", unknown, "amount of 2027 is not announced"},
	{"search_funds", "2020-03-01", "", unknown, "practice before 2024 was not found"},
	{"search_funds", "2024-01-01", unknown, "1027.00", "practice of missions and authorities 2024"},
	{"search_funds", "2025-01-01", "1027.00", "1091.00", "practice of missions and authorities 2025 and 2026"},
	{"search_funds", "2027-01-01", "1091.00", unknown, "practice of 2027 is not known"},

	// Times and counts of skilled migration.
	{"card_points", "2024-06-01", "", "6", "§ 20a Abs. 3 Nr. 1, § 20b Abs. 1 AufenthG"},
	{"course_hours", "2020-03-01", "", "18", "§ 16f Abs. 1 AufenthG, practice: intensive course"},
	{"student_work_days", "2020-03-01", "", "120", "§ 16b Abs. 3 AufenthG of 2020: 120 days or 240 half days"},
	{"student_work_days", "2024-03-01", "120", "140", "§ 16b Abs. 3 AufenthG: account of 140 days"},
	{"ne_skilled_months", "2020-03-01", "", "48", "§ 18c Abs. 1 Satz 1 AufenthG of 2020: four years, 48 months"},
	{"ne_skilled_months", "2024-03-01", "48", "36", "§ 18c Abs. 1 Satz 1 AufenthG: three years, 36 months"},
	{"ne_skilled_german_months", "2020-03-01", "", "24", "§ 18c Abs. 1 Satz 2 AufenthG: two years, 24 months, unchanged"},
	{"ne_blue_months", "2020-03-01", "", "33", "§ 18c Abs. 2 AufenthG of 2020"},
	{"ne_blue_months", "2024-03-01", "33", "27", "§ 18c Abs. 2 AufenthG"},
	{"ne_blue_b1_months", "2020-03-01", "", "21", "§ 18c Abs. 2 AufenthG, unchanged"},

	// Times of protection, toleration and the asylum procedure.
	{"s25a_stay_years", "2020-03-01", "", "4", "§ 25a Abs. 1 AufenthG before the Chancen-Aufenthaltsrecht"},
	{"s25a_stay_years", "2022-12-31", "4", "3", "BGBl. 2022 I S. 2847"},
	{"s25a_tolerated_months", "2020-03-01", "", "0", "§ 25a Abs. 1 AufenthG before: no time with a toleration"},
	{"s25a_tolerated_months", "2022-12-31", "0", "12", "BGBl. 2022 I S. 2847"},
	{"s25b_stay_years", "2020-03-01", "", "8", "§ 25b Abs. 1 AufenthG before"},
	{"s25b_stay_years", "2022-12-31", "8", "6", "BGBl. 2022 I S. 2847"},
	{"s25b_stay_years_child", "2020-03-01", "", "6", "§ 25b Abs. 1 AufenthG before, with a minor child"},
	{"s25b_stay_years_child", "2022-12-31", "6", "4", "BGBl. 2022 I S. 2847"},
	{"s25_5_tolerated_months", "2020-03-01", "", "18", "§ 25 Abs. 5 Satz 2 AufenthG, unchanged"},
	{"ukraine_exempt_days", "2022-09-01", "", "90", "§ 2 UkraineAufenthÜV, after the first period until 2022-08-31"},
	{"ukraine_exempt_days", "2027-03-05", "90", "", "UkraineAufenthÜV ends with 2027-03-04"},
	{"asylum_work_months", "2019-08-21", "", "9", "§ 61 Abs. 1 Satz 2 Nr. 1 AsylG of 2019"},
	{"asylum_work_months", "2024-02-27", "9", "6", "§ 61 Abs. 1 Satz 2 Nr. 1 AsylG, Rückführungsverbesserungsgesetz"},
	{"asylum_work_months", "2026-06-12", "6", "3", "§ 61 Abs. 1 AsylG, GEAS: three months after registration"},
	{"asylum_work_months_other", "2026-06-12", "", "6", "§ 61 Abs. 1 AsylG, GEAS: another state may be responsible, or protects already"},
	{"s60d_months", "2020-01-01", "", "18", "§ 60d Abs. 1 AufenthG of 2020"},
	{"s60d_months", "2024-02-27", "18", "12", "§ 60d Abs. 1 AufenthG, Rückführungsverbesserungsgesetz"},
	{"s60d_hours", "2020-01-01", "", "35", "§ 60d Abs. 1 AufenthG of 2020"},
	{"s60d_hours", "2024-02-27", "35", "20", "§ 60d Abs. 1 AufenthG, Rückführungsverbesserungsgesetz"},
	{"housing_m2_person", "2020-03-01", "", unknown, "§ 2 Abs. 4 AufenthG: practice of the Länder"},
	{"housing_m2_child", "2020-03-01", "", unknown, "§ 2 Abs. 4 AufenthG: practice of the Länder"},

	// Fees of the AufenthV; §§ 44 to 48 have kept their amounts since 2017, minors pay half (§ 50).
	{"F01", "2020-03-01", "", "100.00 / 50.00", "§ 45 Nr. 1 AufenthV"},
	{"F02", "2020-03-01", "", "93.00 / 46.50", "§ 45 Nr. 2 AufenthV, more than three months"},
	{"F02k", "2020-03-01", "", "96.00 / 48.00", "§ 45 Nr. 2 AufenthV, up to three months"},
	{"F03", "2020-03-01", "", "98.00 / 49.00", "§ 45 Nr. 3 AufenthV"},
	{"F04", "2020-03-01", "", "80.00 / 40.00", "§ 45 AufenthV, mobile ICT card"},
	{"F04v", "2020-03-01", "", "70.00 / 35.00", "§ 45 AufenthV, mobile ICT card"},
	{"F05h", "2020-03-01", "", "147.00 / 73.50", "§ 44 AufenthV, § 18c Abs. 3 AufenthG"},
	{"F05s", "2020-03-01", "", "124.00 / 62.00", "§ 44 AufenthV, § 21 Abs. 4 AufenthG"},
	{"F05", "2020-03-01", "", "113.00 / 56.50", "§ 44 Nr. 3 AufenthV"},
	{"F06", "2020-03-01", "", "55.00 / 55.00", "§ 50 Abs. 1 Satz 2 AufenthV: fixed"},
	{"F07", "2020-03-01", "", "109.00 / 109.00", "§ 44a AufenthV; § 50 does not name it"},
	{"F08", "2023-11-01", "", "35.00 / 17.50", "§ 45a AufenthV, BGBl. 2023 I Nr. 290"},
	{"F10", "2020-03-01", "", "67.00 / 33.50", "§ 45c AufenthV"},
	{"F10a", "2020-03-01", "", "67.00 / 33.50", "§ 45c AufenthV"},
	{"F11", "2024-11-01", "", "15.00 / 7.50", "§ 47 Abs. 1 Nr. 16 AufenthV, offered since 2025-05-01"},
	{"F12", "2020-03-01", "", "50.00 / 25.00", "§ 47 Abs. 1 Nr. 3 AufenthV"},
	{"F13e", "2020-03-01", "", "58.00 / 29.00", "§ 47 AufenthV"},
	{"F13v", "2020-03-01", "", "33.00 / 16.50", "§ 47 AufenthV"},
	{"F14", "2020-03-01", "", "50.00 / 25.00", "§ 47 AufenthV"},
	{"F15", "2020-03-01", "", "13.00 / 6.50", "§ 47 AufenthV"},
	{"F16", "2020-03-01", "", "18.00 / 9.00", "§ 47 AufenthV"},
	{"F17", "2020-03-01", "", "12.00 / 6.00", "§ 47 AufenthV"},
	{"F18", "2020-03-01", "", "29.00 / 29.00", "§ 47 AufenthV; minors do not declare"},
	{"F19", "2020-03-01", "", "411.00 / 205.50", "§ 47 AufenthV"},
	{"F21", "2020-03-01", "", "100.00 / 97.00", "§ 48 AufenthV; the second amount is for people under 24"},
	{"F22", "2020-03-01", "", "60.00 / 38.00", "§ 48 AufenthV; the second amount is for people under 24"},
	{"F22", "2024-01-01", "60.00 / 38.00", "70.00 / 38.00", "§ 48 AufenthV"},
	{"F24", "2020-03-01", "", "32.00 / 16.00", "§ 48 AufenthV"},
	{"F24a", "2020-03-01", "", "21.00 / 10.50", "§ 48, § 55 Abs. 2 AufenthV"},
	{"F24v", "2020-03-01", "", "16.00 / 8.00", "§ 48 AufenthV"},
	{"F26", "2025-05-01", "", "6.00 / 6.00", "§ 48 AufenthV, BGBl. 2023 I Nr. 290 Art. 9"},
	{"F27", "2020-03-01", "", "28.80 / 22.80", "tariff of the ID card until 2020-12-31"},
	{"F27", "2021-01-01", "28.80 / 22.80", "37.00 / 22.80", "tariff of the ID card from 2021-01-01"},
	{"F27", "2026-02-07", "37.00 / 22.80", "46.00 / 27.60", "V. v. 30.1.2026, BGBl. 2026 I Nr. 31"},
	{"F27t", "2020-03-01", "", "28.80 / 22.80", "§ 52 Abs. 2, § 52a AufenthV: fixed amounts"},
	{"F27t", "2021-07-01", "28.80 / 22.80", unknown, "the day of the change in July 2021 is in no source"},
	{"F27t", "2021-07-27", unknown, "37.00 / 22.80", "§ 52 Abs. 2, § 52a AufenthV, text of 2021-07-27"},
	{"F27t", "2026-02-07", "37.00 / 22.80", "46.00 / 27.60", "V. v. 30.1.2026, BGBl. 2026 I Nr. 31"},
	{"F28", "2020-03-01", "", "10.00 / 10.00", "§ 47 Abs. 3 AufenthV"},
	{"F30", "2020-03-01", "", "0.00 / 0.00", "§ 63 AsylG"},
}

// What the command shows on both sides of each change is what the source says.
func TestTimeline(t *testing.T) {
	figures := lawAlone(t)
	timelines := map[string][]interval{}
	for _, c := range changes {
		if timelines[c.name] == nil {
			timelines[c.name] = timeline(t, figures, c.name)
		}
		day := civil.MustParse(c.day)
		if got := valueOn(timelines[c.name], day.AddDays(-1)); got != c.before {
			t.Errorf("%s on the day before %s: %q, want %q (%s)", c.name, c.day, got, c.before, c.source)
		}
		if got := valueOn(timelines[c.name], day); got != c.on {
			t.Errorf("%s on %s: %q, want %q (%s)", c.name, c.day, got, c.on, c.source)
		}
	}
}

// No figure or fee changes on a day that the table does not have.
func TestTimelineIsComplete(t *testing.T) {
	figures := lawAlone(t)
	cat, err := catalog.Load(figures)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range cat.Book().Parameters() {
		names = append(names, p.Name)
	}
	for _, f := range cat.Book().Fees() {
		names = append(names, f.Code)
	}
	for _, name := range names {
		var days []civil.Day
		for _, i := range timeline(t, figures, name) {
			days = append(days, i.changes()...)
		}
		slices.Sort(days)
		for _, day := range slices.Compact(days) {
			if !slices.ContainsFunc(changes, func(c change) bool { return c.name == name && c.day == day.String() }) {
				t.Errorf("%s changes on %s, which stands in no row of the table", name, day)
			}
		}
	}
}

// interval is one line of the command's answer. A zero until is open.
type interval struct {
	from, until civil.Day
	value       string
}

// changes lists the first day, and the day after the last.
func (i interval) changes() []civil.Day {
	if i.until.IsZero() {
		return []civil.Day{i.from}
	}
	return []civil.Day{i.from, i.until.AddDays(1)}
}

var timelineLine = regexp.MustCompile(`^(\d{4}-\d\d-\d\d)\s+(\d{4}-\d\d-\d\d)?\s+(no value|[\d.]+(?: / [\d.]+)?)\s+(confirmed|unconfirmed)\s`)

// timeline runs the command and reads its answer; a value that is not confirmed becomes unknown.
func timeline(t *testing.T, figures fs.FS, name string) (list []interval) {
	t.Helper()
	var out strings.Builder
	if err := (&lawTimeline{Name: name}).Run(&env{out: &out, data: figures}); err != nil {
		t.Fatalf("law timeline %s: %v", name, err)
	}
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n")[1:] {
		m := timelineLine.FindStringSubmatch(line)
		if m == nil {
			t.Fatalf("law timeline %s: cannot read %q", name, line)
		}
		i := interval{from: civil.MustParse(m[1]), value: m[3]}
		if m[2] != "" {
			i.until = civil.MustParse(m[2])
		}
		if m[4] == "unconfirmed" || m[3] == "no value" {
			i.value = unknown
		}
		list = append(list, i)
	}
	return list
}

func valueOn(list []interval, day civil.Day) string {
	for _, i := range list {
		if i.from <= day && (i.until.IsZero() || day <= i.until) {
			return i.value
		}
	}
	return ""
}

// lawAlone is the data without services: the command builds all that it finds, which the figures do not need.
func lawAlone(t *testing.T) fs.FS {
	t.Helper()
	files := fstest.MapFS{"services": {Mode: fs.ModeDir}}
	for _, dir := range []string{"law", "names", "texts"} {
		err := fs.WalkDir(data.FS, dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := fs.ReadFile(data.FS, path)
			files[path] = &fstest.MapFile{Data: b}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}
