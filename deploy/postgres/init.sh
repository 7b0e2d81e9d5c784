#!/bin/sh
# Run once by the postgres image on an empty volume: the role and the databases of Temporal.
set -eu
: "${TEMPORAL_PASSWORD:?}"

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" \
     --set password="$TEMPORAL_PASSWORD" <<'SQL'
create role temporal login password :'password';
create database temporal owner temporal;
create database temporal_visibility owner temporal;
SQL
