#!/bin/bash
# Run once by the postgres image in a new cluster: "host all" of its pg_hba.conf does
# not cover the pseudo-database `replication` that a standby connects to.
set -euo pipefail
echo "host replication ${POSTGRES_USER:-odoo} all scram-sha-256" >> "$PGDATA/pg_hba.conf"
