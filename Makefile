# make demo   a simulated city and its portal             make docs    build the manual into site/
# make test   lint, types, contracts and tests            make lock    pin the newest allowed versions
# make clean  remove everything that make has made        PYTHON=...   choose the interpreter (3.11 or newer)

VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PIP := $(BIN)/python -m pip --disable-pip-version-check
SPARK := $(if $(shell command -v java 2>/dev/null),$(VENV)/.spark)  # its tests skip where there is no Java

.PHONY: demo test docs lock clean
.DELETE_ON_ERROR:

demo: $(VENV)/.base
	$(BIN)/bilan demo
	$(BIN)/bilan serve --demo out

test: $(VENV)/.dev $(SPARK)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -n auto --dist loadfile

docs: $(VENV)/.dev
	$(BIN)/mkdocs build --strict

clean:
	rm -rf $(VENV) out site dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- environment: a stamp per set of packages, renewed when its lock or pyproject.toml changes ---

$(VENV)/.python:
	@python="$(PYTHON)"; \
	for candidate in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	  test -z "$$python" || break; \
	  if $$candidate -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$candidate; fi; \
	done; \
	test -n "$$python" || { echo "bilan needs Python 3.11 or newer; none was found on PATH (or name one: make PYTHON=/path/to/python)." >&2; exit 1; }; \
	echo "$$python -m venv $(VENV)"; \
	$$python -m venv --clear $(VENV)
	@touch $@

$(VENV)/.base: $(VENV)/.python requirements.lock pyproject.toml
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src  # what pip does for an ordinary install
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements-dev.lock
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.spark: $(VENV)/.dev requirements-spark.lock
	$(PIP) install --quiet --require-hashes --no-deps --no-build-isolation -r requirements-spark.lock
	@touch $@

# --- locks: every platform, Python 3.11 and newer, with hashes; the second holds what the first does not ---

UV_COMPILE = $(BIN)/uv pip compile pyproject.toml --quiet --upgrade --universal --python-version 3.11 \
  --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header

lock: $(VENV)/.python
	$(PIP) install --quiet uv
	$(UV_COMPILE) --extra portal --extra gateway --group build --output-file requirements.lock
	$(UV_COMPILE) --extra portal --extra gateway --extra test --extra docs --constraints requirements.lock --output-file requirements-dev.lock
	$(UV_COMPILE) --extra spark --constraints requirements-dev.lock --output-file requirements-spark.lock
