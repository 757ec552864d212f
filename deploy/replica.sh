#!/bin/bash
# A read replica: copies the primary on its first start, follows it from then on.
# Arguments go to postgres. Rebuild one that fell too far behind by emptying PGDATA.
set -euo pipefail

: "${PGDATA:?the directory of the replica}"
: "${PRIMARY_HOST:?the host name of the primary}"
user=${PRIMARY_USER:-odoo}
port=${PRIMARY_PORT:-5432}
password_file=${PASSWORD_FILE:-/run/secrets/db_password}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    PGPASSWORD=$(< "$password_file")
    export PGPASSWORD
    # an interrupted copy leaves files that pg_basebackup would refuse
    find "$PGDATA" -mindepth 1 -delete 2> /dev/null || true
    until pg_basebackup --host="$PRIMARY_HOST" --port="$port" --username="$user" \
        --pgdata="$PGDATA" --write-recovery-conf --wal-method=stream \
        --checkpoint=fast --no-password; do
        echo "the primary is not ready, next try in 3 s" >&2
        sleep 3
        find "$PGDATA" -mindepth 1 -delete
    done
    chmod 0700 "$PGDATA"
    unset PGPASSWORD
fi
exec postgres -D "$PGDATA" -c hot_standby=on -c hot_standby_feedback=on "$@"
