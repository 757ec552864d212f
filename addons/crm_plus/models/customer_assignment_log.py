# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class CustomerAssignmentLog(models.Model):
    """One time a record was given to somebody, or taken back."""

    _name = "customer.assignment.log"
    _description = "Assignment"
    _order = "id desc"
    _rec_name = "record_name"

    res_model = fields.Char(required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record", model_field="res_model", required=True, readonly=True, index=True
    )
    record_name = fields.Char(readonly=True)
    rule_id = fields.Many2one(
        "customer.assignment.rule", readonly=True, index=True, ondelete="set null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    user_id = fields.Many2one("res.users", "Given To", readonly=True, index=True)
    from_user_id = fields.Many2one("res.users", "Taken From", readonly=True)
    reason = fields.Selection(
        [
            ("turn", "Their turn"),
            ("load", "Least open"),
            ("owner", "Looks after the customer"),
            ("handback", "Untouched for too long"),
            ("nobody", "Untouched, but nobody else is there"),
        ],
        readonly=True,
    )
    done_at = fields.Datetime(default=fields.Datetime.now, readonly=True, index=True)

    def action_open_record(self):
        """The record itself."""
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).get_formview_action()
