import contextlib
import shutil
import uuid

import pytest
import requests
from requests.adapters import HTTPAdapter

from .. import harness
from . import stack


class _FromAddress(HTTPAdapter):
    """Requests that leave from one loopback address: another client for the proxy."""

    def __init__(self, address):
        self._address = address
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        kwargs["source_address"] = (self._address, 0)
        super().init_poolmanager(*args, **kwargs)


class Stack:
    """web, jobs and the proxy, as docker compose would run them."""

    def __init__(self, database, web, jobs, proxy):
        self.database, self.web, self.jobs, self.proxy = database, web, jobs, proxy

    def client(self, address="127.0.0.1"):
        """A browser's or program's end: checks the certificate, keeps cookies."""
        session = requests.Session()
        session.trust_env = False  # a CA bundle named there would win over verify
        session.verify = self.proxy.certificate
        session.mount("https://", _FromAddress(address))
        return session

    def rpc(self, client, route, **params):
        body = {"jsonrpc": "2.0", "method": "call", "id": 1, "params": params}
        response = client.post(self.proxy.url + route, json=body, timeout=60)
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise harness.RpcError(answer["error"])
        return answer.get("result")

    def login(self, address="127.0.0.1"):
        client = self.client(address)
        self.rpc(
            client,
            "/web/session/authenticate",
            db=self.database.name,
            login="admin",
            password="admin",
        )
        return client


@pytest.fixture(scope="package")
def directory():
    """Below the prefix, and short: PostgreSQL's socket path has a limit."""
    path = harness.PREFIX / f"deploy-{uuid.uuid4().hex[:6]}"
    path.mkdir()
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="package")
def secrets(directory):
    return stack.make_secrets(directory / "secrets")


@pytest.fixture(scope="package")
def running(directory, secrets):
    """The whole deployment, running, on a database with demo data."""
    with harness.Database() as database:
        # Odoo's daily run of replenishment and the first orders of the demo's inbox
        # meet on the same rules when all jobs of a new database are due at once;
        # whoever comes second is run again, and Odoo has said so as an error by then.
        # Its vacuum cleaner warns where two cores with nine processes take longer than
        # ten seconds to find out what there is to clean
        database.sql(
            "UPDATE ir_cron SET nextcall = now() + INTERVAL '1 day' WHERE id IN"
            " (SELECT res_id FROM ir_model_data WHERE (module, name) IN"
            " (('stock', 'ir_cron_scheduler_action'), ('base', 'autovacuum_job')))"
        )
        settings = {"WEB_WORKERS": "2"}  # a documented setting; two cores here
        web = stack.OdooService("web", database.name, secrets, directory, settings)
        jobs = stack.OdooService("jobs", database.name, secrets, directory, settings)
        proxy = stack.Proxy(
            directory / "nginx",
            secrets,
            f"127.0.0.1:{web.port}",
            f"127.0.0.1:{web.gevent_port}",
        )
        with proxy, contextlib.ExitStack() as services:
            for service in (web, jobs):
                services.callback(service.stop)
            for service in (web, jobs):  # each takes seconds to start and to stop
                services.callback(service.ask_to_stop)
                service.launch_service()
            web.start()
            jobs.start()
            yield Stack(database, web, jobs, proxy)
