# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

_ACTIVITY_TYPE = "order_management.mail_activity_type_late"
#: late orders that one transaction tells people about
_LIMIT = 200


class SaleOrder(models.Model):
    """An order; here: who is told that it is late, once in each step.

    First its owner, and after the company's patience the leader of the sales team.
    """

    _inherit = "sale.order"  # pylint: disable=consider-merging-classes-inherited

    # the beginning of the step they were told about, so that a new step tells again
    sla_owner_told = fields.Datetime("Owner Told", readonly=True, copy=False)
    sla_leader_told = fields.Datetime("Leader Told", readonly=True, copy=False)

    @api.model
    def _cron_escalate_late(self):
        """Tell people about orders that became late; take back what is not any more."""
        self._end_late_activities()
        for who in ("owner", "leader"):
            while orders := self._find_untold(who, _LIMIT):
                orders._escalate_late(who)
                left = self.env["ir.cron"]._commit_progress(len(orders))
                if not left or len(orders) < _LIMIT:
                    break

    @api.model
    def _find_untold(self, who, limit):
        """Late orders that nobody was told about in the step they are in; locked.

        :param who: ``owner``, or ``leader`` of those whose owner knows
        """
        told = SQL.identifier("sale_order", f"sla_{who}_told")
        untold = SQL("%s IS DISTINCT FROM sale_order.sla_since", told)
        patience = SQL("0")
        if who == "leader":
            untold = SQL(
                "sale_order.sla_owner_told = sale_order.sla_since AND %s", untold
            )
            patience = SQL("company.sla_leader_minutes")
        rows = self.env.execute_query(
            SQL(
                """
                SELECT sale_order.id FROM sale_order
                JOIN res_company company ON company.id = sale_order.company_id
                WHERE sale_order.sla_deadline IS NOT NULL
                  AND sale_order.sla_deadline <= %(now)s
                  AND sale_order.sla_deadline
                      <= %(now)s - %(patience)s * interval '1 minute'
                  AND %(untold)s
                ORDER BY sale_order.sla_deadline, sale_order.id LIMIT %(limit)s
                FOR NO KEY UPDATE OF sale_order SKIP LOCKED
                """,
                now=fields.Datetime.now(),
                patience=patience,
                untold=untold,
                limit=limit,
                to_flush=[
                    self._fields[name]
                    for name in (
                        "sla_deadline",
                        "sla_leader_told",
                        "sla_owner_told",
                        "sla_since",
                    )
                ],
            )
        )
        return self.sudo().browse(row[0] for row in rows)

    def _escalate_late(self, who):
        """Give these late orders to people: an activity each, a message a person."""
        asked = {}
        for order, user in self._get_people_told(who).items():
            asked.setdefault(user, self.browse())
            asked[user] |= order
        self._schedule_late(asked)
        self._note_told(who)
        steps = dict(self._fields["sla_step"]._description_selection(self.env))
        for step, orders in self.grouped("sla_step").items():
            whys = {
                order.id: self.env._(
                    "%(step)s is late: %(why)s",
                    step=steps[step],
                    why=order.sla_why or "",
                )
                for order in orders
            }
            orders._log_event("late", None, step, whys)

    def _note_told(self, who):
        name = f"sla_{who}_told"
        self.env.execute_query(
            SQL(
                "UPDATE sale_order SET %s = sla_since WHERE id = ANY(%s)",
                SQL.identifier(name),
                list(self.ids),
                to_flush=[self._fields[name], self._fields["sla_since"]],
            )
        )
        # written behind the ORM's back, flushed just before
        self.invalidate_recordset([name], flush=False)

    def _get_people_told(self, who):
        """``{order: user}``; an order that nobody looks after is left out."""
        managers, people = {}, {}
        for order in self:
            user = order._get_sla_owner()
            if who == "leader":
                user = order._get_team_leader() - user
            if not user:
                company = order.company_id
                if company not in managers:
                    managers[company] = order.sale_channel_id._get_hub_manager(company)
                user = managers[company]
            if user:
                people[order] = user
        return people

    def _get_sla_owner(self):
        """Who looks after this order; may be empty."""
        self.ensure_one()
        return self.user_id or self.sale_channel_id.user_id

    @api.model
    def _schedule_late(self, asked):
        """:param asked: ``{user: orders}``"""
        kind = self.env.ref(_ACTIVITY_TYPE, raise_if_not_found=False)
        if not kind:
            return
        model_id = self.env["ir.model"]._get_id("sale.order")
        # quick: Odoo would mail each activity by itself
        activities = self.env["mail.activity"].with_context(
            mail_activity_quick_update=True
        )
        activities.sudo().create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": order.id,
                    "user_id": user.id,
                    "activity_type_id": kind.id,
                    "automated": True,
                    "summary": self.env._("Late: %(order)s", order=order.name),
                    "note": order.sla_why,
                    "date_deadline": order.sla_deadline.date(),
                }
                for user, orders in asked.items()
                for order in orders
            ]
        )
        for user, orders in asked.items():
            self._mail_late(user, len(orders))

    @api.model
    def _mail_late(self, user, count):
        """One message, with the link to all that is late."""
        own = self.with_context(lang=user.lang)
        subject = own.env._("Late orders: %(count)s", count=count)
        # only the address is read, which is no secret
        path = self.env.ref("order_management.sale_order_action_late").sudo().path
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=user.partner_id.ids,
            subject=subject,
            body=Markup("<p>%s</p>") % subject
            + Markup('<p><a href="/odoo/%s">%s</a></p>')
            % (path, own.env._("Late Orders")),
        )

    @api.model
    def _end_late_activities(self):
        """Nobody has to hurry for orders that went on."""
        kind = self.env.ref(_ACTIVITY_TYPE, raise_if_not_found=False)
        if not kind:
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT activity.id FROM mail_activity activity
                LEFT JOIN sale_order ON sale_order.id = activity.res_id
                WHERE activity.activity_type_id = %(kind)s
                  AND activity.active
                  AND activity.res_model = 'sale.order'
                  AND (sale_order.sla_deadline > %(now)s
                       OR sale_order.sla_deadline IS NULL
                       OR activity.create_date < sale_order.sla_since)
                """,
                kind=kind.id,
                now=fields.Datetime.now(),
                to_flush=[self._fields["sla_deadline"], self._fields["sla_since"]],
            )
        )
        if rows:
            self.env["mail.activity"].sudo().browse(row[0] for row in rows).unlink()
