# Everything a person needs, from a bare clone with python3 (3.11 or newer) and make.
PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
export DAGSTER_HOME := $(CURDIR)

.PHONY: help run ui test-tools test slow e2e engine-tools engines engines-ci engines-kills torture torture-ci bench bench-figures bench-scale bench-clusters check docs lock clean
.DEFAULT_GOAL := run

$(VENV)/installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "candid needs Python 3.11 or newer; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode requirements.lock
	@$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable . 2>/dev/null \
		|| $(BIN)/uv pip install --quiet --no-deps --editable .
	@$(BIN)/python -m compileall -q candid_assets
	@touch $@

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

run: $(VENV)/installed ## Refresh everything on the sample, publish, report. The default.
	@$(BIN)/candid run

ui: $(VENV)/installed ## Dagster's webserver and daemon on 127.0.0.1:3000.
	@$(BIN)/candid serve

# Before the Python packages, so that a missing tool is reported in the first second.
test-tools: ## What the tests need beyond Python: Chromium, PostgreSQL, a C compiler and so on.
	@.ci/test-tools

test: test-tools $(VENV)/installed ## The tests, but for those of `make slow`, `make e2e` and `make engines`.
	@$(BIN)/python -m pytest -n auto

slow: test-tools $(VENV)/installed ## Tests of refreshes again and again, of every metric, of the whole sample company and corpora.
	@$(BIN)/python -m pytest -n auto -m "slow and not served and not engines"

e2e: test-tools $(VENV)/installed ## The platform as its own processes: served, in a browser, killed, restored, measured.
	@$(BIN)/python -m pytest -n 0 -m served

engine-tools: ## What the tests of engines need beyond that: Java.
	@.ci/test-tools engines

$(VENV)/engines-installed: requirements-engines.lock $(VENV)/installed
	@$(BIN)/uv pip install --quiet --require-hashes -r requirements-engines.lock \
		|| { echo "the libraries that only the tests of engines need could not be installed"; exit 1; }
	@touch $@

engines: engine-tools $(VENV)/engines-installed ## Tests on a real Spark cluster, and on a history in PostgreSQL, which they start: Java 17.
	@$(BIN)/python -m pytest -n 0 -m engines

engines-ci: engine-tools $(VENV)/engines-installed ## What of it CI has time for.
	@$(BIN)/python -m pytest -n 0 -m "engines and not slow"

engines-kills: engine-tools $(VENV)/engines-installed ## Each process of a cluster, and the refresh, killed in each phase: ROUNDS=n.
	@$(BIN)/python -m candid_assets_tests.engines.kills $(if $(ROUNDS),--rounds $(ROUNDS))

# One sequence by its seed, or all from it on for so many hours.
torture: test-tools $(VENV)/installed ## Random sequences of edits, faults and kills: SEED=n, HOURS=h.
	@$(BIN)/python -m candid_assets_tests.torture $(if $(SEED),--seed $(SEED)) \
		$(if $(HOURS),--hours $(HOURS) --workers 2,$(if $(SEED),--verbose,--count 50 --workers 2))
	$(if $(SEED),,@$(BIN)/python -m candid_assets_tests.torture.servers --rounds 2)

torture-ci: test-tools $(VENV)/installed ## What of it CI has time for, the same each time.
	@$(BIN)/python -m candid_assets_tests.torture --seed 406 --count 8
	@$(BIN)/python -m candid_assets_tests.torture.damage 24 1
	@$(BIN)/python -m candid_assets_tests.torture.full_disks 12 1
	@$(BIN)/python -m candid_assets_tests.torture.publications --every 24
	@$(BIN)/python -m candid_assets_tests.torture.servers --rounds 2
	@$(BIN)/python -m candid_assets_tests.torture.fuzz --runs 100

# The other ways are installed into a folder of their own: SCRATCH=dir keeps it for the next time.
bench: $(VENV)/installed ## The platform beside the bare bound and other ways, written into docs/benchmark.md.
	@$(BIN)/python -m candid_assets_tests.bench.comparison $(if $(ROUNDS),--rounds $(ROUNDS)) \
		$(if $(SCRATCH),--scratch $(SCRATCH)) $(if $(SOURCES),--verified-sources $(SOURCES))

bench-figures: $(VENV)/installed ## Figures beside their targets; exits with 1 if one is missed.
	@$(BIN)/python -m candid_assets_tests.bench.parsers
	@$(BIN)/python -m candid_assets_tests.bench.databases
	@$(BIN)/python -m candid_assets_tests.bench.runs
	@$(BIN)/python -m candid_assets_tests.bench.statements
	@$(BIN)/python -m candid_assets_tests.bench.discovering

bench-scale: $(VENV)/installed ## What the greatest inputs take: minutes each, up to 2.5 GB of memory.
	@$(BIN)/python -m candid_assets_tests.bench.sizes
	@$(BIN)/python -m candid_assets_tests.bench.ten_million
	@$(BIN)/python -m candid_assets_tests.bench.comparison --scale --rounds 1
	@$(MAKE) bench-clusters

bench-clusters: engine-tools $(VENV)/engines-installed ## A large table on a cluster beside the same here: ROWS="n n" for other sizes.
	@$(BIN)/python -m candid_assets_tests.bench.clusters $(if $(ROWS),--rows $(ROWS))

check: $(VENV)/installed ## Style, types, SQL style, contracts.
	@$(BIN)/ruff check candid_assets candid_assets_tests
	@$(BIN)/ruff format --check candid_assets candid_assets_tests
	@$(BIN)/mypy
	@$(BIN)/sqlfluff lint --nocolor --processes 2 candid_assets/catalog/models
	@$(BIN)/candid contracts validate
	@$(BIN)/candid contracts snapshot --check

docs: $(VENV)/installed ## The generated pages of docs/.
	@$(BIN)/candid docs build
	@$(BIN)/candid contracts snapshot

lock: ## Resolve pyproject.toml anew into requirements.lock.
	@$(BIN)/uv pip compile pyproject.toml --quiet --group dev --universal --generate-hashes \
		--no-emit-index-url --no-annotate --no-header --python-version 3.11 -o requirements.lock
	@$(BIN)/uv pip compile pyproject.toml --quiet --extra spark --extra server --group engines \
		--universal --generate-hashes --constraints requirements.lock --no-emit-index-url \
		--no-annotate --no-header --python-version 3.11 -o requirements-engines.lock

clean: ## Remove the environment and everything made at run time.
	@rm -rf $(VENV) data/sample data/sandbox .mypy_cache .ruff_cache .pytest_cache .hypothesis
