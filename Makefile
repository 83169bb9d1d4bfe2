# Two commands on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo test lint bench docs clean

.venv/base: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e . -c constraints.txt
	@touch $@

.venv/dev: .venv/base
	$(BIN)/pip install -q -e ".[dev]" -c constraints.txt
	@touch $@

demo: .venv/base
	$(BIN)/counselgym run

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n auto

bench: .venv/dev
	$(BIN)/python benchmarks/episodes.py
	$(BIN)/python benchmarks/calls.py
	$(BIN)/python -m benchmarks.sessions
	$(BIN)/python -m benchmarks.prefix

docs: .venv/base
	$(BIN)/python docs/draw.py

clean:
	rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
