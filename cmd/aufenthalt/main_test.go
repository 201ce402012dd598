package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"aufenthalt/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"aufenthalt": func() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}
