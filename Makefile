# Needs Python 3.11 or newer, make and git; everything else is put into .venv. With a C compiler large
# files are matched faster; without one everything works.
#
#   make demo           the site with demo data on 127.0.0.1:8000 (PORT=8001, FRESH=1)
#   make test           all tests but those of browser, faults and slow ones (ARGS="-k ledger")
#   make test-long      races of hundreds, attacks on every page and on the API, the demo's six weeks
#   make check          style, types, import directions, house rules
#   make test-browser   Chromium (Debian's package) at 375 and 1366 pixels; test-browser-long: every
#                       page in every role, by axe, by keyboard, and filled with hostile texts
#   make test-fault     kills processes in the middle of the path; test-fault-long for longer
#   make bench          requests per second of the list page against a bare view
#   make bench-rules    the rules engine against other engines, in an environment of its own
#   make test-spark     the rules engine over partitions of Spark, where Java is; an environment of its own
#   make catalogue      collects and compiles the English catalogue
#   make clean          removes caches and what tests left; data of demo and serve stay in var/

PYTHON ?= python3
PORT ?= 8000
ARGS ?=
BIN := .venv/bin
READY := .venv/.ready

# Compiled modules are kept even where the surroundings ask for none: without them each start of
# Python compiles Django anew, which takes longer than what most commands and tests do.
export PYTHONDONTWRITEBYTECODE =

.PHONY: setup demo test test-long check test-browser test-browser-long test-fault test-fault-long bench bench-rules test-spark catalogue clean
.DEFAULT_GOAL := setup

setup: $(READY)

# One environment for everything, with the development tools in it: what `make test` tests is then
# exactly what `make demo` runs, and there is no second environment to go stale. An installation
# that only serves takes requirements/base.txt (docs/operations.md).
# uv and the build back end come by pip with hashes, everything else by uv with hashes.
$(READY): requirements/uv.txt requirements/dev.txt pyproject.toml miaopu/engine/planes/blocks.c miaopu/engine/planes/numbers.h
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("需要 Python 3.11 或更新版本，现为 %d.%d：make PYTHON=python3.11 / Python 3.11 or newer is needed, this is %d.%d: make PYTHON=python3.11" % (sys.version_info[:2] * 2))'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
	  rm -rf .venv; \
	  echo "不能建立虚拟环境（Debian 需安装 python3-venv）/ no virtual environment: Debian needs python3-venv" >&2; \
	  exit 1; }
	@echo "准备 .venv / preparing .venv"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@VIRTUAL_ENV=.venv $(BIN)/uv pip sync --quiet --require-hashes requirements/dev.txt
	@VIRTUAL_ENV=.venv $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY)
	@exec $(BIN)/miaopu demo --port $(PORT) $(if $(FRESH),--fresh) $(ARGS)

test: $(READY)
	@exec $(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

test-long: $(READY)
	@exec $(BIN)/python -m pytest -n auto --dist worksteal -m "long and not browser and not fault and not slow" $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint miaopu/portal/templates
	$(BIN)/mypy
	MIAOPU_DATA_DIR=var/test $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -n0 tests/house

test-browser: $(READY)
	@exec $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "browser and not slow" tests/browser $(ARGS)

test-browser-long: $(READY)
	@exec $(BIN)/python -m pytest -n0 -m browser tests/browser $(ARGS)

test-fault: $(READY)
	@exec $(BIN)/python -m pytest -n0 -m "fault and not slow" tests/fault $(ARGS)

test-fault-long: $(READY)
	@exec $(BIN)/python -m pytest -n0 -m fault tests/fault $(ARGS)

bench: $(READY)
	@exec $(BIN)/python -m bench $(ARGS)

# The other engines stay out of .venv: what is tested and served never sees them.
bench-rules: $(READY) .venv-bench/.ready
	@exec .venv-bench/bin/python -m bench --rules-only $(ARGS)

.venv-bench/.ready: requirements/dev.txt requirements/bench.txt
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	@VIRTUAL_ENV=.venv-bench $(BIN)/uv pip sync --quiet --require-hashes requirements/dev.txt requirements/bench.txt
	@touch $@

# Spark is half a gigabyte: who does not ask for it does not wait for it.
test-spark: $(READY) .venv-spark/.ready
	@exec .venv-spark/bin/python -m pytest -n0 -rs tests/spark $(ARGS)

.venv-spark/.ready: requirements/dev.txt requirements/spark.txt requirements/uv.txt
	@test -x .venv-spark/bin/python || $(PYTHON) -m venv .venv-spark
	@.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@VIRTUAL_ENV=.venv-spark $(BIN)/uv pip install --quiet --require-hashes --requirement requirements/dev.txt
	@VIRTUAL_ENV=.venv-spark $(BIN)/uv pip install --quiet --require-hashes --no-deps --no-build-isolation --requirement requirements/spark.txt
	@VIRTUAL_ENV=.venv-spark $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

catalogue: $(READY)
	@exec $(BIN)/python tools/catalogue.py $(ARGS)

clean:
	rm -rf .venv .venv-bench .venv-spark .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build \
	  *.egg-info test-results var/test
	find miaopu -name '*.so' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
