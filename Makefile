# Everyday commands. `make install` and `make demo` need Debian's python3, python3-venv, make and git.
# ARGS goes to the command: make demo ARGS="--port 8080"

PYTHON ?= python3
TEST_PROCESSES ?= 4
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
INSTALL := $(PIP) install --quiet --no-deps
MAKEFLAGS += --no-print-directory

.PHONY: help install run demo test pictures lint bench soak docs requirements pains structure dist locks compiled clean

help:
	@echo "make install       .venv with the deskpost command"
	@echo "make demo          everything on this machine, and a simulated mail cloud around it"
	@echo "make run           everything on this machine, for real use"
	@echo "make test          linters, types, import contracts and all tests but the long ones"
	@echo "make pictures      the tests of the pages, with a picture of each in tests/output, light and dark"
	@echo "make lint          linters, types and import contracts alone"
	@echo "make soak          the long tests"
	@echo "make bench         the benchmarks"
	@echo "make docs          the documentation as pages in build/docs, its links checked"
	@echo "make requirements  which rows of docs/requirements.md have a test"
	@echo "make pains         which lines of docs/pains.md have a test"
	@echo "make structure     src/deskpost/structure.sql anew, after a new migration"
	@echo "make dist          the wheel, in dist"
	@echo "make locks         the locks in requirements, anew"

install: .venv/installed

run: .venv/installed
	@$(BIN)/deskpost run $(ARGS)

demo: .venv/installed
	@$(BIN)/deskpost demo $(ARGS)

# The Django plugin of mypy reads the settings, which ask for a key; a passing one keeps it off the disk.
lint: export DESKPOST_KEYS = $(shell head -c 32 /dev/urandom | base64 | tr '+/' '-_')
lint: .venv/installed-dev
	$(BIN)/ruff check --quiet
	$(BIN)/ruff format --check --quiet
	$(BIN)/mypy
	$(BIN)/lint-imports

test: .venv/installed-dev
	@tools/debian-packages
	@tools/cyrus
	@$(MAKE) -j2 lint compiled
	@$(BIN)/python -m pytest -m "not long" -n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

# Hundreds of processes import the sources, and each of pytest's all of its modules: once for all, also where
# the environment says that nothing is to be kept.
compiled: .venv/installed-dev
	@$(BIN)/python -m compileall -q src
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m pytest --collect-only -q -m "not long" >/dev/null || true

pictures: .venv/installed-dev
	@tools/debian-packages
	@DESKPOST_TEST_PICTURES=1 $(BIN)/python -m pytest tests/browser -m "not long" -n $(TEST_PROCESSES) --dist loadfile $(ARGS)

# What CONTRIBUTING.md names for the long tests alone is laid into build; what cannot be had, its tests are skipped.
# SOAK_SEED=7 make soak: the kills of that seed again; without one, others each time. It prints the seed.
soak: .venv/installed-dev
	@tools/debian-packages long
	@tools/oidc-provider
	-@$(MAKE) build/msgraph/installed
	@$(BIN)/python -m pytest -m long --capture=no $(ARGS)

# ARGS goes to each: make bench BENCHMARKS=pages ARGS="--requests 100000"
BENCHMARKS ?= parse new_text ingest send push pages graph_scenarios

bench: .venv/installed-dev
	@tools/debian-packages
	@for name in $(BENCHMARKS); do echo "== $$name"; $(BIN)/python benchmarks/$$name.py $(ARGS) || exit 1; done

docs: .venv/installed
	@$(BIN)/python tools/docs.py docs build/docs

requirements: .venv/installed-dev
	@$(BIN)/python tools/requirements.py docs/requirements.md tests

pains: .venv/installed-dev
	@$(BIN)/python tools/requirements.py docs/pains.md tests pain

structure: .venv/installed
	@mkdir -p build; $(BIN)/python tools/structure.py > build/structure.sql && mv build/structure.sql src/deskpost/structure.sql

dist: .venv/installed
	@$(BIN)/python -m hatchling build --target wheel

# The locks hold hashes and no address, so that they serve behind any mirror. main is what Deskpost needs,
# build what makes the wheel, dev what the tests need beside those two, msgraph what the long tests need in a place of its own.
LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --custom-compile-command "make locks"

locks: .venv/installed-dev
	$(LOCK) pyproject.toml --output-file requirements/main.txt
	$(LOCK) --group build --constraint requirements/main.txt --output-file requirements/build.txt
	$(LOCK) pyproject.toml --group build --group dev --constraint requirements/main.txt --constraint requirements/build.txt --output-file requirements/dev.txt
	$(LOCK) --group msgraph --output-file requirements/msgraph.txt

.venv/installed: requirements/main.txt requirements/build.txt pyproject.toml
	@tools/virtual-environment $(PYTHON)
	@echo "Installing Deskpost into .venv; this takes about a minute."
	@$(INSTALL) --require-hashes -r requirements/main.txt -r requirements/build.txt
	@$(INSTALL) --no-build-isolation --editable .
	@touch $@

.venv/installed-dev: .venv/installed requirements/dev.txt
	@echo "Installing what the tests need into .venv."
	@$(INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

build/msgraph/installed: requirements/msgraph.txt
	@echo "Installing Microsoft's client of Graph into build/msgraph for the long tests: 240 MB."
	@rm -rf build/msgraph
	@$(PYTHON) -m venv build/msgraph
	@build/msgraph/bin/python -m pip install --disable-pip-version-check --no-input --quiet --no-deps --require-hashes -r requirements/msgraph.txt
	@touch $@

clean:
	rm -rf .venv build dist
