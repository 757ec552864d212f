# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from odoo.addons.order_management.tests.floor_common import FloorCommon


@tagged("post_install", "-at_install")
class TestExpiryScan(FloorCommon):
    """OM-16: an expired lot is refused, also when it was reserved."""

    def test_expired_lot(self):
        self.cheese.use_expiration_date = True
        delivery = self._deliver((self.cheese, 7))
        now = fields.Datetime.now()
        self.lots["CH-1"].expiration_date = now - timedelta(days=1)
        self.lots["CH-2"].expiration_date = now + timedelta(days=9)
        self.assertScans(delivery, ("CH-1", "expired"), ("CH-2", "ok"))
