# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

#: what decides about terms, quotas and targets: supervisors set it
_PLACE_IN_NETWORK = (
    "active",
    "class_id",
    "code",
    "company_id",
    "level_id",
    "partner_id",
    "territory_id",
    "tier_id",
    "user_id",
)


class DistributionMember(models.Model):
    """A member; here: whose it is.

    Record rules are remembered by Odoo for each user, so they may not hold the
    territories that are somebody's today. They ask these fields, which are looked up
    each time. Rules of models with a member ask ``member_id.is_mine`` (representatives)
    and ``member_id.is_supervised`` (supervisors).
    """

    _inherit = "distribution.member"

    is_mine = fields.Boolean(
        "Mine",
        compute="_compute_is_mine",
        search="_search_is_mine",
        help="You serve this member, or answer for its territory or one above it.",
    )
    is_supervised = fields.Boolean(
        "Under My Supervision",
        compute="_compute_is_supervised",
        search="_search_is_supervised",
        help="Mine; or any, when you answer for no territory of your own.",
    )

    @api.depends_context("uid")
    @api.depends("user_id", "territory_id")
    def _compute_is_mine(self):
        territories = self.env["distribution.territory"]._get_owned()
        for member in self:
            member.is_mine = (
                member.user_id == self.env.user or member.territory_id in territories
            )

    @api.depends_context("uid")
    @api.depends("user_id", "territory_id")
    def _compute_is_supervised(self):
        territories = self.env["distribution.territory"]._get_owned()
        for member in self:
            member.is_supervised = (
                not territories
                or member.user_id == self.env.user
                or member.territory_id in territories
            )

    @api.model
    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        territories = self.env["distribution.territory"]._get_owned()
        mine = Domain("user_id", "=", self.env.uid)
        if territories:
            mine |= Domain("territory_id", "in", territories.ids)
        return mine if True in value else ~mine

    @api.model
    def _search_is_supervised(self, operator, value):
        if operator != "in":
            return NotImplemented
        if not self.env["distribution.territory"]._get_owned():
            return Domain.TRUE if True in value else Domain.FALSE
        return self._search_is_mine(operator, value)

    def write(self, vals):
        """Representatives place prospects; afterwards a supervisor does.

        :raises AccessError: a representative moves a member that is verified or active
        """
        names = [name for name in _PLACE_IN_NETWORK if name in vals]
        if (
            names
            and not self.env.su
            and not self.env.user.has_group("distribution.group_supervisor")
            and any(member._is_moved(vals, names) for member in self)
        ):
            raise AccessError(
                self.env._(
                    "Level, territory, tier, class and representative of a member "
                    "that is verified are changed by a supervisor. Ask yours in the "
                    "chatter."
                )
            )
        return super().write(vals)

    def _is_moved(self, vals, names):
        self.ensure_one()
        if self.state == "prospect" and "active" not in names:
            return False
        return any(
            self._fields[name].convert_to_write(self[name], self) != vals[name]
            for name in names
        )
