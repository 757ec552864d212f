# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class OrderQuota(models.Model):
    """A quota; here: for a part of the network.

    Members count with the orders of their company's partners; with what is below them
    by the supply links that hold on the day the order counts.
    """

    _inherit = "order.quota"

    scope_type = fields.Selection(
        selection_add=[
            ("territory", "Territory"),
            ("tier", "Member tier"),
            ("member", "Member"),
            ("member_tree", "Member and all below"),
        ],
        ondelete={
            "territory": "cascade",
            "tier": "cascade",
            "member": "cascade",
            "member_tree": "cascade",
        },
    )
    territory_id = fields.Many2one(
        "distribution.territory",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        help="With the territories below it.",
    )
    tier_id = fields.Many2one(
        "distribution.tier", "Member Tier", index="btree_not_null", ondelete="restrict"
    )
    member_id = fields.Many2one(
        "distribution.member",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    tree_member_id = fields.Many2one(
        "distribution.member",
        "Member and All Below",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )

    _network_scope_check = models.Constraint(
        "CHECK ((scope_type = 'territory') = (territory_id IS NOT NULL)"
        " AND (scope_type = 'tier') = (tier_id IS NOT NULL)"
        " AND (scope_type = 'member') = (member_id IS NOT NULL)"
        " AND (scope_type = 'member_tree') = (tree_member_id IS NOT NULL))",
        "Choose for whom the quota is: exactly the territory, tier or member that its "
        "scope names.",
    )

    @api.model
    def _get_scope_fields(self):
        return {
            **super()._get_scope_fields(),
            "territory": "territory_id",
            "tier": "tier_id",
            "member": "member_id",
            "member_tree": "tree_member_id",
        }

    @api.model
    def _get_scope_queries(self):
        member = SQL(
            " FROM demand d JOIN res_partner p ON p.id = d.partner_id"
            " JOIN distribution_member m ON m.partner_id = p.commercial_partner_id"
            "  AND m.company_id = d.company_id"
        )
        return {
            **super()._get_scope_queries(),
            "member": SQL("SELECT d.key, 'member:' || m.id %s", member),
            "tier": SQL(
                "SELECT d.key, 'tier:' || m.tier_id %s WHERE m.tier_id IS NOT NULL",
                member,
            ),
            # a quota of a territory counts the territories below it
            "territory": SQL(
                "SELECT d.key, 'territory:' || above.id %s"
                " JOIN distribution_territory t ON t.id = m.territory_id"
                " CROSS JOIN LATERAL unnest("
                "string_to_array(rtrim(t.parent_path, '/'), '/')) AS above(id)",
                member,
            ),
            # a member counts for everybody above it, once
            "member_tree": SQL(
                "(WITH RECURSIVE above(key, day, member_id) AS ("
                " SELECT d.key, d.day, m.id %s"
                " UNION"
                " SELECT above.key, above.day, l.supplier_id FROM above"
                " JOIN distribution_supply_link l ON l.buyer_id = above.member_id"
                " WHERE l.supplier_id IS NOT NULL AND l.date_from <= above.day"
                "  AND (l.date_to IS NULL OR l.date_to >= above.day)"
                ") SELECT DISTINCT key, 'member_tree:' || member_id FROM above)",
                member,
            ),
        }

    @api.model
    def _get_scope_flush_fields(self):
        names = {
            "distribution.member": (
                "company_id",
                "partner_id",
                "territory_id",
                "tier_id",
            ),
            "distribution.supply.link": (
                "buyer_id",
                "date_from",
                "date_to",
                "supplier_id",
            ),
            "distribution.territory": ("parent_path",),
        }
        return [
            *super()._get_scope_flush_fields(),
            *(
                self.env[model]._fields[name]
                for model, fields_ in names.items()
                for name in fields_
            ),
        ]
