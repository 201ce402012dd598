package blob

import (
	"errors"
	"os"
	"testing"
)

// All places are there from the start: one that is made later could be lost in a power cut with what lies in it.
func TestPlaces(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		s, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		if places, err := os.ReadDir(dir); err != nil || len(places) != 256 {
			t.Errorf("%d places, %v", len(places), err)
		}
		s.Close()
	}
}

func TestStore(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const id = "ab12-34"
	if _, err := s.Get(id); !errors.Is(err, ErrAbsent) {
		t.Errorf("before: %v", err)
	}
	for _, want := range []string{"one", "two"} {
		if err := s.Put(id, []byte(want)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Get(id); err != nil || string(got) != want {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if err := errors.Join(s.Delete(id), s.Delete(id)); err != nil {
		t.Errorf("delete: %v", err)
	}
	if _, err := s.Get(id); !errors.Is(err, ErrAbsent) {
		t.Errorf("after: %v", err)
	}
	for _, bad := range []string{"", "..", "../../etc", "a/b", "AB"} {
		if err := s.Put(bad, nil); err == nil {
			t.Errorf("accepted the name %q", bad)
		}
	}
}
