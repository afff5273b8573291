# demo and test prepare what they need on the first run; a second run needs no network.
# The logic is in .ci/ (Python's standard library only), where paths with spaces are no trouble.
PYTHON ?= python3

.PHONY: help demo test recipes clean

help:
	@echo 'make demo     simulated camera and tracker as two ROS 2 processes, pictures in output/demo'
	@echo 'make test     lint, import contracts, type check, tests'
	@echo 'make recipes  docs/recipes.md from a wheel in an empty environment without ROS'
	@echo 'make clean    remove both environments and the output'

demo:
	@"$(PYTHON)" .ci/bootstrap.py demo

test:
	@"$(PYTHON)" .ci/bootstrap.py test

recipes:
	@"$(PYTHON)" .ci/bootstrap.py recipes

clean:
	@rm -rf .venv-demo .venv-test output .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
