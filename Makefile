# The one door. Everything runs in .venv, which any target makes when it is missing.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
EVENHAND_HARNESS ?= ../shared
EXTRAS ?= dev
# EXTRAS=dev,toxicity adds torch (1.2 GB), without which the tests of toxicity are skipped
export EVENHAND_HARNESS
# program:package, for what a clean Debian lacks
SYSTEM := prometheus:prometheus promtool:prometheus prometheus-alertmanager:prometheus-alertmanager amtool:prometheus-alertmanager \
          curl:curl node:nodejs npm:npm chromium:chromium

BENCHES := bench-alerting bench-footprint bench-isolation bench-scorers bench-scrape bench-soak

.PHONY: install system format lint type test cov integration demo oracle suite bench-gateway bench-stats $(BENCHES) dashboards build clean

install: $(READY)

$(READY): pyproject.toml requirements.lock
	$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@$(PYTHON) -c 'import ensurepip, venv' || { echo "Python has no venv here: make system installs python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[$(EXTRAS)]'
	touch $@

# Debian packages: venv for everything; Prometheus and Alertmanager for the end of the demo; Node for the clients' tests, Chromium for pictures.
system:
	@wanted=$$(for each in $(SYSTEM); do command -v $${each%%:*} >/dev/null || echo $${each##*:}; done | sort -u); \
	$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || wanted="$$wanted python3-venv"; \
	if [ -n "$$wanted" ]; then apt-get update -qq && apt-get install -y -qq --no-install-recommends $$wanted; fi

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

type: $(READY)
	$(BIN)/mypy

test: $(READY)
	$(BIN)/pytest $(ARGS)

cov: $(READY)
	$(BIN)/pytest --cov --cov-report=term-missing:skip-covered

integration: $(READY)
	$(BIN)/pytest tests/integration $(ARGS)

demo: $(READY)
	$(BIN)/evenhand demo $(if $(ONCE),--once) $(ARGS)

# Our figures against those packages as they run; their recorded figures are in the ordinary tests.
oracle:
	$(PYTHON) -m venv .venv-oracle
	.venv-oracle/bin/python -m pip install -q --disable-pip-version-check -e '.[dev]' fairlearn aif360 holisticai statsmodels
	.venv-oracle/bin/pytest tests/oracle -m live_oracle

suite: $(READY)
	$(BIN)/python -m bench.suite --harness $(EVENHAND_HARNESS) $(ARGS)

bench-gateway: $(READY)
	$(BIN)/python -m bench.gateway --harness $(EVENHAND_HARNESS) $(ARGS)

bench-stats: $(READY)
	$(BIN)/python -m pip install -q --disable-pip-version-check -c requirements.lock -e '.[bench]'
	$(BIN)/python -m bench.stats $(ARGS)

# Each module of bench/ says at its head what it measures: make bench-soak ARGS="--streams 5000"
$(BENCHES): bench-%: $(READY)
	$(BIN)/python -m bench.$* $(ARGS)

# The pictures in docs/images, drawn after two minutes of traffic.
dashboards: $(READY)
	$(BIN)/python -m bench.dashboards --harness $(EVENHAND_HARNESS) --out docs/images --secs 105 --only overview parity --width 1280

build: $(READY)
	$(BIN)/python -m pip wheel -q --no-deps -w dist .

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
