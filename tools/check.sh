#!/usr/bin/env bash
# Everything that reads the code without running it; stops at the first thing that is wrong.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
step() { printf '%-14s' "$1"; shift; if out=$("$@" 2>&1); then echo ok; else echo FAILED; echo "$out"; exit 1; fi; }
step ruff "$bin/ruff" check --no-cache .
step format "$bin/ruff" format --no-cache --check .
step mypy "$bin/mypy" --no-error-summary
step import-linter "$bin/lint-imports" --no-cache
step djlint-lint "$bin/djlint" --lint --quiet templates
step deptry "$bin/deptry" .
