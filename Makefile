# What a clone can do. `make run` and `make test` install what they need; the second time they are quick.

ifndef PYTHON
PYTHON := $(firstword $(foreach name,python3 python3.14 python3.13 python3.12 python3.11,$(shell \
  $(name) -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo $(name))))
endif
VENV := .venv/bin/python
TESTS ?= -n 2

.PHONY: run test check soak bench screens lock clean python
.SILENT:

run: python ## start everything, stay in the foreground
	$(PYTHON) tools/install.py
	exec $(VENV) -m backoffice.supervisor

test: python ## install everything, check the code, run the whole suite
	$(PYTHON) tools/install.py --dev
	$(MAKE) --no-print-directory check
	exec $(VENV) -m pytest $(TESTS)

check: ## what is read rather than run: style, types, layers, translations
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	$(VENV) -m tools.translations check

soak: python ## what takes longer than a working suite may: the whole corpus of files, the full opening day
	$(PYTHON) tools/install.py --dev
	BACKOFFICE_SOAK=1 .venv/bin/python -m pytest tests/corpus tests/core/scans tests/core/ocr tests/burst -n 2 -q

bench: python ## the benchmark tables, each figure beside its floor
	$(PYTHON) tools/install.py --dev
	if [ -d bench ]; then exec $(VENV) -m bench; else echo "There is no bench/ yet."; exit 1; fi

screens: python ## pictures of the pages
	$(PYTHON) tools/install.py --dev
	exec $(VENV) -m tools.screens

lock: ## write the locks anew, from pyproject.toml and package.json
	$(PYTHON) tools/install.py --lock

clean: ## everything that was installed or compiled; the data stays
	rm -rf .venv node_modules backoffice/static/vendor *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache test-results
	find backoffice tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
	find backoffice/translations -name '*.mo' -delete 2>/dev/null || true

python:
	if [ -z "$(PYTHON)" ]; then echo "Python 3.11 or newer is needed: sudo apt-get install python3 python3-venv"; exit 1; fi
