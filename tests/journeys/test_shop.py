"""A shop is connected, matched, sold from and put right, in the real client.

The shop is a simulated WooCommerce that checks every signature; Odoo runs its jobs.
"""

import pytest
import requests

from .. import harness
from ..channel_sim.woocommerce import WooCommerceSimulator
from .browser import DESKTOP, PHONE, Person, chromium

KEEPER = "shop_keeper"
#: SKU -> (name here, units)
GOODS = {
    "TEA-POT": ("Journey Teapot", 12),
    "TEA-CUP": ("Journey Teacup with a Saucer", 40),
    "TRAY": ("Journey Tray", 7),
    "VASE": ("Journey Vase", 9),
}
SETUP = """
import json
spec = json.loads({spec!r})
config = env["ir.config_parameter"]
config.set_param("web.base.url", spec["url"])
config.set_param("web.base.url.freeze", "True")
company = env.company
company.channel_last_units = 0
group = env.ref("stock_sync.group_connector_admin")
env["res.users"].with_context(no_reset_password=True).create(dict(
    name="Shop Keeper", login=spec["keeper"], password=spec["keeper"],
    company_id=company.id, company_ids=[(6, 0, company.ids)],
    group_ids=[(6, 0, [env.ref("base.group_user").id, group.id,
                       env.ref("stock.group_stock_manager").id])],
    odoobot_state="disabled"))  # its chat covers a phone
warehouse = env["stock.warehouse"].search([("company_id", "=", company.id)], limit=1)
products = dict()
for sku, (name, units) in spec["goods"].items():
    product = env["product.product"].create(dict(
        name=name, default_code=sku, is_storable=True, taxes_id=[(5,)]))
    env["stock.quant"]._update_available_quantity(
        product, warehouse.lot_stock_id, units)
    products[sku] = product.id
channel = env["sale.channel"].create(dict(
    name="Tea House", company_id=company.id, channel_type="woocommerce",
    sync_base_url=spec["shop"], sync_allow_private=True, approval_mode="none",
    warehouse_id=warehouse.id, auto_confirm=True, tax_policy="channel"))
channel.sudo()._get_account().write(dict(app_key=spec["key"],
                                         app_secret=spec["secret"]))
env.cr.commit()
print(json.dumps(dict(channel=channel.id, products=products,
                      location=warehouse.lot_stock_id.id,
                      currency=company.currency_id.name)))
"""


class House:
    """Odoo, the shop, and a browser; ``channel`` is connected by the first test."""

    def __init__(self, browser, server, database, shop, made):
        self.browser, self.server, self.database = browser, server, database
        self.shop = shop
        self.channel, self.products = made["channel"], made["products"]
        self.location = made["location"]
        self.session = server.session()
        self.items = {}

    def person(self, size=DESKTOP):
        return Person(self.browser, self.server.url, KEEPER, KEEPER, size)

    def open_channel(self, person):
        person.open(f"hub-channels/{self.channel}", wait=".o_form_view")

    def shows(self, sku):
        return self.items[sku]["stock_quantity"]

    def wait(self, condition, what):
        return harness.wait_until(condition, 60, 0.2, what)

    def wait_shows(self, sku, units):
        self.wait(lambda: self.shows(sku) == units, f"{units} of {sku}")

    def is_told(self):
        """Whether the shop shows of the vase what it should."""
        rows = self.sql(
            "SELECT target_qty FROM channel_listing WHERE channel_id = %s"
            " AND sku = 'VASE' AND push_state = 'done'",
            self.channel,
        )
        return rows and rows[0][0] == self.shows("VASE")

    def sql(self, query, *params):
        return self.database.sql(query, params)

    def hooks(self):
        """``{topic: webhook}`` as Odoo asked the shop for them."""
        return {hook["topic"]: hook for hook in self.shop.webhooks.values()}

    def deliver(self):
        """The shop sends its webhooks where it was asked to; what was answered."""
        hook = self.hooks()["order.updated"]
        return [
            requests.post(hook["delivery_url"], data=body, headers=headers, timeout=30)
            for headers, body in self.shop.take_webhooks(hook["secret"])
        ]

    def count(self, sku, units):
        """Somebody counts the shelf."""
        quant = self.session.call(
            "stock.quant",
            "create",
            {
                "product_id": self.products[sku],
                "location_id": self.location,
                "inventory_quantity": units,
            },
            context={"inventory_mode": True},
        )
        quants = quant if isinstance(quant, list) else [quant]
        self.session.call("stock.quant", "action_apply_inventory", quants)

    def order_here(self, number):
        """The sale order's id of an order of the shop, None before."""
        rows = self.sql(
            "SELECT sale_order_id FROM channel_order"
            " WHERE channel_id = %s AND external_id = %s AND state = 'imported'",
            self.channel,
            str(number),
        )
        return rows and rows[0][0]


