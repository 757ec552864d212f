# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models


class OrderEvent(models.Model):
    """The history; here: groups and pivots of years of it are added up once."""

    _name = "order.event"
    _inherit = ["order.event", "order.group.mixin"]

    # what somebody did; and all that groups and pivots read of an event
    _user_idx = models.Index(
        "(user_id, id)"
        " INCLUDE (company_id, channel_id, event_at, is_test, kind, source)"
    )
