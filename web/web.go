// Package web holds the built browser component. Build it with "npm ci && npm run build" in this folder; without that
// the product runs, but offers no form.
package web

import "embed"

// Dist is the folder dist: aufenthalt.js, its chunks with the hash of their content in the name, and a README.
//
//go:embed all:dist
var Dist embed.FS
