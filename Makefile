# Everything here works on a machine that has Python 3.11 or newer and make, from any folder (make -C).

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do command -v $$p && break; done)
BIN := .venv/bin
UV := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
      --no-header --no-annotate --no-emit-index-url $(UPGRADE)

# Where the machine says that Python shall keep nothing compiled, each of our many processes would compile all anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help demo up down test fast lint format sql histories bench lock env dev

help: ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: env ## play one real procedure to its end, then stay up for browsing (ARGS=--exit stops by itself)
	@exec $(BIN)/fawen demo $(ARGS)

up: env ## the local stack with data kept in .fawen/
	@exec $(BIN)/fawen up $(ARGS)

down: env ## stop a stack that `make up` started in another terminal
	@exec $(BIN)/python -m fawen.stack.down $(ARGS)

test: dev ## every test (ARGS="-k word" for some)
	@sh .ci/chromium
	@exec $(BIN)/python -m pytest -n 3 $(ARGS)

fast: dev ## the tests that take less than five seconds each and need no browser
	@exec $(BIN)/python -m pytest -n 3 -m "not slow and not browser" $(ARGS)

lint: dev ## style, types, direction of imports
	@$(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

format: dev ## let ruff put the code in order
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

sql: dev ## write services/*/schema.sql anew from the migrations
	@exec $(BIN)/python -m tests.house.schema

histories: dev ## record the golden histories that are missing (see CONTRIBUTING.md)
	@exec $(BIN)/python -m tests.workflows.record $(ARGS)

bench: dev ## measure against the floor
	@exec $(BIN)/python -m bench $(ARGS)

lock: dev ## write the three locks anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@$(UV) --extra embedded --group dev -o requirements-dev.lock pyproject.toml
	@$(UV) --extra embedded -c requirements-dev.lock -o requirements.lock pyproject.toml
	@$(UV) -c requirements.lock -o requirements-prod.lock pyproject.toml

env:
	@$(PYTHON) .ci/environment.py requirements.lock

dev:
	@$(PYTHON) .ci/environment.py requirements-dev.lock
