package civil

import "time"

// InGermany gives an instant as clocks in Germany show it. It works without the time-zone database.
func InGermany(t time.Time) time.Time { return t.In(time.FixedZone("", int(offset(t)/time.Second))) }

// Today gives the calendar day of an instant in Germany.
func Today(t time.Time) Day {
	d, _ := Of(InGermany(t).Date())
	return d
}

// offset is Central European Time: one hour, two from 01:00 UTC on the last Sunday of March to 01:00 UTC on the last
// Sunday of October (§ 2 SoZV; the rule is the same every year since 1996).
func offset(t time.Time) time.Duration {
	y := t.UTC().Year()
	if t.Before(lastSunday(y, time.March)) || !t.Before(lastSunday(y, time.October)) {
		return time.Hour
	}
	return 2 * time.Hour
}

func lastSunday(year int, month time.Month) time.Time {
	last := time.Date(year, month, 31, 1, 0, 0, 0, time.UTC)
	return last.AddDate(0, 0, -int(last.Weekday()))
}
