# make acceptance   run the features against the embedded reference and render the report
# make test         everything: ruff, mypy, lint, trace, pytest, features
# make check        ruff, mypy, pytest, and whether the features read well and show every promise
# make features     the features alone; ARGS="--tags=@broadcast --jobs=2" is handed to the run
# make watch        the features again at every change, until Ctrl-C; ARGS chooses which
# make pins         write the requirements files anew from pyproject.toml
# make clean        remove what runs leave behind
#
# Each sets up .venv first, unless it is there already and nothing that it is made from has changed.
# PYTHON names the interpreter to make it from: 3.11 or newer.

PYTHON ?= python3
BIN := .venv/bin
MADE_FROM := requirements.txt requirements-dev.txt requirements-report.txt report/package-lock.json
READY := .venv/ready-$(shell cat $(MADE_FROM) | cksum | cut -d ' ' -f 1)
OLD_PYTHON := Earshot needs Python 3.11 or newer; name one with `make PYTHON=python3.11`
install = if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python $(1); \
          else $(BIN)/python -m pip install --quiet $(1); fi
pin = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --annotation-style line \
      --no-emit-index-url --no-emit-find-links --generate-hashes --custom-compile-command "make pins"

.PHONY: acceptance test check features watch pins clean
.NOTPARALLEL:

acceptance: $(READY)
	@rm -rf allure-results
	@$(BIN)/python -m earshot run $(ARGS); verdict=$$?; $(BIN)/python -m earshot report && exit $$verdict

test: check features

check: $(READY)
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/python -m earshot lint
	$(BIN)/python -m earshot trace --brief
	$(BIN)/pytest

features: $(READY)
	$(BIN)/python -m earshot run $(ARGS)

watch: $(READY)
	$(BIN)/python -m earshot run --watch $(ARGS)

pins: $(READY)
	$(pin) --group run --output-file requirements.txt
	$(pin) --group dev --constraint requirements.txt --output-file requirements-dev.txt
	$(pin) --group load --constraint requirements.txt --output-file requirements-load.txt
	$(pin) --group report --output-file requirements-report.txt

clean:
	rm -rf allure-results allure-report test-results.xml specification .mypy_cache .pytest_cache .ruff_cache

$(READY): | $(BIN)/python
	@echo "Setting up .venv; this is done once."
	@[ -x $(BIN)/uv ] || $(BIN)/python -m pip install --quiet $$(grep -o '^uv==[0-9.]*' requirements-dev.txt) \
		|| echo "uv could not be installed; pip does the same, more slowly."
	@$(call install,-r requirements.txt -r requirements-dev.txt)
	@$(BIN)/python -m earshot report --setup 2>/dev/null \
		|| { $(call install,-r requirements-report.txt) && $(BIN)/python -m earshot report --setup; }
	@rm -f .venv/ready-* && touch $@

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("$(OLD_PYTHON)" if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -m venv .venv
