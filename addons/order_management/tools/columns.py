# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
from odoo.tools import SQL
from odoo.tools.sql import column_exists, table_exists


def create_column_with_default(cr, model, name, default):
    """Add the column of a stored field to a table that already holds rows.

    Every row gets ``default`` at once, without a rewrite of the table; later rows get
    what the ORM gives them.

    :param model: recordset of the model
    :param name: a stored field of it
    :return: whether the column is new
    """
    if not table_exists(cr, model._table) or column_exists(cr, model._table, name):
        return False  # a new table gets the column from the ORM
    names = {
        "table": SQL.identifier(model._table),
        "column": SQL.identifier(name),
    }
    cr.execute(
        SQL(
            "ALTER TABLE %(table)s ADD COLUMN %(column)s %(type)s DEFAULT %(default)s",
            type=SQL(model._fields[name].column_type[1]),
            default=default,
            **names,
        )
    )
    cr.execute(
        SQL("ALTER TABLE %(table)s ALTER COLUMN %(column)s DROP DEFAULT", **names)
    )
    return True
