// Command aufenthalt is the whole product in one binary; `aufenthalt --help` lists what it does.
package main

import (
	"os"
	_ "time/tzdata" // German local time must not depend on the machine

	"aufenthalt/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
