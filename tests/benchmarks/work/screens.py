"""The screens that growing tables have: each action of the hub on one of them, with its
own views, filters, groups, pivots; taken from the actions, so that a new one is looked
at, too.
"""

from functools import partial

from lxml import etree

from odoo.fields import Domain
from odoo.tools.safe_eval import datetime, safe_eval, time

from .rows import TABLES

MODULE = "order_management"
#: few records, each of which counts what very many orders have
COUNTING = ("sale.channel",)
#: models of Odoo of which only what the hub made of them is looked at
OF_ODOO = ("sale.order", "stock.picking")
#: models that read what other tables have
REPORTS = (
    "order.quantity.report",
    "order.review.report",
    "order.variance.report",
    "shipment.report",
)
KINDS = ("list", "pivot", "graph", "kanban")
#: how a kind of view is named, which the verdicts tell apart
LABELS = {"pivot": "pivot", "graph": "by graph", "kanban": "kanban by group"}
MONTH = ("2026-10-01", "2026-11-01")
#: a list shows so many rows, and counts so many for its pager
PAGE, COUNTED = 80, 10_001


class Screen:
    """What one action opens."""

    def __init__(self, env, name, action):
        self.env, self.name = env, name
        self.model = action.res_model
        self.values = {"uid": env.uid, "time": time, "datetime": datetime}
        self.domain = safe_eval(action.domain or "[]", self.values)
        #: {kind: the view that the action opens}
        self.views = {
            mode: self._read_view(view_id, mode)
            for view_id, mode in action.views
            if mode in KINDS
        }
        self.search = self._read_view(action.search_view_id.id, "search")
        context = safe_eval(action.context or "{}", self.values)
        #: names of the filters that are on when it opens
        self.defaults = [
            key.removeprefix("search_default_")
            for key, value in context.items()
            if key.startswith("search_default_") and value
        ]

    @property
    def records(self):
        return self.env[self.model]

    def _read_view(self, view_id, kind):
        view = self.env[self.model].get_view(view_id or None, view_type=kind)
        return etree.fromstring(view["arch"])

    def get_filters(self):
        """``{name: domain}`` of the search view; months for what is a date."""
        found = {}
        for node in self.search.iter("filter"):
            name = node.get("name")
            if node.get("date"):
                moment, (first, last) = node.get("date"), MONTH
                found[name] = [(moment, ">=", first), (moment, "<", last)]
            elif node.get("domain") and "activit" not in node.get("domain"):
                found[name] = safe_eval(node.get("domain"), self.values)
        return found

    def get_domains(self):
        """``(name, domain)`` of each way to look at the list: as it opens, and with
        each filter. Reports of years keep the filters that they open with."""
        filters = self.get_filters()
        opened = self._get_default(filters)
        yield "as it opens", opened
        kept = opened if self.model in REPORTS else list(self.domain)
        if self.defaults and self.model not in REPORTS:
            yield "all", kept
        for name, domain in filters.items():
            yield name, [*kept, *domain]

    def _get_default(self, filters):
        """What the list opens with: of filters beside each other one is enough."""
        beside, number = {}, 0
        for node in self.search:
            if node.tag == "separator" or node.get("date"):
                number += 1
            beside[node.get("name")] = number
            number += bool(node.get("date"))
        chosen = {}
        for name in self.defaults:
            if name in filters:
                chosen.setdefault(beside.get(name), []).append(filters[name])
        return list(Domain.AND([self.domain, *map(Domain.OR, chosen.values())]))

    def get_opened(self):
        return next(self.get_domains())[1]

    def get_groups(self):
        """Fields (with granularity) that the search view offers to group by."""
        for node in self.search.iter("filter"):
            context = safe_eval(node.get("context") or "{}", self.values)
            name = context.get("group_by")
            if isinstance(name, str):
                yield name if ":" in name else self._add_month(name)

    def get_fields(self, kind="list"):
        """What a list or the cards of a kanban read, as the web client asks for it."""
        fields = {}
        view = self.views[kind]
        for node in view.findall("field") if kind == "list" else view.iter("field"):
            field = self.records._fields.get(node.get("name"))
            if not field or field.type in ("one2many", "many2many"):
                continue
            many2one = field.type == "many2one"
            fields[field.name] = {"fields": {"display_name": {}}} if many2one else {}
        return fields

    def get_sums(self, names):
        """Aggregates of fields, as the web client asks for them."""
        sums = ["__count"]
        if not names:
            return sums
        told = ["aggregator", "currency_field"]
        for name, field in self.records.fields_get(names, told).items():
            if not field.get("aggregator"):
                continue
            sums.append(f"{name}:{field['aggregator']}")
            if field.get("currency_field") and field["aggregator"] == "sum":
                sums.append(f"{field['currency_field']}:array_agg_distinct")
                sums.append(f"{name}:sum_currency")
        return list(dict.fromkeys(sums))

    # what the web client calls ----------------------------------------------------

    def read_list(self, domain):
        order = self.views["list"].get("default_order")
        return self.records.web_search_read(
            domain, self.get_fields(), limit=PAGE, count_limit=COUNTED, order=order
        )

    def read_groups(self, domain, name):
        shown = [node.get("name") for node in self.views["list"].iter("field")]
        return self.records.web_read_group(
            domain, [name], self.get_sums(shown), limit=PAGE
        )

    def read_pivot(self, domain):
        view = self.views["pivot"]
        rows, columns = self._get_axes(view, "row"), self._get_axes(view, "col")
        sets = [[], rows, columns, [*rows, *columns]]
        sets = [list(s) for s in dict.fromkeys(map(tuple, sets))]
        sums = self.get_sums(self._get_measures(view))
        return self.records.formatted_read_grouping_sets(domain, sets, sums)

    def read_graph(self, domain):
        view = self.views["graph"]
        measures = self._get_measures(view)
        names = [
            self._spell(node)
            for node in view.findall("field")
            if node.get("name") not in measures
        ]
        sums = self.get_sums(measures)
        return self.records.formatted_read_group(domain, names, sums)

    def read_kanban(self, domain):
        name = self.views["kanban"].get("default_group_by")
        fields = self.get_fields("kanban")
        if not name:
            return self.records.web_search_read(
                domain, fields, limit=40, count_limit=COUNTED
            )
        return self.records.web_read_group(
            domain,
            [name],
            ["__count"],
            auto_unfold=True,
            unfold_read_specification=fields,
            unfold_read_default_limit=40,
        )

    def _get_axes(self, view, kind):
        fields = view.findall("field")
        return [self._spell(node) for node in fields if node.get("type") == kind][:1]

    def _get_measures(self, view):
        fields = view.findall("field")
        return [node.get("name") for node in fields if node.get("type") == "measure"]

    def _spell(self, node):
        name, interval = node.get("name"), node.get("interval")
        return self._add_month(name, interval or "month")

    def _add_month(self, name, interval="month"):
        """What the web client puts behind a date."""
        field = self.records._fields.get(name)
        moment = field and field.type in ("date", "datetime")
        return f"{name}:{interval}" if moment else name


