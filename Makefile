.DEFAULT_GOAL := help
GO ?= go
NPM ?= npm
BIN := bin/aufenthalt
WEB := web/dist/aufenthalt.js
WEB_SOURCES := $(shell find web/src -type f 2>/dev/null) web/build.mjs web/plugins.mjs web/package-lock.json

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## build and start everything on this machine; Ctrl-C stops it, the data stays in .demo
	./$(BIN) demo

.PHONY: build
build: $(WEB) ## leaves bin/aufenthalt with the component inside
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o $(BIN) ./cmd/aufenthalt

web/node_modules: web/package-lock.json
	$(NPM) ci --prefix web --no-audit --no-fund --loglevel=error
	@touch web/node_modules

$(WEB): web/node_modules $(WEB_SOURCES)
	$(NPM) run --silent --prefix web build

.PHONY: test
test: build ## install what the tests need, then run all of them
	./scripts/tools
	$(GO) test ./...
	$(NPM) test --silent --prefix web

.PHONY: check
check: build ## the gate before a commit: format, vet, types, all tests
	@test -z "$$(gofmt -l cmd data internal)" || { gofmt -l cmd data internal; exit 1; }
	$(GO) vet ./...
	$(NPM) run --silent --prefix web types
	$(MAKE) test

.PHONY: bench
bench: build ## benchmarks; BENCH=name limits them
	$(GO) test -run '^$$' -bench '$(or $(BENCH),.)' -benchmem ./...
