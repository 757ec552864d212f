# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models


class OrderEvent(models.Model):
    """The log; here: what the review found."""

    _inherit = "order.event"

    kind = fields.Selection(
        selection_add=[("review", "Review")], ondelete={"review": "cascade"}
    )

    def _describe_what(self, kinds, names):
        """One line: what happened to what.

        :param kinds: ``{kind: its name}``
        :param names: ``{model: its name}`` of models that are named
        """
        self.ensure_one()
        what = kinds.get(self.kind, self.kind)
        if self.res_model in names:
            what = f"{names[self.res_model]}: {what}"
        if not self.to_state:
            return what
        change = self.to_label
        if self.from_state and self.from_state != self.to_state:
            change = f"{self.from_label} → {change}"
        return f"{what} ({change})"