def stock_the_shop(shop, items):
    """What the shop sells: each listing is found in another way."""
    # by SKU
    items["TEA-POT"] = shop.add_product("Teapot of clay", "TEA-POT", "30.00", 1)
    items["VASE"] = shop.add_product("Vase", "VASE", "25.00", 1)
    # a name that is close, and a SKU of the shop's own
    name = "Journey Teacup with Saucer"
    items["TEA-CUP"] = shop.add_product(name, "W-2041", "8.00", 3)
    # by hand only, and its SKU is there twice
    items["TRAY"] = shop.add_product("Lacquer", "W-77", "15.00", 2)
    items["other"] = shop.add_product("Something else", "W-77", "5.00", 2)


@pytest.fixture(scope="module")
def house():
    with harness.Database() as database, WooCommerceSimulator(seed=7) as shop:
        server = harness.Server(database, jobs=True)
        spec = {
            "url": server.url,
            "keeper": KEEPER,
            "goods": GOODS,
            "shop": shop.url,
            "key": shop.key,
            "secret": shop.secret,
        }
        made = harness.run_odoo_shell(
            database, SETUP.format(spec=harness.json.dumps(spec))
        )
        shop.currency = made["currency"]
        with server, chromium() as browser:
            house = House(browser, server, database, shop, made)
            stock_the_shop(shop, house.items)
            yield house


@pytest.fixture
def connected(house):
    """The shop, connected and matched, whatever ran before."""
    [[state]] = house.sql(
        "SELECT sync_state FROM sale_channel WHERE id = %s", house.channel
    )
    if state != "connected":
        house.session.button("sale.channel", "action_test_connection", [house.channel])
    house.session.button("sale.channel", "action_fetch_listings", [house.channel])
    house.wait(
        lambda: house.sql(
            "SELECT 1 FROM channel_listing WHERE channel_id = %s", house.channel
        ),
        "listings",
    )
    return house


@pytest.fixture
def publishing(connected):
    """Its stock follows ours."""
    connected.session.call(
        "sale.channel", "write", [connected.channel], {"stock_is_published": True}
    )
    connected.wait(connected.is_told, "the stock of the vase")
    return connected


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_a_shop_is_connected(house, size):
    """SS-2: a wrong key is answered exactly, the right one connects."""
    label = "phone" if size is PHONE else "desktop"
    person = house.person(size)
    page = person.page
    person.open("hub-channel-setup", wait=".o_form_view")
    page.fill(".oe_title [name=name] :is(input, textarea)", f"Shop on a {label}")
    page.locator("[name=channel_type] label", has_text="WooCommerce").click()
    person.settle()
    for _page in range(3):
        person.press("action_next")
    assert "consumer key" in person.text("[name=key_guide]")
    # what a WooCommerce shop has not got is not asked for
    assert not page.locator("[name=access_token_input]:visible").count()
    page.fill("[name=sync_base_url] input", house.shop.url)
    page.fill("[name=app_key] input", "ck_wrong")
    page.fill("[name=app_secret_input] input", house.shop.secret)
    person.press("action_test_connection")
    # an address of the own network has to be meant
    answer = "[name=sync_result]:visible"
    assert "private network" in person.text(answer).lower()
    page.check("[name=sync_allow_private] input")
    person.press("action_test_connection")
    assert "refuses the keys" in person.text(answer)
    person.shot(f"shop-setup-wrong-{label}")
    page.fill("[name=app_key] input", house.shop.key)
    person.press("action_test_connection")
    assert "Connected to Simulated shop" in person.text(answer)
    person.shot(f"shop-setup-right-{label}")
    assert not person.is_too_wide()
    [[channel, state]] = house.sql(
        "SELECT id, sync_state FROM sale_channel WHERE name = %s", f"Shop on a {label}"
    )
    assert state == "connected"
    assert house.shop.secret not in page.content()
    addresses = {hook["delivery_url"] for hook in house.shop.webhooks.values()}
    assert any(f"/webhook/{channel}/" in one for one in addresses)
    person.assert_no_problem()


def test_listings_are_matched(house):
    """SS-3: by SKU at once, a suggestion by one click, the rest by hand."""
    house.session.button("sale.channel", "action_test_connection", [house.channel])
    person = house.person()
    page = person.page
    house.open_channel(person)
    person.press("action_fetch_listings")
    house.wait(
        lambda: house.sql(
            "SELECT 1 FROM sale_channel"
            " WHERE id = %s AND listing_fetched_at IS NOT NULL",
            house.channel,
        ),
        "listings",
    )
    house.open_channel(person)
    person.open_stat("To Match")
    page.wait_for_selector(".o_list_view")
    person.settle()
    person.shot("shop-listings-to-match")
    rows = page.locator(".o_data_row")
    assert rows.count() == 3, "two were found by their SKU"
    close = rows.filter(has_text="W-2041")
    assert "Journey Teacup" in close.inner_text(), "the suggestion is shown"
    close.locator("button[name=action_accept_suggestion]").click()
    person.settle()
    assert rows.count() == 2
    assert rows.filter(has_text="Twice").count() == 2, "one SKU, two listings"
    # by hand, where one looks
    rows.filter(has_text="Lacquer").locator("[name=product_id]").click()
    page.fill(".o_selected_row [name=product_id] input", "Journey Tray")
    page.locator(".o-autocomplete--dropdown-item", has_text="Journey Tray").click()
    person.settle()
    page.locator(".o_list_button_save:visible").click()
    person.settle()
    matched = dict(
        house.sql(
            "SELECT sku || name, product_id FROM channel_listing"
            " WHERE channel_id = %s AND state = 'matched'",
            house.channel,
        )
    )
    assert set(matched.values()) == set(house.products.values())
    person.assert_no_problem()