def find(env):
    """The screens of the hub on growing tables that the user may open."""
    models = {table.replace("_", ".") for table in TABLES}
    models.update(REPORTS, COUNTING, OF_ODOO)
    data = env["ir.model.data"].sudo()
    found = data.search(
        [("module", "=", MODULE), ("model", "=", "ir.actions.act_window")],
        order="name",
    )
    for row in found:
        action = env["ir.actions.act_window"].sudo().browse(row.res_id)
        if action.res_model not in models or action.target == "new":
            continue
        if "list" not in (mode for _view_id, mode in action.views):
            continue
        if "active_id" in f"{action.domain}{action.context}":
            continue
        if action.res_model in OF_ODOO and not _is_of_hub(action):
            continue
        if env[action.res_model].has_access("read"):
            yield Screen(env, row.name, action)


def begin_anew(env):
    """As a request finds its transaction: nothing is read, no setting is made."""
    env.flush_all()
    env.invalidate_all()
    for setting in ("work_mem", "random_page_cost"):
        env.cr.execute(f"RESET {setting}")


def _is_of_hub(action):
    search = action.search_view_id
    return search and search.get_external_id()[search.id].startswith(f"{MODULE}.")


def get_works(screen):
    """``(name, function without arguments)`` of all that is done on a screen."""
    for name, domain in screen.get_domains():
        yield name, partial(screen.read_list, domain)
    opened = screen.get_opened()
    for name in screen.get_groups():
        yield f"by {name}", partial(screen.read_groups, opened, name)
    for kind in LABELS:
        if kind in screen.views:
            yield LABELS[kind], partial(getattr(screen, f"read_{kind}"), opened)


def find_buttons(env):
    """``(model, function without arguments)``: the figures of the hub on the smart
    buttons of a record, of each form that the hub has or adds to."""
    data = env["ir.model.data"].sudo()
    found = data.search([("module", "=", MODULE), ("model", "=", "ir.ui.view")])
    views = env["ir.ui.view"].sudo().browse(found.mapped("res_id"))
    forms = views.filtered(lambda view: view.type == "form")
    for model in sorted(set(forms.mapped("model")) & set(env)):
        records = env[model]
        if not records._auto or records._transient or not records.has_access("read"):
            continue
        names = _get_figures(records)
        record = records.search([], limit=1) if names else records
        if record:
            yield model, partial(record.read, names)


def _get_figures(records):
    view = etree.fromstring(records.get_view(view_type="form")["arch"])
    names = view.xpath("//button[contains(@class, 'oe_stat_button')]//field/@name")
    fields = [records._fields[name] for name in dict.fromkeys(names)]
    return [field.name for field in fields if MODULE in field._modules]
