# Everything here works on a machine that has Python 3.11 or newer and make, from any folder (make -C).

ROOT   := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do command -v $$p && break; done)
BIN    := .venv/bin
IN     := cd "$(ROOT)" &&
UV     := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
          --no-header --no-annotate --no-emit-index-url $(UPGRADE)

.DEFAULT_GOAL := help
.PHONY: help demo up down test fast lint format sql histories bench lock env dev

help: ## this list
	@$(IN) awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

demo: env ## play one real procedure to its end, then stay up for browsing (ARGS=--exit stops by itself)
	@$(IN) exec $(BIN)/fawen demo $(ARGS)

up: env ## the local stack with data kept in .fawen/
	@$(IN) exec $(BIN)/fawen up $(ARGS)

down: env ## stop a stack that `make up` started in another terminal
	@$(IN) exec $(BIN)/python -m fawen.stack.down $(ARGS)

test: dev ## every test (ARGS="-k word" for some)
	@$(IN) sh .ci/chromium
	@$(IN) exec $(BIN)/python -m pytest -n 2 $(ARGS)

fast: dev ## the tests that take less than five seconds each and need no browser
	@$(IN) exec $(BIN)/python -m pytest -n 2 -m "not slow and not browser" $(ARGS)

lint: dev ## style, types, direction of imports
	@$(IN) $(BIN)/ruff check . && $(BIN)/ruff format --check --quiet .
	@$(IN) $(BIN)/mypy && $(BIN)/mypy tests bench
	@$(IN) $(BIN)/lint-imports --no-logo

format: dev ## let ruff put the code in order
	@$(IN) $(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format .

sql: dev ## write services/*/schema.sql anew from the migrations
	@$(IN) exec $(BIN)/python -m tests.house.schema

histories: dev ## record the golden histories anew (only for a new procedure, see CONTRIBUTING.md)
	@$(IN) exec $(BIN)/python -m tests.workflows.record $(ARGS)

bench: dev ## measure against the floor
	@$(IN) exec $(BIN)/python -m bench $(ARGS)

lock: dev ## write the three locks anew from pyproject.toml (UPGRADE=--upgrade for newer versions)
	@$(IN) $(UV) --extra embedded --group dev -o requirements-dev.lock pyproject.toml
	@$(IN) $(UV) --extra embedded -c requirements-dev.lock -o requirements.lock pyproject.toml
	@$(IN) $(UV) -c requirements.lock -o requirements-prod.lock pyproject.toml

env:
	@$(IN) $(PYTHON) .ci/environment.py requirements.lock

dev:
	@$(IN) $(PYTHON) .ci/environment.py requirements-dev.lock
