# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY


class CustomerRuleMixin(models.AbstractModel):
    """For rules with a stored condition: one that broke stops no other.

    A condition breaks when what it names is gone: a field of an addon, a record. The
    rule is passed over then, says why, and its owner is told by an activity, once.
    """

    _name = "customer.rule.mixin"
    _description = "Rule With a Condition"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    error = fields.Char(readonly=True, copy=False)

    def _find_error(self, ask):
        """Ask a condition: what the database says against it counts, too.

        :param ask: called without arguments
        :return: what is wrong, False where nothing is
        """
        # what waits to be written is not the rule's fault
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                ask()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # whatever a stale condition raises
            return str(error) or type(error).__name__
        return False

    def _note_error(self, error):
        """Keep what is wrong with a rule, False where nothing is any more."""
        self.ensure_one()
        # sudo: found by whoever's work asks the rule, told to whoever made it
        rule_sudo = self.sudo()
        if rule_sudo.error == error:
            return
        is_told = bool(rule_sudo.error)
        rule_sudo.error = error
        kind = "mail.mail_activity_data_warning"
        if not error:
            rule_sudo.activity_unlink([kind])
        elif not is_told:
            owner = rule_sudo._get_rule_owner()
            # in the language of who reads it
            env = self.with_context(lang=owner.lang).env
            rule_sudo.activity_schedule(
                kind,
                summary=env._("This rule cannot be used any more"),
                note=env._("It is passed over until its condition is right again."),
                user_id=owner.id,
            )

    def _get_rule_owner(self):
        """Who is told: who made or changed the rule, else the administrator."""
        users = self.create_uid | self.write_uid
        users = users.filtered(
            lambda user: user.active and not user.share and not user._is_superuser()
        )
        return users[:1] or self.env.ref("base.user_admin")
