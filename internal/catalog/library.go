package catalog

import (
	"slices"

	"aufenthalt/internal/civil"
)

// Edition is a catalogue with the first day on which it is in force.
type Edition struct {
	From    civil.Day
	Catalog *Catalog
}

// Library holds all editions that a platform knows. One follows the other on its day, without a restart. It is never changed.
type Library struct{ editions []Edition }

// NewLibrary takes the editions in any order, at least one that is in force from the beginning of time. Of two from the same
// day the later in the list counts.
func NewLibrary(editions ...Edition) *Library {
	slices.SortStableFunc(editions, func(a, b Edition) int { return a.From.Compare(b.From) })
	return &Library{editions}
}

// On gives the catalogue in force on a day.
func (l *Library) On(day civil.Day) *Catalog {
	now := l.editions[0].Catalog
	for _, e := range l.editions {
		if e.From <= day {
			now = e.Catalog
		}
	}
	return now
}

// All lists the catalogues of all editions, in the order of their days.
func (l *Library) All() []*Catalog {
	out := make([]*Catalog, len(l.editions))
	for i, e := range l.editions {
		out[i] = e.Catalog
	}
	return out
}

// ByHash finds a document in any edition: a browser may hold one that is no longer in force.
func (l *Library) ByHash(h Hash) (*Document, bool) {
	for _, e := range slices.Backward(l.editions) {
		if d, ok := e.Catalog.ByHash(h); ok {
			return d, true
		}
	}
	return nil, false
}
