# Lotwork, from a fresh clone: `make run` starts it, `make test` proves it. Both need nothing but Debian's or Ubuntu's
# python3 (3.11, 3.12 or 3.13, with whatever pip came with it) and make; everything they install goes into .venv,
# .venv-electrum, .venv-oracles, .ci/pip and .ci/evm/node_modules.

BIN := .venv/bin
# One more than the smallest machine we test on has cores: many a test waits, for a node, a page or a clock.
WORKERS ?= 3
DIST ?= dist
PYTEST_ARGS ?=
# `make lock UPGRADE=` writes the locks again and moves no version.
UPGRADE ?= --upgrade
PIN := uv pip compile $(UPGRADE) --universal --python-version 3.11 --generate-hashes --no-strip-extras --quiet \
	--no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup run test check smoke parts oracles electrum lint types layers tests fuzz audit bench bench-full golden former sources man pictures lock wheel image addon clean

help: ## Say what can be made.
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: .venv/.runtime ## Set up, and start nothing: the command is .venv/bin/lotwork.

run: .venv/.runtime ## Set up, build the demo book, and start the daemon with its dashboard.
	@LOTWORK=$(BIN)/lotwork .ci/start

test: parts lint types layers tests ## Set up everything, the real nodes too, and prove all that does not change with time.

check: lint types layers tests audit ## Style, types, layers, tests with coverage, advisories: what must hold before a commit.

lint: .venv/.development
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/.development
	$(BIN)/mypy

layers: .venv/.development
	$(BIN)/lint-imports

# Keep what Python compiled, whatever the shell says: each of the thousand processes that the tests start would do it anew.
tests fuzz: export PYTHONDONTWRITEBYTECODE =
tests: .venv/.development .venv-oracles/.ready .venv-electrum/.ready
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart=0 --cov --cov-report=term:skip-covered $(PYTEST_ARGS)

audit: .venv/.development ## Ask osv.dev for advisories on what is pinned; where it does not answer, say what was not audited.
	@$(BIN)/python -m tests.audit

smoke: ## Do what a user does: `make run` in a clean clone until it is ready, and the wheel in an empty environment.
	@.ci/smoke-run
	@.ci/smoke-wheel

# MINUTES=10 says how long; SEED=n runs the round of that seed again; FUZZ_ARGS names files or tests.
MINUTES ?= 10
fuzz: .venv/.development .venv-oracles/.ready .venv-electrum/.ready ## Draw what no run drew before, MINUTES=10 long; a failure says how to see it again.
	@$(BIN)/python -m tests.fuzz --minutes $(MINUTES) --workers $(WORKERS) $(if $(SEED),--seed $(SEED)) $(FUZZ_ARGS)

parts: .venv/.made ## Install what the tests talk to: litecoind, postgresql, chromium, hledger, anvil, axe, old pips. As root on Debian or Ubuntu; else says how.
	@.ci/parts

oracles: .venv-oracles/.ready ## Install what the tests ask for a second opinion: taxcalc, tenforty, PolicyEngine, beancount with beanquery, rp2, bitcoinkernel.

electrum: .venv-electrum/.ready ## Install the Electrum server that the tests ask: e-x.

bench: .venv/.development ## Measure import, replay and reports at 10k and 100k events, beside rp2 and beancount.
	$(BIN)/python -m bench.bench --sizes 10000,100000

bench-full: .venv/.development ## The same, at a million events too.
	$(BIN)/python -m bench.bench --sizes 10000,100000,1000000

golden: .venv/.development ## Write the kept whole returns anew and show what changed, to be read before it is committed.
	@$(BIN)/python -m tests.golden.write

# REASON="words of the CHANGELOG" gives every new difference its reason; CHECKOUT=DIR asks the former release set up there.
former: .venv/.development ## Write where today's answers differ from the former release's, to be read before it is committed.
	@$(BIN)/python -m tests.former_release.write --reason "$$REASON" $(if $(CHECKOUT),--checkout "$(CHECKOUT)")

sources: .venv/.development ## Write what docs/sources.md says of each source, from its declaration.
	@$(BIN)/python -m tests.architecture.sources_page

man: .venv/.development ## Write the manual page, docs/lotwork.1, from what the commands say of themselves.
	@$(BIN)/python -m tests.architecture.man_page

pictures: .venv/.development ## Take the screenshots of README and docs anew, of the demo book.
	@$(BIN)/python -m tests.web.shots

lock: ## Choose versions anew and pin them with their hashes; with UPGRADE= move none (needs uv).
	$(PIN) pyproject.toml --extra build --output-file requirements.lock
	$(PIN) pyproject.toml --extra alerts --extra build --extra cluster --extra dev --extra exchanges --extra keyring \
		--extra parquet --extra pdf --extra postgres --extra stamp \
		--constraint requirements.lock --output-file requirements-dev.lock
	$(PIN) pyproject.toml --group oracles --output-file tests/oracles/requirements.lock
	$(PIN) --group electrum --output-file tests/electrum/requirements.lock
	$(PIN) --group installer --output-file .ci/installer.lock
	$(PIN) --group oldest-pip --output-file .ci/oldest-pip.lock

wheel: .venv/.runtime ## Build the wheel into dist/.
	PIP_REQUIRE_HASHES=0 $(BIN)/python -m pip --disable-pip-version-check --quiet wheel \
		--no-deps --no-build-isolation --wheel-dir $(DIST) .

image: ## Build the container image with docker, podman or buildah (deploy/Dockerfile).
	@.ci/image

addon: ## Lay the add-on of Home Assistant, with what it is built from, into dist/home-assistant.
	@.ci/addon $(DIST)/home-assistant

clean: ## Remove what was built here, and what the tools left. No ledger lives here, so none is lost.
	rm -rf .venv .venv-electrum .venv-oracles .ci/pip .ci/evm/node_modules build dist .coverage .coverage.* .hypothesis \
		.mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . \( -name __pycache__ -o -name '*.egg-info' \) -type d -prune -exec rm -rf {} +

# A change of the installer makes the environments anew, and so does one that is of an older making or half made.
.venv/.made .venv-electrum/.made .venv-oracles/.made: .ci/installer.lock
	@.ci/make-venv $(@D)

.venv/.runtime: .venv/.made requirements.lock pyproject.toml
	@echo "installing Lotwork's libraries, pinned by hash ..."
	@.ci/install .venv requirements.lock .
	@touch $@

.venv/.development: .venv/.made requirements-dev.lock pyproject.toml
	@echo "installing Lotwork's libraries and tools, pinned by hash ..."
	@.ci/install .venv requirements-dev.lock .
	@touch $@ .venv/.runtime

.venv-oracles/.ready: .venv-oracles/.made tests/oracles/requirements.lock
	@echo "installing the oracles, pinned by hash ..."
	@.ci/install .venv-oracles tests/oracles/requirements.lock
	@touch $@

.venv-electrum/.ready: .venv-electrum/.made tests/electrum/requirements.lock
	@echo "installing the Electrum server of the tests, pinned by hash ..."
	@.ci/install .venv-electrum tests/electrum/requirements.lock
	@touch $@
