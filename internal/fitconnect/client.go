package fitconnect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"aufenthalt/internal/errs"
	"aufenthalt/internal/jose"
)

// Config says where the service is and who we are there.
type Config struct {
	TokenURL      string
	SubmissionURL string // ends in /submission-api; it is also the issuer of the service's events
	ClientID      string
	ClientSecret  string
	SelfSigned    bool // allow self-signed keys: never in production
	HTTP          *http.Client
	Now           func() time.Time
}

// Client is safe for concurrent use.
type Client struct {
	cfg  Config
	keys sync.Map // issuer and kid → *jose.PublicJWK

	mu      sync.Mutex
	token   string
	expires time.Time
}

// maxBody bounds an answer: a submission with its data inside.
const maxBody = 140 << 20

// New makes a client.
func New(cfg Config) *Client {
	if cfg.HTTP == nil {
		cfg.HTTP = &http.Client{Timeout: 2 * time.Minute}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Client{cfg: cfg}
}

// StatusError is an answer that is no success. The body is kept only as problem document.
type StatusError struct {
	Status  int
	Problem Problem
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("delivery service answered %d %s", e.Status, strings.TrimPrefix(e.Problem.Type, ProblemBase))
}

func statusOf(err error) int {
	var e *StatusError
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// Destination reads the public view.
func (c *Client) Destination(ctx context.Context, id string) (Destination, error) {
	var d Destination
	return d, c.json(ctx, http.MethodGet, "/v2/destinations/"+url.PathEscape(id), nil, &d)
}

// Key reads a public key of a destination; the caller checks it.
func (c *Client) Key(ctx context.Context, destination, kid string) (*jose.PublicJWK, error) {
	k := new(jose.PublicJWK)
	return k, c.json(ctx, http.MethodGet, "/v2/destinations/"+url.PathEscape(destination)+"/keys/"+url.PathEscape(kid), nil, k)
}

// EncryptionKey reads and checks the key under which to seal for a destination.
func (c *Client) EncryptionKey(ctx context.Context, destination string) (*jose.PublicJWK, error) {
	d, err := c.Destination(ctx, destination)
	if err != nil {
		return nil, err
	}
	if d.Status != "active" {
		return nil, errs.E(errs.Unavailable, "error.destination.inactive")
	}
	key, err := c.Key(ctx, destination, d.EncryptionKid)
	if err != nil {
		return nil, err
	}
	return key, key.Check(jose.Encryption, c.cfg.Now(), c.cfg.SelfSigned)
}

func (c *Client) announce(ctx context.Context, a Announcement) (Reference, error) {
	var ref Reference
	return ref, c.json(ctx, http.MethodPost, "/v2/submissions", a, &ref)
}

func (c *Client) putAttachment(ctx context.Context, submission, id, jwe string) error {
	_, err := c.do(ctx, http.MethodPut, "/v2/submissions/"+submission+"/attachments/"+id, "application/jose", []byte(jwe))
	return err
}

func (c *Client) submit(ctx context.Context, submission string, content Content) error {
	return c.json(ctx, http.MethodPut, "/v2/submissions/"+submission, content, nil)
}

// Waiting lists the submissions of a destination that nobody has accepted or rejected yet, oldest first.
func (c *Client) Waiting(ctx context.Context, destination string, offset, limit int) (Pickup, error) {
	var p Pickup
	q := url.Values{"destinationId": {destination}, "offset": {strconv.Itoa(offset)}, "limit": {strconv.Itoa(limit)}}
	return p, c.json(ctx, http.MethodGet, "/v2/submissions?"+q.Encode(), nil, &p)
}

func (c *Client) submission(ctx context.Context, id string) (Submission, error) {
	var s Submission
	return s, c.json(ctx, http.MethodGet, "/v2/submissions/"+id, nil, &s)
}

func (c *Client) attachment(ctx context.Context, submission, id string) (string, error) {
	body, err := c.do(ctx, http.MethodGet, "/v2/submissions/"+submission+"/attachments/"+id, "", nil)
	return string(body), err
}

func (c *Client) postEvent(ctx context.Context, caseID, token string) error {
	_, err := c.do(ctx, http.MethodPost, "/v2/cases/"+caseID+"/events", "application/jose", []byte(token))
	return err
}

// eventLog reads all pages.
func (c *Client) eventLog(ctx context.Context, caseID string) ([]string, error) {
	var all []string
	for {
		var page EventLog
		q := url.Values{"offset": {strconv.Itoa(len(all))}, "limit": {"500"}}
		if err := c.json(ctx, http.MethodGet, "/v2/cases/"+caseID+"/events?"+q.Encode(), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.EventLog...)
		if len(page.EventLog) == 0 || len(all) >= page.TotalCount {
			return all, nil
		}
	}
}

func (c *Client) serviceKey(ctx context.Context, kid string) (*jose.PublicJWK, error) {
	var set struct {
		Keys []*jose.PublicJWK `json:"keys"`
	}
	if err := c.json(ctx, http.MethodGet, "/.well-known/jwks.json", nil, &set); err != nil {
		return nil, err
	}
	for _, k := range set.Keys {
		if k.Kid == kid {
			return k, nil
		}
	}
	return nil, errors.New("event: the service publishes no such key")
}

func (c *Client) json(ctx context.Context, method, path string, in, out any) error {
	var body []byte
	mime := ""
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return err
		}
		mime = "application/json"
	}
	answer, err := c.do(ctx, method, path, mime, body)
	if err != nil || out == nil {
		return err
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return errors.New("delivery service: answer is not the JSON expected")
	}
	return nil
}

