# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import secrets

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import float_repr

from .channel_order_is_test import TEST_CUSTOMER

#: what a test order has of each of its products
_QUANTITIES = (2, 1)


class SaleChannel(models.Model):
    """A way of selling; here: trying it out with an order of the own products.

    The test goes the way of every order: it is received, stored, processed by the same
    importer with this channel's settings. Only what would follow is left out.
    """

    _inherit = "sale.channel"

    test_order_count = fields.Integer(
        "Test Orders", compute="_compute_test_order_count"
    )

    def _compute_test_order_count(self):
        counts = dict(
            self.env["channel.order"]._read_group(
                self._get_open_test_domain(), ["channel_id"], ["__count"]
            )
        )
        for channel in self:
            channel.test_order_count = counts.get(channel._origin, 0)

    def _get_open_test_domain(self):
        return [
            ("channel_id", "in", self.ids),
            ("is_test", "=", True),
            ("state", "!=", "ignored"),
        ]

    def action_setup(self):
        """Ask the questions of the guided set-up again, with their answers so far."""
        return self.env["sale.channel.setup"]._open_for(self)

    def action_test(self):
        """Open the last page of the guided set-up: checks and a test order.

        :raises AccessError: for everybody but managers
        :raises UserError: archived, or another company's
        """
        self._check_test_allowed()
        return self.env["sale.channel.setup"]._open_for(self, "test")

    def action_view_test_orders(self):
        """Open the test orders of these channels that were not removed yet."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.channel_order_action"
        )
        return {**action, "domain": self._get_open_test_domain(), "context": {}}

    def action_remove_test_orders(self):
        """Remove all test orders of these channels.

        :raises AccessError: for everybody but managers
        """
        rows = self.env["channel.order"].search(self._get_open_test_domain())
        return rows.action_remove_test() if rows else True

    def _send_test_order(self, products=None):
        """Send an order of ``products`` through the inbox and process it at once.

        An earlier test of this channel is removed first.

        :param products: products with a SKU; the first two of the company unless given
        :return: the row of the inbox, whatever became of it
        :raises AccessError: for everybody but managers
        :raises UserError: archived, another company's, or no product has a SKU
        """
        self._check_test_allowed()
        products = products or self._get_test_products()
        self._check_test_products(products)
        self.action_remove_test_orders()
        payload = self._prepare_test_payload(products)
        inbox = self.env["channel.order"].with_company(self.company_id)
        [answer] = inbox.receive(self.id, [payload])
        row = inbox.browse(answer["id"])
        # rows are nobody's to write: the mark is set once, by the one who made it
        row.sudo().is_test = True
        row.action_process()
        return row

    def _check_test_allowed(self):
        self.ensure_one()
        if not self.env.user.has_group("order_management.group_manager"):
            raise AccessError(
                self.env._("Sending a test order needs the right Order Hub: Manager.")
            )
        self.check_access("read")
        if not self.active:
            raise UserError(
                self.env._(
                    "“%(channel)s” is archived and receives nothing. Unarchive it, "
                    "then send the test order.",
                    channel=self.name,
                )
            )
        if self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "“%(channel)s” belongs to %(company)s. Switch to that company at "
                    "the top of the screen, then send the test order.",
                    channel=self.name,
                    company=self.company_id.name,
                )
            )

    def _check_test_products(self, products):
        if not products:
            raise UserError(
                self.env._(
                    "None of the products that %(company)s sells has a SKU (internal "
                    "reference), so no channel could name one. Give at least one "
                    "product an internal reference of its own and try again.",
                    company=self.company_id.name,
                )
            )
        for product in products:
            if not product.default_code:
                raise UserError(
                    self.env._(
                        "“%(product)s” has no SKU (internal reference). Give it one, "
                        "or choose another product.",
                        product=product.display_name,
                    )
                )

    def _get_sellable_domain(self):
        """Products that an order of this channel may name by their SKU."""
        products = self.env["product.product"]
        return (
            Domain("sale_ok", "=", True)
            & Domain("default_code", "!=", False)
            & Domain("type", "!=", "combo")
            & Domain(products._check_company_domain(self.company_id))
            & Domain("product_tmpl_id", "not in", self._get_charge_templates().ids)
        )

    def _get_charge_templates(self):
        """What stands for fees and discounts is never what somebody orders."""
        kinds = ("shipping", "fee", "discount", "rounding")
        products = self.env["product.product"]
        return products.union(
            *(self._get_charge_product(kind) for kind in kinds)
        ).product_tmpl_id

    def _get_test_products(self, limit=2):
        """The first products whose SKU is nobody else's, goods before services."""
        self.ensure_one()
        domain = self._get_sellable_domain()
        products = self.env["product.product"].search(
            domain, order="type, id", limit=20 * limit
        )
        shared = {
            code
            for code, count in self.env["product.product"]._read_group(
                domain & Domain("default_code", "in", products.mapped("default_code")),
                ["default_code"],
                ["__count"],
            )
            if count > 1
        }
        return products.filtered(lambda one: one.default_code not in shared)[:limit]

    def _prepare_test_payload(self, products):
        """A neutral order as a careful channel would send it."""
        currency = self._get_test_currency()
        lines = [
            self._prepare_test_line(index, product, quantity, currency)
            for index, (product, quantity) in enumerate(
                zip(products, _QUANTITIES, strict=False), start=1
            )
        ]
        total = sum(line.pop("amount") for line in lines)
        now = fields.Datetime.now()
        number = f"TEST-{now:%y%m%d-%H%M%S}-{secrets.token_hex(2)}".upper()
        return {
            "schema_version": 1,
            "external_id": number,
            "number": number,
            "placed_at": f"{now.isoformat()}Z",
            "status": "paid",
            "currency": currency.name,
            "prices_include_tax": self.prices_include_tax,
            "customer": {"external_id": TEST_CUSTOMER, **self._prepare_test_buyer()},
            "shipping_address": self._prepare_test_address(),
            "lines": lines,
            "payment": {
                "method": "test",
                "state": "paid",
                "paid_at": f"{now.isoformat()}Z",
                "amount": _money(total, currency),
            },
            "total": _money(total, currency),
            "note": self.env._("Test order: please do not ship."),
        }

    def _get_test_currency(self):
        return self.pricelist_id.currency_id or self.company_id.currency_id

    def _prepare_test_buyer(self):
        return {"name": self.env._("Test Buyer (%(channel)s)", channel=self.name)}

    def _prepare_test_address(self):
        """The company's own address: its taxes, its provinces."""
        own = self.company_id.partner_id
        country = self.default_country_id or own.country_id
        address = {
            **self._prepare_test_buyer(),
            "street": own.street or self.env._("1 Test Street"),
            "city": own.city or self.env._("Testville"),
            "zip": own.zip or "",
            "state": own.state_id.name or "",
            "country_code": country.code or "",
        }
        return {key: value for key, value in address.items() if value}

    def _prepare_test_line(self, index, product, quantity, currency):
        """One line, with its ``amount`` in the total as a number beside it."""
        company = self.company_id
        product = product.with_company(company)
        today = fields.Date.context_today(self)
        price = product.currency_id._convert(
            product.lst_price or 1.0, currency, company, today
        )
        taxes = product.taxes_id._filter_taxes_by_company(company)
        unit = taxes.compute_all(price, currency, 1.0, product)
        key = "total_included" if self.prices_include_tax else "total_excluded"
        price = currency.round(unit[key])
        line = {
            "external_id": str(index),
            "sku": product.default_code,
            "name": product.with_context(display_default_code=False).display_name,
            "quantity": quantity,
            "unit_price": _money(price, currency),
            "amount": price * quantity,
        }
        if all(tax.amount_type == "percent" for tax in taxes):
            line["tax_rate"] = float_repr(sum(taxes.mapped("amount")), 4)
        if not self.prices_include_tax:
            per_unit = unit["total_included"] - unit["total_excluded"]
            tax = currency.round(per_unit * quantity)
            line.update(tax=_money(tax, currency), amount=line["amount"] + tax)
        return line


def _money(amount, currency):
    return float_repr(amount, currency.decimal_places)
