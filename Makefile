# make demo    the demonstration, at http://127.0.0.1:8000 (PORT=9000, SITE=customer-labs)
# make test    everything, coverage included; fetches a Chromium and PostgreSQL where it may
# make check   what can be said in two minutes: lint, types, and tests that start neither a browser
#              nor any other process
# make bench   what the middleware costs; what takes longer stands in docs/benchmarks.md

SHELL := /bin/bash
PYTHON ?= $(shell for each in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$each -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$each && break; done)
BIN := .venv/bin
PORT ?= 8000
SITE ?= boutique
LOG ?= sqlite:///demo.db
MEASURED := rewriting overhead guard verification "log rates"

.PHONY: demo test check bench clean .lint .types .units
.DELETE_ON_ERROR:

demo: .venv/.demo
	@$(BIN)/python -m demo --port $(PORT) --site $(SITE) --log $(LOG)

test: .venv/.dev
	@.ci/tests

# Beside each other, each said whole once it has ended.
check: .venv/.dev
	@$(MAKE) --no-print-directory --jobs --output-sync=target --keep-going .lint .types .units

.lint:
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

.types:
	$(BIN)/mypy

.units:
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -q -m "not browser and not processes" \
		-n auto --dist worksteal

bench: .venv/.dev
	@set -e; for each in $(MEASURED); do echo "== $$each"; $(BIN)/python -m bench.$$each; done

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov

# One environment for all targets; `demo` needs less than `test`.
.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found; name one: make demo PYTHON=/path/to/python3" >&2; exit 1; }
	@echo "Making .venv with $(PYTHON) ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; echo "The venv module is missing; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"

.venv/.demo: pyproject.toml | .venv/bin/python
	@echo "Installing what the demo needs into .venv (once; a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --editable . --group demo
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/python
	@echo "Installing what the tests need into .venv (once; some minutes) ..."
	@$(BIN)/python -m pip install --quiet --editable . --group demo --group dev --group bench
	@touch $@ .venv/.demo
