// Package data carries the law, the services and their texts inside the binary.
package data

import "embed"

// FS holds law/*.yaml, services/<tag>/…, blocks/<name>/…, wegweiser/…, texts/<language>.yaml and names/*.json.
//
//go:embed blocks law services texts wegweiser names/*.json
var FS embed.FS

// Published holds the same, packed by the build; see published/README.md. It may be empty, or of other data.
//
//go:embed published
var Published embed.FS
