.DEFAULT_GOAL := help
GO ?= go
NPM ?= npm
BIN := bin/aufenthalt
WEB := web/dist/aufenthalt.js
DATA := data/published/digest
DATA_SOURCES := $(shell find data -name "*.yaml" -not -path "data/published/*") data/names/countries.json data/names/nationalities.json data/pack.go
WEB_SOURCES := $(shell find web/src -type f 2>/dev/null) web/build.mjs web/plugins.mjs web/package-lock.json

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## build and start everything on this machine; Ctrl-C stops it, the data stays in .demo
	./$(BIN) demo

.PHONY: build
build: $(WEB) $(DATA) ## leaves bin/aufenthalt with the component inside
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o $(BIN) ./cmd/aufenthalt

web/node_modules: web/package-lock.json
	$(NPM) ci --prefix web --no-audit --no-fund --loglevel=error
	@touch web/node_modules

$(WEB): web/node_modules $(WEB_SOURCES)
	$(NPM) run --silent --prefix web build

$(DATA): $(DATA_SOURCES)
	$(GO) run ./data/pack.go

.PHONY: test
test: build ## install what the tests need, then run all of them
	./scripts/tools
	$(GO) test ./...
	$(NPM) test --silent --prefix web
	$(NPM) run --silent --prefix web browser
	$(NPM) run --silent --prefix web e2e

.PHONY: lint
lint: $(WEB) ## format, vet, types
	@test -z "$$(gofmt -l cmd data internal web/*.go)" || { gofmt -l cmd data internal web/*.go; exit 1; }
	$(GO) vet ./...
	$(NPM) run --silent --prefix web types

.PHONY: check
check: lint test ## the gate before a commit

.PHONY: bench
bench: build ## intake beside a bare probe, then the benchmarks of the packages
	$(GO) run ./cmd/bench
	$(GO) test -run '^$$' -bench . -benchmem ./...
	node web/bench.mjs
