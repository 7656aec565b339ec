# Two commands do everything on a fresh machine: `make run` and `make test`. docs/operations.md explains the rest.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000

.PHONY: setup setup-dev run demo check test test-slow bench mutate css translations

$(VENV)/run.stamp: requirements.txt
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/dev.stamp: requirements-dev.txt
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ $(VENV)/run.stamp

setup: $(VENV)/run.stamp

setup-dev: $(VENV)/dev.stamp

run: setup
	@$(BIN)/python tools/run.py --port $(PORT)

check: setup-dev
	@bash tools/check.sh

test: setup-dev
	@$(BIN)/python tools/test.py

test-slow: setup-dev
	@$(BIN)/python tools/test.py --slow

# peers have environments of their own; one that cannot be installed is reported by the benchmark
.venv-bench/peers.stamp: requirements-bench.txt
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt \
	  && touch $@ || echo "some peers could not be installed"

.venv-balance/peers.stamp: requirements-bench-balance.txt
	@$(PYTHON) -m venv .venv-balance
	@.venv-balance/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench-balance.txt \
	  && touch $@ || echo "balance could not be installed"

bench: setup-dev .venv-bench/peers.stamp .venv-balance/peers.stamp
	@$(BIN)/python -m tools.bench

.venv-mutate/ready.stamp: requirements-mutate.txt
	@$(PYTHON) -m venv .venv-mutate
	@.venv-mutate/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-mutate.txt
	@touch $@

# `make mutate MUTANTS="analysis.weighting.solvers*"`; docs/mutation.md tells what survived and why
mutate: .venv-mutate/ready.stamp
	@CI=1 OPENBLAS_NUM_THREADS=1 .venv-mutate/bin/mutmut run $(MUTANTS)
	@.venv-mutate/bin/mutmut results

css:
	@$(PYTHON) tools/build_css.py

translations: setup
	@$(BIN)/python tools/compile_translations.py
