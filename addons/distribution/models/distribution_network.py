# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.tools import SQL


class DistributionNetwork(models.Model):
    """The row that changes of one company's network meet on.

    That links form no circle and overlap nowhere is true of many rows at once, so no
    constraint of one row can guard it. Whoever changes the shape of the network updates
    this row first; of two sessions the later one gets a serialization error, is
    repeated by Odoo, and then sees what the other one did.
    """

    _name = "distribution.network"
    _description = "Shape of the Network"
    _rec_name = "company_id"

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    revision = fields.Integer(
        required=True, default=1, help="Counts the changes of the network's shape."
    )

    _company_uniq = models.Constraint(
        "UNIQUE (company_id)", "A company has one network."
    )

    @api.model
    def _touch(self, companies):
        """Count one change of the networks of ``companies``, in the order of ids."""
        if not companies:
            return
        self.env.cr.execute(
            SQL(
                "INSERT INTO %s AS own (company_id, revision)"
                " SELECT id, 1 FROM unnest(%s) AS id ORDER BY id"
                " ON CONFLICT (company_id) DO UPDATE SET revision = own.revision + 1",
                SQL.identifier(self._table),
                sorted(companies.ids),
            )
        )
        # the statement went past the ORM
        self.invalidate_model(["revision"], flush=False)

    @api.model
    def _cron_daily(self):
        """What follows the calendar: suppliers, owners, contracts, idle members."""
        self.env["distribution.member"]._refresh_suppliers()
        self.env["distribution.territory"]._refresh_owners()
        self.env["distribution.contract"]._cron_follow_dates()
        self.env["distribution.member"]._cron_deactivate()
