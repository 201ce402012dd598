package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"aufenthalt/internal/jose"
	"aufenthalt/internal/server"
)

// Sizes of what an application without documents seals: metadata, message, summary, readable form.
var sealed = []int{1_200, 60_000, 40_000, 22_000}

// serveProbe does what no intake can do without: HTTP, JSON syntax, four JWEs of the usual sizes, one durable append
// shared by all who wait for it.
func serveProbe(ctx context.Context, dir string) error {
	key, err := jose.Generate(jose.Encryption, "probe", time.Now().Add(-time.Hour), time.Now().AddDate(0, 0, 1))
	if err != nil {
		return err
	}
	journal, err := os.Create(filepath.Join(dir, "probe.log"))
	if err != nil {
		return err
	}
	defer journal.Close()
	appends := make(chan entry, 256)
	go commit(journal, appends)
	parts := make([][]byte, len(sealed))
	for i, n := range sealed {
		parts[i] = make([]byte, n)
		rand.Read(parts[i])
	}
	h := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || !json.Valid(body) {
			http.Error(w, "not JSON", http.StatusBadRequest)
			return
		}
		var all bytes.Buffer
		for _, p := range parts {
			jwe, err := jose.Seal(key.Public(), "application/octet-stream", p)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			all.WriteString(jwe)
		}
		e := entry{all.Bytes(), make(chan error, 1)}
		appends <- e
		if err := <-e.done; err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.WriteHeader(http.StatusCreated)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	return server.Run(ctx, l, h, slog.New(slog.DiscardHandler))
}

type entry struct {
	data []byte
	done chan error
}

// commit writes whatever waits and syncs once for all.
func commit(f *os.File, in <-chan entry) {
	for first := range in {
		batch := []entry{first}
	more:
		for len(batch) < 256 {
			select {
			case e := <-in:
				batch = append(batch, e)
			default:
				break more
			}
		}
		var err error
		for _, e := range batch {
			_, w := f.Write(e.data)
			err = errors.Join(err, w)
		}
		err = errors.Join(err, f.Sync())
		for _, e := range batch {
			e.done <- err
		}
	}
}

// probe measures the bare probe as a process of its own.
func (b *bench) probe() ([]result, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(b.ctx, self, "-probe", b.dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(map[string]any{"answers": b.target.answers})
	if err != nil {
		return nil, err
	}
	send := func(ctx context.Context, c *http.Client) error {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSpace(url), bytes.NewReader(body))
		if err != nil {
			return err
		}
		res, err := c.Do(req)
		if err != nil {
			return err
		}
		defer res.Body.Close()
		_, err = io.Copy(io.Discard, res.Body)
		return err
	}
	var results []result
	for _, clients := range []int{1, 8, 64} {
		results = append(results, b.measure("bare probe", clients, cmd.Process.Pid, send))
	}
	return results, nil
}
