"""A PostgreSQL of its own, which a test may restart, kill or copy."""

import os
import signal

import psycopg2

from .. import harness
from . import stack


class Cluster(stack.Process):
    """A PostgreSQL of its own; ``command`` runs it in the foreground."""

    def __init__(self, directory, name):
        super().__init__(directory / f"{name}.log")
        self.data, self.directory = directory / name, directory
        self.port = harness.free_port()
        #: for PostgreSQL's own programs
        self.address = ("-h", "127.0.0.1", "-p", str(self.port))
        # what the image's defaults would be in a container
        self.flags = [
            *("-c", f"port={self.port}"),
            *("-c", "listen_addresses=127.0.0.1"),
            *("-c", f"unix_socket_directories={directory}"),
        ]

    def run(self, command, **environment):
        self.launch(command, {**os.environ, "PGDATA": str(self.data), **environment})
        harness.wait_until(self._answers, 60, 0.2, self.log_path.stem)

    def ask_to_stop(self):
        # the image's STOPSIGNAL: ends sessions instead of waiting for them
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)

    def _answers(self):
        self.alive()
        try:
            self.connect("postgres").close()
        except psycopg2.OperationalError:
            return False
        return True

    def connect(self, database):
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, dbname=database)
        connection.autocommit = True
        return connection

    def sql(self, database, query):
        with harness.contextlib.closing(self.connect(database)) as connection:
            with connection.cursor() as cr:
                cr.execute(query)
                return cr.fetchall() if cr.description else []
