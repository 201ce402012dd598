package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"aufenthalt/internal/sample"
	"aufenthalt/internal/seal"
)

// result of one measurement.
type result struct {
	clients            int
	perSecond, perCore float64
}

// measure runs a request in a loop from so many clients and prints one line. pid is the process whose cores count.
func (b *bench) measure(what string, clients, pid int, request func(ctx context.Context, c *http.Client) error) result {
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: time.Minute}
	ctx, cancel := context.WithTimeout(b.ctx, b.length)
	defer cancel()
	var mu sync.Mutex
	var took []time.Duration
	failed := 0
	var first error
	before, start := cpu(pid), time.Now()
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for ctx.Err() == nil {
				at := time.Now()
				err := request(b.ctx, client)
				d := time.Since(at)
				mu.Lock()
				if took = append(took, d); err != nil {
					failed, first = failed+1, errors.Join(first, err)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	wall, used := time.Since(start), cpu(pid)-before
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	r := result{clients, float64(len(took)-failed) / wall.Seconds(), float64(len(took)-failed) / used.Seconds()}
	fmt.Printf("%-34s %7d %9.1f %12.1f %9.1f %9.1f %7d\n", what, clients, r.perSecond, r.perCore, at(0.5), at(0.99), failed)
	if first != nil {
		fmt.Fprintln(os.Stderr, "first failure:", strings.SplitN(first.Error(), "\n", 2)[0])
	}
	return r
}

// target is the platform as the element sees it.
type target struct {
	page      sample.Page
	hash, day string
	pid       int
	answers   json.RawMessage
	document  []byte
}

func (t *target) load(ctx context.Context) (err error) {
	if t.hash, t.day, err = t.page.Form(ctx, http.DefaultClient, "at-erwerbstaetigkeit"); err != nil {
		return err
	}
	if t.answers, err = json.Marshal(sample.Answers()); err != nil {
		return err
	}
	noise := make([]byte, 490_000) // does not compress, like a scan
	rand.Read(noise)
	t.document = sample.PDF(fmt.Sprintf("%x", noise))
	return nil
}

func (t *target) submit(ctx context.Context, c *http.Client) error {
	return t.send(ctx, c, uuid.NewString(), randomKey(), nil)
}

func (t *target) send(ctx context.Context, c *http.Client, draft, key string, documents []map[string]string) error {
	if documents == nil {
		documents = []map[string]string{}
	}
	body, err := json.Marshal(map[string]any{
		"id": uuid.NewString(), "service": "at-erwerbstaetigkeit", "hash": t.hash, "law_day": t.day, "ags": t.page.AGS, "language": "de", "answers": t.answers,
		"documents": documents, "draft": map[string]string{"id": draft, "key": key}, "access_code": seal.NewAccessCode().Reveal(),
	})
	if err != nil {
		return err
	}
	_, err = t.page.Call(ctx, c, http.MethodPost, "/api/v1/applications", map[string]string{"Content-Type": "application/json"}, body)
	return err
}

func (t *target) submitWithDocuments(ctx context.Context, c *http.Client) error {
	draft, key := uuid.NewString(), randomKey()
	var documents []map[string]string
	for _, evidence := range []string{"PASS", "TITLE", "CONTR"} {
		id := uuid.NewString()
		_, err := t.page.Call(ctx, c, http.MethodPut, "/api/v1/drafts/"+draft+"/documents/"+id,
			map[string]string{"Draft-Key": key, "Content-Type": "application/pdf", "Document-Name": "scan.pdf", "X-Authority": t.page.AGS}, t.document)
		if err != nil {
			return err
		}
		documents = append(documents, map[string]string{"id": id, "evidence": evidence})
	}
	return t.send(ctx, c, draft, key, documents)
}

func randomKey() string {
	var key [32]byte
	rand.Read(key[:])
	return base64.RawURLEncoding.EncodeToString(key[:])
}

// cpu is the time that a process has used, from /proc; hundredths of a second.
func cpu(pid int) time.Duration {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// memory reads a line of /proc/PID/status in MiB.
func memory(pid int, line string) int {
	raw, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for l := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(l, line+":"); ok {
			kib, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kib / 1024
		}
	}
	return 0
}
