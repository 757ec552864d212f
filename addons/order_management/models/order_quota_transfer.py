# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import AccessError


class OrderQuotaTransfer(models.Model):
    """A wish to move a part of one quota's limit to another, until it is decided."""

    _name = "order.quota.transfer"
    _inherit = ["order.transfer.mixin"]
    _description = "Quota Transfer"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(compute="_compute_name")
    company_id = fields.Many2one(
        related="source_id.company_id", store=True, precompute=True, index=True
    )
    source_id = fields.Many2one(
        "order.quota",
        "From",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '=', 'active')]",
    )
    target_id = fields.Many2one(
        "order.quota",
        "To",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '=', 'active'), ('id', '!=', source_id),"
        " ('measure', '=', measure)]",
    )
    measure = fields.Selection(related="source_id.measure")
    uom_id = fields.Many2one(related="source_id.uom_id")
    currency_id = fields.Many2one(related="source_id.currency_id")
    source_room_qty = fields.Float(
        "Free There",
        compute="_compute_rooms",
        help="What neither orders nor parts have taken.",
    )
    target_room_qty = fields.Float("Left There", compute="_compute_rooms")
    quantity = fields.Float(
        digits=0, min_display_digits="Product Unit", required=True, tracking=True
    )
    move_ids = fields.One2many("order.quota.move", "transfer_id", "Movements")

    _quantity_check = models.Constraint(
        "CHECK (quantity > 0)", "A transfer moves more than nothing: give a quantity."
    )
    _quotas_check = models.Constraint(
        "CHECK (source_id <> target_id)", "Choose two different quotas."
    )

    @api.depends("source_id", "target_id")
    def _compute_name(self):
        for transfer in self:
            transfer.name = self.env._(
                "%(giver)s → %(target)s",
                giver=transfer.source_id.display_name or "",
                target=transfer.target_id.display_name or "",
            )

    @api.depends("source_id", "target_id")
    def _compute_rooms(self):
        for transfer in self:
            source = transfer.source_id
            used = max(source.held_qty + source.consumed_qty, source.allocated_qty)
            transfer.source_room_qty = max(source.limit_qty - used, 0.0)
            transfer.target_room_qty = transfer.target_id.remaining_qty

    @api.model
    def _get_asked_fields(self):
        return super()._get_asked_fields() | {"quantity"}

    def action_request(self):
        """Ask for approval; any number of transfers at once.

        :raises UserError: the quotas count different things
        """
        self.check_access("write")
        for transfer in self:
            transfer.source_id._convert_limit(transfer.target_id, transfer.quantity)
        return super().action_request()

    def action_approve(self):
        """Move the limits now, each transfer exactly once.

        :raises AccessError: not a reviewer, or the one who asked (managers may)
        :raises ValidationError: less than that is left
        """
        self._check_decision_allowed()
        # in id order, as all that changes quotas
        for transfer in self.sorted("id").filtered(lambda t: t.state == "requested"):
            transfer.source_id.sudo()._move_limit(
                transfer.target_id.sudo(),
                transfer.quantity,
                "transfer",
                f"transfer-{transfer.id}",
                transfer_id=transfer.id,
                reason=transfer.reason,
            )
        self.sudo()._transition("done")
        return True

    def action_view_moves(self):
        """Open the movements that these transfers made."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management.order_quota_move_action"
        )
        return {**action, "domain": [("transfer_id", "in", self.ids)], "context": {}}

    def _check_decision_allowed(self):
        result = super()._check_decision_allowed()
        user = self.env.user
        if not user.has_group("order_management.group_reviewer"):
            raise AccessError(
                self.env._("Only reviewers decide on transfers of quotas. Ask one.")
            )
        own = self.filtered(lambda transfer: transfer.requested_by_id == user)
        if own and not user.has_group("order_management.group_manager"):
            raise AccessError(
                self.env._(
                    "You asked for “%(transfer)s” yourself: somebody else decides.",
                    transfer=own[0].name,
                )
            )
        return result
