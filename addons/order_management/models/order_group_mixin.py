# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import functools

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.query import Query

#: Context key of what was added up; its value no RPC context can carry.
_KEY = "order_management_added_up"
#: How many groups there are in all: an aggregate that only this file asks for.
_GROUPS = "id:count_groups"
#: Memory of a grouping: 200,000 customers fit, PostgreSQL's 4 MB hold a tenth of them
#: and the rest is sorted on disk.
_WORK_MEM = 64 * 2**20
#: What a page read out of turn costs, in pages read in turn, where a covering index is
#: read as a whole; PostgreSQL's 4 is of disks that turn, and makes it read all of a
#: million orders instead.
_PAGE_COST = 1.1


class _AddedUp:
    """A query that gives one row a group instead of one a record."""

    def __init__(self, records, query):
        self.records, self.query = records, query


class OrderGroupMixin(models.AbstractModel):
    """Groups and pivots over a million records that are read once and added up once.

    Odoo joins the names of the groups to every record, and adds every record to each of
    the four sums of a pivot. Here PostgreSQL first adds up the records by all that is
    asked for, in a subquery; names, order, totals and the number of groups are then
    found in its few rows, by Odoo's own query over them. What cannot be added up twice
    (averages, properties, paths) is left to Odoo.
    """

    _name = "order.group.mixin"
    _description = "Groups of Many Records"

    #: many2one fields with so many values that a page of groups is found first
    _MANY_GROUPS = ()
    #: of these, those that nearly every record has another value of: the page is found
    #: by the index that the values are listed by, which they need to have
    _LISTED_GROUPS = ()

    def _read_group(
        self,
        domain,
        groupby=(),
        aggregates=(),
        having=(),
        offset=0,
        limit=None,
        order=None,
    ):
        """Override of Odoo: over rows that are added up, where that can be."""
        records = self
        if groupby and not having:
            records = self._add_up(domain, groupby, aggregates, order)
        return super(OrderGroupMixin, records)._read_group(
            domain, groupby, aggregates, having, offset, limit, order
        )

    @api.model
    def _read_grouping_sets(self, domain, grouping_sets, aggregates=(), order=None):
        """Override of Odoo: over rows that are added up, where that can be."""
        groupby = dict.fromkeys(spec for specs in grouping_sets for spec in specs)
        records = self._add_up(domain, groupby, aggregates, order)
        return super(OrderGroupMixin, records)._read_grouping_sets(
            domain, grouping_sets, aggregates, order
        )

    def _formatted_read_group_with_length(
        self, domain, groupby, aggregates, offset=0, limit=None, order=None
    ):
        """Override of Odoo, which would read all groups again to count them."""
        if not limit or not self._is_for_many(domain, aggregates):
            return super()._formatted_read_group_with_length(
                domain, groupby, aggregates, offset, limit, order
            )
        many = len(groupby) == 1 and groupby[0] in self._MANY_GROUPS
        if many and self._is_known(order, groupby):
            return self._read_page_of_groups(
                domain, groupby, aggregates, offset, limit, order
            )
        groups = self.formatted_read_group(
            domain,
            groupby,
            [*aggregates, _GROUPS],
            offset=offset,
            limit=limit,
            order=order,
        )
        counts = [group.pop(_GROUPS) for group in groups]
        if len(groups) == limit:
            return groups, counts[0]
        return groups, len(groups) + offset if groups else 0

    def _read_page_of_groups(self, domain, groupby, aggregates, offset, limit, order):
        """Which groups are on the page and how many there are; then only these are
        added up, by the index of what they are grouped by."""
        [name] = groupby
        if name in self._LISTED_GROUPS and order in (None, False, "", name):
            page = self._find_listed_groups(domain, name, offset, limit)
        else:
            page = self._find_groups(domain, name, offset, limit, order)
        if len(page) == limit:
            ids = [record_id or False for record_id, _count in page]
            # as many as the limit: nothing is missing that had to be filled in
            offset, domain = 0, Domain(domain) & Domain(name, "in", ids)
        groups = self.formatted_read_group(
            domain, groupby, aggregates, offset=offset, limit=limit, order=order
        )
        if len(page) == limit:
            return groups, page[0][1]
        return groups, len(groups) + offset if groups else 0

    def _find_groups(self, domain, name, offset, limit, order):
        """``[(id, number of all groups)]`` of a many2one field, a page in order."""
        query = self._search(domain)
        if query.is_empty():
            return []
        self._tune_grouping()
        query.groupby = self._field_to_sql(self._table, name, query)
        values = SQL("%s AS %s", query.groupby, SQL.identifier(name))
        groups = Query(self.env, self._table, SQL("(%s)", query.select(values)))
        value = self._field_to_sql(self._table, name, groups)
        groups.order = self._read_group_orderby(order or name, {name: value}, groups)
        groups.limit, groups.offset = limit, offset
        # PostgreSQL expects 200 groups of a union, however many there are, and would
        # look up the name of each by itself
        self._set_for_transaction("enable_nestloop", "off")
        found = self.env.execute_query(groups.select(value, SQL("COUNT(*) OVER ()")))
        self._set_for_transaction("enable_nestloop", "on")
        return found

    def _find_listed_groups(self, domain, name, offset, limit):
        """The same as `_find_groups`, without going through the names of all groups:
        they are counted, and those of the page are taken from their own list."""
        count, with_none = self._count_groups(domain, name)
        order = self.env[self._fields[name].comodel_name]._order
        # as PostgreSQL sorts what is missing
        none_at = 0 if order.partition(",")[0].lower().endswith(" desc") else count - 1
        page = range(offset, min(offset + limit, count))
        on_page = with_none and none_at in page
        skipped = with_none and none_at < offset
        ids = self._list_groups(domain, name, offset - skipped, len(page) - on_page)
        if on_page:
            ids.insert(none_at - offset, None)
        return [(record_id, count) for record_id in ids]

    def _count_groups(self, domain, name):
        """How many values a field has, and whether one of them is none."""
        query = self._search(domain)
        if query.is_empty():
            return 0, False
        self._tune_grouping()
        query.groupby = self._field_to_sql(self._table, name, query)
        value = SQL("%s AS %s", query.groupby, SQL.identifier(name))
        [[count, with_none]] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COALESCE(BOOL_OR(%s IS NULL), FALSE) FROM (%s) found",
                SQL.identifier(name),
                query.select(value),
            )
        )
        return count, with_none

    def _list_groups(self, domain, name, offset, limit):
        """Ids of a page of the values that records have, in their own order."""
        query = self._search(domain)
        if query.is_empty() or limit <= 0:
            return []
        values = self.env[self._fields[name].comodel_name]
        page = Query(self.env, "page", SQL.identifier(values._table))
        value = self._field_to_sql(self._table, name, query)
        query.add_where(SQL("%s = %s", value, SQL.identifier("page", "id")))
        page.add_where(SQL("EXISTS (%s)", query.select(SQL("1"))))
        page.order = values._order_to_sql(values._order, page, alias="page")
        page.limit, page.offset = limit, offset
        return [row[0] for row in self.env.execute_query(page.select())]

    def _set_for_transaction(self, name, value):
        self.env.cr.execute("SELECT set_config(%s, %s, TRUE)", [name, value])

    def _web_read_group_groupby_formatter(self, groupby_spec, values):
        """Override of Odoo: each value is put into words once, not once a cell."""
        formatter = super()._web_read_group_groupby_formatter(groupby_spec, values)
        return functools.cache(formatter)

    def _search(self, domain, *args, **kwargs):
        """Override of Odoo: what was added up is what its groups are read from."""
        added_up = self._get_added_up()
        if added_up:
            return added_up.query
        return super()._search(domain, *args, **kwargs)

    def _read_group_select(self, aggregate_spec, query):
        """Override of Odoo: records are counted from the rows they were added up to."""
        if aggregate_spec == _GROUPS:
            return SQL("COUNT(*) OVER ()")
        if aggregate_spec == "__count" and self._get_added_up():
            return SQL("SUM(%s)::bigint", SQL.identifier(self._table, "__count"))
        return super()._read_group_select(aggregate_spec, query)

    def _read_group_empty_value(self, spec):
        """Override of Odoo for the number of groups."""
        return 0 if spec == _GROUPS else super()._read_group_empty_value(spec)

    def _read_group_postprocess_groupby(self, groupby_spec, raw_values):
        """Override of Odoo: records that come out know nothing of how they went in."""
        added_up = self._get_added_up()
        records = added_up.records if added_up else self
        return super(OrderGroupMixin, records)._read_group_postprocess_groupby(
            groupby_spec, raw_values
        )

    @api.model
    def _is_for_many(self, domain, aggregates):
        """Hook: whether groups of these records are read once; models of Odoo say no to
        what is not of the hub."""
        return True

    def _get_added_up(self):
        added_up = self.env.context.get(_KEY)
        if isinstance(added_up, _AddedUp) and added_up.records._name == self._name:
            return added_up
        return None

    def _add_up(self, domain, groupby, aggregates, order):
        """These records with an environment in which their groups are read from rows
        that are added up already; as they are where that cannot be done."""
        known = {*groupby, *aggregates}
        if self._get_added_up() or not groupby or not self._is_known(order, known):
            return self
        if not self._is_for_many(domain, aggregates):
            return self
        names = self._sort_columns(groupby, aggregates)
        if names is None:
            return self
        query = self._search(domain)
        if query.is_empty():
            return self
        self._tune_grouping()
        query = Query(
            self.env, self._table, SQL("(%s)", self._select_sums(query, *names))
        )
        return self.with_context(**{_KEY: _AddedUp(self, query)})

    @api.model
    def _is_known(self, order, specs):
        """Whether an order needs nothing but what is read."""
        parts = (order or "").split(",")
        return all(not part.strip() or part.split()[0] in specs for part in parts)

    @api.model
    def _sort_columns(self, groupby, aggregates):
        """``(group specs, columns that are summed up)`` of a subquery, or None when
        something cannot be added up twice."""
        specs, sums = list(groupby), []
        for spec in aggregates:
            name, _colon, function = spec.partition(":")
            if spec in ("__count", _GROUPS):
                continue
            if name not in self._fields:
                return None
            if function in ("sum", "sum_currency"):
                sums.append(name)
            elif function in ("array_agg_distinct", "count_distinct"):
                specs.append(name)
            else:
                return None
            if function == "sum_currency":
                specs.append(self._fields[name].get_currency_field(self))
        names = {spec.partition(":")[0] for spec in specs}
        if names.intersection(sums) or not all(map(self._is_column, names)):
            return None
        # the sum of whole numbers would come back as a decimal number
        if any(self._fields[name].type not in ("monetary", "float") for name in sums):
            return None
        return list(dict.fromkeys(specs)), list(dict.fromkeys(sums))

    @api.model
    def _is_column(self, name):
        """A field whose values PostgreSQL tells apart as Odoo does; many a record has
        the same one. A path is none."""
        field = self._fields.get(name)
        kinds = ("many2one", "selection", "char", "boolean", "date", "datetime")
        return bool(
            field
            and field.store
            and field.type in kinds
            and not (field.translate or field.company_dependent)
        )

    def _select_sums(self, query, specs, sums):
        """One row a group, with the columns that Odoo's own query reads."""
        columns, terms = {"__count": SQL("COUNT(*)")}, []
        for spec in specs:
            name, colon, _granularity = spec.partition(":")
            term = self._read_group_groupby(self._table, spec, query)
            terms.append(term)
            # any moment of a month is in that month
            columns[name] = (
                SQL("MIN(%s)", self._field_to_sql(self._table, name, query))
                if colon
                else term
            )
        for name in sums:
            columns[name] = SQL("SUM(%s)", self._field_to_sql(self._table, name, query))
        query.groupby = SQL(", ").join(terms)
        return query.select(
            *(
                SQL("%s AS %s", column, SQL.identifier(name))
                for name, column in columns.items()
            )
        )

    def _tune_grouping(self):
        """Enough memory for this transaction's groups, never less than before; and an
        index that has all that is asked for costs what it costs to read it, not a leap
        for each of its pages."""
        self.env.cr.execute(
            """
            SELECT CASE WHEN pg_size_bytes(current_setting('work_mem')) < %s
                    THEN set_config('work_mem', %s, TRUE) END,
                CASE WHEN current_setting('random_page_cost')::float8 > %s
                    THEN set_config('random_page_cost', %s, TRUE) END
            """,
            [_WORK_MEM, f"{_WORK_MEM // 1024}kB", _PAGE_COST, str(_PAGE_COST)],
        )
