# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_WARNING = "mail.mail_activity_data_warning"


class OrderRule(models.Model):
    """Order rules; here: one whose further condition broke stops no order.

    A condition breaks when what it names is gone: a field of an addon, a record. The
    rule is passed over then, says why, and its owner is told by an activity, once.
    """

    _name = "order.rule"
    _inherit = ["order.rule", "mail.activity.mixin"]

    error = fields.Char(readonly=True, copy=False)

    @api.constrains("order_domain")
    def _check_order_domain(self):
        """Override: a condition that is right again has no error."""
        result = super()._check_order_domain()
        for rule in self:
            rule._note_error(False)
        return result

    def _match_or_skip(self, orders, facts, tags):
        """As `_match`; nothing where the condition cannot be asked."""
        if not self.order_domain or self.order_domain == "[]":
            return self._match(orders, facts, tags)
        # what waits to be written is not the rule's fault
        self.env.flush_all()
        matched, error = orders.browse(), False
        try:
            with self.env.cr.savepoint(flush=False):
                matched = self._match(orders, facts, tags)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as exception:  # whatever a stale condition raises
            error = str(exception) or type(exception).__name__
        self._note_error(error)
        return matched

    def _note_error(self, error):
        """Keep what is wrong with a rule, False where nothing is any more."""
        self.ensure_one()
        # sudo: found by whoever enters an order, told to whoever made the rule
        rule_sudo = self.sudo()
        if rule_sudo.error == error:
            return
        is_told = bool(rule_sudo.error)
        rule_sudo.error = error
        if not error:
            rule_sudo.activity_unlink([_WARNING])
        elif not is_told:
            owner = rule_sudo._get_rule_owner()
            # in the language of who reads it
            env = self.with_context(lang=owner.lang).env
            rule_sudo.activity_schedule(
                _WARNING,
                summary=env._("This rule cannot be used any more"),
                note=env._("Orders pass it by until its condition is right again."),
                user_id=owner.id,
            )

    def _get_rule_owner(self):
        """Who is told: who made or changed the rule, else the administrator."""
        users = (self.create_uid | self.write_uid).filtered(
            lambda user: user.active and not user.share and not user._is_superuser()
        )
        return users[:1] or self.env.ref("base.user_admin")
