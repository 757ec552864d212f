# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..tools.wave_plan import Limits, Parcel, plan_waves

#: deliveries that one run looks at
_MOST = 5000


class StockWaveRule(models.Model):
    """Which deliveries are picked together on one trip."""

    _name = "stock.wave.rule"
    _description = "Wave Rule"
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    picking_type_ids = fields.Many2many(
        "stock.picking.type",
        string="Operation Types",
        check_company=True,
        domain="[('code', 'in', ('outgoing', 'internal'))]",
        help="Empty: all deliveries of the company.",
    )
    carrier_ids = fields.Many2many(
        "delivery.carrier", string="Carriers", help="Empty: whatever the carrier."
    )
    location_id = fields.Many2one(
        "stock.location",
        "Zone",
        check_company=True,
        domain="[('usage', '=', 'internal')]",
        help="Only deliveries of which everything is taken from inside this location.",
    )
    line_scope = fields.Selection(
        [("any", "All"), ("single", "Single-line only"), ("several", "Several lines")],
        "Deliveries",
        default="any",
        required=True,
        help="Orders of one product are picked and packed fastest among themselves.",
    )
    is_urgent_only = fields.Boolean("Urgent Only")
    due_hours = fields.Float(
        "Due within (hours)", help="Promised to ship within so many hours. 0: all."
    )
    group_by_carrier = fields.Boolean("One Carrier a Wave", default=True)
    group_by_zone = fields.Boolean(
        "One Zone a Wave",
        help="Zones are the locations right below the stock location of the "
        "warehouse. What comes from several zones goes into a wave of its own.",
    )
    group_by_day = fields.Boolean("One Ship-by Day a Wave")
    group_by_priority = fields.Boolean("Urgent Ones Apart")
    max_deliveries = fields.Integer("Most Deliveries", default=20)
    max_lines = fields.Integer("Most Lines", help="0: no limit.")
    max_weight = fields.Float("Most Weight", help="In the unit of weight. 0: no limit.")
    max_open_waves = fields.Integer(
        "Most Open Waves",
        help="So many waves of this rule may be open at once. 0: no limit.",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Pickers",
        help="New waves go to whoever has the fewest. Empty: to nobody yet.",
        domain="[('share', '=', False)]",
    )
    takes_automatic = fields.Boolean(
        "Also from Automatic Batches",
        default=True,
        help="Odoo gathers deliveries of one customer in batches by itself where the "
        "operation type says so, and it does in new warehouses. Those that nobody was "
        "given yet are picked in waves instead.",
    )
    is_automatic = fields.Boolean(
        "Build by Itself", help="The job builds waves of this rule as soon as it can."
    )
    wave_ids = fields.One2many("stock.picking.batch", "wave_rule_id")
    open_wave_count = fields.Integer("Open Waves", compute="_compute_open_wave_count")

    _limits_check = models.Constraint(
        "CHECK (max_deliveries >= 0 AND max_lines >= 0 AND max_weight >= 0"
        " AND max_open_waves >= 0 AND due_hours >= 0)",
        "The limits of a wave cannot be below zero.",
    )

    def _compute_open_wave_count(self):
        counts = self._get_open_wave_counts()
        for rule in self:
            rule.open_wave_count = counts[rule._origin.id]

    def _get_open_wave_counts(self):
        """How many waves of each rule are open now: a counter by rule id."""
        groups = self.env["stock.picking.batch"]._read_group(
            [
                ("wave_rule_id", "in", self.ids),
                ("state", "in", ("draft", "in_progress")),
            ],
            ["wave_rule_id"],
            ["__count"],
        )
        return Counter({rule.id: count for rule, count in groups})

    @api.constrains("user_ids", "company_id")
    def _check_pickers(self):
        for rule in self:
            outside = rule.user_ids.filtered(
                lambda user, rule=rule: rule.company_id not in user.sudo().company_ids
            )
            if outside:
                raise ValidationError(
                    self.env._(
                        "%(names)s cannot pick for %(company)s: give them access to "
                        "the company first.",
                        names=", ".join(outside.mapped("name")),
                        company=rule.company_id.name,
                    )
                )

    # ------------------------------------------------------------ actions

    def action_view_waves(self):
        """Open the waves that these rules made."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "order_management_stock_picking_batch.stock_wave_action"
        )
        return {**action, "domain": [("wave_rule_id", "in", self.ids)]}

    def action_preview(self):
        """Show what these rules would build now."""
        return self.env["stock.wave.build"]._open(self)

    @api.model
    def _cron_build(self):
        """Build the waves of all rules that may do it by themselves."""
        rules = self.search([("is_automatic", "=", True)])
        for company, group in rules.grouped("company_id").items():
            group.with_company(company)._build()
            self.env["ir.cron"]._commit_progress(1)

    # ------------------------------------------------------------ plan

    def _plan(self, claim=False):
        """What these rules would make of the deliveries that are ready now.

        A delivery goes into the first wave that wants it, rule by rule.

        :param claim: lock the deliveries and leave those that somebody else builds a
            wave of
        :return: list of ``{rule, pickings, label, lines, weight, due_at, user}``, the
            deliveries in the order of their boxes
        """
        if claim:
            self.filtered("max_open_waves")._meet_others()
        plan, taken_ids = [], set()
        load, is_open = self._get_loads(), self._get_open_wave_counts()
        for rule in self:
            domain = rule._get_ready_domain() & Domain("id", "not in", list(taken_ids))
            pickings = self.env["stock.picking"].search(domain, limit=_MOST)
            if claim:
                pickings = pickings.try_lock_for_update().filtered_domain(domain)
            for wave in rule._plan_rule(pickings, is_open[rule.id]):
                row = rule._prepare_plan_row(wave)
                row["user"] = rule._choose_picker(load)
                plan.append(row)
                taken_ids.update(wave.ids)
        return plan

    def _meet_others(self):
        """Make two who build waves of these rules at once meet: each would see as many
        open waves as before. The later one starts over, and counts the other's."""
        if not self:
            return
        self.env.execute_query(
            SQL(
                """
                WITH locked AS (
                    SELECT id FROM stock_wave_rule WHERE id = ANY(%s)
                    ORDER BY id FOR NO KEY UPDATE
                )
                UPDATE stock_wave_rule SET max_open_waves = max_open_waves
                FROM locked WHERE stock_wave_rule.id = locked.id
                RETURNING stock_wave_rule.id
                """,
                list(self.ids),
            )
        )

    def _get_ready_domain(self):
        """The deliveries this rule may take: ready, in no wave, and of its kind."""
        self.ensure_one()
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "=", "assigned")
        domain &= self.env["stock.picking"]._get_free_domain(self.takes_automatic)
        if self.picking_type_ids:
            domain &= Domain("picking_type_id", "in", self.picking_type_ids.ids)
        else:
            domain &= Domain("picking_type_id.code", "=", "outgoing")
        if self.carrier_ids:
            domain &= Domain("carrier_id", "in", self.carrier_ids.ids)
        return domain

    def _plan_rule(self, pickings, open_count):
        """:param open_count: how many waves of this rule are open already"""
        self.ensure_one()
        parcels = []
        for group in pickings._get_parcel_groups():
            if all(self._wants(picking) for picking in group):
                parcels.append(self._prepare_parcel(group))
        most = None
        if self.max_open_waves:
            most = max(0, self.max_open_waves - open_count)
        limits = Limits(self.max_deliveries, self.max_lines, self.max_weight, most)
        return plan_waves(parcels, limits)

    def _wants(self, picking):
        """What the search for ready deliveries cannot tell."""
        self.ensure_one()
        count = len(picking._get_wave_moves())
        if self.line_scope != "any" and (count == 1) != (self.line_scope == "single"):
            return False
        if self.is_urgent_only and not picking._get_wave_priority():
            return False
        if self.due_hours:
            latest = fields.Datetime.now() + timedelta(hours=self.due_hours)
            if picking._get_wave_due() > latest:
                return False
        if self.location_id:
            places = picking.move_line_ids.location_id
            return all(place._child_of(self.location_id) for place in places)
        return True

    def _prepare_parcel(self, pickings):
        first = pickings[:1]
        urgency = max(picking._get_wave_priority() for picking in pickings)
        due = min(picking._get_wave_due() for picking in pickings)
        zone = pickings._get_wave_zone()
        day = self.env["order.quota"]._get_day(self.company_id, due)
        group = (
            first.picking_type_id.id,
            first.carrier_id.id if self.group_by_carrier else 0,
            zone.id if self.group_by_zone else 0,
            day.isoformat() if self.group_by_day else "",
            urgency if self.group_by_priority else 0,
        )
        return Parcel(
            ids=tuple(pickings.ids),
            group=group,
            rank=(-urgency, due, first.id),
            lines=sum(len(picking._get_wave_moves()) for picking in pickings),
            weight=sum(pickings.mapped("weight")),
        )

    def _prepare_plan_row(self, wave):
        """A planned wave in records and words."""
        pickings = self.env["stock.picking"].browse(wave.ids)
        _type, carrier_id, zone_id, day, urgency = wave.group
        parts = [
            self.name,
            self.env["delivery.carrier"].browse(carrier_id).name if carrier_id else "",
            self.env["stock.location"].browse(zone_id).name if zone_id else "",
            day,
            self.env._("urgent") if urgency else "",
        ]
        return {
            "rule": self,
            "pickings": pickings._sort_for_trip(),
            "label": ", ".join(filter(None, parts)),
            "lines": wave.lines,
            "weight": wave.weight,
            "due_at": min(picking._get_wave_due() for picking in pickings),
        }

    def _get_loads(self):
        """How many open waves each picker of these rules has: a counter by user id."""
        users = self.user_ids
        groups = self.env["stock.picking.batch"]._read_group(
            [("user_id", "in", users.ids), ("state", "in", ("draft", "in_progress"))],
            ["user_id"],
            ["__count"],
        )
        return Counter({user.id: count for user, count in groups})

    def _choose_picker(self, load):
        """Whoever has the fewest waves; counts this one in ``load``."""
        self.ensure_one()
        users = self.user_ids.filtered("active")
        if not users:
            return users
        user = min(users, key=lambda user: (load[user.id], user.id))
        load[user.id] += 1
        return user

    # ------------------------------------------------------------ build

    def _build(self):
        """Make the waves that `_plan` tells.

        :return: the waves
        """
        plan = self._plan(claim=True)
        self._leave_automatic([row["pickings"] for row in plan])
        # first, all at once: Odoo would write a note to each delivery of a wave
        for row in plan:
            changed = row["pickings"].filtered(
                lambda picking, row=row: picking.user_id != row["user"]
            )
            changed.with_context(tracking_disable=True).user_id = row["user"]
            for number, picking in enumerate(row["pickings"], 1):
                picking.batch_sequence = number
        waves = (
            self.env["stock.picking.batch"]
            .with_context(tracking_disable=True)
            .create([self._prepare_wave_vals(row) for row in plan])
        )
        # what is in them is ready: nothing is left of what Odoo's button would confirm
        waves.state = "in_progress"
        return waves.with_context(tracking_disable=False)

    @api.model
    def _leave_automatic(self, groups):
        """Take deliveries out of Odoo's automatic batches, all at once; a batch that
        is empty then is cancelled, as Odoo does."""
        pickings = self.env["stock.picking"].union(*groups)
        batches = pickings.batch_id
        if batches:
            pickings.with_context(tracking_disable=True).batch_id = False
            empty = batches.filtered(lambda batch: not batch.picking_ids)
            empty.with_context(tracking_disable=True).state = "cancel"

    @api.model
    def _prepare_wave_vals(self, row):
        pickings = row["pickings"]
        return {
            "is_wave": True,
            "company_id": row["rule"].company_id.id,
            "picking_type_id": pickings[:1].picking_type_id.id,
            "wave_rule_id": row["rule"].id,
            "description": row["label"],
            "user_id": row["user"].id,
            "picking_ids": [Command.link(picking.id) for picking in pickings],
        }
