#!/bin/bash
# init.sh            creates the database and installs what is missing of SUITE_MODULES
# init.sh upgrade    updates SUITE_UPGRADE (default: all) after new code was deployed
#
# Safe to run again. Odoo itself ends with 0 when a module does not exist, so the
# result is read from the database.
set -euo pipefail
# shellcheck source=deploy/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

use_database_server
database=${DATABASE:-$(conf db_name)}
check_name "${database:-}"
modules=${SUITE_MODULES:-order_management}
password_file=${SECRETS_DIR:-/run/secrets}/admin_password

# module names of $1 (comma separated) that are not installed, one a line
missing() {
    sql "$database" -v "names=$1" << 'SQL'
SELECT name FROM unnest(string_to_array(replace(:'names', ' ', ''), ',')) AS name
EXCEPT
SELECT name FROM ir_module_module WHERE state = 'installed'
SQL
}

has_odoo() {
    [ "$(sql "$database" <<< "SELECT to_regclass('ir_module_module') IS NOT NULL")" = t ]
}

run_odoo() {
    odoo -d "$database" "$@" --workers=0 --no-http --stop-after-init
}

# A new database has admin/admin. The marker spares later starts the seconds that
# looking at the hash costs; a password somebody chose is never touched.
secure_admin() {
    local marker
    marker=$(sql "$database" <<< "SELECT 1 FROM ir_config_parameter
        WHERE key = 'deploy.admin_password_checked'")
    [ -z "$marker" ] || return 0
    [ -r "$password_file" ] || die "cannot read $password_file: run" \
        "deploy/init-secrets.sh; user admin would keep the password 'admin'"
    say "first password of user admin"
    ADMIN_PASSWORD_FILE=$password_file odoo shell -d "$database" --no-http << 'PY'
import os
from pathlib import Path
user = env.ref("base.user_admin")
env.cr.execute("SELECT password FROM res_users WHERE id = %s", [user.id])
stored = env.cr.fetchone()[0]
if stored and user._crypt_context().verify("admin", stored):
    user.password = Path(os.environ["ADMIN_PASSWORD_FILE"]).read_text().strip()
env["ir.config_parameter"].set_param("deploy.admin_password_checked", "1")
env.cr.commit()
PY
    marker=$(sql "$database" <<< "SELECT 1 FROM ir_config_parameter
        WHERE key = 'deploy.admin_password_checked'")
    [ -n "$marker" ] || die "the password of user admin could not be set, see above"
}

if [ "${1:-}" = upgrade ]; then
    database_exists "$database" || die "no database '$database' to upgrade"
    say "updating ${SUITE_UPGRADE:-all} in $database"
    run_odoo -u "${SUITE_UPGRADE:-all}"
    pending=$(sql "$database" <<< "SELECT string_agg(name, ' ') FROM ir_module_module
        WHERE state IN ('to install', 'to upgrade', 'to remove')")
    [ -z "$pending" ] || die "left unfinished: $pending; see the log above"
    say "done"
    exit 0
fi

if ! database_exists "$database" || ! has_odoo || [ -n "$(missing "$modules")" ]; then
    say "installing $modules in $database"
    run_odoo -i "$modules"
    left=$(missing "$modules")
    [ -z "$left" ] || die "not installed: ${left//$'\n'/ }; check SUITE_MODULES" \
        "for misspelt names and the log above for errors"
fi
secure_admin
say "$database is ready"
