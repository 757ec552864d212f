# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""What every adapter keeps: it does what its capabilities say, and says so."""

import pytest
from channels import Adapter, Transport, adapters, errors
from channels.types import Credentials, Shop, Tokens

KINDS = sorted(adapters())
#: capability -> the methods that must be there, and only then
METHODS = {
    "returns": ["list_returns"],
    "settlements": ["list_settlements"],
    "listings": ["list_listings"],
    "stock": ["push_stock", "read_stock"],
    "price": ["push_price"],
    "ship": ["ship"],
    "late_tracking": ["change_tracking"],
    "labels": ["get_label"],
    "cancel": ["cancel"],
    "tell_return": ["tell_return"],
    "refund_order": ["refund_order"],
    "answer_cancellation": ["answer_cancellation"],
    "webhooks": ["verify_webhook"],
}


def test_the_channels_of_this_addon_are_known():
    known = {"shopee", "woocommerce", "vendure", "medusa", "generic"}
    assert known <= set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("capability", METHODS)
def test_capabilities_are_true(kind, capability):
    cls = adapters()[kind]
    for name in METHODS[capability]:
        is_there = getattr(cls, name) is not getattr(Adapter, name)
        assert is_there == bool(getattr(cls.capabilities, capability)), name


@pytest.mark.parametrize("kind", KINDS)
def test_log_in_where_there_is_one(kind):
    cls = adapters()[kind]
    by_login = cls.capabilities.auth == "oauth"
    for name in ("authorise_url", "exchange_code", "refresh"):
        assert (getattr(cls, name) is not getattr(Adapter, name)) == by_login, name


@pytest.mark.parametrize("kind", KINDS)
def test_limits_are_limits(kind):
    can = adapters()[kind].capabilities
    assert can.name and can.stock_batch >= 1 and can.order_batch >= 1
    assert can.buckets and all(
        b.capacity >= 1 and b.per_second > 0 for b in can.buckets
    )
    assert len({bucket.name for bucket in can.buckets}) == len(can.buckets)


@pytest.mark.parametrize("kind", KINDS)
def test_without_settings_a_person_hears_what_is_missing(kind):
    with Transport() as transport:
        adapter = adapters()[kind](Shop(kind=kind), Credentials(), transport)
        with pytest.raises(errors.ChannelError) as caught:
            adapter.check()
    assert caught.value.code or caught.value.detail
    assert not isinstance(caught.value, errors.Unavailable)


def test_secrets_are_never_shown():
    secret = "s3cret"
    values = (
        Credentials(app_key="k", app_secret=secret, access_token=secret),
        Tokens(access_token=secret, refresh_token=secret),
    )
    for value in values:
        assert secret not in repr(value) and secret not in str(value)
        assert secret not in f"{[value]}"
