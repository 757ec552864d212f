# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Columns written past the ORM, where its hooks would begin anew what is settled."""

from odoo.tools import SQL


def write_column(model, name, pairs, kind):
    """Write one column of many records in one statement.

    Everything pending has to be flushed before.

    :param model: any recordset of the model
    :param name: of a stored field
    :param pairs: list of ``(id, value)``
    :param kind: PostgreSQL's name of the column's type: ``int4``, ``numeric``, ``text``
    """
    if not pairs:
        return
    ids, values = zip(*sorted(pairs, key=lambda pair: pair[0]), strict=True)
    model.env.cr.execute(
        SQL(
            "UPDATE %(table)s SET %(column)s = new.value"
            " FROM unnest(%(ids)s, %(values)s::%(kind)s[]) AS new(id, value)"
            " WHERE %(table)s.id = new.id",
            table=SQL.identifier(model._table),
            column=SQL.identifier(name),
            ids=list(ids),
            values=[None if value is False else value for value in values],
            kind=SQL.identifier(kind),
        )
    )
    model.invalidate_model([name], flush=False)


def copy_columns(model, names, pairs):
    """Copy columns from record to record in one statement.

    Everything pending has to be flushed before.

    :param names: of fields; those without a column are left out
    :param pairs: list of ``(id, id it is copied from)``
    """
    fields = [model._fields[name] for name in names]
    names = [field.name for field in fields if field.store and field.column_type]
    if not pairs or not names:
        return
    ids, sources = zip(*sorted(pairs), strict=True)
    model.env.cr.execute(
        SQL(
            "UPDATE %(table)s SET %(columns)s"
            " FROM unnest(%(ids)s, %(sources)s) AS pair(id, source_id)"
            " JOIN %(table)s source ON source.id = pair.source_id"
            " WHERE %(table)s.id = pair.id",
            table=SQL.identifier(model._table),
            columns=SQL(", ").join(
                SQL("%s = %s", SQL.identifier(name), SQL.identifier("source", name))
                for name in names
            ),
            ids=list(ids),
            sources=list(sources),
        )
    )
    model.invalidate_model(names, flush=False)
