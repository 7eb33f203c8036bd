# make demo   set everything up and run site, worker and payment simulator (make demo PORT=9000 moves it)
# make test   set up and run the whole suite
# make lint   linters, types, import contracts, migration check
# make chaos  the site under load while its parts are killed at random; ARGS="--seed 7 --seconds 90 --times 20"
# make bench  the speed targets
# make lock   renew the hashed requirement files (needs uv)

PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint chaos bench lock clean
.DELETE_ON_ERROR:

demo: $(VENV)/.run
	$(BIN)/python manage.py demo --port $(PORT)

test: $(VENV)/.dev
	$(BIN)/python tests/run.py $(ARGS)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint --quiet templates marketplace home search
	$(BIN)/python manage.py makemigrations --check --dry-run

chaos: $(VENV)/.dev
	$(BIN)/python -m tests.chaos $(ARGS)

bench: $(VENV)/.dev
	$(BIN)/python bench/run.py $(ARGS)

lock:
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --universal --extra build pyproject.toml -o requirements.txt
	uv pip compile -q --generate-hashes --no-emit-index-url --no-header --python-version 3.11 --universal --extra build --extra dev pyproject.toml -o requirements-dev.txt

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Sokoni needs Python 3.11 or newer; set PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the site needs (once)"
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(VENV)/bin/python
	@echo "Installing what the suite needs (once)"
	$(PIP) --require-hashes -r requirements-dev.txt
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run

clean:
	rm -rf $(VENV) var
