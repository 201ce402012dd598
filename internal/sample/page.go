package sample

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Page is an authority's web page that calls a platform, as the element inside of it does.
type Page struct{ Platform, Origin, AGS, Language string }

// Call gives the body of a good answer; any other is an error with what the platform says.
func (p Page) Call(ctx context.Context, c *http.Client, method, path string, header map[string]string, body []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, method, p.Platform+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Origin", p.Origin)
	req.Header.Set("Accept-Language", p.Language)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, 30<<20))
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("platform answered %d: %s", res.StatusCode, answer)
	}
	return answer, err
}

// Form gives the address and the day of law of a service as it is offered now.
func (p Page) Form(ctx context.Context, c *http.Client, service string) (hash, day string, err error) {
	query := url.Values{"ags": {p.AGS}, "lang": {p.Language}}
	raw, err := p.Call(ctx, c, http.MethodGet, "/api/v1/services/"+service+"?"+query.Encode(), nil, nil)
	if err != nil {
		return "", "", err
	}
	var view struct {
		Hash string `json:"hash"`
		Day  string `json:"law_day"`
	}
	err = json.Unmarshal(raw, &view)
	return view.Hash, view.Day, err
}
