"""The profile `replica`: a real standby, and Odoo reading from it."""

import os
import re
import subprocess

import psycopg2
import pytest

from .. import harness
from . import stack
from .cluster import Cluster

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def primary(directory):
    """Set up as the postgres image does it: initdb, its pg_hba.conf, our script."""
    cluster = Cluster(directory, "primary")
    password_file = directory / "pg-password"
    password_file.write_text(os.environ["PGPASSWORD"])
    user = os.environ["PGUSER"]
    subprocess.run(
        [
            *("initdb", "-D", cluster.data, "-U", user, "--no-sync"),
            *(f"--pwfile={password_file}", "-A", "scram-sha-256"),
            *("-E", "UTF8", "--locale=C.UTF-8"),
        ],
        check=True,
        capture_output=True,
    )
    hba = cluster.data / "pg_hba.conf"
    hba.write_text("host all all all scram-sha-256\n")
    subprocess.run(
        [stack.DEPLOY / "initdb" / "10-replication.sh"],
        env={**os.environ, "PGDATA": str(cluster.data), "POSTGRES_USER": user},
        check=True,
    )
    settings = [
        word for word in stack.compose_services()["db"]["command"] if word != "postgres"
    ]
    cluster.run(["postgres", "-D", str(cluster.data), *settings, *cluster.flags])
    dump = ["pg_dump", "-Fc", "-Z0", harness.TEMPLATE_BASE]
    with subprocess.Popen(dump, stdout=subprocess.PIPE) as source:
        restore = ["pg_restore", "-C", "-d", "postgres", *cluster.address]
        subprocess.run(restore, stdin=source.stdout, check=True)
    yield cluster
    cluster.stop()


@pytest.fixture(scope="module")
def replica(directory, primary, secrets):
    cluster = Cluster(directory, "replica")
    cluster.data.mkdir(mode=0o700)
    (cluster.data / "left-by-a-broken-copy").write_text("x")
    service = stack.compose_services()["db-replica"]
    assert service["entrypoint"] == ["/usr/local/bin/replica.sh"]
    cluster.run(
        [stack.DEPLOY / "replica.sh", *service["command"], *cluster.flags],
        **{
            **service["environment"],
            "PRIMARY_HOST": "127.0.0.1",
            "PRIMARY_PORT": str(primary.port),
            "PRIMARY_USER": os.environ["PGUSER"],
            "PASSWORD_FILE": str(secrets / "db_password"),
        },
    )
    yield cluster
    cluster.stop()


def test_replica_follows_and_refuses_to_write(primary, replica):
    name = harness.TEMPLATE_BASE
    primary.sql(name, "UPDATE res_company SET phone = '12345' WHERE id = 1")

    harness.wait_until(
        lambda: (
            replica.sql(name, "SELECT phone FROM res_company WHERE id = 1")
            == [("12345",)]
        ),
        20,
        what="the change on the replica",
    )
    with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
        replica.sql(name, "UPDATE res_company SET phone = '1'")


def test_replica_starts_again_without_a_new_copy(primary, replica, secrets):
    identity = (replica.data / "backup_label.old").stat().st_ino
    replica.stop()

    command = stack.compose_services()["db-replica"]["command"]
    replica.run(
        [stack.DEPLOY / "replica.sh", *command, *replica.flags],
        PRIMARY_HOST="127.0.0.1",
        PRIMARY_PORT="1",  # would hang here if it copied
        PASSWORD_FILE=str(secrets / "db_password"),
    )

    assert (replica.data / "backup_label.old").stat().st_ino == identity
    assert replica.sql("postgres", "SELECT pg_is_in_recovery()") == [(True,)]


def test_odoo_reads_from_the_replica(primary, replica, secrets, directory, monkeypatch):
    monkeypatch.setenv("PGPORT", str(primary.port))
    name = harness.TEMPLATE_BASE
    place = directory / "replicated"
    place.mkdir()
    service = stack.OdooService(
        "web",
        name,
        secrets,
        place,
        {"WEB_WORKERS": "2", "DB_REPLICA_HOST": "127.0.0.1"},
    )
    service.service["environment"]["DB_REPLICA_PORT"] = str(replica.port)
    # the access log, where Odoo marks what the replica served
    stack.derive_conf(
        service.conf, service.conf, options={"log_handler": ":INFO,werkzeug:INFO"}
    )

    connections = f"""
        SELECT application_name FROM pg_stat_activity
         WHERE datname = '{name}' AND application_name LIKE 'odoo-%'
    """
    with service:
        session = harness.Session(service.url, name)
        found = session.call(
            "res.partner", "web_search_read", [], {"name": {}}, limit=3
        )
        session.call("res.partner", "create", [{"name": "written to the primary"}])

        assert len(found["records"]) == 3
        modes = dict(
            re.findall(
                r"/(web_search_read|create)#\S+ HTTP\S+ 200 .* (\S+)$",
                service.log(),
                re.M,
            )
        )
        assert modes == {"web_search_read": "ro", "create": "rw"}
        assert replica.sql(name, connections)
        assert primary.sql(name, connections)
        rows = "SELECT count(*) FROM res_partner WHERE name = 'written to the primary'"
        assert primary.sql(name, rows) == [(1,)]
        harness.wait_until(lambda: replica.sql(name, rows) == [(1,)], 20, what="copy")
        assert service.problems() == []

        # a lost replica is an annoyance in the log, not a lost page
        replica.stop()
        again = [
            session.call("res.partner", "web_search_read", [], {"name": {}}, limit=3)
            for _attempt in range(4)
        ]
        assert [len(found["records"]) for found in again] == [3, 3, 3, 3]
        warnings = service.problems()  # one for each worker that was asked
        assert warnings
        assert all("falling back to read-write cursor" in line for line in warnings)