// tries of one call; what fails after that is for the ledger to repeat.
const tries = 3

// do sends a request and repeats it after 408, 429 and 5xx. POST of an announcement is not idempotent: a repeated one
// leaves an empty submission behind, which the service deletes after a day and which never reaches anybody.
func (c *Client) do(ctx context.Context, method, path, mime string, body []byte) ([]byte, error) {
	for try := 1; ; try++ {
		answer, wait, err := c.once(ctx, method, path, mime, body)
		if err == nil || try == tries || wait == 0 {
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait << (try - 1)):
		}
	}
}

// once gives a wait above zero when a repetition makes sense.
func (c *Client) once(ctx context.Context, method, path, mime string, body []byte) (answer []byte, wait time.Duration, err error) {
	token, err := c.bearer(ctx)
	if err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequestWithContext(ctx, method, c.cfg.SubmissionURL+path, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("User-Agent", "aufenthalt (FIT-Connect v2)")
	req.Header.Set("Accept", "application/json, application/jose, application/problem+json")
	if mime != "" {
		req.Header.Set("Content-Type", mime)
	}
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return nil, 0, fmt.Errorf("delivery service: %w", err)
	}
	defer res.Body.Close()
	answer, err = io.ReadAll(io.LimitReader(res.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("delivery service: %w", err)
	case len(answer) > maxBody:
		return nil, 0, errors.New("delivery service: answer is too large")
	case res.StatusCode < 300:
		return answer, 0, nil
	case res.StatusCode == http.StatusUnauthorized:
		c.forget(token) // expired early, or the service was restarted
		wait = time.Millisecond
	case res.StatusCode == 408 || res.StatusCode == 429 || res.StatusCode >= 500:
		wait = resetAfter(res.Header)
	}
	e := &StatusError{Status: res.StatusCode}
	_ = json.Unmarshal(answer, &e.Problem) // a 429 comes without body
	return nil, wait, e
}

// resetAfter reads RateLimit-Reset (seconds), bounded so that a wrong clock cannot stop us.
func resetAfter(h http.Header) time.Duration {
	if n, err := strconv.Atoi(h.Get("RateLimit-Reset")); err == nil && n > 0 {
		return min(time.Duration(n)*time.Second, time.Minute)
	}
	return 500 * time.Millisecond
}

// bearer gives a token that is valid for ten more seconds. It is fetched without the lock, so that a caller in a hurry
// need not wait for one with patience; two that fetch at once do no harm.
func (c *Client) bearer(ctx context.Context) (string, error) {
	c.mu.Lock()
	token, expires := c.token, c.expires
	c.mu.Unlock()
	if token != "" && c.cfg.Now().Before(expires) {
		return token, nil
	}
	t, err := c.fetchToken(ctx)
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.token = t.AccessToken
	c.expires = c.cfg.Now().Add(time.Duration(t.ExpiresIn)*time.Second - 10*time.Second)
	return c.token, nil
}

// fetchToken asks for a token. The secret goes into the body: HTTP Basic is refused there.
func (c *Client) fetchToken(ctx context.Context) (t Token, err error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {c.cfg.ClientID}, "client_secret": {c.cfg.ClientSecret}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.cfg.TokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return t, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("User-Agent", "aufenthalt (FIT-Connect v2)")
	res, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return t, fmt.Errorf("token: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return t, fmt.Errorf("token: %w", &StatusError{Status: res.StatusCode})
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&t); err != nil || t.AccessToken == "" {
		return t, errors.New("token: answer is not the JSON expected")
	}
	return t, nil
}

func (c *Client) forget(token string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.token == token {
		c.token = ""
	}
}
