# make serve and make test are all one needs; each sets up what it lacks.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
AUDIT := .venv-audit
CLIENTS := .venv-clients
CONTAINERS := .venv-containers

.PHONY: help setup serve test check docs evaluate bench soak audit clients containers clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):[^#]*## */  make \1 - /p' $(MAKEFILE_LIST)

setup: $(READY)  ## install the pinned set into .venv

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "ragbot needs Python 3.11 or newer; name one with: make PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the pinned set into $(VENV) ..."
	@$(BIN)/python -P -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt torch
	@$(BIN)/python -P -m pip install --quiet --disable-pip-version-check \
		--constraint constraints.txt --editable '.[dev]'
	@touch $@

serve: setup  ## build what is missing of the index, then serve page and API (HOST=, PORT=, OPEN=1)
	-@$(BIN)/ragbot build
	@$(BIN)/ragbot serve --host $(HOST) --port $(PORT) $(if $(OPEN),--open)

test: setup check  ## run every check and every test
	@$(BIN)/python -m pytest -n auto --dist loadfile

check: setup  ## format, lint and types
	@$(BIN)/ruff format --check --quiet . || { echo "run: $(BIN)/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

docs: setup  ## write the command line's help into README.md and docs/cli.md
	@$(BIN)/python -m tests.documented

evaluate: setup  ## score retrieval, answers and refusals on the questions beside the checkout
	@$(BIN)/python -P -m ragbot.evaluation

bench: setup  ## measure speed and memory against the plain loop, in one run
	@$(BIN)/python -m tests.bench

audit: setup  ## ask whether a pinned release has a known vulnerability (needs the network)
	@test -x $(AUDIT)/bin/pip-audit || { $(BIN)/python -P -m venv $(AUDIT) && \
		$(AUDIT)/bin/python -P -m pip install --quiet --disable-pip-version-check pip-audit==2.10.1; } || \
		{ echo "pip-audit could not be installed into $(AUDIT); it needs the network"; exit 1; }
	@$(BIN)/python -m tests.audit $(AUDIT)/bin/pip-audit

clients: setup  ## test with the client libraries of docs/clients.md (installed into .venv-clients)
	@test -x $(CLIENTS)/bin/python || $(BIN)/python -P -m venv $(CLIENTS)
	@$(CLIENTS)/bin/python -P -m pip install --quiet --disable-pip-version-check -r tests/service/clients.txt
	@$(BIN)/python -m pytest tests/service/test_service_clients.py

containers: setup  ## check Dockerfile, compose.yaml and deploy/ with linters (installed into .venv-containers)
	@test -x $(CONTAINERS)/bin/python || $(BIN)/python -P -m venv $(CONTAINERS)
	@$(CONTAINERS)/bin/python -P -m pip install --quiet --disable-pip-version-check -r tests/service/containers.txt
	@$(BIN)/python -m pytest tests/test_containers.py tests/test_deploy.py

soak: setup  ## ten minutes of mixed and hostile load on a service, held to its limits (INDEX=)
	@$(BIN)/python -m tests.soak $(if $(INDEX),--index $(INDEX))

clean:  ## remove what was built, but not the installed set
	rm -rf index/generations index/cache index/CURRENT index/build.lock evaluation bench/results
