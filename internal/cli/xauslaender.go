package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"aufenthalt/internal/xauslaender"
)

type xauslaenderCommand struct {
	Check xauslaenderCheck `cmd:"" help:"Check messages against XAusländer 26.11 (130101 to 130104 and 000002 so far)."`
}

type xauslaenderCheck struct {
	JSON  bool     `help:"One JSON object per file."`
	Files []string `arg:"" help:"Messages."`
}

// verdict is one line of the report.
type verdict struct {
	File  string `json:"file"`
	Valid bool   `json:"valid"`
	Type  string `json:"type,omitempty"`
	Code  string `json:"code,omitempty"`
	Line  int    `json:"line,omitempty"`
	Path  string `json:"path,omitempty"`
	What  string `json:"what,omitempty"`
	Want  string `json:"want,omitempty"`
}

// Run checks every file; one that is refused makes the whole an error.
func (c *xauslaenderCheck) Run(e *env) error {
	r := xauslaender.NewReader(xauslaender.V2611)
	refused := 0
	for _, name := range c.Files {
		v, err := check(r, name)
		if err != nil {
			return err
		}
		if !v.Valid {
			refused++
		}
		if err := c.print(e.out, v); err != nil {
			return err
		}
	}
	if refused > 0 {
		return fmt.Errorf("%d of %d messages refused", refused, len(c.Files))
	}
	return nil
}

func check(r *xauslaender.Reader, name string) (verdict, error) {
	f, err := os.Open(name)
	if err != nil {
		return verdict{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, xauslaender.MaxMessage+1))
	if err != nil {
		return verdict{}, err
	}
	root, err := r.Read(data)
	var rej *xauslaender.Rejection
	switch {
	case err == nil:
		return verdict{File: name, Valid: true, Type: root.Type()}, nil
	case errors.As(err, &rej):
		return verdict{File: name, Code: rej.Code, Line: rej.Line, Path: rej.Path, What: rej.What, Want: rej.Want}, nil
	}
	return verdict{}, err
}

func (c *xauslaenderCheck) print(w io.Writer, v verdict) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(v)
	}
	if v.Valid {
		_, err := fmt.Fprintf(w, "valid    %s (%s)\n", v.File, v.Type)
		return err
	}
	_, err := fmt.Fprintf(w, "refused  %s: %s line %d, %s: %s\n", v.File, v.Code, v.Line, v.Path, v.What)
	if err == nil && v.Want != "" {
		_, err = fmt.Fprintf(w, "         right would be: %s\n", v.Want)
	}
	return err
}
