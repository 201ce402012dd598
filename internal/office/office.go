// Package office is what the server-rendered pages of an authority share: the style sheet, security headers, how
// documents are served, and how templates write days and draw icons.
package office

import (
	_ "embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"aufenthalt/internal/civil"
)

//go:embed style.css
var style []byte

// Style serves the style sheet.
func Style(w http.ResponseWriter, r *http.Request) { Asset(w, "text/css; charset=utf-8", style) }

// Asset serves a part of the program; browsers ask again after an hour.
func Asset(w http.ResponseWriter, mime string, data []byte) {
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Cache-Control", "private, max-age=3600")
	w.Write(data)
}

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// Secure sets the headers of every page and refuses requests that another site makes.
func Secure(next http.Handler) http.Handler {
	protect := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		protect.Handler(next).ServeHTTP(w, r)
	})
}

// Document serves what a person sent: in a sandbox, of a fixed type, under our own file name, kept by no cache. Shown
// inside our own pages it may be framed by them only.
func Document(w http.ResponseWriter, name, mime string, data []byte, download bool) {
	h := w.Header()
	if mime != "application/pdf" && mime != "image/jpeg" && mime != "application/xml" && mime != "application/json" {
		mime, download = "application/octet-stream", true
	}
	if mime == "application/xml" || mime == "application/json" {
		download = true
	}
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Type", mime)
	h.Set("Content-Length", strconv.Itoa(len(data)))
	how := "inline"
	if download {
		how = "attachment"
	}
	h.Set("Content-Disposition", how+`; filename="`+plain(name)+`"`)
	w.Write(data)
}

// plain keeps what is safe in a file name on every system.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if r < 128 && (r == '.' || r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return '-'
	}, name)
}

// Funcs are for templates: day, weekday and clock write German local time, icon draws.
func Funcs() template.FuncMap {
	return template.FuncMap{"icon": icon, "day": Day, "short": Short, "clock": clock, "german": German, "size": size, "mark": mark}
}

// Day writes 24.11.2026.
func Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return civil.InGermany(t).Format("02.01.2006")
}

func clock(t time.Time) string { return civil.InGermany(t).Format("15:04") }

var weekdays = [...]string{"So", "Mo", "Di", "Mi", "Do", "Fr", "Sa"}

// Short writes Fr, 11.12.
func Short(d civil.Day) string {
	y, m, day := d.Date()
	return weekdays[d.Weekday()] + ", " + time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Format("02.01.")
}

// German writes an ISO day as 14.08.1992 and leaves everything else as it is.
func German(s string) string {
	d, err := civil.Parse(s)
	if err != nil {
		return s
	}
	y, m, day := d.Date()
	return time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Format("02.01.2006")
}

func size(n int) string {
	if n < 1000_000 {
		return strconv.Itoa(max(1, n/1000)) + " kB"
	}
	return strings.Replace(strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64), ".", ",", 1) + " MB"
}

// icons on a grid of 24, stroke 2.
var icons = map[string]string{
	"check":    `<path d="M5 12.5 10 17.5 19.5 7"/>`,
	"met":      `<circle cx="12" cy="12" r="9.5"/><path d="M7.5 12.5 10.8 15.8 16.8 9"/>`,
	"warn":     `<path d="M12 3.5 22 20.5H2Z"/><path d="M12 10v5"/><path d="M12 17.6v.1"/>`,
	"late":     `<path d="M12 2.8 21.2 12 12 21.2 2.8 12Z"/><path d="M12 8v5"/><path d="M12 16.2v.1"/>`,
	"unknown":  `<circle cx="12" cy="12" r="9.5"/><path d="M9.3 9.6c.3-1.500 1.400-2.300 2.800-2.300 1.600 0 2.800 1 2.800 2.500 0 2-2.700 2.200-2.700 4"/><path d="M12.200 16.700v.1"/>`,
	"minus":    `<path d="M5 12h14"/>`,
	"message":  `<path d="M3.5 4.5h17v12H11l-4.5 4v-4h-3Z"/>`,
	"clock":    `<circle cx="12" cy="12" r="9.5"/><path d="M12 6.500V12l3.800 2.200"/>`,
	"person":   `<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5c.6-4 3.5-6 7.5-6s6.900 2 7.500 6"/>`,
	"copy":     `<rect x="8.5" y="8.5" width="12" height="12" rx="1.5"/><path d="M15.5 8.5v-5h-12v12h5"/>`,
	"back":     `<path d="M15 5 8 12l7 7"/>`,
	"download": `<path d="M12 4v12"/><path d="m7 11 5 5 5-5"/><path d="M4 17v3h16v-3"/>`,
	"open":     `<path d="M13.500 4.500h6v6"/><path d="m19.500 4.500-9 9"/><path d="M17.500 14v5.500h-13v-13H10"/>`,
	"search":   `<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5.5 5.5"/>`,
	"file":     `<path d="M6 3.5h8l4.500 4.500v12.500H6Z"/><path d="M14 3.500V8h4.500"/>`,
}

func icon(name string, class ...string) template.HTML {
	return template.HTML(`<svg class="i ` + strings.Join(class, " ") + `" viewBox="0 0 24 24" aria-hidden="true">` + icons[name] + `</svg>`)
}

// sign stands where an authority would put its own.
const sign = `<svg class="mark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40" aria-hidden="true"><rect width="40" height="40" rx="6" fill="#1c4e6b"/>` +
	`<path d="M8 31h24M11 31V17M17 31V17M23 31V17M29 31V17M7 15l13-7 13 7Z" fill="none" stroke="#fff" stroke-width="2.500"/></svg>`

// Mark serves the sign as the page's icon.
func Mark(w http.ResponseWriter, r *http.Request) { Asset(w, "image/svg+xml", []byte(sign)) }

func mark() template.HTML { return template.HTML(sign) }
