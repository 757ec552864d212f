# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..channels import errors


class StockPicking(models.Model):
    """A transfer; here: the label that its channel has made for the parcel."""

    _inherit = "stock.picking"

    has_channel_label = fields.Boolean(compute="_compute_has_channel_label")

    @api.depends("picking_type_code", "sale_id.sale_channel_id", "state")
    def _compute_has_channel_label(self):
        for picking in self:
            # who prints labels need not have rights on orders
            channel = picking.sudo().sale_id.sale_channel_id
            picking.has_channel_label = bool(
                picking.picking_type_code == "outgoing"
                and picking.state not in ("draft", "cancel")
                and channel.sync_state == "connected"
                and channel._get_sync_kinds().get(channel.channel_type)
                and channel._get_capabilities().labels
            )

    def action_channel_label(self):
        """Fetch the channel's labels of these transfers, attach them and open them.

        A label that is attached already is not asked for again.

        :raises UserError: when a channel has none, or not yet
        """
        self.check_access("write")
        pickings = self.filtered("has_channel_label")
        if not pickings:
            raise UserError(
                self.env._(
                    "No label to fetch: only parcels of connected channels that make "
                    "labels have one."
                )
            )
        attachments = self.env["ir.attachment"]
        rows = pickings._find_inbox_rows(pickings.sudo().sale_id)
        for picking in pickings:
            row = rows.get(picking.sudo().sale_id)
            attachments |= picking._get_channel_label(row)
        if len(attachments) == 1:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{attachments.id}?download=false",
                "target": "new",
            }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Labels"),
            "res_model": "ir.attachment",
            "view_mode": "kanban,list",
            "domain": [("id", "in", attachments.ids)],
        }

    def _get_channel_label(self, row):
        """The attached label of one transfer, fetched when there is none yet."""
        self.ensure_one()
        if not row:
            raise UserError(
                self.env._(
                    "%(picking)s: the order did not come through the inbox, so the "
                    "channel cannot be asked for its label.",
                    picking=self.name,
                )
            )
        mark = f"channel_label:{self.id}"
        attachments = self.env["ir.attachment"]
        found = attachments.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", self.id),
                ("description", "=", mark),
            ],
            limit=1,
        )
        if found:
            return found
        # the warehouse prints; what opens the shop is the administrator's
        channel_sudo = self.sudo().sale_id.sale_channel_id
        parcel = self._get_channel_parcel(row)
        try:
            label = channel_sudo._with_fresh_token(
                lambda adapter: adapter.get_label(row.external_id, parcel)
            )
        except errors.ChannelError as error:
            raise UserError(
                self._get_label_error(channel_sudo._explain_error(error), error)
            ) from error
        return attachments.create(
            {
                "name": label.name,
                "raw": label.content,
                "mimetype": label.mimetype,
                "res_model": self._name,
                "res_id": self.id,
                "description": mark,
            }
        )

    def _get_channel_parcel(self, row):
        """What the channel calls this parcel; empty when it is all of the order."""
        # as above: messages are not the warehouse's
        told = self.sudo().intent_ids.filtered(
            lambda one: one.kind == "ship" and one.state == "done"
        )
        ref = told[:1].result_ref or ""
        return "" if ref == row.external_id else ref

    def _get_label_error(self, text, error):
        if error.is_temporary:
            return self.env._(
                "%(picking)s: the label is not ready. Try again in a minute.\n%(text)s",
                picking=self.name,
                text=text,
            )
        return self.env._(
            "%(picking)s: the channel gives no label.\n%(text)s",
            picking=self.name,
            text=text,
        )
