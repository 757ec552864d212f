#!/bin/bash
# Entry point of the image: hands the secrets to Odoo, then to the image's own one.
#
# The image's entry point adds --db_password to the command line (readable in `ps`,
# and refused by `odoo db`, `odoo i18n`) when neither odoo.conf nor PGPASSWORD names
# the password. With PGPASSWORD exported and host, port and user in odoo.conf it adds
# nothing.
set -euo pipefail

secrets=${SECRETS_DIR:-/run/secrets}

if [ -r "$secrets/db_password" ]; then
    PGPASSWORD=$(< "$secrets/db_password")
    export PGPASSWORD
elif [ -z "${PGPASSWORD:-}${PGPASSFILE:-}" ]; then
    echo "error: no database password: run deploy/init-secrets.sh and mount" \
        "$secrets/db_password, or set PGPASSWORD" >&2
    exit 1
fi

# An empty host would still switch Odoo's replica handling on: export it only if set.
if [ -n "${DB_REPLICA_HOST:-}" ]; then
    export PGHOST_REPLICA=$DB_REPLICA_HOST PGPORT_REPLICA=${DB_REPLICA_PORT:-5432}
fi

# admin_passwd can only come from a file: a private copy of odoo.conf gets the hash.
if [ -r "$secrets/master_password_hash" ]; then
    export ODOO_RC=${ODOO_RC:-/etc/odoo/odoo.conf}
    umask_before=$(umask)
    umask 077
    private=$(mktemp -d "${TMPDIR:-/tmp}/odoo-conf.XXXXXX")
    while IFS= read -r line || [ -n "$line" ]; do
        printf '%s\n' "$line"
        if [ "$line" = "[options]" ]; then
            printf 'admin_passwd = %s\n' "$(< "$secrets/master_password_hash")"
        fi
    done < "$ODOO_RC" > "$private/odoo.conf"
    umask "$umask_before"
    export ODOO_RC=$private/odoo.conf
fi

exec "${IMAGE_ENTRYPOINT:-/entrypoint.sh}" "$@"
