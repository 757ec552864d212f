# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import float_is_zero
from odoo.tools.sql import escape_psql

#: the most that one person types into one quotation
MAX_LINES = 500
MAX_QUANTITY = 1_000_000_000
#: answers to a search: what fits under the box
MAX_ANSWERS = 8
_TOKEN = re.compile(r"^[0-9a-f]{32}$")


class SaleOrder(models.Model):
    """An order; here: entered by keyboard, without a form in between.

    The screen asks these methods and nothing else. Prices, taxes and totals it shows
    are those of a quotation in memory, made of the same values that ``fast_create``
    stores: what was shown is what is saved.
    """

    _inherit = "sale.order"

    entry_token = fields.Char(
        readonly=True,
        copy=False,
        help="Tells an entry that is sent again from a new one.",
    )

    _entry_token_uniq = models.UniqueIndex(
        "(entry_token) WHERE entry_token IS NOT NULL",
        "This order was saved already.",
    )

    @api.model
    def fast_setup(self):
        """What the screen needs once.

        :return: dict with ``channels`` ({id, name}, those for entry by hand),
            ``currency_id`` and ``country_id``, the company's, ``countries`` ({id,
            name}) and ``states`` ({id, name}) of that country
        :raises AccessError: for everybody but clerks
        """
        self._check_fast_allowed()
        channels = self.env["sale.channel"].search(
            [
                ("channel_type", "=", "manual"),
                ("company_id", "=", self.env.company.id),
            ]
        )
        return {
            "channels": channels.read(["name"]),
            "currency_id": self.env.company.currency_id.id,
            **self._get_fast_places(),
        }

    @api.model
    @api.readonly
    def fast_find_products(self, text):
        """Products by what was scanned or typed.

        A barcode, a packaging's barcode or a whole SKU is one product; everything else
        is a search by name and part of the SKU.

        :return: list of {id, name, code, uom, uom_id, factor, quantity}, at most 8;
            ``quantity`` of ``uom`` is what one scan adds, ``factor`` how many of the
            product's own unit one ``uom`` is; ``exact`` true when the first is what
            was meant
        :raises AccessError: for everybody but clerks
        """
        self._check_fast_allowed()
        text = self._check_fast_text(text)
        products = self.env["product.product"]
        sellable = Domain("sale_ok", "=", True) & Domain(
            products._check_company_domain(self.env.company)
        )
        exact = pack = products
        for domain in (
            Domain("barcode", "=", text),
            Domain("default_code", "=", text),
            Domain("default_code", "=ilike", escape_psql(text)),
        ):
            exact = products.search(sellable & domain, limit=MAX_ANSWERS)
            if exact:
                break
        else:
            pack = self.env["product.uom"].search([("barcode", "=", text)], limit=1)
            exact = pack.product_id.filtered_domain(sellable)
        found = exact or products.search(
            sellable & Domain("display_name", "ilike", text), limit=MAX_ANSWERS
        )
        packed = pack if exact else None
        return [
            {
                "id": product.id,
                "name": product.with_context(display_default_code=False).display_name,
                "code": product.default_code or product.barcode or "",
                "exact": len(exact) == 1,
                **self._prepare_fast_unit(product, packed),
            }
            for product in found
        ]

    @api.model
    def _prepare_fast_unit(self, product, pack):
        """What one scan adds: a pack where packs are sold, else the pack's units."""
        uom, quantity = product.uom_id, 1.0
        if pack:
            uses_units = self.env.user.has_group("uom.group_uom")
            if uses_units and pack.uom_id in product.uom_ids:
                uom = pack.uom_id
            else:
                quantity = pack.uom_id._compute_quantity(1.0, uom, round=False)
        return {
            "uom_id": uom.id,
            "uom": uom.name,
            "factor": uom._compute_quantity(1.0, product.uom_id, round=False),
            "quantity": quantity,
        }

    @api.model
    def fast_quote(self, values):
        """Prices, availability and totals of what is on the screen; stores nothing.

        :param dict values: see ``fast_create``; the customer may be missing yet
        :return: dict with ``lines`` ({price_unit, discount, subtotal, available, uom}
            in the given order), ``amount_untaxed``, ``amount_tax``, ``amount_total``,
            ``currency_id``, ``pricelist``; amounts in that currency, ``available`` in
            the product's own unit or False for what is not stored
        :raises AccessError: for everybody but clerks
        :raises UserError: on values that cannot be an order
        """
        self._check_fast_allowed()
        vals = self._prepare_fast_order(values, complete=False)
        order = self.with_context(tracking_disable=True).new(vals)
        available = self._get_fast_availability(
            order.order_line.product_id, order.warehouse_id
        )
        return {
            "lines": [
                {
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "subtotal": line.price_subtotal,
                    "available": available.get(line.product_id.id, False),
                    "uom": line.product_uom_id.name,
                }
                for line in order.order_line
            ],
            "amount_untaxed": order.amount_untaxed,
            "amount_tax": order.amount_tax,
            "amount_total": order.amount_total,
            "currency_id": order.currency_id.id,
            "pricelist": order.pricelist_id.display_name or "",
        }

    @api.model
    def fast_create(self, values):
        """Make the quotation.

        :param dict values: ``partner_id`` or ``customer`` ({name, phone, street, city,
            state_id, country_id}, who is made), ``lines`` ([{product_id, quantity,
            uom_id}], the unit the product's own unless given), and if wanted
            ``channel_id``, ``note`` and ``token``: the same one again makes no second
            order
        :return: dict {id, name, amount_total, currency_id}
        :raises AccessError: for everybody but clerks
        :raises UserError: on values that cannot be an order; says what to change
        """
        self._check_fast_allowed()
        vals = self._prepare_fast_order(values, complete=True)
        order = self._find_fast_saved(vals.get("entry_token"))
        if not order:
            if not vals["partner_id"]:
                partner = self._create_fast_customer(values.get("customer"))
                vals["partner_id"] = partner.id
            order = self.create(vals)
        return {
            "id": order.id,
            "name": order.name,
            "amount_total": order.amount_total,
            "currency_id": order.currency_id.id,
        }

    @api.model
    def _find_fast_saved(self, token):
        """The order that this entry made before the answer got lost."""
        if not token:
            return self.browse()
        return self.search(
            [("entry_token", "=", token), ("create_uid", "=", self.env.uid)]
        )

    @api.model
    def _check_fast_allowed(self):
        if not self.env.user.has_group("order_management.group_clerk"):
            raise AccessError(
                self.env._(
                    "Fast entry needs the right Order Hub: Clerk. Ask an administrator "
                    "for it."
                )
            )

    @api.model
    def _check_fast_text(self, text):
        text = text.replace("\0", "").strip() if isinstance(text, str) else ""
        if not text or len(text) > 200:
            raise UserError(self.env._("Type 1 to 200 characters to search for."))
        return text

    @api.model
    def _prepare_fast_order(self, values, complete):
        """Checked values for ``create``: every figure and every id as a stranger's."""
        if not isinstance(values, dict):
            raise UserError(self.env._("Send the order as an object with lines."))
        channel = self._get_fast_record(
            "sale.channel", values.get("channel_id"), self.env._("Channel")
        )
        partner = self._get_fast_record(
            "res.partner", values.get("partner_id"), self.env._("Customer")
        )
        vals = {
            "company_id": self.env.company.id,
            "partner_id": partner.id,
            "order_line": self._prepare_fast_lines(values.get("lines"), complete),
            **self._prepare_fast_channel(channel),
        }
        token = values.get("token")
        if complete and isinstance(token, str) and _TOKEN.match(token):
            vals["entry_token"] = token
        if isinstance(values.get("note"), str) and values["note"].strip():
            vals["buyer_note"] = values["note"].replace("\0", "").strip()[:5000]
        return vals

    @api.model
    def _prepare_fast_channel(self, channel):
        fixed = {
            "sale_channel_id": channel,
            "warehouse_id": channel.warehouse_id,
            "team_id": channel.team_id,
            "pricelist_id": channel.pricelist_id,
        }
        return {name: record.id for name, record in fixed.items() if record}

    @api.model
    def _prepare_fast_lines(self, lines, complete):
        if not isinstance(lines, list) or len(lines) > MAX_LINES:
            raise UserError(
                self.env._("An order has 1 to %(count)s lines.", count=MAX_LINES)
            )
        if complete and not lines:
            raise UserError(self.env._("Scan or type at least one product first."))
        lines = [line if isinstance(line, dict) else {} for line in lines]
        ids = {line.get("product_id") for line in lines if _is_id(line)}
        domain = Domain("id", "in", list(ids)) & Domain("sale_ok", "=", True)
        products = self.env["product.product"]
        domain &= Domain(products._check_company_domain(self.env.company))
        products = products.search(domain)
        # a price needs no analytic accounts, which Odoo looks up line by line
        common = {} if complete else {"analytic_distribution": False}
        return [
            Command.create(
                {**self._prepare_fast_line(number, line, products), **common}
            )
            for number, line in enumerate(lines, start=1)
        ]

    @api.model
    def _prepare_fast_line(self, number, line, products):
        if not _is_id(line) or line["product_id"] not in products._ids:
            raise UserError(
                self.env._(
                    "Line %(line)s: this product cannot be sold here. Remove the line "
                    "and search for another product.",
                    line=number,
                )
            )
        quantity = line.get("quantity")
        if not self._is_fast_quantity(quantity):
            raise UserError(
                self.env._(
                    "Line %(line)s: the quantity must be a number above zero.",
                    line=number,
                )
            )
        return {
            "sequence": 10 * number,
            "product_id": line["product_id"],
            "product_uom_qty": quantity,
            **self._prepare_fast_line_unit(number, line, products),
        }

    @api.model
    def _is_fast_quantity(self, quantity):
        """A number that an order can hold: above zero also when it is rounded."""
        if isinstance(quantity, bool) or not isinstance(quantity, int | float):
            return False
        # what is no number compares with none; a whole one may be too long for a float
        if not 0 < quantity <= MAX_QUANTITY:
            return False
        digits = self.env["decimal.precision"].precision_get("Product Unit")
        return not float_is_zero(quantity, precision_digits=digits)

    @api.model
    def _prepare_fast_line_unit(self, number, line, products):
        uom_id = line.get("uom_id")
        product = products.browse(line["product_id"])
        if not uom_id:
            return {}
        allowed = product.uom_id._ids + product.uom_ids._ids
        if type(uom_id) is not int or uom_id not in allowed:
            raise UserError(
                self.env._(
                    "Line %(line)s: %(product)s is not sold in this unit. Remove the "
                    "line and enter it again.",
                    line=number,
                    product=product.display_name,
                )
            )
        return {"product_uom_id": uom_id}

    @api.model
    def _get_fast_record(self, model, record_id, label):
        """The record if this user may use it in this company; empty for none."""
        records = self.env[model]
        if not record_id:
            return records
        if isinstance(record_id, int) and not isinstance(record_id, bool):
            domain = Domain("id", "=", record_id)
            if "company_id" in records._fields:
                domain &= Domain(records._check_company_domain(self.env.company))
            records = records.search(domain)
        if not records:
            raise UserError(
                self.env._("%(what)s: not found. Choose another one.", what=label)
            )
        return records

    @api.model
    def _get_fast_availability(self, products, warehouse):
        """``{product id: what can be promised from the warehouse}`` of stored goods, in
        the product's own unit.
        """
        stored = products.filtered("is_storable")
        return stored._get_available_to_promise(warehouse)


def _is_id(line):
    product_id = line.get("product_id")
    return isinstance(product_id, int) and not isinstance(product_id, bool)
