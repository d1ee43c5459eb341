# Lotwork, from a fresh clone: `make run` starts it, `make test` proves it. Both need nothing but Debian's or Ubuntu's
# python3 (3.11 or newer) and make; everything they install goes into .venv, .venv-oracles and .ci/evm/node_modules.

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Two workers, as many as the smallest machine we test on has cores.
WORKERS ?= 2
PYTEST_ARGS ?=
PIN := uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --no-annotate \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
LOCK := $(PIN) pyproject.toml

.DEFAULT_GOAL := help
.PHONY: help run test check parts oracles lint types layers tests fuzz bench bench-full golden lock wheel clean

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: .venv/.runtime ## Set up, build the demo book, and start the daemon with its dashboard.
	@LOTWORK=$(BIN)/lotwork .ci/start

test: parts check ## Set up everything, the real nodes too, and run every check.

check: lint types layers tests ## Style, types, layers, tests with coverage: what must hold before a commit.

lint: .venv/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.development
	$(BIN)/mypy

layers: .venv/.development
	$(BIN)/lint-imports

tests: .venv/.development .venv-oracles/.ready
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart=0 --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

# MINUTES=10 says how long; SEED=n runs the round of that seed again; FUZZ_ARGS names files or tests.
MINUTES ?= 10
fuzz: .venv/.development .venv-oracles/.ready ## Draw what no run drew before, MINUTES=10 long; a failure says how to see it again.
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES) --workers $(WORKERS) $(if $(SEED),--seed $(SEED)) $(FUZZ_ARGS)

parts: ## Install what the tests talk to: litecoind, chromium, anvil. As root on Debian or Ubuntu; else says how.
	@.ci/parts

oracles: .venv-oracles/.ready ## Install what the tests ask for a second opinion: taxcalc, tenforty, beancount, rp2.

bench: .venv/.development ## Measure import, replay and reports at 10k and 100k events, beside rp2 and beancount.
	$(BIN)/python -m bench.bench --sizes 10000,100000

bench-full: .venv/.development ## The same, at a million events too.
	$(BIN)/python -m bench.bench --sizes 10000,100000,1000000

golden: .venv/.development ## Write the kept whole returns anew and show what changed, to be read before it is committed.
	@$(BIN)/python -m tests.golden.write

lock: ## Choose versions anew and pin them with their hashes (needs uv).
	$(LOCK) --upgrade --extra build --output-file requirements.lock
	$(LOCK) --upgrade --extra alerts --extra build --extra dev --constraint requirements.lock \
		--output-file requirements-dev.lock
	$(PIN) --upgrade --group oracles --output-file tests/oracles/requirements.lock

wheel: .venv/.development ## Build the wheel into dist/.
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .

clean: ## Remove what was built here. No ledger lives here, so none is lost.
	rm -rf .venv .venv-oracles .ci/evm/node_modules build dist .coverage .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/bin/python:
	@.ci/make-venv .venv

.venv/.runtime: .venv/bin/python requirements.lock pyproject.toml
	@echo "installing Lotwork's libraries, pinned by hash ..."
	@$(PIP) install --require-hashes --requirement requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.development: .venv/bin/python requirements-dev.lock pyproject.toml
	@echo "installing Lotwork's libraries and tools, pinned by hash ..."
	@$(PIP) install --require-hashes --requirement requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@ .venv/.runtime

.venv-oracles/.ready: tests/oracles/requirements.lock
	@.ci/make-venv .venv-oracles
	@echo "installing the oracles, pinned by hash ..."
	@.venv-oracles/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement $<
	@touch $@