def test_orders_arrive(connected):
    """SS-4: by webhook at once; one whose webhook is lost when the shop is read."""
    house = connected
    shop = house.shop
    told = shop.order([(house.items["TEA-POT"], 1)])["id"]
    assert [answer.status_code for answer in house.deliver()] == [200]
    house.wait(lambda: house.order_here(told), "the order that was told")
    lost = shop.order([(house.items["TEA-POT"], 2)])["id"]
    shop.events.clear()
    person = house.person()
    page = person.page
    house.open_channel(person)
    person.press("action_poll")
    sale = house.wait(lambda: house.order_here(lost), "the order that was not told")
    person.follow("hub-inbox")
    person.page.locator(".o_facet_remove").first.click()
    person.settle()
    row = page.locator(".o_data_row", has_text=str(lost)).first
    assert "Tea House" in row.inner_text()
    person.shot("shop-inbox")
    person.follow(f"hub-orders/{sale}", wait=".o_form_view")
    assert "Journey Teapot" in person.text(".o_form_view")
    assert house.sql("SELECT state FROM sale_order WHERE id = %s", sale) == [("sale",)]
    person.assert_no_problem()


def test_drift_is_found_and_put_right(publishing):
    """SS-8: what somebody changed in the shop is shown, and one click is enough."""
    house = publishing
    right = house.shows("VASE")
    house.items["VASE"]["stock_quantity"] = 500
    person = house.person()
    page = person.page
    house.open_channel(person)
    person.press("action_check_drift")
    [[check]] = house.sql(
        "SELECT max(id) FROM channel_drift_check WHERE channel_id = %s", house.channel
    )
    house.wait(
        lambda: house.sql(
            "SELECT 1 FROM channel_drift_check WHERE id = %s AND state = 'done'", check
        ),
        "the comparison",
    )
    person.follow(f"hub-drift/{check}", wait=".o_form_view")
    row = page.locator("[name=line_ids] .o_data_row", has_text="VASE")
    assert "Changed in the shop" in row.inner_text()
    person.shot("shop-drift")
    row.locator("button[name=action_fix]").click()
    person.settle()
    house.wait_shows("VASE", right)
    assert "Sent again" in row.inner_text()
    person.assert_no_problem()


@pytest.mark.slow
def test_paused_and_resumed(publishing):
    """SS-2: paused nothing is read nor sent; then all of it is made up for."""
    house = publishing
    person = house.person()
    house.open_channel(person)
    person.press("action_pause")
    assert "Paused" in person.text(".o_form_view")
    # what was on its way to the shop when it was paused
    house.wait(
        lambda: not house.sql("SELECT 1 FROM queue_job WHERE state = 'started'"),
        "the end of what was running",
    )
    before = house.shows("VASE")
    calls = len(house.shop.calls)
    order = house.shop.order([(house.items["TEA-POT"], 1)])["id"]
    house.deliver()
    house.count("VASE", before + 4)
    person.page.wait_for_timeout(2500)
    assert house.shop.calls[calls:] == [], "nobody called the shop"
    assert house.shows("VASE") == before
    person.press("action_resume")
    house.wait(lambda: house.order_here(order), "the order of the pause")
    house.wait_shows("VASE", before + 4)
    person.assert_no_problem()


def test_who_set_it_to_zero_and_why(publishing):
    """SS-9: from the listing to what was sent, when, by whom and why."""
    house = publishing
    house.count("VASE", 0)
    house.wait_shows("VASE", 0)
    [[listing]] = house.sql(
        "SELECT id FROM channel_listing WHERE channel_id = %s AND sku = 'VASE'",
        house.channel,
    )
    person = house.person()
    page = person.page
    person.open(f"hub-listings/{listing}", wait=".o_form_view")
    assert page.locator("[name=why] li").count() >= 2
    person.shot("shop-listing-why")
    person.open_stat("Sent")
    page.wait_for_selector(".o_list_view")
    person.settle()
    first = page.locator(".o_data_row").first.inner_text()
    assert "Goods moved" in first
    # who counted the shelf, not who happened to send it
    assert house.session.info["name"] in first
    person.shot("shop-listing-log")
    page.locator(".o_data_row").first.locator("[name=name]").click()
    page.wait_for_selector(".o_form_view")
    person.settle()
    person.shot("shop-log-entry")
    person.assert_no_problem()
