// Package data carries the law, the services and their texts inside the binary.
package data

import "embed"

// FS holds law/*.yaml, services/<tag>/…, texts/<language>.yaml and names/*.json.
//
//go:embed blocks law services texts names/*.json
var FS embed.FS
