package fitconnect

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/jose"
)

// A reply in the case (set-payload 1.2.2) is passed over; it must not make the whole log unreadable.
func TestEventOfAReply(t *testing.T) {
	key, err := jose.Generate(jose.Signature, "test", time.Now().Add(-time.Hour), time.Now().AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	ref := Reference{DestinationID: uuid.NewString(), SubmissionID: uuid.NewString(), CaseID: uuid.NewString()}
	raw, err := NewPayload("https://example.org/submission-api", ref, "create-reply", EventContent{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	token, err := jose.SignSET(key, bytes.Replace(raw, []byte("submission:"+ref.SubmissionID), []byte("reply:"+uuid.NewString()), 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{}).verify(t.Context(), token, ref); !errors.Is(err, errOther) {
		t.Errorf("%v, want it to be passed over", err)
	}
}

// A caller in a hurry does not wait for another one's token that never comes.
func TestTokenInAHurry(t *testing.T) {
	asked, end := make(chan struct{}, 2), make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-end:
		case <-r.Context().Done():
		}
	}))
	defer srv.Close()
	defer close(end)
	c := New(Config{TokenURL: srv.URL, SubmissionURL: srv.URL})
	patient, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() { _, _ = c.Waiting(patient, "d", 0, 1) }()
	<-asked
	ctx, stop := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer stop()
	done := make(chan error, 1)
	go func() { _, err := c.Waiting(ctx, "d", 0, 1); done <- err }()
	select {
	case err := <-done:
		if err == nil {
			t.Error("no error")
		}
	case <-time.After(5 * time.Second):
		t.Error("the caller in a hurry waits for the patient one")
	}
}
