#!/bin/sh
# Brings both databases of Temporal to the newest form; does nothing where that is so already.
set -eu
: "${POSTGRES_SEEDS:?}" "${POSTGRES_USER:?}" "${SQL_PASSWORD:?}"

tool() {
    database=$1
    shift
    temporal-sql-tool --plugin "$DB" --ep "$POSTGRES_SEEDS" -u "$POSTGRES_USER" -p "$DB_PORT" --db "$database" "$@"
}

for database in temporal temporal_visibility; do
    case $database in
        temporal) versions=temporal ;;
        *) versions=visibility ;;
    esac
    # Setting up version 0.0 fails on a database that has a version: then there is only the update to do.
    tool "$database" setup-schema -v 0.0 || echo "$database has a schema already"
    tool "$database" update-schema -d "/etc/temporal/schema/postgresql/v12/$versions/versioned"
done
