# The targets of README.md. `make venv` alone makes the environment.
PORT ?= 8000
STAMP := .venv/.lock-installed
DEV_STAMP := .venv/.dev-lock-installed
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check

.PHONY: venv demo up test check screenshots soak lock

venv: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@sh .ci/make-venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(DEV_STAMP): $(STAMP) requirements-dev.lock
	$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

demo: $(STAMP)
	RASAD_DATA=var/demo .venv/bin/rasad demo --port $(PORT)

up: $(STAMP)
	.venv/bin/rasad up

check: $(DEV_STAMP)
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports

test: check
	.venv/bin/python -m pytest

# Pictures of every page, of the demo's archive.
screenshots: $(DEV_STAMP)
	RASAD_DATA=var/demo .venv/bin/rasad demo --once
	RASAD_DATA=var/demo RASAD_OUTLETS=var/demo/outlets.toml .venv/bin/python -m app.screenshots docs/screenshots

soak: $(DEV_STAMP)
	RASAD_SOAK=1 .venv/bin/python -m pytest -m soak -s

TRAIN_STAMP := .venv-train/.installed

$(TRAIN_STAMP): requirements-train.lock pyproject.toml
	@sh .ci/make-venv .venv-train
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-train.lock
	.venv-train/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: test-train
test-train: $(TRAIN_STAMP)
	.venv-train/bin/python -m pytest -m train

# The locks, made anew (needs uv): no registry address in them.
COMPILE := uv pip compile --universal --python-version 3.12 --generate-hashes --no-header --no-annotate --no-emit-index-url -q pyproject.toml
lock:
	$(COMPILE) -o requirements.lock
	$(COMPILE) --extra dev -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --extra dev --extra train -c requirements-dev.lock -o requirements-train.lock
