package blob

import (
	"errors"
	"testing"
)

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
