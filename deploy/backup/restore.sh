#!/bin/sh
# Put the rows and files of the backup in folder $1 in the place of what is there: docs/operations/backup.md
# The portal is stopped meanwhile. Afterwards `manage.py prepare` erases again what was erased since.
set -eu
[ -z "${PGPASSWORD_FILE:-}" ] || { PGPASSWORD=$(cat "$PGPASSWORD_FILE"); export PGPASSWORD; }
(cd "$1" && sha256sum --check --quiet checksums)
PGOPTIONS='-c client_min_messages=warning' psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --single-transaction \
    --command='DROP SCHEMA public CASCADE' --command='CREATE SCHEMA public'
pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname="$PGDATABASE" "$1/rows.dump"
mkdir -p "$MEDIA_ROOT"
find "$MEDIA_ROOT" -mindepth 1 -delete
tar -C "$MEDIA_ROOT" -xpf "$1/files.tar"
echo "restored: $1"
