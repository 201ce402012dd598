package connector

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/civil"
	"aufenthalt/internal/fachverfahren"
	"aufenthalt/internal/fitconnect"
	"aufenthalt/internal/jose"
	"aufenthalt/internal/xauslaender"
)

// The whole way: sender, delivery service, connector, folder, Fachverfahren, signed acceptance; a question back; the answer.
func TestWholeLoop(t *testing.T) {
	w := newWorld(t)
	c := w.open(t)
	fv, err := fachverfahren.New(fachverfahren.Config{Data: t.TempDir(), Portal: "alp:99000001", Authorities: []fachverfahren.Authority{{
		Name: "Landkreis Musterland", Kennung: "azr:990001", Email: "abh@example.org", Directory: w.cfg.Directory,
		Address: xauslaender.Address{Street: "Am Markt", HouseNumber: "1", Postcode: "19999", City: "Musterstadt"}}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fv.Close() })
	settle := func() {
		for range 4 {
			w.step(c)
			if _, err := fv.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	a := application(uuid.NewString(), "AT-1")
	ref, p := w.apply(a)
	settle()
	if !w.outcome(ref, p).Accepted {
		t.Fatal("the application was not accepted")
	}
	id := uuid.NewString()
	if err := fv.Ask(t.Context(), "AT-1", fachverfahren.Asked{ID: id, Text: "Bitte den Vertrag.", Deadline: civil.Today(time.Now()).AddDays(14)}); err != nil {
		t.Fatal(err)
	}
	settle()
	waiting := must(w.platform.Waiting(t.Context(), toPlatform, 0, 10))
	if waiting.TotalCount != 1 || waiting.Submissions[0].CaseID != ref.CaseID {
		t.Fatalf("at the platform: %+v", waiting)
	}
	got := must(fitconnect.Receive(t.Context(), w.platform, waiting.Submissions[0], []*jose.PrivateJWK{keys()["p-enc"]}))
	q := must(xauslaender.ReadQuestion(must(reader.Read(got.Data))))
	if q.Text != "Bitte den Vertrag." || q.Trigger != a.UUID {
		t.Errorf("question %+v", q)
	}
	answer := must(reader.WriteAnswer(xauslaender.Answer{Head: head(uuid.NewString()), Number: "AT-1", Trigger: q.UUID, Text: "Hier.", BackChannel: true}))
	back, pBack := w.submit(w.platform, answer, nil, ref.CaseID)
	settle()
	if !w.outcome(back, pBack).Accepted {
		t.Error("the answer was not accepted")
	}
	if n := len(must(filepath.Glob(filepath.Join(c.Folders(), "*-*")))); n != 3 {
		t.Errorf("%d copies for the inbox, want application, question and answer", n)
	}
}
