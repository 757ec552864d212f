# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_DATABASE = "stock_sync.database"
#: minutes that an approval of a large change lasts
_APPROVED_MINUTES = 60


class SaleChannel(models.Model):
    """A way of selling; here: what stops the sending of stock until a person agrees."""

    _inherit = "sale.channel"

    stock_stop = fields.Selection(
        [("brake", "Large change"), ("check", "To be compared")],
        "Sending Stopped",
        readonly=True,
        copy=False,
        tracking=True,
        help="Large change: so many listings would change that somebody should agree "
        "first. To be compared: the database was restored; what the shop shows has to "
        "be compared before anything is sent.",
    )
    stock_stop_reason = fields.Char("Why It Stopped", readonly=True, copy=False)
    stock_brake_until = fields.Datetime("Approved Until", readonly=True, copy=False)
    stock_brake_zero = fields.Float(
        "Stop When So Many Become 0 (%)",
        default=30.0,
        help="Of the listings that show something. Zero: never.",
    )
    stock_brake_units = fields.Float(
        "Stop When So Many Units Change (%)",
        default=50.0,
        help="Of the units that are shown. Zero: never.",
    )
    stock_brake_least = fields.Integer(
        "Not Below So Many Listings",
        default=10,
        help="Fewer changes than this are never a large change.",
    )

    def action_approve_stock(self):
        """Send the large change after all.

        :raises UserError: when the stop has another cause
        """
        self.check_access("write")
        if self.filtered(lambda channel: channel.stock_stop == "check"):
            raise UserError(self.env._("Compare the shop first: use “Compare Now”."))
        braked = self.filtered(lambda channel: channel.stock_stop == "brake")
        braked.sudo().write(
            {
                "stock_stop": False,
                "stock_stop_reason": False,
                "stock_brake_until": fields.Datetime.now()
                + timedelta(minutes=_APPROVED_MINUTES),
            }
        )
        for channel in braked:
            channel._log_sync("stock", self.env._("Large change approved"))
        braked._settle("stock")
        braked._push_stock_soon()
        return True

    def _stop_if_massive(self):
        """Stop before a wrong rule or count empties the shop.

        :return: whether it stopped
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if self.stock_brake_until and self.stock_brake_until > now:
            return False
        listed, units, zeroed, changed, moved = self._count_changes()
        if changed < self.stock_brake_least or not listed:
            return False
        zero_share = 100.0 * zeroed / listed
        unit_share = 100.0 * moved / max(units, 1)
        if not (
            (self.stock_brake_zero and zero_share > self.stock_brake_zero)
            or (self.stock_brake_units and unit_share > self.stock_brake_units)
        ):
            return False
        reason = self.env._(
            "%(zeroed)s of %(listed)s listings would show 0, and %(moved)s of "
            "%(units)s units would change.",
            zeroed=zeroed,
            listed=listed,
            moved=moved,
            units=units,
        )
        self._stop_stock("brake", reason)
        return True

    def _count_changes(self):
        """(listings that show something, their units, those that would show nothing,
        those that would change, units that would change); one query."""
        return self.env.execute_query(
            SQL(
                """
                SELECT count(*) FILTER (WHERE acked_qty > 0),
                       COALESCE(sum(acked_qty), 0),
                       count(*) FILTER (WHERE waits AND acked_qty > 0
                                        AND target_qty = 0),
                       count(*) FILTER (WHERE waits AND acked_qty != target_qty),
                       COALESCE(sum(abs(target_qty - acked_qty)) FILTER (WHERE waits),
                                0)
                FROM (
                    SELECT acked_qty, target_qty, push_state = 'pending' AS waits
                    FROM channel_listing
                    WHERE channel_id = %s AND active AND state = 'matched'
                      AND acked_at IS NOT NULL AND push_state != 'none'
                ) AS listing
                """,
                self.id,
                to_flush=self.env["channel.listing"]._fields["push_state"],
            )
        )[0]

    def _stop_stock(self, stop, reason):
        self.sudo().write({"stock_stop": stop, "stock_stop_reason": reason})
        for channel in self:
            channel._log_sync(
                "stock", self.env._("Sending stopped"), state="warning", reason=reason
            )
            channel._warn("stock", reason)

    @api.model
    def _get_database_mark(self):
        """What changes when the database is restored from a backup, or copied."""
        return self.env.execute_query(
            SQL(
                """
                SELECT concat_ws('/', oid,
                    (SELECT system_identifier FROM pg_control_system()),
                    (SELECT timeline_id FROM pg_control_checkpoint()))
                FROM pg_database WHERE datname = current_database()
                """
            )
        )[0][0]

    def _stop_if_restored(self):
        """After a restore every shop waits until it was compared.

        What was sent since the backup is not known here any more.

        :return: whether this shop has to wait
        """
        parameters = self.env["ir.config_parameter"].sudo()
        mark, known = self._get_database_mark(), parameters.get_param(_DATABASE)
        if mark == known:
            return bool(self.stock_stop)
        parameters.set_param(_DATABASE, mark)
        if known:
            every = self.sudo().search([("stock_is_published", "=", True)])
            every._stop_stock(
                "check",
                self.env._(
                    "The database was restored or copied. Compare what the shop shows "
                    "before anything is sent."
                ),
            )
        return bool(known)
