# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
import math
from collections import defaultdict

from odoo import models

#: noise of divisions, never a part of a kit
_NOISE = 0.000001


class SaleOrderLine(models.Model):
    """An ordered product; here: kits that came back make room in quotas again."""

    _inherit = "sale.order.line"

    def _get_quota_returned(self):
        """Override: kits, whole ones only; a frame without its wheels is no cart.

        What left is counted as for the ceiling, by the component furthest ahead.
        """
        returned = super()._get_quota_returned()
        left = defaultdict(lambda: defaultdict(float))
        back = defaultdict(lambda: defaultdict(float))
        for line_id, version, product_id, out, come in self._get_crossed_components():
            left[line_id, version][product_id] += out
            back[line_id, version][product_id] += come
        whole = self._count_whole_kits(back)
        kits_left = self._count_kits(left) if whole else {}
        for line, kits in whole.items():
            before = returned.get(line.id, (0.0, 0.0))
            returned[line.id] = (
                before[0] + kits_left.get(line, 0.0),
                before[1] + kits,
            )
        return returned

    def _count_whole_kits(self, components):
        """Kits of which every component is there.

        :param components: see ``_count_kits``
        :return: ``{line: whole kits in the line's unit}``, without zeros
        """
        kits = defaultdict(float)
        for (line, made_of), quantities in self._group_components(components).items():
            counts = [
                self._count_component(product_id, quantities.get(product_id, 0), per)
                for product_id, per in made_of
            ]
            whole = math.floor(min(counts, default=0.0) + _NOISE)
            if whole > 0:
                kits[line] += line.product_id.uom_id._compute_quantity(
                    whole, line.product_uom_id, round=False
                )
        return kits
