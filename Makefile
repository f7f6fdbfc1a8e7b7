# Everything one does with Footpath from a clone. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
STAMPS := .venv/.stamps
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
NODE_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null)
CATALOGS := $(wildcard src/footpath/locale/*/LC_MESSAGES/*.po)

# Checks must not touch the data folder of the person who runs them.
CHECKING := FOOTPATH_DATA_DIR=build/data FOOTPATH_SECRET_KEY=only-for-checks

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- installing and running -----------------------------------------------------------------------

.PHONY: install
install: $(STAMPS)/run $(STAMPS)/frontend $(STAMPS)/translations ## build .venv with the footpath command, pages and translations

.PHONY: run
run: install ## load the demonstration, serve it at http://127.0.0.1:8000 (ARGS="--port 8010 --corner-port 8011")
	@export FOOTPATH_DATA_DIR="$${FOOTPATH_DATA_DIR:-$(CURDIR)/data}"; \
	exec $(BIN)/footpath demo $(ARGS)

.venv/bin/python:
	@scripts/make_venv.sh

$(STAMPS)/run: requirements/run.lock pyproject.toml hatch_build.py | .venv/bin/python
	@echo "==> Installing the Python packages"
	@$(PIP) install --require-hashes -r requirements/run.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@mkdir -p $(@D) && touch $@

$(STAMPS)/dev: requirements/dev.lock $(STAMPS)/run
	@echo "==> Installing the packages for tests, checks and docs"
	@$(PIP) install --require-hashes -r requirements/dev.lock
	@touch $@

$(STAMPS)/frontend: $(NODE_SOURCES) scripts/build_frontend.sh | $(STAMPS)/run
	@echo "==> Building the front end"
	@scripts/build_frontend.sh
	@touch $@

$(STAMPS)/translations: $(CATALOGS) | $(STAMPS)/run
	@echo "==> Compiling the translations"
	@$(BIN)/python scripts/i18n.py compile
	@touch $@

.PHONY: dev
dev: install $(STAMPS)/dev ## install what tests, checks and docs need

# --- checking -------------------------------------------------------------------------------------

.PHONY: test
test: dev tools ## run the whole suite on SQLite and on PostgreSQL, with the coverage gates
	@$(BIN)/python scripts/run_tests.py

.PHONY: tools
tools: $(STAMPS)/dev ## find or install the browser and the PostgreSQL server of the tests
	@scripts/chromium.sh
	@$(BIN)/python -m tests.postgres --find || $(PIP) install --require-hashes -r requirements/postgres.lock

.PHONY: lint
lint: $(STAMPS)/dev ## check style, types, floors and migrations
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(CHECKING) $(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(CHECKING) $(BIN)/python -m django makemigrations --check --dry-run --settings footpath.config.settings
	$(CHECKING) $(BIN)/python -m django makemigrations --check --dry-run --settings footpath.config.corner
	$(CHECKING) $(BIN)/python scripts/roles.py --check

.PHONY: format
format: $(STAMPS)/dev ## put the style right where a tool can
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format

.PHONY: i18n
i18n: $(STAMPS)/run ## fail on any text without a translation in vi, zh_Hans, ru
	$(BIN)/python scripts/i18n.py check

.PHONY: i18n-update
i18n-update: $(STAMPS)/run ## write new texts into the catalogs, with empty translations
	$(BIN)/python scripts/i18n.py update

.PHONY: bench
bench: install $(STAMPS)/dev ## measure on both databases, write benchmarks/results.json
	$(BIN)/python -m tests.postgres -- $(BIN)/python -m benchmarks

.PHONY: screenshots
screenshots: install $(STAMPS)/dev ## photograph the main pages at 360 and 1280 px
	@scripts/chromium.sh
	$(BIN)/python -m scripts.screenshots

# --- giving away ----------------------------------------------------------------------------------

.PHONY: wheel
wheel: install ## build dist/*.whl, front end and translations inside
	@rm -f dist/*.whl
	$(BIN)/hatchling build -t wheel -d dist

.PHONY: check-wheel
check-wheel: wheel ## install the wheel without Node in an empty environment and fetch a page
	$(BIN)/python -m scripts.check_wheel

.PHONY: docs
docs: $(STAMPS)/dev ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

.PHONY: reference
reference: $(STAMPS)/run ## write the table of roles and deeds into the documentation
	$(CHECKING) $(BIN)/python scripts/roles.py

.PHONY: lock
lock: | .venv/bin/python ## pin all packages again (UPGRADE=1 takes newer ones)
	@scripts/lock.sh $(if $(UPGRADE),--upgrade)

.PHONY: clean
clean: ## delete what was built; .venv and data stay
	rm -rf build dist site htmlcov .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .import_linter_cache \
		.hypothesis src/footpath/web/static/footpath src/footpath/core/fonts \
		frontend/node_modules $(STAMPS)/frontend $(STAMPS)/translations
	find src tests scripts benchmarks -name __pycache__ -prune -exec rm -rf {} +
	find src -name '*.mo' -delete
