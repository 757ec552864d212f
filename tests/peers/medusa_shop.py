"""A real Medusa: its database, its server, its seller and its shoppers."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
from pathlib import Path

import psycopg2
import requests

from .. import harness
from . import medusa_goods, npm
from .server import EXAMPLES, ShopServer

FILES = (
    (EXAMPLES / "send.js", "src/send.js"),
    (EXAMPLES / "medusa-subscriber.js", "src/subscribers/medusa-subscriber.js"),
)
EMAIL, PASSWORD = "seller@example.com", "only-for-tests"
ADDRESS = {
    "first_name": "Mali",
    "last_name": "Srisai",
    "address_1": "99 Sukhumvit Rd",
    "city": "Bangkok",
    "postal_code": "10110",
    "country_code": "th",
    "phone": "+66810000000",
}
_ROLE = "suite_peer"


def _sql(*statements, dbname="postgres"):
    with contextlib.closing(psycopg2.connect(dbname=dbname)) as connection:
        connection.autocommit = True
        with connection.cursor() as cr:
            for statement in statements:
                cr.execute(statement)
            return cr.fetchall() if cr.description else []


def _role_password():
    """Of the shops' own role: it may reach no database of Odoo's."""
    return hashlib.sha256(os.environ["PGPASSWORD"].encode()).hexdigest()[:24]


def _ensure_role():
    password = _role_password()
    if not _sql(f"SELECT 1 FROM pg_roles WHERE rolname = '{_ROLE}'"):
        _sql(f"CREATE ROLE {_ROLE} LOGIN PASSWORD '{password}'")
    _sql(f"ALTER ROLE {_ROLE} PASSWORD '{password}'")


class MedusaServer(ShopServer):
    """Medusa with a database of its own in the suite's PostgreSQL."""

    start_timeout = 240

    def __init__(self, folder, hooks, database):
        super().__init__(folder, hooks)
        port = os.environ["PGPORT"]
        self.environment.update(
            DATABASE_URL=f"postgres://{_ROLE}:{_role_password()}@127.0.0.1:{port}/{database}",
            MEDUSA_DISABLE_TELEMETRY="true",
        )
        self._seller = self._front = None
        self._medusa = str(folder.parent / "node_modules" / ".bin" / "medusa")

    def command(self):
        address = ("-H", "127.0.0.1", "-p", str(self.port))
        return ["node", self._medusa, "start", *address]

    def run(self, *arguments):
        """Run one of Medusa's commands to its end."""
        done = subprocess.run(
            ["node", self._medusa, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"medusa {arguments}:\n{done.stdout[-3000:]}")

    def seller(self):
        """The seller's own way in; logging in takes its time and is done once."""
        if not self._seller:
            rest = Rest(self.url)
            login = {"email": EMAIL, "password": PASSWORD}
            token = rest("POST", "/auth/user/emailpass", login)["token"]
            rest.headers["Authorization"] = f"Bearer {token}"
            self._seller = rest
        return self._seller

    def make_key(self):
        """A secret API key, as a seller would make one."""
        made = self.seller()(
            "POST", "/admin/api-keys", {"title": "O", "type": "secret"}
        )
        return made["api_key"]["token"]

    def shopper(self):
        """A shopper without a cart."""
        return Shopper(self)

    def front(self):
        """What every shopper's browser is told: key, region, variants by SKU."""
        if not self._front:
            seller = self.seller()
            keys = seller("GET", "/admin/api-keys?type=publishable")["api_keys"]
            found = seller("GET", "/admin/product-variants?limit=100&fields=id,sku")
            self._front = (
                next(key["token"] for key in keys if key["title"] == "shop"),
                seller("GET", "/admin/regions")["regions"][0]["id"],
                {variant["sku"]: variant["id"] for variant in found["variants"]},
            )
        return self._front

    def payment_id(self, order_id):
        order = self.seller()(
            "GET", f"/admin/orders/{order_id}?fields=*payment_collections.payments"
        )["order"]
        return order["payment_collections"][0]["payments"][0]["id"]

    def capture(self, order_id):
        """The seller takes the authorised money."""
        payment = self.payment_id(order_id)
        return self.seller()("POST", f"/admin/payments/{payment}/capture", {})

    def refund(self, order_id, amount):
        """The seller gives money back."""
        path = f"/admin/payments/{self.payment_id(order_id)}/refund"
        return self.seller()("POST", path, {"amount": amount})["payment"]["refunds"][-1]

    def take_back(self, order_id, lines, location):
        """The seller takes goods back: asked for, received, on the shelf again."""
        seller = self.seller()
        items = {"items": [{"id": key, "quantity": n} for key, n in lines.items()]}
        values = {"order_id": order_id, "location_id": location}
        path = (
            "/admin/returns/" + seller("POST", "/admin/returns", values)["return"]["id"]
        )
        for step, body in (
            ("request-items", items),
            ("request", {}),
            ("receive", {}),
            ("receive-items", items),
            ("receive/confirm", {}),
        ):
            seller("POST", f"{path}/{step}", body)
        return path.rpartition("/")[2]


class Rest:
    """JSON over HTTP; anything but success is an error of the test."""

    def __init__(self, url):
        self.url, self._session = url, requests.Session()
        self._session.trust_env = False
        # Node ends an idle connection without a word, maybe while it is asked again
        self._session.headers["Connection"] = "close"
        self.headers = self._session.headers

    def __call__(self, method, path, body=None):
        answer = self._session.request(method, self.url + path, json=body, timeout=120)
        if not answer.ok:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()


class Shopper(Rest):
    """Somebody who fills a cart and orders; the money is authorised, not taken."""

    def __init__(self, server):
        super().__init__(server.url)
        key, self._region, self._variants = server.front()
        self.headers["x-publishable-api-key"] = key

    def order(self, wanted, email="mali@example.com", codes=()):
        """Order ``{sku: quantity}``; the order as the shopper sees it."""
        cart = self(
            "POST", "/store/carts", {"region_id": self._region, "email": email}
        )["cart"]["id"]
        for sku, quantity in wanted.items():
            line = {"variant_id": self._variants[sku], "quantity": quantity}
            self("POST", f"/store/carts/{cart}/line-items", line)
        addresses = {"shipping_address": ADDRESS, "billing_address": ADDRESS}
        self("POST", f"/store/carts/{cart}", addresses)
        if codes:
            body = {"promo_codes": list(codes)}
            self("POST", f"/store/carts/{cart}/promotions", body)
        options = self("GET", f"/store/shipping-options?cart_id={cart}")
        option = {"option_id": options["shipping_options"][0]["id"]}
        self("POST", f"/store/carts/{cart}/shipping-methods", option)
        collection = self("POST", "/store/payment-collections", {"cart_id": cart})
        path = f"/store/payment-collections/{collection['payment_collection']['id']}"
        provider = {"provider_id": "pp_system_default"}
        self("POST", f"{path}/payment-sessions", provider)
        done = self("POST", f"/store/carts/{cart}/complete")
        assert done["type"] == "order", done
        return done["order"]


def _template(folder, hooks):
    """A filled database to copy, made once for each version of Medusa and goods."""
    goods = Path(medusa_goods.__file__)
    parts = (folder.parent.name.encode(), goods.read_bytes())
    name = "peer_medusa_" + hashlib.sha256(b"".join(parts)).hexdigest()[:12]
    with (npm.CACHE / "medusa-database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = _sql("SELECT datname FROM pg_database WHERE datname ~ '^peer_medusa_'")
        if (name,) not in known:
            _sql(*(f'DROP DATABASE IF EXISTS "{old}"' for (old,) in known), "SELECT 1")
            _build(folder, hooks, name)
    return name


def _build(folder, hooks, name):
    draft = f"{name}_draft"
    _sql(
        f'DROP DATABASE IF EXISTS "{draft}" WITH (FORCE)',
        f'CREATE DATABASE "{draft}" OWNER {_ROLE}',
    )
    server = MedusaServer(folder, hooks, draft)
    server.run("db:migrate")
    server.run("user", "-e", EMAIL, "-p", PASSWORD)
    with server:
        medusa_goods.fill(server.seller())
    _sql(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


@contextlib.contextmanager
def running(hooks):
    """A running Medusa with a few shirts, on a database that is dropped at the end."""
    _ensure_role()
    with npm.workplace("medusa", *FILES) as folder:
        template = _template(folder, hooks)
        database = f"peer_{os.getpid()}"
        _sql(
            f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)',
            f'CREATE DATABASE "{database}" TEMPLATE "{template}" OWNER {_ROLE}'
            f"{harness.IN_MEMORY}",
        )
        try:
            with MedusaServer(folder, hooks, database) as server:
                server.hooks = hooks
                yield server
        finally:
            _sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
