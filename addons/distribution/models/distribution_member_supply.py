# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class DistributionMember(models.Model):
    """A member; here: who supplies it, and whom it supplies."""

    _inherit = "distribution.member"

    customer_count = fields.Integer(
        "Members Supplied", compute="_compute_customer_count"
    )

    @api.depends("customer_link_ids")
    def _compute_customer_count(self):
        counts = dict(
            self.env["distribution.supply.link"]._read_group(
                [("supplier_id", "in", self.ids), ("is_current", "=", True)],
                ["supplier_id"],
                ["buyer_id:count_distinct"],
            )
        )
        for member in self:
            member.customer_count = counts.get(member._origin, 0)

    def write(self, vals):
        """A member who is somebody's supplier keeps its level before theirs."""
        result = super().write(vals)
        if "level_id" in vals:
            links = self.env["distribution.supply.link"].sudo()
            domain = [
                "|",
                ("buyer_id", "in", self.ids),
                ("supplier_id", "in", self.ids),
            ]
            links.search(domain)._check_shape()
        if "company_id" in vals and (self.supply_link_ids or self.customer_link_ids):
            raise UserError(
                self.env._(
                    "A member with supply links stays in its company. Make a new "
                    "member there instead."
                )
            )
        return result

    def _can_supply(self):
        self.ensure_one()
        return self.active and self.state != "closed"

    def _get_suppliers(self, products, day=None):
        """Who supplies each of these members with each product.

        The link of the nearest category counts, then the one for everything; without
        any, or when that link names nobody, the company itself supplies.

        :param products: recordset of ``product.product`` (or templates)
        :param day: a date, by default today
        :return: ``{(member, product): supplier, empty for the company itself}``
        """
        named = {}
        for link in self.env["distribution.supply.link"]._get_valid(self, day):
            named.setdefault(link.buyer_id, {})[link.categ_id.id] = link.supplier_id
        chains = {
            categ: [int(x) for x in reversed(categ.parent_path.split("/")[:-1])]
            for categ in products.categ_id
        }
        nobody = self.browse()
        result = {}
        for member in self:
            links = named.get(member, {})
            by_categ = {
                categ: next(
                    (links[key] for key in (*chain, False) if key in links), nobody
                )
                for categ, chain in chains.items()
            }
            general = links.get(False, nobody)
            for product in products:
                result[member, product] = by_categ.get(product.categ_id, general)
        return result

    def _get_visible_members(self, day=None):
        """These members and all below them by supply links that hold on ``day``.

        What a member may see of the network in the portal; one query for any number of
        levels. Archived members are left out.

        :param day: a date, by default today
        """
        if not self:
            return self
        self.env["distribution.supply.link"].flush_model()
        self.flush_model(["active"])
        day = day or fields.Date.context_today(self)
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE below(id) AS (
                    SELECT unnest(%(ids)s)
                    UNION
                    SELECT l.buyer_id FROM below
                    JOIN distribution_supply_link l ON l.supplier_id = below.id
                    WHERE l.date_from <= %(day)s
                      AND (l.date_to IS NULL OR l.date_to >= %(day)s)
                )
                SELECT m.id FROM below JOIN distribution_member m ON m.id = below.id
                WHERE m.active ORDER BY m.code, m.id
                """,
                ids=self.ids,
                day=day,
            )
        )
        return self.browse(row[0] for row in rows)

    def action_view_customers(self):
        """Open the members that these supply today, directly or through others."""
        below = self._get_visible_members() - self
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_member_action"
        )
        return {**action, "domain": [("id", "in", below.ids)], "context": {}}

    @api.model
    def _refresh_suppliers(self):
        """Let main suppliers follow links that began or ended since yesterday.

        For the daily cron; a week back in case the server slept.
        """
        today = fields.Date.context_today(self)
        since = fields.Date.add(today, days=-7)
        links = self.env["distribution.supply.link"].search(
            [
                "|",
                "&",
                ("date_from", ">=", since),
                ("date_from", "<=", today),
                "&",
                ("date_to", ">=", fields.Date.add(since, days=-1)),
                ("date_to", "<", today),
            ]
        )
        field = self._fields["supplier_id"]
        self.env.add_to_compute(field, links.buyer_id)
        self._recompute_field(field)
