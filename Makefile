# `make run` and `make test` do their own set-up: Python 3.11+ (or uv) and make are enough.
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
BIN := .venv/bin

.PHONY: run test check format schema bench bench-reload soak-reload image-test clean

run: .venv/.ready
	@$(BIN)/gateway dev

test: .venv/.ready
	$(BIN)/pytest -n 2 --dist loadfile

check: .venv/.ready
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/gateway validate hooks.d --strict
	$(BIN)/python -m tests.up_to_date

format: .venv/.ready
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

schema: .venv/.ready
	$(BIN)/python -m tests.up_to_date --write

bench: .venv/.ready
	$(BIN)/python -m benchmarks.run $(ARGS)
	$(BIN)/python -m benchmarks.micro
	$(BIN)/python -m benchmarks.trust

bench-reload: .venv/.ready
	$(BIN)/python -m benchmarks.reload

soak-reload: .venv/.ready
	$(BIN)/python -m benchmarks.soak_reload

image-test: .venv/.ready
	deploy/image-test/run

clean:
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.ready: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet
	@touch $@

.uv/bin/uv:
	python3 -m venv .uv
	.uv/bin/pip install --quiet uv
