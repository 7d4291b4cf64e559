# `make demo` and `make test` each work from a fresh clone: they make the virtual environment themselves.
PYTHON ?= python3
VENV := .venv
# The papers themselves are not part of the project; where they stand beside it, the ledgers are held against them.
TEXTS ?= ../shared/sources
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check mutants site bench peers schemas clean

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable . --group dev
	touch $(READY)

demo: $(READY)
	$(BIN)/missingrules evaluate examples/looked-after-clock-change.yaml --protocol northamptonshire --as-of 2025-03-31T12:00:00+01:00

test: $(READY)
	$(BIN)/python -m pytest --numprocesses auto -rs

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/missingrules fmt --check protocols tests/scenarios examples
	$(BIN)/missingrules check protocols $(if $(wildcard $(TEXTS)),--texts $(TEXTS))
	$(BIN)/missingrules sources check protocols/*.yaml $(if $(wildcard $(TEXTS)),--texts $(TEXTS))
	$(BIN)/missingrules coverage protocols/*.yaml --scenarios tests/scenarios

# Every small change of the five areas' rules is noticed by a scenario, or tests/mutants says why not.
mutants: $(READY)
	for each in tests/mutants/*.yaml; do \
	  area=$$(basename $$each .yaml); \
	  $(BIN)/missingrules test tests/scenarios/$$area --protocol protocols/$$area.yaml --mutants --reasons $$each || exit 1; done

site: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

bench: $(READY)
	$(BIN)/python -m pytest benchmarks --benchmark-only

# Four families of rules in eight engines, every row compared before anything is timed; ARGS="--children 1000000 --write".
peers: .peers/.ready
	.peers/bin/python -m benchmarks.families $(ARGS)

.peers/.ready: pyproject.toml benchmarks/peers
	PYTHON="$(PYTHON)" benchmarks/peers

# The published schemas, made anew; a test holds them to what is made.
schemas: $(READY)
	for each in protocol ledger scenarios mapping case result changes combination; do \
	  $(BIN)/missingrules schema --of $$each --output schemas/$$each.schema.json --force || exit 1; done

clean:
	rm -rf $(VENV) .peers build dist
