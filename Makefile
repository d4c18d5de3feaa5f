# Needs Python 3.11+ with venv, git and make; everything else is installed into .venv.
PYTHON ?= python3
TORCH ?= torch
PIP := .venv/bin/python -m pip --disable-pip-version-check -qq

.DEFAULT_GOAL := help
.PHONY: help verify test lint clean

help:
	@echo 'make verify  train a small network on Digits, verify compression bounds on it, write the certificates'
	@echo 'make test    style, types, and every test'
	@echo 'make lint    style and types alone'
	@echo 'make clean   remove .venv, caches and built packages'
	@echo
	@echo 'PYTHON=python3.12    the interpreter that makes .venv (3.11 or newer)'
	@echo 'TORCH="torch==2.13.0 --index-url URL"    another build of torch, such as the smaller one for CPUs alone'

verify: .venv/.installed
	@echo 'verify: training a network on Digits and checking the compression bounds on it'
	@.venv/bin/python examples/digits.py

test: lint
	@echo 'test: running every test'
	@OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n 2 --dist loadgroup

lint: .venv/.installed
	@echo 'lint: style (ruff) and types (mypy)'
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

# torch goes first and by itself, so that TORCH can choose its build and the second line leaves it in place.
.venv/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'boundcheck needs Python 3.11 or newer; name one: make PYTHON=/path/to/python3.11'; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || { \
	  echo 'this Python cannot make a venv: install its venv module (Debian: apt install python3-venv)'; exit 1; }
	@$(PYTHON) -m venv .venv
	@echo 'installing torch into .venv (once; by far the largest package)'
	@$(PIP) install -c constraints.txt $(TORCH)
	@echo 'installing boundcheck and its other packages'
	@$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
