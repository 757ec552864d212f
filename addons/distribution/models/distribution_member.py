# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import re
from collections.abc import Iterable

from odoo import api, fields, models
from odoo.fields import Domain

_SHOWN = re.compile(r"^\[([^\]]+)\] ")


class DistributionMember(models.Model):
    """A partner's place in the network of one company.

    The partner is its own commercial partner; who buys from whom are supply links,
    never the partner's ``parent_id``.
    """

    _name = "distribution.member"
    _inherit = ["order.state.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Network Member"
    _order = "code, id"
    _check_company_auto = True
    _rec_names_search = ["name", "code"]

    _TRANSITIONS = {
        "prospect": ("verified", "active", "closed"),
        "verified": ("active", "closed"),
        "active": ("inactive", "closed"),
        "inactive": ("active", "closed"),
        "closed": ("prospect",),
    }

    partner_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        domain="[('parent_id', '=', False)]",
    )
    name = fields.Char(related="partner_id.name", store=True, index="trigram")
    code = fields.Char(index="trigram", copy=False)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    level_id = fields.Many2one(
        "distribution.level",
        required=True,
        index=True,
        tracking=True,
        ondelete="restrict",
    )
    kind = fields.Selection(related="level_id.kind", store=True, index=True)
    territory_id = fields.Many2one(
        "distribution.territory",
        index=True,
        tracking=True,
        check_company=True,
        ondelete="restrict",
    )
    tier_id = fields.Many2one(
        "distribution.tier", index="btree_not_null", tracking=True, ondelete="restrict"
    )
    class_id = fields.Many2one(
        "distribution.outlet.class",
        index="btree_not_null",
        tracking=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        "res.users",
        "Sales Representative",
        index=True,
        tracking=True,
        check_company=True,
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        [
            ("prospect", "Prospect"),
            ("verified", "Verified"),
            ("active", "Active"),
            ("inactive", "Inactive"),
            ("closed", "Closed"),
        ],
        required=True,
        readonly=True,
        default="prospect",
        copy=False,
        index=True,
        tracking=True,
    )
    active = fields.Boolean(default=True)
    supply_link_ids = fields.One2many(
        "distribution.supply.link", "buyer_id", "Buys From"
    )
    customer_link_ids = fields.One2many(
        "distribution.supply.link", "supplier_id", "Sells To"
    )
    supplier_id = fields.Many2one(
        "distribution.member",
        "Main Supplier",
        compute="_compute_supplier_id",
        store=True,
        index="btree_not_null",
        help="Who supplies it today with everything no other link names; empty: this "
        "company itself. Follows the supply links, and begins and ends with them.",
    )
    buyer_ids = fields.One2many("distribution.member", "supplier_id", "Main Buyers")

    _partner_uniq = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "This partner is a member of the company's network already: open that member.",
    )
    _code_uniq = models.UniqueIndex(
        "(company_id, code) WHERE code IS NOT NULL",
        "Another member of this company has that code.",
    )

    @api.depends(
        "supply_link_ids.supplier_id",
        "supply_link_ids.categ_id",
        "supply_link_ids.date_from",
        "supply_link_ids.date_to",
    )
    def _compute_supplier_id(self):
        links = self.env["distribution.supply.link"]._get_valid(self)
        general = {
            link.buyer_id: link.supplier_id for link in links if not link.categ_id
        }
        for member in self:
            member.supplier_id = general.get(member._origin, False)

    @api.depends("partner_id", "code")
    def _compute_display_name(self):
        for member in self:
            name = member.name or ""
            member.display_name = f"[{member.code}] {name}" if member.code else name

    @api.model
    def _search_display_name(self, operator, value):
        """Found again by what is shown: “[code] name”, as files bring it."""
        domain = super()._search_display_name(operator, value)
        several = isinstance(value, Iterable) and not isinstance(value, str)
        values = value if several else [value]
        codes = [
            found[1]
            for text in values
            if isinstance(text, str) and (found := _SHOWN.match(text))
        ]
        if codes and operator in ("=", "in", "ilike", "like", "=ilike"):
            domain = Domain(domain) | Domain("code", "in", codes)
        return domain
