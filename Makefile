# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test coverage check format golden bench faults nightly wheel clean

help:  ## list the targets
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@

demo: $(VENV)/installed  ## the main job on embedded defaults
	rm -rf demo
	$(BIN)/rapupload demo

test: $(VENV)/installed  ## every test
	.ci/packages
	$(BIN)/python -m pytest -n 2

coverage: $(VENV)/installed  ## every test, and which lines none of them reaches; takes twice as long
	.ci/packages
	$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered

check: $(VENV)/installed  ## format, lint, types, layers, generated pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.generate --check

format: $(VENV)/installed  ## write what the formatter and the generators own
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python -m tests.generate

golden: $(VENV)/installed  ## write the expected files of one sample: make golden CASE=ati/clean
	$(BIN)/python -m tests.golden.write $(CASE)

bench: $(VENV)/installed  ## measure against the baselines and print the table
	$(BIN)/python -m benchmarks

faults: $(VENV)/installed  ## every kill and 500 random fault schedules; prints its counts
	$(BIN)/python -m tests.faults --kills --schedules 500

nightly: $(VENV)/installed  ## property tests with 100,000 examples each, or EXAMPLES=10000
	HYPOTHESIS_PROFILE=nightly HYPOTHESIS_EXAMPLES=$(or $(EXAMPLES),100000) \
	  $(BIN)/python -m pytest -n 2 tests/properties tests/unit/shaping/test_properties.py

wheel: $(VENV)/installed  ## build the wheel and try it in an empty environment
	$(BIN)/python -m pytest -n 0 tests/packaging

clean:  ## remove what the other targets made
	rm -rf $(VENV) dist demo .pytest_cache .mypy_cache .ruff_cache .coverage
