# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from functools import partial

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .order_variance_facts import NOT_INVOICED

#: {field: what is known to be so of every line of which it is above zero}
_OPEN = {
    "uninvoiced_qty": SQL("%s > 0", NOT_INVOICED),
    "undelivered_qty": SQL("%s < 0", NOT_INVOICED),
}


class OrderQuantityReport(models.Model):
    """Quantities of a line; here: the few lines of years of which goods and invoices
    differ are found without adding up all others."""

    _inherit = "order.quantity.report"

    @api.model
    def _search(self, domain, *args, **kwargs):
        """Override of Odoo: only lines are added up that may be what is asked for."""
        domain = Domain(domain).map_conditions(self._narrow_open)
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _narrow_open(self, condition):
        """A condition, with the lines of which it may be true.

        These are what the variance report has added up, and whatever changed since: its
        figures come from this very report.
        """
        facts = _OPEN.get(condition.field_expr)
        value = condition.value
        if not facts or condition.operator != ">" or not isinstance(value, int | float):
            return condition
        if value < 0:
            return condition
        return condition & Domain.custom(to_sql=partial(_is_candidate, facts))


def _is_candidate(facts, _model, alias, _query):
    # an array, found first: PostgreSQL would not put a subquery before so many joins,
    # and add up the lines of all years
    return SQL(
        """
        %s = ANY(ARRAY(
            SELECT id FROM order_variance WHERE %s
            UNION ALL
            SELECT line.id FROM order_variance_dirty dirty
            JOIN sale_order_line line ON line.order_id = dirty.order_id
            UNION ALL
            SELECT line_id FROM order_variance_dirty WHERE line_id IS NOT NULL
        ))
        """,
        SQL.identifier(alias, "id"),
        facts,
    )
