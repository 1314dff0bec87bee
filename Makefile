# `make run` and `make test` do their own set-up: Python 3.11+ (or uv) and make are enough.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
# Another environment: make test VENV=.venv-3.13 UV_PYTHON=python3.13
VENV := .venv
BIN := $(VENV)/bin
export UV_PROJECT_ENVIRONMENT := $(VENV)
# The language server of tests/editor, where there is npm. Without it those tests are skipped.
EDITOR := tests/editor/node_modules/.package-lock.json
export UV_COMPILE_BYTECODE := 1
# Each process of the tests would compile again what no process writes down.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test editor check format schema bench bench-reload bench-worst bench-slow bench-footprint bench-store bench-shared bench-delivery soak soak-reload fuzz fuzz-directories fuzz-templates fuzz-answers fuzz-rules fuzz-runs image-test clean

# Flags of `gateway dev` go into ARGS: make run ARGS="path/to/hooks.d --port 8888"
run: $(VENV)/.runtime
	@$(BIN)/gateway dev $(ARGS)

test: $(VENV)/.ready
	@if command -v npm >/dev/null; then $(MAKE) -s editor; fi || echo 'no language server: npm failed'
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

editor: $(EDITOR)

check: $(VENV)/.ready
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/gateway validate hooks.d --strict
	$(BIN)/python -m tests.up_to_date

format: $(VENV)/.ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schema: $(VENV)/.ready
	$(BIN)/python -m tests.up_to_date --write

bench: $(VENV)/.ready
	$(BIN)/python -m benchmarks.run $(ARGS)
	$(BIN)/python -m benchmarks.micro
	$(BIN)/python -m benchmarks.mapped
	$(BIN)/python -m benchmarks.trust

bench-reload: $(VENV)/.ready
	$(BIN)/python -m benchmarks.reload

bench-worst: $(VENV)/.ready
	$(BIN)/python -m benchmarks.worst

bench-slow: $(VENV)/.ready
	$(BIN)/python -m benchmarks.slow $(ARGS)

bench-footprint: $(VENV)/.ready
	$(BIN)/python -m benchmarks.footprint $(ARGS)

bench-store: $(VENV)/.ready
	$(BIN)/python -m benchmarks.store
	$(BIN)/python -m benchmarks.durable $(ARGS)

bench-shared: $(VENV)/.ready
	$(BIN)/python -m benchmarks.shared $(ARGS)

bench-delivery: $(VENV)/.ready
	$(BIN)/python -m benchmarks.delivery.run $(ARGS)

soak: $(VENV)/.ready
	$(BIN)/python -m benchmarks.soak $(ARGS)

soak-reload: $(VENV)/.ready
	$(BIN)/python -m benchmarks.soak_reload

# Every case of the properties of which the suite tries a part.
fuzz: $(VENV)/.ready
	THOROUGH=1 $(BIN)/pytest -n 2 --dist loadfile $$(grep -rl support.thorough tests --include='test_*.py')

fuzz-directories: $(VENV)/.ready
	$(BIN)/python -m tests.reload.directories 5000

fuzz-templates: $(VENV)/.ready
	$(BIN)/python -m tests.compile.templates.properties 100000

fuzz-answers: $(VENV)/.ready
	$(BIN)/python -m tests.compile.answering 100000

fuzz-rules: $(VENV)/.ready
	$(BIN)/python -m tests.compile.nested 100000
	$(BIN)/python -m tests.plan.strictness 100000

fuzz-runs: $(VENV)/.ready
	$(BIN)/python -m tests.runs.machine 2000 memory

# Some of the faults: make fault-test ROWS="kills disks"
fault-test: $(VENV)/.ready
	$(BIN)/python -m tests.runs.machine 200 sqlite
	$(BIN)/python -m tests.runs.machine 100 postgres
	$(BIN)/python -m tests.runs.sqlite.test_kills 200
	$(BIN)/python -m tests.faults $(ROWS)

image-test: $(VENV)/.ready
	deploy/image-test/run

clean:
	rm -rf .venv .venv-* .uv tests/editor/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis

# What serving takes. Litestar asks for faker and polyfactory, which only make examples for an OpenAPI
# document of hooks; there is none.
$(VENV)/.runtime: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet --no-dev --inexact \
	    --no-install-package faker --no-install-package polyfactory
	@$(BIN)/python -m compileall -q gateway
	@touch $@

$(VENV)/.ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet
	@touch $(VENV)/.runtime $@

$(EDITOR): tests/editor/package.json tests/editor/package-lock.json
	npm ci --prefix tests/editor --ignore-scripts --silent
	@touch $@

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv
