# Everything a newcomer types. `make report` and `make test` set up what they need.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# One notebook kernel starts in a moment when forked from a process that has the libraries (giamngheo/runs/kernels).
WARM := JUPYTER_DEFAULT_PROVISIONER_NAME=giamngheo-warm
# Bytecode of the workbook itself is worth having, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help

.PHONY: help env report test notebooks notebooks-check expected data lint lab lock clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-16s %s\n", $$1, $$2}'

env: $(STAMP) ## make or refresh .venv from requirements.lock

$(STAMP): requirements.lock pyproject.toml .ci/environment.py
	@$(PYTHON) .ci/environment.py
	@touch $@

report: env ## every notebook and page, in Vietnamese and English, into reports/
	@$(BIN)/giamngheo report

test: lint ## every test, nbval on every notebook among them
	@$(BIN)/python -m pytest

notebooks: env ## execute the notebooks in place and store their outputs
	@$(BIN)/python -m giamngheo.runs.execution

notebooks-check: env ## compare the stored outputs with fresh ones (nbval)
	@$(WARM) $(BIN)/python -m pytest --nbval notebooks --nbval-sanitize-with tests/nbval_sanitize.cfg -p no:cacheprovider

expected: env ## refresh tests/expected from the code: look at the difference before committing it
	@$(BIN)/python -m pytest -q tests/test_expected.py --refresh-expected

data: env ## regenerate the descriptor of data/an-giang and the table of priors in data/reference
	@$(BIN)/python -c "from giamngheo.inputs.package import load_package, write_descriptor; write_descriptor(load_package().path)"
	@$(BIN)/python -c "from giamngheo.forecasting.prior import write_priors; write_priors()"

lint: env ## ruff on code and notebooks, and the direction of imports
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-logo --no-cache

lab: env ## JupyterLab on the notebooks
	@$(BIN)/jupyter lab notebooks

lock: env ## resolve pyproject.toml anew into requirements.lock (pinned, hashed, no addresses)
	@$(PYTHON) .ci/environment.py --lock

clean: ## remove what running made: caches, logs and generated pages (not .venv)
	rm -rf .cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache notebooks/.ipynb_checkpoints
	find giamngheo tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	git clean -fdXq reports
