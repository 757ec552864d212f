# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import ormcache


class DistributionMember(models.Model):
    """A member; here: the stock it keeps and what it charges its customers."""

    _inherit = "distribution.member"

    keeps_stock = fields.Boolean(
        "Keeps Channel Stock",
        compute="_compute_keeps_stock",
        store=True,
        readonly=False,
        help="What it receives and sells changes its channel stock; switch it off for "
        "members that neither count nor report.",
    )
    reports_sales = fields.Boolean(
        "Reports Its Sales",
        help="The member sends reports of what it sold to consumers. Otherwise "
        "sell-out is what is missing at a stock count.",
    )
    secondary_pricelist_id = fields.Many2one(
        "product.pricelist",
        "Price List for Its Customers",
        check_company=True,
        ondelete="restrict",
        help="What dealers and outlets pay this supplier; a supply link may name "
        "another one.",
    )
    channel_stock_count = fields.Integer(
        "Products in Stock", compute="_compute_channel_stock_count"
    )
    secondary_order_count = fields.Integer(compute="_compute_secondary_order_count")

    @api.depends("kind")
    def _compute_keeps_stock(self):
        for member in self:
            member.keeps_stock = member.kind != "manufacturer"

    def _compute_channel_stock_count(self):
        counts = dict(
            self.env["distribution.stock"]._read_group(
                [("member_id", "in", self.ids), ("quantity", "!=", 0)],
                ["member_id"],
                ["__count"],
            )
        )
        for member in self:
            member.channel_stock_count = counts.get(member._origin, 0)

    def _compute_secondary_order_count(self):
        """Orders it made or was sent, in two queries for any number of members."""
        Order = self.env["distribution.order"]
        counts = {}
        for name in ("buyer_id", "supplier_id"):
            for member, count in Order._read_group(
                [(name, "in", self.ids)], [name], ["__count"]
            ):
                counts[member] = counts.get(member, 0) + count
        for member in self:
            member.secondary_order_count = counts.get(member._origin, 0)

    @api.model_create_multi
    def create(self, vals_list):
        """Make members; the first of a company makes its deliveries count."""
        members = super().create(vals_list)
        if any(not self._has_members(company.id) for company in members.company_id):
            self.env.registry.clear_cache()
        return members

    @api.model
    @ormcache("company_id")
    def _has_members(self, company_id):
        """Whether a company has a network: without one its deliveries cost nothing."""
        return bool(
            self.sudo()
            .with_context(active_test=False)
            .search_count([("company_id", "=", company_id)], limit=1)
        )

    def _get_channel_domain(self, model):
        """What of a model of the channel these members may see, as a domain.

        For the portal: pass the members of `_get_visible_members`, or one for its own.

        :param model: such as ``distribution.ledger``
        """
        if model == "distribution.order":
            return self.env[model]._get_visible_domain(self)
        return [("member_id", "in", self.ids)]

    def action_view_channel_stock(self):
        """What these members have of every product."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_cover_action"
        )
        return {**action, "domain": [("member_id", "in", self.ids)], "context": {}}

    def action_view_channel_ledger(self):
        """What came to these members and what they sold."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_ledger_action"
        )
        return {**action, "domain": [("member_id", "in", self.ids)]}

    def action_view_secondary_orders(self):
        """What these members ordered from others, and others from them."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_order_action"
        )
        return {
            **action,
            "domain": [
                "|",
                ("buyer_id", "in", self.ids),
                ("supplier_id", "in", self.ids),
            ],
            "context": {"default_buyer_id": self.id if len(self) == 1 else False},
        }

    def action_report_template(self):
        """Download the form of a report, with the member's own SKUs."""
        self.ensure_one()
        content = self.env["distribution.report.template"]._get_template(self)
        attachment = self.env["ir.attachment"].create(
            {
                "name": self.env._("Report of %(member)s.xlsx", member=self.name),
                "datas": content,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{attachment.id}?download=true",
            "target": "self",
        }
