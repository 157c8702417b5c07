# Everything that the project does for itself. `make run` and `make test` need only Python 3.11 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run test test-postgresql test-full lint format docs snapshots bench lock clean

help: ## Print what can be made.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: $(VENV)/.run ## Install bricoop and print the report on Belarus.
	@$(BIN)/bricoop report country Belarus

test: $(VENV)/.dev ## Run the tests.
	$(BIN)/python -m pytest -q -n auto

test-postgresql: $(VENV)/.dev ## Run on PostgreSQL what `make test` runs on SQLite alone.
	$(BIN)/python -m pytest -q -n auto -m postgresql_step

test-full: $(VENV)/.dev ## Run the tests, and those that take longer: full-size files, fuzzing, many steps.
	$(BIN)/python -m pytest -q -n auto -m "full or not full" --hypothesis-profile=long

lint: $(VENV)/.dev ## Check style, types, names, lengths and the direction of imports.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/vague_names.py
	$(BIN)/python tools/function_lengths.py

format: $(VENV)/.dev ## Put the sources in their usual form.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.dev ## Write the command reference and the data model again.
	$(BIN)/python docs/generate.py
	$(BIN)/python docs/tour.py

snapshots: $(VENV)/.dev ## Accept what the screens show now.
	$(BIN)/python -m pytest -q --snapshot-update

bench: $(VENV)/.dev ## Measure start-up, loading and questions, each beside its peer or floor.
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/datasets.py
	$(BIN)/python benchmarks/questions.py

LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet

lock: ## Choose versions again: what bricoop needs to run, and what its developers need besides.
	$(LOCK) --extra charts --extra docx --extra pdf --extra postgres --extra build --output-file constraints.txt
	$(LOCK) --all-extras --constraint constraints.txt --output-file constraints-dev.txt

clean: ## Remove what was made.
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bricoop needs Python 3.11")'
	$(PYTHON) -m venv $(VENV)

# The constraints pin every version with its hashes, the build's own too; nothing else is installed.
$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	$(PIP) install --require-hashes --requirement constraints.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run constraints-dev.txt
	$(PIP) install --require-hashes --requirement constraints-dev.txt
	@touch $@
