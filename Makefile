# Everything that the project does for itself. `make run` and `make test` need only Python 3.11 and make.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# Environments of single tests.
LOWEST := .venv-lowest
SPARK := .venv-spark
WHEEL := .make/wheel
PIPX := .make/pipx

.DEFAULT_GOAL := help
.PHONY: help run test coverage test-postgresql cluster test-spark test-full test-wheel test-lowest test-pythons lint format docs snapshots bench lock clean

help: ## Print what can be made.
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

run: $(VENV)/.run ## Install bricoop and print the report on Belarus.
	@$(BIN)/bricoop report country Belarus

test: $(VENV)/.dev ## Run the tests.
	$(BIN)/python -m pytest -q -n auto

coverage: $(VENV)/.dev ## Run the tests, and measure the lines and branches that they reach; it may not fall.
	$(BIN)/python -m pytest -q -n auto --cov --cov-report=json:.coverage.json
	$(BIN)/python tools/coverage_floor.py .coverage.json

test-postgresql: $(VENV)/.dev ## Run on PostgreSQL what `make test` runs on SQLite alone.
	$(BIN)/python -m pytest -q -n auto -m postgresql_step

cluster: $(VENV)/.dev ## Run the tests of a primary server, its replica and PgBouncer, which are started for them.
	@$(BIN)/python tools/cluster.py --missing
	$(BIN)/python -m pytest -q -m cluster tests/test_server_cluster.py

test-spark: $(SPARK)/.dev ## Run the tests of lakes on Spark, with executors of their own; needs Java 17 or later.
	$(SPARK)/bin/python -m pytest -q -p no:cacheprovider -m spark tests/test_spark_*.py

test-full: $(VENV)/.dev ## Run the tests, and those that take longer: full-size files, fuzzing, other versions.
	$(BIN)/python -m pytest -q -n auto -m "full or not full" --hypothesis-profile=long
	$(MAKE) test-wheel test-lowest test-pythons

test-wheel: $(VENV)/.run ## Build the wheel, install it with nothing else than it needs, and start it; by pipx too.
	rm -rf dist $(WHEEL) $(PIPX)
	$(PIP) wheel --no-deps --no-build-isolation --wheel-dir dist .
	$(PYTHON) -m venv $(WHEEL)
	$(WHEEL)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement constraints-core.txt
	$(WHEEL)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps dist/*.whl
	$(WHEEL)/bin/python -m pip --disable-pip-version-check check
	.ci/try $(WHEEL)/bin/bricoop
	@if command -v pipx >/dev/null; then \
		PIPX_HOME="$(CURDIR)/$(PIPX)" PIPX_BIN_DIR="$(CURDIR)/$(PIPX)/bin" pipx install --quiet dist/*.whl \
		&& .ci/try $(PIPX)/bin/bricoop; \
	else echo "pipx is not on PATH, and was not tried."; fi

test-lowest: $(LOWEST)/.dev ## Run the tests on the lowest versions that pyproject.toml allows.
	$(LOWEST)/bin/python -m pytest -q -n auto -p no:cacheprovider

test-pythons: ## Run the tests on each python3.N on PATH, from 3.11 on.
	.ci/pythons

lint: $(VENV)/.dev ## Check style, types, names, lengths and the direction of imports.
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/vague_names.py
	$(BIN)/python tools/function_lengths.py
	$(BIN)/python tools/coverage_floor.py

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
	$(BIN)/python benchmarks/growth.py

RUN := --extra charts --extra docx --extra pdf --extra postgres --extra build
# All extras but that of Spark, which is too large for every environment.
ALL := --extra charts --extra docx --extra parquet --extra lake --extra delta --extra postgres --extra test --extra lint --extra pdf \
	--extra frames --extra build --extra bench
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-annotate --no-header --quiet

lock: ## Choose versions again: what bricoop needs, what its developers need, and the lowest that are allowed.
	$(LOCK) $(RUN) --output-file constraints.txt
	$(LOCK) $(ALL) --constraint constraints.txt --output-file constraints-dev.txt
	$(LOCK) --extra spark --extra lake --extra test --extra build --constraint constraints-dev.txt --output-file constraints-spark.txt
	$(LOCK) --constraint constraints.txt --output-file constraints-core.txt
	mkdir -p .make && rm -f .make/lowest.txt constraints-lowest.txt
	$(LOCK) $(RUN) --extra frames --extra lake --extra delta --resolution lowest-direct --output-file .make/lowest.txt
	$(LOCK) $(RUN) --extra test --constraint .make/lowest.txt --output-file constraints-lowest.txt

clean: ## Remove what was made.
	rm -rf $(VENV) $(LOWEST) $(SPARK) .make build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.*

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

# Apart from the packages of the tests themselves, each direct dependency has its lowest version.
$(LOWEST)/.dev: pyproject.toml constraints-lowest.txt
	rm -rf $(LOWEST)
	$(PYTHON) -m venv $(LOWEST)
	$(LOWEST)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement constraints-lowest.txt
	$(LOWEST)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	@touch $@

# Spark's own package is built from its sources, which contain its programs, by pip in an environment that it makes for that.
$(SPARK)/.dev: pyproject.toml constraints-spark.txt
	rm -rf $(SPARK)
	$(PYTHON) -m venv $(SPARK)
	$(SPARK)/bin/python -m pip --disable-pip-version-check --quiet install --require-hashes --requirement constraints-spark.txt
	$(SPARK)/bin/python -m pip --disable-pip-version-check --quiet install --no-deps --no-build-isolation --editable .
	@touch $@
