# The commands of the workbook. Windows without make: README.md, «conda».
PYTHON ?= python3
BIN := .venv/bin

.PHONY: report test check lint format lab lock docs guide locale clean
.DELETE_ON_ERROR:

report: .venv/.installed data/registries/seversk/seversk.xlsx
	@$(BIN)/nms check seversk
	@$(BIN)/nms run seversk
	@echo "Откройте outputs/seversk/seversk/report.html"

# Whole files of tests go to processes, the long ones first (tests/conftest.py).
test: lint
	@$(BIN)/python -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

check: test

lint: .venv/.installed
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/nbstripout --verify notebooks/*/*.ipynb
	@$(BIN)/yamllint --strict .
	@$(BIN)/mypy

format: .venv/.installed
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/nbstripout notebooks/*/*.ipynb

lab: .venv/.installed
	$(BIN)/jupyter lab notebooks

data/registries/seversk/seversk.xlsx: | .venv/.installed
	@$(BIN)/nms demo --system seversk

# The stamp is newer than what it was made from, so a second run starts at once and needs no network.
.venv/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit(0 if sys.version_info >= (3, 11) else 'Нужен Python 3.11 или новее: make PYTHON=python3.11 report')"
	@echo "Создаю .venv и ставлю зависимости из requirements.lock: один раз, около минуты"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

lock: .venv/.installed
	$(BIN)/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
		--no-header --no-annotate --output-file requirements.lock

docs: .venv/.installed
	@$(BIN)/python -m nmslib.batch.written

# Pictures of docs/guide.ru.md; needs Chromium, and LibreOffice Writer for the page of the Word note.
guide: .venv/.installed
	@$(BIN)/python docs/guide/pictures.py

locale: .venv/.installed
	$(BIN)/pybabel compile -i nmslib/locale/ru/LC_MESSAGES/messages.po -o nmslib/locale/ru/LC_MESSAGES/messages.mo

clean:
	rm -rf .venv outputs/*/ .pytest_cache .mypy_cache .ruff_cache .hypothesis
