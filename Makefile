# Two commands: `make demo` and `make test`. Both make the environment first.
# `make n8n` fetches n8n's own parser, which tests of the n8n target ask, into the user's cache.
# `make docs` builds the site of the documentation into build/docs (its packages come on first use).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PYTEST_WORKERS ?= 2
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_BUILD_CONSTRAINT := $(CURDIR)/constraints.txt
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test bench docs lint kernel clean n8n

demo: $(VENV)/.run
	$(BIN)/playbook demo

test: $(VENV)/.test
	$(MAKE) -j2 lint kernel
	$(BIN)/python -m pytest -q -n $(PYTEST_WORKERS)

lint: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Compiles the simulation once, beside the checks of the text, so that no test has to.
kernel: $(VENV)/.test
	$(BIN)/python -c "from tests.properties.simulated import case_world as world; world('audiences', customers=1).counts()"

bench: $(VENV)/.bench
	$(BIN)/python -m tests.benchmarks

n8n:
	npm install --ignore-scripts --no-audit --no-fund --prefix $(HOME)/.cache/playbook-n8n n8n-workflow@2.41.0

docs: $(VENV)/.docs
	$(BIN)/python -m tests.reference.site
	$(BIN)/zensical build --strict --clean --config-file build/zensical.toml

$(VENV)/.venv:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "playbook needs Python 3.11 or newer; found " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.run: $(VENV)/.venv pyproject.toml constraints.txt
	$(BIN)/python -m pip install -q -e .
	touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/python -m pip install -q -e '.[test]'
	touch $@

$(VENV)/.bench: $(VENV)/.run
	$(BIN)/python -m pip install -q -e '.[bench]'
	touch $@

$(VENV)/.docs: $(VENV)/.run
	$(BIN)/python -m pip install -q -e '.[docs]'
	touch $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
