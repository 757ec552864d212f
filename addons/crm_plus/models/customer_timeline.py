# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import unicodedata
from datetime import datetime

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

#: what every source selects, and as what; the order of a page is the first four
_COLUMNS = {
    "occurred_at": "timestamp",
    "kind": "varchar",
    "res_model": "varchar",
    "res_id": "integer",
    "title": "varchar",
    "amount": "numeric",
    "currency_id": "integer",
    "user_id": "integer",
    "direction": "varchar",
}
_KEY = ("occurred_at", "kind", "res_model", "res_id")
_MAX_PAGE = 200
#: what people filter by most; what bridges add comes after
_FIRST_GROUPS = ("sales", "delivery", "invoicing", "pipeline", "contact", "messages")
#: letters that Unicode does not take apart, as far as one letter stands for them
_STROKES = str.maketrans("ĐđØøŁł", "ddooll")
#: small letters without accents, by PostgreSQL's own means: the extension "unaccent"
#: is not everybody's to install
_FOLDED = (
    "regexp_replace(lower(translate(normalize(s.title, NFKD), 'ĐđØøŁł', 'ddooll')),"
    " '[\u0300-\u036f]', '', 'g')"
)


class CustomerTimeline(models.AbstractModel):
    """Everything that happened with a customer, merged from where it is recorded.

    Nothing is copied: each source is a SELECT of the records its user may read, with
    the record rules inside. The newest of each are merged and read on from a key, so
    that a page costs the same number of queries whatever the length of the history.
    """

    _name = "customer.timeline"
    _description = "Customer Timeline"

    @api.model
    def get_page(self, partner_id, groups=None, search=None, cursor=None, limit=40):
        """Return one page of the timeline of a customer with all contacts.

        :param int partner_id: any partner of the commercial family
        :param list groups: show these groups of kinds only, see :meth:`_get_groups`
        :param str search: words that are in the title
        :param list cursor: what the page before answered, to read on from there
        :param int limit: entries at most, up to 200
        :return: ``{"entries": [...], "cursor": [...] or False}``
        :raises AccessError: when the customer is not the user's to see
        :raises UserError: when the customer is gone, or the cursor is none of ours
        """
        customer = self.env["res.partner"]._get_visible_customer(partner_id)
        limit = max(1, min(limit, _MAX_PAGE)) if isinstance(limit, int) else 40
        kinds = self._get_kinds_of_groups(groups)
        sources = self._get_sources(customer._get_customer_family_ids(), kinds)
        if not sources:
            return {"entries": [], "cursor": False}
        query = self._get_page_query(sources, kinds, search, cursor, limit + 1)
        rows = self.env.execute_query_dict(query)
        # a row more than asked tells whether there is a next page
        last = rows[limit - 1] if len(rows) > limit else None
        entries = [self._prepare_entry(row) for row in rows[:limit]]
        entries = self._decorate(entries)
        return {"entries": entries, "cursor": bool(last) and _make_cursor(last)}

    @api.model
    def _get_sources(self, partner_ids, kinds=None):
        """Return the SELECTs that the timeline is merged from: the hook of bridges.

        Each has the columns ``occurred_at, kind, res_model, res_id, title, amount,
        currency_id, user_id, direction`` by these names, in any order. Further ones are
        optional: ``partner_id`` (the contact), ``author_id`` (a partner), ``state``,
        ``detail`` (text), ``all_day``, ``open_model`` and ``open_id`` (what a click
        opens). :meth:`_make_source` writes such a SELECT, with the record rules in it.

        :param list partner_ids: the customer and all contacts
        :param kinds: a collection of kinds, others need no source; None for all
        :return: list of SQL
        """
        return []

    @api.model
    def _get_kinds(self):
        """Return what there can be: ``{kind: {label, icon, group, model}}``.

        ``model`` is what a user has to be allowed to read; ``icon`` is Font Awesome's;
        ``state_field`` is whose words ``state`` gets, "state" where there is none.
        """
        return {}

    @api.model
    def _get_groups(self):
        """Return the groups of kinds that people filter by: ``{group: label}``."""
        return {}

    @api.model
    def _decorate(self, entries):
        """Add to a page what no SELECT knows: names, words of states, texts of mails.

        :param list entries: dicts, changed in place; a few queries for all of them
        :return: the entries
        """
        kinds = self._get_kinds()
        users = self._get_names("res.users", entries, "user_id")
        contacts = self._get_names("res.partner", entries, "partner_id")
        authors = self._get_names("res.partner", entries, "author_id")
        for entry in entries:
            kind = kinds.get(entry["kind"], {})
            entry["label"] = kind.get("label", entry["kind"])
            entry["icon"] = kind.get("icon", "fa-circle-o")
            entry["group"] = kind.get("group", False)
            entry["user"] = users.get(entry["user_id"], False)
            entry["contact"] = contacts.get(entry["partner_id"], False)
            entry["author"] = authors.get(entry["author_id"], False)
            entry["state_label"] = self._get_state_label(
                entry, kind.get("state_field", "state")
            )
        return entries

    @api.model
    def _make_source(self, model, domain, kind, occurred_at, title, **columns):
        """Return the SELECT of records of ``model`` that the user may read, in a list.

        :param model: name of a model, or a recordset with the rights to search with
        :param domain: which of its records, archived ones too
        :param kind: text, or SQL for a kind per record
        :param occurred_at: name of a field, or SQL
        :param title: the same
        :param columns: more columns; a text is a field's name, SQL is taken as it is
        :return: one SQL, or an empty list when the user may not read the model
        """
        records = self.env[model] if isinstance(model, str) else model
        records = records.with_context(active_test=False)
        if not records.has_access("read"):
            return []
        query = records._search(domain)
        select = {
            **dict.fromkeys(_COLUMNS, SQL("NULL")),
            "kind": SQL("%s", kind) if isinstance(kind, str) else kind,
            "res_model": SQL("%s", records._name),
            "res_id": "id",
            "occurred_at": occurred_at,
            "title": title,
            **columns,
        }
        parts = []
        for name, column in select.items():
            if isinstance(column, str):
                column = records._field_to_sql(query.table, column, query)
            elif callable(column):
                column = column(query)
            parts.append(SQL("%s AS %s", column, SQL.identifier(name)))
        return [query.select(*parts)]

    @api.model
    def _wants(self, kinds, *mine):
        """Whether a source of ``mine`` has to be asked for ``kinds`` (None: all)."""
        return kinds is None or not set(mine).isdisjoint(kinds)

    # ------------------------------------------------------------- inner workings
    def _get_page_query(self, sources, kinds, search, cursor, limit):
        where = [SQL("s.occurred_at IS NOT NULL")]
        if kinds is not None:
            where.append(SQL("s.kind = ANY(%s)", list(kinds)))
        for word in str(search or "").replace("\0", "").split()[:5]:
            where.append(self._get_search_condition(word))
        if cursor:
            where.append(_read_cursor(self.env, cursor))
        condition = SQL(" AND ").join(where)
        parts = [
            SQL(
                "(SELECT %(columns)s, to_jsonb(x) AS extra FROM ("
                "SELECT s.* FROM (%(source)s) AS s WHERE %(condition)s"
                " ORDER BY %(order)s LIMIT %(limit)s) AS x)",
                columns=SQL(", ").join(
                    SQL("x.%s::%s AS %s", SQL.identifier(name), SQL(kind), SQL(name))
                    for name, kind in _COLUMNS.items()
                ),
                source=source,
                condition=condition,
                order=SQL(", ").join(SQL("s.%s DESC", SQL(name)) for name in _KEY),
                limit=limit,
            )
            for source in sources
        ]
        return SQL(
            "SELECT t.* FROM (%s) AS t ORDER BY %s LIMIT %s",
            SQL(" UNION ALL ").join(parts),
            SQL(", ").join(SQL("t.%s DESC", SQL(name)) for name in _KEY),
            limit,
        )

    def _get_search_condition(self, word):
        """A word in the title; accents and capitals make no difference."""
        return SQL("strpos(%s, %s) > 0", SQL(_FOLDED), _fold(word))

    def _prepare_entry(self, row):
        extra = row["extra"] or {}
        return {
            "key": f"{row['kind']}-{row['res_model']}-{row['res_id']}",
            "occurred_at": fields.Datetime.to_string(row["occurred_at"]),
            **{name: row[name] for name in ("kind", "res_model", "res_id")},
            "title": row["title"] or "",
            "amount": float(row["amount"]) if row["amount"] is not None else False,
            "currency_id": row["currency_id"] or False,
            "user_id": row["user_id"] or False,
            "direction": row["direction"] or False,
            **{
                name: extra.get(name) or False
                for name in ("partner_id", "author_id", "state", "detail", "all_day")
            },
            "open_model": extra.get("open_model") or row["res_model"],
            "open_id": extra.get("open_id") or row["res_id"],
        }

    def _get_names(self, model, entries, name):
        """Names of the people of a page: reading them needs no right of its own."""
        ids = {entry[name] for entry in entries if entry[name]}
        # whoever sees an entry sees who it was, as in the record's own history
        records_sudo = self.env[model].sudo().browse(ids).exists()
        # a contact's name without the company's, which is on top of the screen
        return {
            record.id: record.name or record.display_name for record in records_sudo
        }

    def _get_state_label(self, entry, name):
        if not entry["state"] or entry["res_model"] not in self.env:
            return False
        field = self.env[entry["res_model"]]._fields.get(name)
        if field is None or field.type != "selection":
            return entry["state"]
        labels = dict(field._description_selection(self.env))
        return labels.get(entry["state"], entry["state"])

    def _get_kinds_of_groups(self, groups):
        if not groups or not isinstance(groups, (list, tuple)):
            return None
        return {
            kind for kind, info in self._get_kinds().items() if info["group"] in groups
        }

    def _get_filters(self):
        """The groups with at least one kind whose model the user may read."""
        readable = {
            info["group"]
            for info in self._get_kinds().values()
            if self.env[info["model"]].has_access("read")
        }
        groups = self._get_groups()
        order = [key for key in _FIRST_GROUPS if key in groups]
        order += [key for key in groups if key not in order]
        return [{"key": key, "label": groups[key]} for key in order if key in readable]

    def _of_family(self, partner_ids, field="partner_id"):
        """The domain of records whose contact is one of the family."""
        return Domain(field, "in", partner_ids)


def _fold(text):
    text = unicodedata.normalize("NFKD", text.translate(_STROKES)).lower()
    return "".join(char for char in text if not "\u0300" <= char <= "\u036f")


def _make_cursor(row):
    return [row["occurred_at"].isoformat(), *(row[name] for name in _KEY[1:])]


def _read_cursor(env, cursor):
    """The condition of what comes after ``cursor``, which is a client's word."""
    try:
        moment, kind, model, res_id = cursor
        values = (datetime.fromisoformat(moment), str(kind), str(model), int(res_id))
        if not 0 <= values[-1] < 2**31 or "\0" in values[1] + values[2]:
            raise ValueError("no record is like this")
    except (TypeError, ValueError) as error:
        raise UserError(
            env._("The timeline cannot be read on from here. Please load it again.")
        ) from error
    return SQL(
        "(%s) < (%s)",
        SQL(", ").join(SQL("s.%s", SQL(name)) for name in _KEY),
        SQL(", ").join(
            SQL("%s::%s", value, SQL(_COLUMNS[name]))
            for name, value in zip(_KEY, values, strict=True)
        ),
    )
