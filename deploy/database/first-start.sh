#!/bin/sh
# In the container of PostgreSQL, when its data are made: the two roles and the database (roles.sql).
set -eu
psql --no-psqlrc --username="$POSTGRES_USER" --dbname=postgres --set=ON_ERROR_STOP=1 \
    --set=owner=aarhuskompas_owner --set=owner_password="$(cat /run/secrets/owner_password)" \
    --set=application=aarhuskompas --set=application_password="$(cat /run/secrets/application_password)" \
    --set=database=aarhuskompas --file=/roles.sql
