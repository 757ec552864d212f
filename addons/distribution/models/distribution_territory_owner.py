# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL


class DistributionTerritoryOwner(models.Model):
    """Who answered for a territory, in which role, from when to when."""

    _name = "distribution.territory.owner"
    _description = "Territory Owner"
    _order = "territory_id, role, date_from desc, id"
    _check_company_auto = True
    _rec_name = "user_id"

    territory_id = fields.Many2one(
        "distribution.territory",
        required=True,
        index=True,
        check_company=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="territory_id.company_id", store=True, index=True, precompute=True
    )
    user_id = fields.Many2one(
        "res.users", "Who", required=True, index=True, check_company=True
    )
    role = fields.Selection(
        [
            ("owner", "Owner"),
            ("deputy", "Deputy"),
            ("rep", "Sales Representative"),
        ],
        required=True,
        default="owner",
        help="The owner answers for the territory. Everybody named here sees its "
        "members and those of the territories below.",
    )
    date_from = fields.Date("From", required=True, default=fields.Date.context_today)
    date_to = fields.Date("To")

    _dates_check = models.Constraint(
        "CHECK (date_to IS NULL OR date_to >= date_from)",
        "A time ends on or after the day it begins.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        owners = super().create(vals_list)
        owners._check_overlap()
        return owners

    def write(self, vals):
        result = super().write(vals)
        self._check_overlap()
        return result

    def unlink(self):
        self._forget_whose()
        return super().unlink()

    @api.model
    def _forget_whose(self):
        """Whose members are is looked up again."""
        self.env["distribution.member"].invalidate_model(
            ["is_mine", "is_supervised"], flush=False
        )

    @api.model
    def _get_current_domain(self, day=None):
        day = day or fields.Date.context_today(self)
        return Domain("date_from", "<=", day) & (
            Domain("date_to", "=", False) | Domain("date_to", ">=", day)
        )

    def _end_before(self, day):
        """End these the day before ``day``; those that would never have begun go."""
        begun = self.filtered(lambda owner: owner.date_from < day)
        (self - begun).unlink()
        begun.date_to = fields.Date.add(day, days=-1)

    def _check_overlap(self):
        """One person a territory and role at a time; representatives may be several.

        :raises ValidationError: naming who is there already
        """
        if not self:
            return
        self._forget_whose()
        self.env["distribution.network"]._touch(self.company_id)
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT own.id, other.id FROM distribution_territory_owner own"
                " JOIN distribution_territory_owner other"
                "  ON other.territory_id = own.territory_id AND other.id <> own.id"
                "  AND other.role = own.role"
                "  AND (own.role <> 'rep' OR other.user_id = own.user_id)"
                "  AND daterange(other.date_from, other.date_to, '[]')"
                "   && daterange(own.date_from, own.date_to, '[]')"
                " WHERE own.id = ANY(%s) ORDER BY own.id LIMIT 1",
                self.ids,
            )
        )
        if not rows:
            return
        owner, other = (self.browse(owner_id) for owner_id in rows[0])
        raise ValidationError(
            self.env._(
                "%(user)s is %(role)s of %(territory)s from %(date_from)s to "
                "%(date_to)s. End that before %(new_user)s begins.",
                user=other.user_id.name,
                role=dict(self._fields["role"]._description_selection(self.env))[
                    other.role
                ],
                territory=other.territory_id.display_name,
                date_from=other.date_from,
                date_to=other.date_to or self.env._("further notice"),
                new_user=owner.user_id.name,
            )
        )
