# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import datetime
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError


class ChannelOrderImporter(models.AbstractModel):
    """The importer; here: a person accepts a refund that did not fit."""

    _inherit = "channel.order.importer"

    @api.model
    def _accept_refund(self, order, value):
        """Enter a refund that a person accepted: as many pieces as can come back now,
        and the money as the channel gave it.

        :param value: what the change kept, see ``_propose_refund``
        :raises UserError: nothing is left to enter, or the return is decided already
        """
        order = order.with_env(self.env)
        channel = order.sale_channel_id
        record = self.env["channel.return"].search(
            [
                ("channel_id", "=", channel.id),
                ("external_id", "=", value["external_id"]),
            ]
        )
        if value.get("withdrawn"):
            record._transition("cancelled", self.env._("Withdrawn by the channel"))
            return
        if record and record.state != "requested":
            raise UserError(
                self.env._(
                    "Return %(name)s of this refund is decided already. Enter what is "
                    "missing as a return of its own, then reject this change.",
                    name=record.name,
                )
            )
        claim = {
            "order": order,
            "key": value["key"],
            "external_id": value["external_id"],
            "amount": Decimal(value["amount"]),
            "at": value["at"] and datetime.fromisoformat(value["at"]),
            "record": record,
            "goods": self._cut_goods(value["goods"], record),
        }
        if not any(claim["goods"].values()) and not claim["amount"]:
            raise UserError(
                self.env._(
                    "Nothing of order %(order)s is left that could come back. Reject "
                    "this change.",
                    order=order.name,
                )
            )
        self._write_returns(channel, [claim])

    @api.model
    def _cut_goods(self, goods, record):
        """No more than can come back now."""
        model = self.env["sale.order.line"]
        wanted = {model.browse(line_id or ()): number for line_id, number in goods}
        wanted.pop(model, None)
        lines = model.concat(*wanted).exists()
        room = lines._get_returnable_qty(without=record)
        return {line: min(wanted[line], room[line]) for line in lines}
