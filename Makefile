.DEFAULT_GOAL := help
GO ?= go
BIN := bin/aufenthalt

.PHONY: help
help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## build and show the delivery thread on this machine
	./$(BIN) demo --once

.PHONY: build
build: ## leaves bin/aufenthalt
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w" -o $(BIN) ./cmd/aufenthalt

.PHONY: test
test: ## run all tests (they need nothing but Go)
	$(GO) test ./...

.PHONY: check
check: ## the gate before a commit: format, vet, all tests
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; exit 1; }
	$(GO) vet ./...
	$(MAKE) test

.PHONY: bench
bench: ## benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...
