# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import hashlib
import re

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_amount, format_date

from odoo.addons.order_management.models.sale_order_line_availability import _find_date

from ..tools.portal_text import clean_text

#: products a page of the order form
PAGE_SIZE = 24
MAX_TEXT = 200
_TOKEN = re.compile(r"^[0-9a-f]{32}$")


class SaleOrder(models.Model):
    """An order; here: entered by a dealer in the portal.

    The portal's controllers call these methods with ``sudo()`` after they have found
    the member of the user: a dealer has no rights on products, quotas or stock. Every
    method takes that member and looks at nothing else.
    """

    # split by concern
    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    @api.model
    def _dealer_find_products(self, member, text="", page=1):
        """What this company sells to the member, a page at a time.

        :return: dict with ``products`` ({id, name, code, uom, price, quotas, promise})
            and ``more``
        """
        shown, more = self._get_dealer_products(member, None, text, page)
        order = self._new_dealer_order(
            member, [{"product_id": product.id, "quantity": 1} for product in shown]
        )
        return {
            "products": order._prepare_dealer_lines(alone=True),
            "more": more,
        }

    @api.model
    def _get_dealer_products(self, member, supplier, text, page):
        """A page of what ``supplier`` (None: this company) sells to the member.

        :return: products and whether there are more
        """
        products = self.env["product.product"]
        domain = Domain(
            [
                ("sale_ok", "=", True),
                *products._check_company_domain(member.company_id),
            ]
        )
        domain &= member._get_orderable_domain(supplier)
        if text := clean_text(text, MAX_TEXT):
            domain &= Domain("display_name", "ilike", text)
        found = products.search(
            domain, limit=PAGE_SIZE + 1, offset=(max(page, 1) - 1) * PAGE_SIZE
        )
        return found[:PAGE_SIZE], len(found) > PAGE_SIZE

    @api.model
    def _dealer_quote(self, member, lines):
        """Prices, dates, quotas and totals of a dealer's order; stores nothing.

        :param lines: list of {product_id, quantity, uom_id}
        :return: dict with ``lines``, ``problems`` (texts), ``amount_untaxed``,
            ``amount_tax``, ``amount_total`` (texts with the currency)
        :raises UserError: lines that cannot be ordered, says which
        """
        order = self._new_dealer_order(member, lines)
        rows = order._prepare_dealer_lines()
        over = {
            quota["id"]: self._describe_dealer_quota(quota)
            for row in rows
            for quota in row["quotas"]
            if quota["after"] < 0
        }
        return {
            "lines": rows,
            "problems": list(over.values()),
            **{
                name: format_amount(self.env, order[name], order.currency_id)
                for name in ("amount_untaxed", "amount_tax", "amount_total")
            },
        }

    @api.model
    def _dealer_create(self, member, values):
        """Make the dealer's order and hand it to whoever decides on it.

        :param dict values: ``lines``, ``token`` (the same one again makes no second
            order), ``note``, ``reference``, ``shipping_id``
        :return: the order
        :raises UserError: nothing ordered, not sold to this dealer, over a quota
        """
        vals = self._prepare_dealer_order(member, values, complete=True)
        order = self._find_fast_saved(vals.get("entry_token"))
        if order:
            return order
        order = self.create(vals)
        if order.approval_mode == "explicit":
            # what the review holds waits for its owner, and the dealer meets no error
            if not order._keep_held_in_review():
                order._submit_reviewed()
        else:
            order.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Order from the dealer portal: check and confirm"),
                user_id=(member.user_id or self.env.ref("base.user_admin")).id,
            )
        return order

    @api.model
    def _new_dealer_order(self, member, lines):
        vals = self._prepare_dealer_order(member, {"lines": lines}, complete=False)
        return self.with_context(tracking_disable=True).new(vals)

    @api.model
    def _prepare_dealer_order(self, member, values, complete, supplier=None):
        if not isinstance(values, dict):
            raise UserError(self.env._("Send the order as an object with lines."))
        lines = self._prepare_fast_lines(values.get("lines"), complete)
        self._check_dealer_products(member, lines, supplier)
        vals = {
            "company_id": member.company_id.id,
            "partner_id": member.partner_id.id,
            "user_id": member.user_id.id,
            "order_line": lines,
            "origin": self.env._("Dealer portal"),
        }
        # in a website Odoo asks the web shop's price lists; a dealer has one of his own
        if pricelist := member.partner_id.specific_property_product_pricelist:
            vals["pricelist_id"] = pricelist.id
        vals |= self._prepare_dealer_words(member, values)
        if shipping := self._get_dealer_address(member, values.get("shipping_id")):
            vals["partner_shipping_id"] = shipping.id
        return vals

    @api.model
    def _prepare_dealer_words(self, member, values):
        """What a dealer typed and the token of the entry, as far as they are usable.

        The token is kept with the member, so that nobody meets another's.
        """
        vals = {}
        for name, field, length in (
            ("note", "buyer_note", 5000),
            ("reference", "client_order_ref", 64),
        ):
            if text := clean_text(values.get(name), length):
                vals[field] = text
        token = values.get("token")
        if isinstance(token, str) and _TOKEN.match(token):
            key = f"{member.id}:{token}".encode()
            vals["entry_token"] = hashlib.sha256(key).hexdigest()[:32]
        return vals

    @api.model
    def _get_dealer_address(self, member, address_id):
        """One of the member's own delivery addresses.

        :raises UserError: somebody else's
        """
        if not address_id:
            return self.env["res.partner"]
        own = self._get_dealer_addresses(member)
        address = own.filtered(lambda partner: partner.id == address_id)
        if not address:
            raise UserError(
                self.env._(
                    "This delivery address is not yours any more. Choose another one."
                )
            )
        return address

    @api.model
    def _get_dealer_addresses(self, member):
        partner = member.partner_id
        return partner | partner.child_ids.filtered(
            lambda child: child.type in ("delivery", "other")
        )

    @api.model
    def _check_dealer_products(self, member, lines, supplier=None):
        """:raises UserError: a product this supplier does not sell to the member"""
        ids = [vals["product_id"] for _command, _id, vals in lines]
        products = self.env["product.product"].browse(ids)
        allowed = products.filtered_domain(member._get_orderable_domain(supplier))
        refused = products - allowed
        if refused:
            raise UserError(
                self.env._(
                    "%(product)s is not sold to you here: another supplier delivers "
                    "it. Remove it from the order.",
                    product=refused[0].display_name,
                )
            )

    def _prepare_dealer_lines(self, alone=False):
        """Lines as the order form shows them.

        :param alone: each line by itself (a catalogue), not one after the other
        """
        self.ensure_one()
        promises = self._get_dealer_promises(alone)
        return [
            {
                "id": line.product_id.id,
                "name": line.product_id.with_context(
                    display_default_code=False
                ).display_name,
                "code": line.product_id.default_code or "",
                "uom_id": line.product_uom_id.id,
                "uom": line.product_uom_id.name,
                "price": format_amount(
                    self.env,
                    line.price_unit * (1 - line.discount / 100),
                    self.currency_id,
                ),
                "subtotal": format_amount(
                    self.env, line.price_subtotal, self.currency_id
                ),
                "quotas": [
                    {
                        "id": row["id"],
                        "name": row["name"],
                        "left": row["left"],
                        "unit": row["unit"],
                        "after": 0 if alone else row["after"],
                        "policy": row["policy"],
                    }
                    for row in line.quota_info or ()
                ],
                **promises[line],
            }
            for line in self.order_line
        ]

    def _get_dealer_promises(self, alone):
        """``{line: {promise, promise_date}}``: now, later with its date, or ask.

        A dealer learns when, never how much is there.
        """
        lines = self.order_line
        stored = lines.filtered(lambda line: line.product_id.is_storable)
        timeline = stored.product_id._get_promise_timeline(self.warehouse_id)
        taken, promises = {}, {}
        for line in lines:
            promises[line] = {"promise": "now", "promise_date": False}
            if line not in stored:
                continue
            uom = line.product_id.uom_id
            key = line.product_id._origin.id, self.warehouse_id._origin.id
            wanted = line._get_product_quantity()
            if not alone:
                wanted += taken.get(key, 0.0)
                taken[key] = wanted
            if uom.compare(timeline[key][0][1], wanted) >= 0:
                continue
            date = _find_date(timeline[key], wanted, uom)
            promises[line] = {
                "promise": "later" if date else "ask",
                "promise_date": format_date(self.env, date) if date else False,
            }
        return promises

    @api.model
    def _describe_dealer_quota(self, quota):
        names = {
            "name": quota["name"],
            "left": f"{quota['left']:g}",
            "unit": quota["unit"],
            "over": f"{-quota['after']:g}",
        }
        if quota["policy"] == "block":
            return self.env._(
                "Quota “%(name)s”: %(left)s %(unit)s left, this order is %(over)s over "
                "it. Order less.",
                **names,
            )
        return self.env._(
            "Quota “%(name)s”: %(left)s %(unit)s left, this order is %(over)s over it. "
            "It will be looked at before it is accepted.",
            **names,
        )
