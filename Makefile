# Two commands are enough on a fresh machine: `make demo` and `make test`.
# Each step prints one line; a second run reinstalls nothing.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.ready
OUT    ?= demo-run

# Some images forbid Python to keep what it compiled; each process of a run would compile it again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup browser demo test test-all lint docs bench calibrate mutate mutate-planted mutate-modules lock clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(STAMP): requirements.lock pyproject.toml
	@echo "setup: virtual environment in $(VENV) ($$($(PYTHON) --version))"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "setup: Python 3.11 or newer is needed; run: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 2; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
	  rm -rf $(VENV); \
	  echo "setup: this Python has no venv module; installing the package python3-venv"; \
	  SUDO=; [ "$$(id -u)" = 0 ] || SUDO=sudo; \
	  { $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq python3-venv >/dev/null; } \
	    || { echo "setup: could not install it; run: sudo apt-get install python3-venv"; exit 2; }; \
	  $(PYTHON) -m venv $(VENV); }
	@echo "setup: pinned packages from requirements.lock (hashes checked)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@echo "setup: the commands collector and mockserver"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP) browser  ## virtual environment, pinned packages and a browser

browser: $(STAMP)
	@$(BIN)/collector browser --install

demo: setup  ## a controlled experiment with real Chromium on the bundled mock, and its report
	@$(BIN)/collector demo --out $(OUT)

# Three processes on two cores: one waits for a browser while the others compute. Each has a share of
# the files and runs all that it collects, the longest first (tests/tools/shares.py).
PYTEST := $(BIN)/python -m pytest -q -n 3 --dist each --durations=15

test: setup  ## the test suite, without whole sweeps and what is long
	@$(PYTEST) -m "not slow"

test-all: setup  ## all tests, those too (TWINWATCH_LONG=0.05: its longest runs cut to a share)
	@$(PYTEST)

lint: $(STAMP)  ## ruff and mypy
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy
	@MYPYPATH=tests/tools:tests/bench $(BIN)/mypy tests/bench/*.py

docs: $(STAMP)  ## the documents as a site, docs/_build/html, without a network
	@$(BIN)/python -m sphinx -q -W --keep-going -b html docs docs/_build/html
	@echo "docs: docs/_build/html/index.html"

bench: setup  ## speed of parser, APIs, drivers and data sets, appended to docs/bench-results.jsonl
	@$(BIN)/python tests/bench/run.py
	@$(BIN)/python tests/bench/barrier.py
	@$(BIN)/python tests/bench/snapshots.py
	@$(BIN)/python tests/bench/browserless.py
	@$(BIN)/python tests/bench/captures.py
	@$(BIN)/python tests/bench/rankers.py
	@$(BIN)/python tests/bench/dataset.py
	@$(BIN)/python tests/bench/view.py

calibrate: $(STAMP)  ## known truths against the report's verdicts, held against docs/calibration.json
	@$(BIN)/collector calibrate calibration --check docs/calibration.json

mutate: mutate-planted mutate-modules  ## do the tests notice when the code is changed? (docs/mutation.md)

mutate-planted: $(STAMP)  ## each change of tests/mutations/planted.toml, in a private copy
	@nice -n 10 $(BIN)/python tests/mutations/planted.py $(CHANGES)

mutate-modules: $(STAMP)  ## mutmut over the modules of tests/mutations/modules.toml (N=20 mutants of each; ALL=1: every one)
	@nice -n 10 $(BIN)/python tests/mutations/modules.py $(if $(ALL),--all) $(if $(N),--per-module $(N)) $(ROOMS)

lock:  ## write requirements.lock again (needs uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header -o requirements.lock

clean:  ## remove the virtual environment and caches
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis test-results
