// Package data carries the law, the services and their texts inside the binary.
package data

import "embed"

// FS holds law/*.yaml, services/<tag>/…, blocks/<name>/…, wegweiser/…, texts/<language>.yaml and names/*.json.
//
//go:embed blocks law services texts wegweiser names/*.json
var FS embed.FS
