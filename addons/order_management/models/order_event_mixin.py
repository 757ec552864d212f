# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class OrderEventMixin(models.AbstractModel):
    """A record whose history is kept in ``order.event``."""

    _name = "order.event.mixin"
    _description = "Record with Order Events"

    event_count = fields.Integer("Events", compute="_compute_event_count")

    def _compute_event_count(self):
        counts = dict(
            self.env["order.event"]
            .sudo()
            ._read_group(self._get_event_domain(), ["res_id"], ["__count"])
        )
        for record in self:
            record.event_count = counts.get(record._origin.id, 0)

    def action_view_events(self):
        """Open the history of these records."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_event_action"
        )
        return {**action, "domain": self._get_event_domain(), "context": {}}

    def _get_event_domain(self):
        """The events that are about these records."""
        return [("res_model", "=", self._name), ("res_id", "in", self._origin.ids)]

    @api.model
    def _get_event_state_labels(self):
        """``{state: its translated name}`` of all states that events may tell of."""
        labels = {}
        for name in ("state", "approval_state"):
            if name in self._fields:
                labels.update(self._fields[name]._description_selection(self.env))
        return labels

    def _log_event(self, kind, from_state=None, to_state=None, reason=None):
        """Write one event a record, in one insert; see ``order.event._log``."""
        return self.env["order.event"]._log(self, kind, from_state, to_state, reason)

    def _prepare_event_vals(self):
        """Where the event of this record belongs; models add what they know better."""
        self.ensure_one()
        vals = {"res_model": self._name, "res_id": self.id}
        for name, candidates in (
            ("company_id", ("company_id",)),
            ("channel_id", ("channel_id", "sale_channel_id")),
            ("order_id", ("order_id", "sale_order_id")),
        ):
            known = next((field for field in candidates if field in self._fields), None)
            vals[name] = self[known].id if known else False
        vals["company_id"] = vals["company_id"] or self.env.company.id
        return vals
