# Two commands set up everything on a fresh machine with Python 3.11 to 3.13 and make:
#   make demo   annotate the sample: MP4, GIF and CSV in outputs/
#   make test   the whole test suite
# PYTHON names another interpreter: make demo PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test fuzz kill check lint types layers clean

demo: $(VENV)/ready
	@echo "Annotating 17 s of video with the built-in model:"
	$(BIN)/vidclf annotate samples/photographs.mp4 --gif --gif-width 400 --gif-fps 10 --overwrite
	@echo "Look into outputs/: photographs_annotated.mp4, photographs.gif, photographs_predictions.csv"

# empty: else each program that a test starts compiles the whole package anew
test fuzz kill: export PYTHONDONTWRITEBYTECODE =

test: $(VENV)/ready
	$(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term:skip-covered $(TESTS)

fuzz: $(VENV)/ready
	$(BIN)/python -m tests.fuzz --seed 1 --kind clips --count 100
	$(BIN)/python -m tests.fuzz --seed 1 --kind tables --count 100
	$(BIN)/python -m tests.fuzz --seed 1 --kind models --count 6

kill: $(VENV)/ready
	$(BIN)/python -m tests.kill --seed 1 --count 2 --victim run worker one_of_two interrupt

check: lint types layers

lint: $(VENV)/ready
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/ready
	$(BIN)/mypy

layers: $(VENV)/ready
	$(BIN)/lint-imports

$(VENV)/ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(None if (3, 11) <= v <= (3, 13) else f"vidclf needs Python 3.11 to 3.13, this is {v[0]}.{v[1]}: make PYTHON=python3.12 names another")'
	@echo "Setting up $(VENV), once: the packages of vidclf and of its tests, TensorFlow the largest of them."
	@echo "About 1.2 GB to download, 4.1 GB on the disk. pip says nothing meanwhile: some minutes, by your network."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) build .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
