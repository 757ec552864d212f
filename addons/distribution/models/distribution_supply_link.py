# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain


class DistributionSupplyLink(models.Model):
    """Who supplies a member, with which products, from when to when."""

    _name = "distribution.supply.link"
    _description = "Supply Link"
    _order = "buyer_id, date_from desc, id"
    _check_company_auto = True

    buyer_id = fields.Many2one(
        "distribution.member",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    supplier_id = fields.Many2one(
        "distribution.member",
        index=True,
        check_company=True,
        ondelete="restrict",
        help="Empty: this company itself supplies.",
    )
    categ_id = fields.Many2one(
        "product.category",
        "Products",
        index="btree_not_null",
        ondelete="restrict",
        help="The brand or category this supplier delivers, with those below it; "
        "empty: everything no other link names.",
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("To")
    company_id = fields.Many2one(
        related="buyer_id.company_id", store=True, index=True, precompute=True
    )

    _dates_check = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A supply link ends on or after the day it begins.",
    )
    _self_check = models.Constraint(
        "CHECK (supplier_id IS NULL OR supplier_id <> buyer_id)",
        "A member cannot supply itself. Choose another supplier.",
    )

    is_current = fields.Boolean(
        "Holds Today", compute="_compute_is_current", search="_search_is_current"
    )

    @api.depends("date_from", "date_to")
    def _compute_is_current(self):
        today = self._get_today()
        for link in self:
            begun = link.date_from and link.date_from <= today
            link.is_current = begun and (not link.date_to or link.date_to >= today)

    @api.model
    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self._get_today()
        current = Domain("date_from", "<=", today) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        )
        return current if True in value else ~current

    @api.depends("buyer_id", "supplier_id", "categ_id")
    def _compute_display_name(self):
        for link in self:
            supplier = link.supplier_id.display_name or link.company_id.name
            name = f"{supplier or ''} → {link.buyer_id.display_name or ''}"
            if link.categ_id:
                name = f"{name} ({link.categ_id.display_name})"
            link.display_name = name

    @api.model
    def _get_today(self):
        return fields.Date.context_today(self)

    def _get_valid(self, buyers, day=None):
        """Links of ``buyers`` that hold on ``day`` (default: today), one query."""
        day = day or self._get_today()
        return self.search(
            [
                ("buyer_id", "in", buyers.ids),
                ("date_from", "<=", day),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", day),
            ]
        )
