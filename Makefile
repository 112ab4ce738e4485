# Everything a newcomer types. `make report` and `make test` set up what they need.
PYTHON ?= python3
BIN := .venv/bin
# Whether .venv is for this folder, its Python runs and the lock is installed. A PYTHON that was named is the one to
# use; else the one .venv has.
GIVEN := $(filter-out file default undefined,$(origin PYTHON))
FITS := $(if $(GIVEN),false,$(BIN)/python -IS .ci/environment.py --fits 2>/dev/null)
# pytest does not bear a closed standard error (2>&-).
STDERR := true 3>&2 || exec 2>/dev/null;
# One notebook kernel starts in a moment when forked from a process that has the libraries (giamngheo/runs/kernels);
# figures are drawn as a notebook shows them, not for pages too.
WARM := JUPYTER_DEFAULT_PROVISIONER_NAME=giamngheo-warm GIAMNGHEO_SHOWN_FOR=notebook
# Bytecode of the workbook itself is worth having, whatever the shell says.
unexport PYTHONDONTWRITEBYTECODE
.DEFAULT_GOAL := help

.PHONY: help env report test notebooks notebooks-check expected pictures data lint lab lock lock-check clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-16s %s\n", $$1, $$2}'

env: ## make or refresh .venv from requirements.lock; anew with another PYTHON=python3.12
	@$(FITS) || $(PYTHON) .ci/environment.py $(if $(GIVEN),--this-python)

report: env ## every notebook and page, in Vietnamese and English, into reports/
	@$(BIN)/giamngheo report

test: lint ## every test, nbval on every notebook among them, on all cores
	@$(STDERR) OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

notebooks: env ## execute the notebooks in place and store their outputs
	@$(BIN)/python -m giamngheo.runs.execution

notebooks-check: env ## compare the stored outputs with fresh ones (nbval)
	@$(STDERR) $(WARM) $(BIN)/python -m pytest --nbval notebooks --nbval-sanitize-with tests/nbval_sanitize.cfg -p no:cacheprovider

expected: env ## refresh tests/expected from the code: look at the difference before committing it
	@$(STDERR) $(BIN)/python -m pytest -q tests/test_expected.py --refresh-expected

pictures: env ## take the README's pictures of the kept page anew, in Chromium
	@$(STDERR) $(BIN)/python -m pytest -q tests/test_readme.py --refresh-expected

data: env ## regenerate the descriptor of data/an-giang, checksums of data/viet-nam and the table of priors in data/reference
	@$(BIN)/python -c "from giamngheo.inputs.package import load_package, write_descriptor; write_descriptor(load_package().path)"
	@$(BIN)/python -c "from giamngheo.forecasting.prior import write_priors; write_priors()"
	@$(BIN)/giamngheo refresh data/viet-nam

lint: env ## ruff on code and notebooks, and the direction of imports
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/lint-imports --no-logo --no-cache

lab: env ## JupyterLab on the project, beginning with notebooks/00_start_here.ipynb
	@GIAMNGHEO_SHOWN_FOR=notebook $(BIN)/jupyter lab . --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb

lock: env ## resolve pyproject.toml anew into requirements.lock, with new versions unless KEEP=1
	@$(BIN)/python .ci/environment.py --lock $(if $(KEEP),--keep)

lock-check: env ## ask the package index for every locked file, for all Pythons and platforms
	@$(BIN)/python .ci/environment.py --check

clean: ## remove what running made: caches, logs and generated pages (not .venv)
	rm -rf .cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./.venv -prune -o -name .ipynb_checkpoints -type d -prune -exec rm -rf {} +
	find giamngheo tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
	find reports -type f ! -path reports/README.md ! -path 'reports/an-giang/*/index.html' ! -path 'reports/an-giang/en/first-screen.png' ! -path 'reports/an-giang/en/what-if.png' -exec rm -f {} +
	find reports -depth -mindepth 1 -type d -exec rmdir {} + 2>/dev/null || true
