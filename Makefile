# Needs python3 (3.11 or newer), make and the package index; all else is installed into .venv and var.
PYTHON ?= python3
PY := .venv/bin/python
BROWSER ?= yes
ARGS ?=

# Where this is set, each start compiles the portal anew, and each worker of a test run all tests (4 s).
unexport PYTHONDONTWRITEBYTECODE

# `make run PORT=9000` works like `PORT=9000 make run`: make hands on what its command line sets.
.DEFAULT_GOAL := help
.PHONY: help install install-dev install-cluster run dev cluster cluster-test test check lint release papers bench manage backup restore shell-db lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

install:
	@$(PYTHON) runner/environment.py packages requirements.lock

install-dev:
	@$(PYTHON) runner/environment.py packages requirements-dev.lock

run: $(if $(SSO),install-dev,install) ## Start the portal (PORT, DATABASE_URL, DEMO_PASSWORD, SSO=demo: docs/operations.md)
	@setpriv --pdeathsig=TERM $(PY) -m runner.serve

dev: install ## The same with DEBUG, starting again when code changes
	@setpriv --pdeathsig=TERM $(PY) -m runner.serve --dev

install-cluster: install
	@$(PYTHON) runner/environment.py cluster

cluster: install-cluster ## Two nodes and three databases on this machine (PORT and the 70 above it)
	@setpriv --pdeathsig=TERM $(PY) -m bench.cluster

cluster-test: install-cluster ## Let its machines die while sixty people answer: ARGS="primary node --rounds 1"
	@setpriv --pdeathsig=TERM $(PY) -m bench.failures $(ARGS)

# What `check --deploy` wants to see: an installation as it should be.
LIKE_PRODUCTION := SITE_URL=https://kompas.example.dk WAS_URL=https://www.was.digst.dk/kompas \
	OIDC_SERVER_URL=https://login.example.dk OIDC_CLIENT_ID=kompas OIDC_CLIENT_SECRET=for-checks-alone \
	OIDC_ROLES=administrator=Kompas-Administrator OIDC_EMAIL_DOMAINS=example.dk

# Nothing that is checked, tested or measured is served to anybody.
test check lint papers bench: export SECRET_KEY ?= for-checks-and-tests-alone-never-for-a-portal-that-people-use

test: install-dev ## All tests; one file or test: make test ARGS="tests/test_tools.py -k port"
ifneq ($(BROWSER),no)
	@$(PYTHON) runner/environment.py browser
endif
	@$(PY) runner/postgres.py run --temporary -- \
		$(PY) -m pytest -n 3 --dist worksteal $(if $(filter no,$(BROWSER)),-m "not browser") $(ARGS)

# What breaks most often and tells soonest: rules about the code, who may see what, one journey of each app.
CORE := tests/test_architecture.py tests/test_catalogue.py tests/test_docs.py tests/test_settings.py \
	tests/test_headers.py tests/test_page_cache.py tests/test_direct_responses.py tests/test_accounts.py \
	tests/test_markdown.py tests/test_tidy_text.py tests/compass/test_stories.py tests/compass/test_search.py \
	tests/reflection/test_answers.py tests/reflection/test_confidentiality.py tests/goals/test_goals.py \
	tests/collaboration/test_rounds.py tests/admin/test_guards.py

check: install-dev ## The quick tier, in a minute and a half: ruff and the core of the tests
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@$(PY) runner/postgres.py run --temporary -- \
		$(PY) -m pytest -q -n 2 --dist worksteal -m "not browser and not long" $(CORE) $(ARGS)

lint: install-dev ## Style, types and templates, missing migrations, settings fit for production, image and manifests
	@$(PY) -m ruff check
	@$(PY) -m ruff format --check
	@find templates -name '*.html' -exec $(dir $(PY))djade --target-version 5.2 --check {} +
	@$(PY) -m djlint --quiet --lint templates
	@$(LIKE_PRODUCTION) $(PY) runner/postgres.py run --temporary -- sh -c \
		'$(PY) -m mypy && $(PY) manage.py makemigrations --check --dry-run \
			&& $(PY) manage.py check --deploy --fail-level WARNING'

	@$(dir $(PY))hadolint Dockerfile
	@$(dir $(PY))check-jsonschema --quiet --builtin-schema vendor.compose-spec compose.yaml
	@$(dir $(PY))kubernetes-validate --strict --quiet $(filter-out %/kustomization.yaml %/database.yaml,\
		$(wildcard deploy/kubernetes/*.yaml))

release: install-dev ## Notes, source, bill of materials, audit and digests of this version, in var/release
	@$(PY) -m tools.release

papers: install-dev ## Write docs/privacy anew, which is made of the marks of the models
	@$(PY) runner/postgres.py run --temporary -- $(PY) -m tools.privacy_papers

bench: install-dev ## Measure speed in a temporary database
	@$(PY) runner/postgres.py run --temporary -- $(PY) -m bench $(ARGS)

manage: install ## One of Django's commands in the portal's database: make manage ARGS=createsuperuser
	@test -n "$$SECRET_KEY" || test -f var/secret-key || { echo "Start the portal once: make run"; exit 1; }
	@port_url="$${PORT:+http://127.0.0.1:$$PORT}"; given="$${SITE_URL:-$$port_url}"; \
		SITE_URL="$${given:-$$(cat var/site-url 2>/dev/null || echo http://127.0.0.1:8000)}" \
		SECRET_KEY="$${SECRET_KEY:-$$(cat var/secret-key)}" \
		$(PY) runner/postgres.py run -- $(PY) manage.py $(ARGS)

backup: install ## Rows and files into a folder of var/backups
	@$(PY) runner/postgres.py run -- sh -c 'MEDIA_ROOT="$${MEDIA_ROOT:-var/media}" sh deploy/backup/backup.sh var/backups'

restore: install ## Rows and files of a backup in the place of what is there: make restore FROM=var/backups/latest
	@$(PY) runner/postgres.py run -- sh -c 'MEDIA_ROOT="$${MEDIA_ROOT:-var/media}" sh deploy/backup/restore.sh "$(FROM)"'
	@$(MAKE) --no-print-directory manage ARGS=prepare

shell-db: install ## SQL in the portal's own database
	@$(PY) runner/postgres.py run -- psql

lock: ## Compile the lock files anew after a change of pyproject.toml
	@$(PYTHON) -m venv var/lock-tool
	@var/lock-tool/bin/python -m pip install --quiet uv==0.13.9
	@var/lock-tool/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		pyproject.toml -o requirements.lock
	@var/lock-tool/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		pyproject.toml --group dev -o requirements-dev.lock
	@var/lock-tool/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
		deploy/machines/patroni.in -o deploy/machines/patroni.lock

clean: ## Remove .venv and var, and with var the data of the portal
	@echo "Removes .venv and var: the packages, and the database, key and mail of this portal."
	@rm -rf .venv var
