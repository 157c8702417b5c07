# Everything that the project does for itself. `make run` and `make test` need only Python 3.11 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.DEFAULT_GOAL := help
.PHONY: help run test lint format docs snapshots bench lock clean

help: ## Print what can be made.
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: $(VENV)/.run ## Install bricoop and print the report on Belarus.
	@$(BIN)/bricoop report country Belarus

test: $(VENV)/.test ## Run the tests.
	$(BIN)/python -m pytest -q

lint: $(VENV)/.lint ## Check style, types and the direction of imports.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.lint ## Put the sources in their usual form.
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.test ## Write the command reference and the data model again.
	$(BIN)/python docs/generate.py

snapshots: $(VENV)/.test ## Accept what the screens show now.
	$(BIN)/python -m pytest -q --snapshot-update

bench: $(VENV)/.bench ## Measure start-up and loading, each beside its peer or floor.
	$(BIN)/python benchmarks/run.py

lock: ## Choose versions again and write constraints.txt (needs uv).
	uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-annotate --no-header \
	    --output-file constraints.txt

clean: ## Remove what was made.
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "bricoop needs Python 3.11")'
	$(PYTHON) -m venv $(VENV)

# The constraints pin every version with its hashes, the build's own as well.
$(VENV)/.run: $(BIN)/python pyproject.toml constraints.txt
	PIP_CONSTRAINT=constraints.txt $(PIP) install --constraint constraints.txt --editable '.[postgres]'
	@touch $@

$(VENV)/.test: $(BIN)/python pyproject.toml constraints.txt
	PIP_CONSTRAINT=constraints.txt $(PIP) install --constraint constraints.txt --editable '.[postgres,test]'
	@touch $@

$(VENV)/.lint: $(BIN)/python pyproject.toml constraints.txt
	PIP_CONSTRAINT=constraints.txt $(PIP) install --constraint constraints.txt --editable '.[postgres,test,lint]'
	@touch $@

$(VENV)/.bench: $(BIN)/python pyproject.toml constraints.txt
	PIP_CONSTRAINT=constraints.txt $(PIP) install --constraint constraints.txt --editable '.[postgres,test,bench]'
	@touch $@
