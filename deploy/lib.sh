# shellcheck shell=bash
# Shared by the scripts beside it; sourced, never run.

say() { printf '%s %s\n' "$(date -u +%H:%M:%S)" "$*"; }

die() {
    printf 'error: %s\n' "$*" >&2
    exit 1
}

# conf KEY: the value of a key of odoo.conf, empty without file or key
conf() {
    [ -r "${ODOO_RC:-}" ] || return 0
    sed -n "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*//p" "$ODOO_RC" | head -n 1
}

# default_from_conf VARIABLE KEY: export a PG* variable unless it is set already
default_from_conf() {
    local value
    [ -z "${!1:-}" ] || return 0
    value=$(conf "$2")
    [ -z "$value" ] || export "$1=$value"
}

# The PG* variables win; odoo.conf names the rest, so both speak to one server.
use_database_server() {
    default_from_conf PGHOST db_host
    default_from_conf PGPORT db_port
    default_from_conf PGUSER db_user
}

# sql DATABASE: one statement from the standard input, bare values out. psql's :'x'
# quoting needs the standard input, hence no -c.
sql() {
    local database=$1
    shift
    psql -XqAt -v ON_ERROR_STOP=1 -d "$database" "$@"
}

database_exists() {
    local found
    found=$(sql postgres -v "name=$1" \
        <<< "SELECT 1 FROM pg_database WHERE datname = :'name'") ||
        die "cannot ask PostgreSQL on ${PGHOST:-this host}, see above"
    [ "$found" = 1 ]
}

# Names go into paths and SQL identifiers: no slash, no quote, no leading dash.
check_name() {
    [[ $1 =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,40}$ ]] ||
        die "'$1' is not a usable database name: letters, digits and _ . - only," \
            "41 characters at most"
}
