# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models


class CustomerAssignmentEngine(models.AbstractModel):
    """Chooses people for records; everything is read once for the whole batch."""

    _name = "customer.assignment.engine"
    _description = "Choice of People"

    @api.model
    def _choose(self, rule, records, exclude):
        """:return: {record id: (member, reason)} for those somebody has room for."""
        # a person of another company cannot have it: one such would stop all
        members = rule.member_ids.filtered(
            lambda member: (
                member.user_id.active and rule.company_id in member.user_id.company_ids
            )
        )
        if rule.at_work_only:
            members = members._filter_at_work(fields.Datetime.now())
        if not records or not members:
            return {}
        load = self._get_open_load(records, members) if rule.mode == "load" else {}
        given, chosen = {}, {}
        for record in records.sorted(lambda record: (record.create_date, record.id)):
            allowed = record._get_assignment_users() or members.user_id
            candidates = members.filtered(
                lambda member, record=record, allowed=allowed: (
                    member.user_id in allowed
                    and member.user_id.id not in exclude.get(record.id, ())
                    and member._has_room(given.get(member.id, 0))
                )
            )
            choice = self._choose_one(rule, record, candidates, given, load)
            if choice:
                chosen[record.id] = choice
                member_id = choice[0].id
                given[member_id] = given.get(member_id, 0) + 1
        members._count_up(given)
        return chosen

    @api.model
    def _choose_one(self, rule, record, candidates, given, load):
        if rule.owner_first:
            owner = record.partner_id.user_id or (
                record.partner_id.commercial_partner_id.user_id
            )
            own = candidates.filtered(lambda member: member.user_id == owner)
            if own:
                return own, "owner"
        candidates = self._narrow(rule, record, candidates)
        if not candidates:
            return None

        def share(member):
            had = given.get(member.id, 0)
            base = load.get(member.user_id.id, 0)
            if rule.mode == "turn":
                base = member.assigned_total
            return ((base + had + 1) / member.weight, member.sequence, member.id)

        return min(candidates, key=share), rule.mode

    @api.model
    def _narrow(self, rule, record, candidates):
        """Language and skill narrow the choice where somebody has them."""
        if rule.match_language:
            code = record._get_assignment_language()
            candidates = candidates.filtered(
                lambda member: code in member.lang_ids.mapped("code")
            ) or candidates.filtered(lambda member: not member.lang_ids)
        if rule.match_skills:
            skills = record._get_assignment_skills()
            name = record._name
            able = candidates.filtered(lambda member: member._get_skills(name) & skills)
            if skills:
                candidates = able or candidates.filtered(
                    lambda member: not member._get_skills(name)
                )
        return candidates

    @api.model
    def _get_open_load(self, records, members):
        """:return: {user id: number of open records}; one query."""
        groups = records.sudo()._read_group(
            records._get_assignment_open_domain()
            & fields.Domain("user_id", "in", members.user_id.ids),
            ["user_id"],
            ["__count"],
        )
        return {user.id: number for user, number in groups}
