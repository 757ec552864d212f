# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError


class OrderEvent(models.Model):
    """One thing that happened to an order or to a record around it.

    Rows come by the million, hence no create/write columns beside the moment and the
    user that each event has anyway.
    """

    _name = "order.event"
    _inherit = ["order.history.mixin"]
    _description = "Order Event"
    _order = "id desc"
    _rec_name = "kind"
    _log_access = False
    _BLANKABLE = ("reason", "order_id", "channel_id")

    company_id = fields.Many2one("res.company", required=True, index=True)
    event_at = fields.Datetime(
        "Time", required=True, default=fields.Datetime.now, readonly=True
    )
    kind = fields.Selection(
        [
            ("state", "State"),
            ("approval", "Approval"),
            ("quantity", "Approved quantity"),
            ("payload", "Newer version"),
            ("erase", "Personal data erased"),
        ],
        required=True,
        readonly=True,
    )
    source = fields.Selection(
        [("user", "Person"), ("system", "System"), ("channel", "Channel")],
        required=True,
        readonly=True,
        default="user",
        help="Who acted: a person, a job of the system, or a message of the channel.",
    )
    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, ondelete="restrict"
    )
    res_model = fields.Char("Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        "Record ID", model_field="res_model", required=True, readonly=True
    )
    res_name = fields.Char("Record", compute="_compute_res_name")
    order_id = fields.Many2one(
        "sale.order", readonly=True, ondelete="set null", index="btree_not_null"
    )
    channel_id = fields.Many2one(
        "sale.channel", readonly=True, ondelete="set null", index="btree_not_null"
    )
    from_state = fields.Char(readonly=True)
    to_state = fields.Char(readonly=True)
    from_label = fields.Char("From", compute="_compute_state_labels")
    to_label = fields.Char("To", compute="_compute_state_labels")
    reason = fields.Text(readonly=True, index="trigram")

    _res_idx = models.Index("(res_model, res_id)")
    # rows arrive in the order of time: a block range index stays tiny at any size
    _event_at_idx = models.Index("USING brin (event_at)")
    # few, where channels bring the orders
    _by_people_idx = models.Index("(id) WHERE source = 'user'")
    # whether an order went straight through: few of all events
    _approved_by_person_idx = models.Index(
        "(order_id) WHERE kind = 'approval' AND to_state = 'approved'"
        " AND source = 'user'"
    )

    @api.depends("res_model", "res_id")
    def _compute_res_name(self):
        for model, events in self.grouped("res_model").items():
            if model not in self.env:
                events.res_name = False
                continue
            records = self.env[model].browse(events.mapped("res_id"))
            names = {
                record.id: record.display_name
                for record in records.exists()._filtered_access("read")
            }
            for event in events:
                event.res_name = names.get(event.res_id, False)

    @api.depends("res_model", "from_state", "to_state")
    @api.depends_context("lang")
    def _compute_state_labels(self):
        for model, events in self.grouped("res_model").items():
            labels = {}
            if model in self.env:
                labels = self.env[model]._get_event_state_labels()
            for event in events:
                event.from_label = labels.get(event.from_state, event.from_state)
                event.to_label = labels.get(event.to_state, event.to_state)

    @api.model_create_multi
    def create(self, vals_list):
        """Events are made by the hub itself, through :meth:`_log`.

        :raises UserError: for everybody else
        """
        if not self.env.su:
            raise UserError(
                self.env._(
                    "Events are written by the system when something happens; they "
                    "cannot be added by hand."
                )
            )
        return super().create(vals_list)

    def action_open_record(self):
        """Open the record that the event is about."""
        self.ensure_one()
        if self.res_model not in self.env:
            raise UserError(self.env._("This record's application is not installed."))
        record = self.env[self.res_model].browse(self.res_id)
        if not record.exists():
            raise UserError(self.env._("This record has been deleted."))
        return record.get_formview_action()

    @api.model
    def _log(self, records, kind, from_state=None, to_state=None, reason=None):
        """Write one event for each of ``records``, in one insert.

        :param records: recordset of a model that inherits ``order.event.mixin``
        :param str kind: a value of :attr:`kind`
        :param from_state: text, or a dict ``{record id: text}`` where records differ
        :param str to_state: the same for all
        :param reason: why, in words for people; or a dict ``{record id: text}``
        :return: the events, with superuser rights
        """
        common = {
            "kind": kind,
            "source": self._get_source(),
            "user_id": self.env.uid,
            "event_at": fields.Datetime.now(),
            "to_state": to_state,
        }

        def text_of(value, record):
            return value.get(record.id) if isinstance(value, dict) else value

        return self.sudo().create(
            [
                {
                    **common,
                    "from_state": text_of(from_state, record),
                    "reason": text_of(reason, record),
                    **record._prepare_event_vals(),
                }
                for record in records.sudo()
            ]
        )

    @api.model
    def _get_source(self):
        """Who acts now: set ``order_management_source`` in the context of jobs."""
        source = self.env.context.get("order_management_source")
        if source in ("system", "channel"):
            return source
        return "system" if self.env.uid == api.SUPERUSER_ID else "user"

    def _erase_reason(self):
        """Blank the words of these events; what happened, when and to whom stays."""
        self.filtered("reason").write({"reason": False})
