# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo import api, fields, models
from odoo.fields import Domain

#: the order in which a list of orders offers its next step
_STEPS = ("process", "approve", "confirm", "reserve", "ship", "invoice")


class OrderBatchStart(models.TransientModel):
    """The question which step is to be done with the orders that were chosen.

    A list hands over what is ticked, or, when "all" of more is ticked than a browser
    is given, its filter: what that finds is looked up on the server.
    """

    _name = "order.batch.start"
    _description = "Start a Bulk Step"

    kind = fields.Selection(
        "_selection_kind",
        "Step",
        required=True,
        default=lambda self: self._default_kind(),
    )
    selection_model = fields.Char(
        required=True,
        readonly=True,
        default=lambda self: self.env.context.get("active_model"),
    )
    selection_domain = fields.Json(
        required=True, readonly=True, default=lambda self: self._default_domain()
    )
    order_count = fields.Integer("Chosen", compute="_compute_counts")
    ready_count = fields.Integer("Ready for This Step", compute="_compute_counts")
    reason = fields.Text()
    partial = fields.Selection(
        lambda self: self.env["order.batch"]._fields["partial"].selection,
        "Partly Reserved Orders",
        default="backorder",
        required=True,
    )
    post_invoices = fields.Boolean(
        help="Otherwise they stay drafts, which can be undone."
    )

    @api.model
    def _selection_kind(self):
        """The steps that the user may do."""
        batches = self.env["order.batch"]
        kinds = batches._fields["kind"]._description_selection(self.env)
        return [kind for kind in kinds if batches._is_kind_allowed(kind[0])]

    @api.model
    def _default_domain(self):
        context = self.env.context
        ids = context.get("active_ids") or []
        limit = int(
            self.env["ir.config_parameter"]
            .sudo()
            .get_param("web.active_ids_limit", default="20000")
        )
        if len(ids) >= limit and context.get("active_domain"):
            return context["active_domain"]
        return [["id", "in", ids]]

    @api.model
    def _default_kind(self):
        """The first step that some of the chosen orders are ready for."""
        batches = self.env["order.batch"]
        wizard = self.new(
            {
                "selection_model": self.env.context.get("active_model"),
                "selection_domain": self._default_domain(),
            }
        )
        for kind in _STEPS:
            if batches._is_kind_allowed(kind) and wizard._count(kind)[1]:
                return kind
        return False

    @api.depends("kind", "selection_domain", "selection_model")
    def _compute_counts(self):
        for wizard in self:
            total, ready = wizard._count(wizard.kind) if wizard.kind else (0, 0)
            wizard.order_count = total
            wizard.ready_count = ready

    def _count(self, kind):
        """How many were chosen that the step is about, how many are ready for it."""
        records = self._get_records(kind)
        ready = self.env["order.batch"]._get_kind_domain(kind)
        return len(records), records.search_count(
            Domain("id", "in", records.ids) & ready
        )

    def _get_records(self, kind):
        """The chosen orders, or for processing inbox rows; found as the user."""
        batches = self.env["order.batch"]
        model = self.selection_model
        if model == "channel.order" and kind != "process":
            rows = self.env[model].search_fetch(
                self.selection_domain, ["sale_order_id"], order="id"
            )
            return rows.sale_order_id
        if model == "sale.order" and kind == "process":
            return self.env["channel.order"]
        return batches._find(kind, model, self.selection_domain)

    def action_start(self):
        """Begin; the answer shows how far it is, or that it is done.

        :raises AccessError: who may not do this step
        :raises UserError: nothing to do, or a reason is missing
        """
        self.ensure_one()
        return self.env["order.batch"]._run_or_start(
            self.kind,
            self._get_records(self.kind),
            reason=self.reason,
            partial=self.partial,
            post_invoices=self.post_invoices,
        )
