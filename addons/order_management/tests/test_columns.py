# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from unittest.mock import patch

from odoo.models import BaseModel
from odoo.tests import TransactionCase, tagged

_COLUMNS = "odoo.addons.order_management.tools.columns"
_BIG = ("sale.order", "sale.order.line", "stock.move", "stock.move.line")


@tagged("post_install", "-at_install")
class TestColumns(TransactionCase):
    """Installed on a database with a million orders: no column is filled row by row."""

    def _get_made(self, model):
        """Names of the columns that are made before the ORM would fill them."""
        made = set()

        def column_exists(_cr, _table, name):
            made.add(name)
            return True

        with (
            patch(f"{_COLUMNS}.table_exists", return_value=True),
            patch(f"{_COLUMNS}.column_exists", column_exists),
            patch.object(BaseModel, "_auto_init", lambda self: None),
        ):
            model._auto_init()
        return made

    def test_columns_of_big_tables_are_made_at_once(self):
        for name in (*_BIG, "stock.picking"):
            model = self.env[name]
            filled = {
                field.name
                for field in model._fields.values()
                if (field._modules or (field._module,))[0] == "order_management"
                and field.store
                and field.column_type
                and (field.compute or (field.default and field.default(model)))
            }
            self.assertEqual(filled - self._get_made(model), set(), name)
