import pytest

from . import medusa_shop, npm
from .vendure_shop import FILES as VENDURE_FILES
from .vendure_shop import VendureServer
from .webhooks import Inbox


@pytest.fixture(scope="session")
def vendure():
    """A real Vendure with some goods; its webhooks arrive at ``vendure.hooks``."""
    with npm.workplace("vendure", *VENDURE_FILES) as folder, Inbox() as hooks:
        with VendureServer(folder, hooks) as server:
            server.hooks = hooks
            yield server


@pytest.fixture(scope="session")
def medusa():
    """A real Medusa with a few shirts; its webhooks arrive at ``medusa.hooks``."""
    with Inbox() as hooks, medusa_shop.running(hooks) as server:
        yield server
