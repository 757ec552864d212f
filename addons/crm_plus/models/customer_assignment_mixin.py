# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CustomerAssignmentMixin(models.AbstractModel):
    """For models with user_id, team_id and company_id whose records are given out.

    A bridge inherits it, names itself in ``_selection_model`` of the rule, and
    answers the questions at the end of this class.
    """

    _name = "customer.assignment.mixin"
    _description = "Assigned by Rules"
    _inherit = ["mail.thread"]

    assignment_rule_id = fields.Many2one(
        "customer.assignment.rule",
        "Assigned by Rule",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    assigned_at = fields.Datetime("Assigned", readonly=True, copy=False)
    response_deadline = fields.Datetime(
        "First Response Until", readonly=True, copy=False, index="btree_not_null"
    )
    handback_at = fields.Datetime(readonly=True, copy=False, index="btree_not_null")
    first_response_at = fields.Datetime("First Response", readonly=True, copy=False)
    first_response_hours = fields.Float(
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Working hours from assignment to the first contact",
    )
    response_state = fields.Selection(
        [("waiting", "Waiting"), ("in_time", "In Time"), ("late", "Late")],
        "First Response State",
        compute="_compute_response_state",
        search="_search_response_state",
    )

    @api.depends("response_deadline", "first_response_at")
    def _compute_response_state(self):
        now = fields.Datetime.now()
        for record in self:
            deadline, answered = record.response_deadline, record.first_response_at
            if not deadline:
                record.response_state = False
            elif (answered or now) > deadline:
                record.response_state = "late"
            else:
                record.response_state = "in_time" if answered else "waiting"

    def _search_response_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        clock = Domain("response_deadline", "!=", False)
        open_ = clock & Domain("first_response_at", "=", False)
        answered = clock & Domain("first_response_at", "!=", False)
        late = answered & Domain.custom(to_sql=_sql_answered_late)
        states = {
            False: Domain("response_deadline", "=", False),
            "waiting": open_ & Domain("response_deadline", ">=", now),
            "late": (open_ & Domain("response_deadline", "<", now)) | late,
            "in_time": answered & ~late,
        }
        return Domain.OR(states[key] for key in value if key in states)

    def write(self, vals):
        """Whoever is given a record by hand is not on the rule's clock."""
        if "user_id" in vals and not self.env.context.get("crm_plus_assigning"):
            vals = {**vals, "handback_at": False}
        return super().write(vals)

    # assignment

    def action_assign_by_rules(self):
        """Give the chosen records that nobody has to somebody, by the rules."""
        self.check_access("write")
        # the counters and the other people's records are not the user's to read
        self.sudo().filtered(lambda record: not record.user_id)._assign()
        return True

    @api.model
    def _cron_assign(self):
        """Hand back what was left lying, then give out what nobody has."""
        if not self.env["customer.assignment.rule"].search_count(
            [("model", "=", self._name)], limit=1
        ):
            return
        self._cron_hand_back()
        self._assign_waiting()

    @api.model
    def _assign_waiting(self):
        """Assign every open record nobody has, oldest first, whatever its age."""
        rules = self._get_assignment_rules()
        # what no rule is for would fill the batch, and the new ones never get a turn
        for_rules = Domain.OR(rule._get_domain() for rule in rules)
        records = self.search(
            self._get_assignment_waiting_domain() & for_rules,
            order="create_date, id",
            limit=5000,
        )
        return records._assign(rules=rules)

    @api.model
    def _get_assignment_rules(self):
        """:return: the rules of this model that can be asked, in their order."""
        rules = self.env["customer.assignment.rule"]
        return rules.search([("model", "=", self._name)])._filter_usable()

    def _assign(self, exclude=None, reason=None, rules=None):
        """Give each of these to somebody, by the first rule that fits and has room.

        A constant number of queries for each rule. Concurrent runs are exact: the
        counters of the people are rows that each of them updates.
        :param exclude: {record id: ids of users who had their chance}
        :param rules: those that can be asked, where they are known already
        :return: the records that were given to somebody
        """
        if not self:
            return self
        waiting, done = self, self.browse()
        for rule in self._get_assignment_rules() if rules is None else rules:
            if not waiting:
                break
            matching = waiting._filter_by_rule(rule)
            chosen = self.env["customer.assignment.engine"]._choose(
                rule, matching, exclude or {}
            )
            given = self.browse(chosen)
            given._apply_assignment(rule, chosen, reason)
            done |= given
            waiting -= given
        return done

    def _filter_by_rule(self, rule):
        """Those a rule is for: asked of the database, which is known to understand."""
        domain = Domain("id", "in", self.ids) & rule._get_domain()
        return self & self.with_context(active_test=False).search(domain)

    def _apply_assignment(self, rule, chosen, reason):
        """:param chosen: {record id: (member, reason)}"""
        if not self:
            return
        now = fields.Datetime.now()
        log = self._prepare_assignment_logs(rule, chosen, reason, now)
        self.env["customer.assignment.log"].create(log)
        calendar = rule.company_id.resource_calendar_id
        clock = {
            "assignment_rule_id": rule.id,
            "assigned_at": now,
            "response_deadline": rule.response_hours
            and calendar._add_hours(now, rule.response_hours),
            "handback_at": rule.handback_hours
            and calendar._add_hours(now, rule.handback_hours),
        }
        by_user = {}
        for record in self:
            by_user.setdefault(chosen[record.id][0].user_id, self.browse())
            by_user[chosen[record.id][0].user_id] |= record
        for user, records in by_user.items():
            values = {**clock, **self._prepare_assignment_owner(rule, user)}
            records.with_context(crm_plus_assigning=True).write(values)

    @api.model
    def _prepare_assignment_owner(self, rule, user):
        """:return: values that give a record to somebody; a hook for bridges.

        The team is written, too: left alone Odoo looks it up lead by lead.
        """
        team = rule.team_id or user.sale_team_id
        if not team or self._fields["team_id"].comodel_name != "crm.team":
            return {"user_id": user.id}
        return {"user_id": user.id, "team_id": team.id}

    def _prepare_assignment_logs(self, rule, chosen, reason, now):
        return [
            {
                "res_model": self._name,
                "res_id": record.id,
                "record_name": record.display_name,
                "rule_id": rule.id,
                "company_id": rule.company_id.id,
                "user_id": chosen[record.id][0].user_id.id,
                "from_user_id": record.user_id.id,
                "reason": reason or chosen[record.id][1],
                "done_at": now,
            }
            for record in self
        ]

    # clock

    def _mark_first_response(self, moment=None):
        """Stop the clock: somebody of us was in touch with the customer."""
        records = self.filtered(lambda record: not record.first_response_at)
        moment = moment or fields.Datetime.now()
        for record in records:
            start = record.assigned_at or record.create_date
            company = record.company_id or record.assignment_rule_id.company_id
            calendar = company.resource_calendar_id
            record.write(
                {
                    "first_response_at": moment,
                    "first_response_hours": calendar._count_hours(start, moment),
                    "handback_at": False,
                }
            )

    def _message_post_after_hook(self, message, msg_vals):
        """Override of `mail`: an answer of ours is a first response, a note is not."""
        result = super()._message_post_after_hook(message, msg_vals)
        if (
            len(self) == 1
            and not self.first_response_at
            # "email": answered from a mail program, through the alias
            and message.message_type in ("comment", "email", "email_outgoing")
            and not message.is_internal
            and message.subtype_id == self.env.ref("mail.mt_comment")
            and message.author_id.user_ids.filtered(lambda user: not user.share)
        ):
            self.sudo()._mark_first_response(message.date)
        return result

    @api.model
    def _cron_hand_back(self):
        """Take back what nobody touched in time and give it to somebody else."""
        late = self.search(
            self._get_assignment_open_domain()
            & Domain("handback_at", "<", fields.Datetime.now())
            & Domain("first_response_at", "=", False)
            & Domain("user_id", "!=", False),
            limit=1000,
        )
        tried = late._get_tried_users()
        moved = late._assign(exclude=tried, reason="handback")
        left = late - moved
        left -= left._filter_more_to_try(tried)
        if left:
            # everybody had their chance: it stays where it is, and the log says so
            left.with_context(crm_plus_assigning=True).write({"handback_at": False})
            self.env["customer.assignment.log"].create(
                [
                    {
                        "res_model": self._name,
                        "res_id": record.id,
                        "record_name": record.display_name,
                        "rule_id": record.assignment_rule_id.id,
                        "company_id": record.company_id.id,
                        "user_id": record.user_id.id,
                        "reason": "nobody",
                    }
                    for record in left
                ]
            )
        return moved

    def _filter_more_to_try(self, tried):
        """:return: those that somebody may get who is off work or full right now.

        Deadlines in working hours end when people go home: the next run tries again.
        """
        later = {}
        for rule in self.assignment_rule_id.filtered("active"):
            members = rule.member_ids.filtered(
                lambda member: member.weight and member.user_id.active
            )
            ready = members.filtered(lambda member: member._has_room(0))
            if rule.at_work_only:
                ready = ready._filter_at_work(fields.Datetime.now())
            later[rule.id] = set((members - ready).user_id.ids)
        return self.filtered(
            lambda record: (
                later.get(record.assignment_rule_id.id, set()) - tried[record.id]
            )
        )

    def _get_tried_users(self):
        """:return: {record id: ids of the users who had it}; one query."""
        groups = self.env["customer.assignment.log"]._read_group(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            ["res_id"],
            ["user_id:array_agg"],
        )
        tried = {res_id: set(users) for res_id, users in groups}
        for record in self:
            tried.setdefault(record.id, set()).add(record.user_id.id)
        return tried

    # what a model answers

    @api.model
    def _get_assignment_open_domain(self):
        """:return: records that are somebody's work."""
        return Domain.TRUE

    @api.model
    def _get_assignment_waiting_domain(self):
        """:return: records nobody has yet."""
        return self._get_assignment_open_domain() & Domain("user_id", "=", False)

    @api.model
    def _get_assignment_territory(self, rule):
        """:return: domain of the countries, states and ZIP codes of a rule."""
        domain = Domain.TRUE
        if rule.country_ids:
            domain &= Domain("partner_id.country_id", "in", rule.country_ids.ids)
        if rule.state_ids:
            domain &= Domain("partner_id.state_id", "in", rule.state_ids.ids)
        prefixes = rule._get_zip_prefixes()
        if prefixes:
            domain &= Domain.OR(
                Domain("partner_id.zip", "=like", f"{prefix}%") for prefix in prefixes
            )
        return domain

    def _get_assignment_language(self):
        """:return: the customer's language as a code, or False."""
        return self.partner_id.lang

    def _get_assignment_skills(self):
        """:return: what the person should know (``_get_skills`` of the people)."""
        return self.env["crm.tag"]

    def _get_assignment_users(self):
        """:return: who may have this record at all; empty: everybody."""
        return self.env["res.users"]


def _sql_answered_late(model, alias, query):
    return SQL(
        "%s > %s",
        model._field_to_sql(alias, "first_response_at", query),
        model._field_to_sql(alias, "response_deadline", query),
    )
