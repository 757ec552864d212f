# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_WARNING = "mail.mail_activity_data_warning"


class OrderRuleDomainMixin(models.AbstractModel):
    """A rule that may have any further condition on the order.

    A condition breaks when what it names is gone: a field of an addon, a record. The
    rule is passed over then, says why, and its owner is told by an activity, once.
    """

    _name = "order.rule.domain.mixin"
    _inherit = ["order.rule.mixin", "mail.activity.mixin"]
    _description = "Rule with a Further Condition"

    order_domain = fields.Char(
        "Only Orders With", help="Any further condition on the order."
    )
    error = fields.Char("Passed Over", readonly=True, copy=False)

    @api.constrains("order_domain")
    def _check_order_domain(self):
        """A condition that is right again has no error.

        :raises ValidationError: orders cannot be searched by it
        """
        orders_sudo = self.env["sale.order"].sudo()
        for rule in self.filtered("order_domain"):
            try:
                domain = Domain(literal_eval(rule.order_domain))
                domain.validate(orders_sudo)
                orders_sudo._search(domain)
            except Exception as error:  # pylint: disable=broad-except
                raise ValidationError(
                    self.env._(
                        "The further condition of “%(rule)s” cannot be understood: "
                        "%(error)s. Choose it again from the list of fields.",
                        rule=rule.name,
                        error=error,
                    )
                ) from error
        for rule in self:
            rule._note_error(False)

    def _has_order_domain(self):
        self.ensure_one()
        return bool(self.order_domain) and self.order_domain != "[]"

    def _filter_by_domain(self, orders):
        """Those of these orders that meet the further condition: one query, none
        without a condition."""
        self.ensure_one()
        if not orders or not self._has_order_domain():
            return orders
        domain = Domain("id", "in", orders.ids)
        domain &= Domain(literal_eval(self.order_domain))
        # sudo: a rule is the company's, whoever enters the order
        found = orders.sudo().with_context(active_test=False).search(domain)
        return orders & orders.browse(found.ids)

    def _ask_or_skip(self, ask, orders):
        """What ``ask`` finds among ``orders``; nothing where the further condition
        cannot be asked, which is noted.

        :param ask: function of orders, that returns those the rule is about
        """
        self.ensure_one()
        if not orders or not self._has_order_domain():
            return ask(orders)
        # what waits to be written is not the rule's fault
        self.env.flush_all()
        matched, error = orders.browse(), False
        try:
            with self.env.cr.savepoint(flush=False):
                matched = ask(orders)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as exception:  # whatever a stale condition raises
            error = str(exception) or type(exception).__name__
        self._note_error(error)
        return matched

    def _check_not_passed_over(self):
        """:raises UserError: one of these rules was found broken"""
        for rule in self.filtered("error"):
            raise UserError(
                self.env._(
                    "The further condition of “%(rule)s” cannot be used any more: "
                    "%(error)s. Choose it again from the list of fields.",
                    rule=rule.name,
                    error=rule.error,
                )
            )

    def _note_error(self, error):
        """Keep what is wrong with a rule, False where nothing is any more."""
        self.ensure_one()
        # sudo: found by whoever enters an order, told to whoever made the rule
        rule_sudo = self.sudo()
        # the first words stay: a row that each order writes is one they all wait for
        if bool(rule_sudo.error) == bool(error):
            return
        # before the line below makes whoever entered the order the last to change it
        owner = rule_sudo._get_rule_owner()
        rule_sudo.error = error
        if not error:
            rule_sudo.activity_unlink([_WARNING])
            return
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
