# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""WooCommerce's signatures and errors."""

import json
from pathlib import Path

import pytest
from channels import errors
from channels.types import Credentials, Shop
from channels.woocommerce import oauth_signature
from channels.woocommerce.client import Client, error_of

VECTORS = json.loads(
    (Path(__file__).parent / "data" / "woocommerce_signatures.json").read_text("utf-8")
)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_oauth_signature(vector):
    assert vector["signature"] == oauth_signature(
        vector["method"], vector["url"], vector["params"], vector["consumer_secret"]
    )


@pytest.mark.parametrize(
    ("status", "code", "cls"),
    [
        (401, "woocommerce_rest_authentication_error", errors.AuthorisationLost),
        (403, "woocommerce_rest_cannot_view", errors.PermissionMissing),
        (404, "woocommerce_rest_product_invalid_id", errors.NotFound),
        (404, "rest_no_route", errors.Misconfigured),
        (400, "rest_invalid_param", errors.Refused),
        (413, "woocommerce_rest_request_entity_too_large", errors.Refused),
        (500, "internal_server_error", errors.Unavailable),
        (500, "woocommerce_rest_cannot_create_order_refund", errors.Refused),
    ],
)
def test_errors_by_what_to_do(status, code, cls):
    assert type(error_of(status, code, "")) is cls


class Recorder:
    """A transport that keeps what it was asked."""

    def request(self, method, url, **options):
        self.asked = {"method": method, "url": url, **options}
        raise errors.Unavailable("not there")


@pytest.mark.parametrize(
    ("address", "basic"),
    [("https://shop.example", True), ("http://shop.example", False)],
)
def test_the_secret_travels_only_over_https(address, basic):
    transport = Recorder()
    shop = Shop(kind="woocommerce", base_url=f"{address}/")
    client = Client(shop, Credentials(app_key="ck", app_secret="cs_secret"), transport)
    with pytest.raises(errors.Unavailable):
        client.get("orders")
    assert transport.asked["url"] == f"{address}/wp-json/wc/v3/orders"
    assert transport.asked["auth"] == (("ck", "cs_secret") if basic else None)
    assert "cs_secret" not in str(transport.asked["params"])
