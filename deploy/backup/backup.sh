#!/bin/sh
# Rows and files of the portal into a new folder of $1, whole or not at all: docs/operations/backup.md
# Reads PGHOST, PGUSER (the owner), PGDATABASE, PGPASSWORD or PGPASSWORD_FILE, and MEDIA_ROOT.
set -eu
umask 077
[ -z "${PGPASSWORD_FILE:-}" ] || { PGPASSWORD=$(cat "$PGPASSWORD_FILE"); export PGPASSWORD; }
name=$(date -u +%Y%m%dT%H%M%SZ)
part="$1/.$name.part"
trap 'rm -rf "$part"' EXIT
mkdir -p "$part"
# Rows first: a file that is uploaded meanwhile lies there for nothing; the other way round a page would miss one.
pg_dump --format=custom --no-owner --no-privileges --no-comments --file="$part/rows.dump"
mkdir -p "$MEDIA_ROOT" 2>/dev/null || true
tar -C "$MEDIA_ROOT" --exclude='*.part' -cf "$part/files.tar" .
(cd "$part" && sha256sum rows.dump files.tar >checksums)
mv "$part" "$1/$name"
ln -sfn "$name" "$1/latest"
echo "$1/$name"
