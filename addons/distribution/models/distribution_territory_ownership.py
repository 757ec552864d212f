# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class DistributionTerritory(models.Model):
    """A territory; here: who answers for it, and how many members it has."""

    _inherit = "distribution.territory"

    owner_ids = fields.One2many(
        "distribution.territory.owner", "territory_id", "Owners over Time"
    )
    user_id = fields.Many2one(
        compute="_compute_user_id",
        inverse="_inverse_user_id",
        store=True,
        readonly=False,
    )
    member_count = fields.Integer(
        "Members",
        compute="_compute_member_count",
        help="Members of this territory and of those below it.",
    )

    @api.depends(
        "owner_ids.user_id",
        "owner_ids.role",
        "owner_ids.date_from",
        "owner_ids.date_to",
    )
    def _compute_user_id(self):
        Owner = self.env["distribution.territory.owner"]
        owners = Owner.search(
            Owner._get_current_domain()
            & Domain("territory_id", "in", self.ids)
            & Domain("role", "=", "owner")
        )
        by_territory = {owner.territory_id: owner.user_id for owner in owners}
        for territory in self:
            territory.user_id = by_territory.get(territory._origin, False)

    def _inverse_user_id(self):
        """Another owner from today on: the one before ends yesterday."""
        today = fields.Date.context_today(self)
        Owner = self.env["distribution.territory.owner"]
        wanted = {territory: territory.user_id for territory in self}
        current = Owner.search(
            Owner._get_current_domain()
            & Domain("territory_id", "in", self.ids)
            & Domain("role", "=", "owner")
        )
        kept = current.filtered(lambda own: wanted[own.territory_id] == own.user_id)
        (current - kept)._end_before(today)
        Owner.create(
            [
                {"territory_id": territory.id, "user_id": user.id, "date_from": today}
                for territory, user in wanted.items()
                if user and territory not in kept.territory_id
            ]
        )

    def _compute_member_count(self):
        """Members a territory with all below; one query."""
        counts = {}
        if self.ids:
            self.env["distribution.member"].flush_model(["active", "territory_id"])
            self.flush_model(["parent_path"])
            counts = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT own.id, count(*) FROM distribution_territory own"
                        " JOIN distribution_territory below"
                        "  ON below.parent_path LIKE own.parent_path || '%%'"
                        " JOIN distribution_member m"
                        "  ON m.territory_id = below.id AND m.active"
                        " WHERE own.id = ANY(%s) GROUP BY own.id",
                        self.ids,
                    )
                )
            )
        for territory in self:
            territory.member_count = counts.get(territory._origin.id, 0)

    def action_view_members(self):
        """Open the members of these territories and of those below."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "distribution.distribution_member_action"
        )
        return {
            **action,
            "domain": [("territory_id", "child_of", self.ids)],
            "context": {"default_territory_id": self[:1].id},
        }

    @api.model
    def _get_owned(self, user=None, day=None):
        """Territories that ``user`` answers for in any role, with those below."""
        user = user or self.env.user
        # everybody may know what is his or her own, whatever else is visible
        Owner = self.env["distribution.territory.owner"].sudo()
        owners = Owner.search(
            Owner._get_current_domain(day) & Domain("user_id", "=", user.id)
        )
        territories = self.sudo().with_context(active_test=False)
        return self.browse(
            territories.search([("id", "child_of", owners.territory_id.ids)]).ids
            if owners
            else ()
        )

    @api.model
    def _refresh_owners(self):
        """Let owners follow who begins or ends today; for the daily cron."""
        field = self._fields["user_id"]
        territories = self.with_context(active_test=False).search(
            ["|", ("owner_ids", "!=", False), ("user_id", "!=", False)]
        )
        self.env.add_to_compute(field, territories)
        self._recompute_field(field)
