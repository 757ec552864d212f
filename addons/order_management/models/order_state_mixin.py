# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import logging

from odoo import api, models
from odoo.exceptions import UserError

_logger = logging.getLogger(__name__)

#: Proof that a write comes from `_transition`: an object no RPC context can carry.
_TRANSITION = object()


class OrderStateMixin(models.AbstractModel):
    """A record with a ``state`` that only moves along ``_TRANSITIONS``."""

    _name = "order.state.mixin"
    _inherit = ["order.event.mixin"]
    _description = "Record with Guarded States"

    #: ``{state: states it may become}``; a state may name itself to be repeatable
    _TRANSITIONS = {}

    @api.model
    def _group_expand_state(self, states, domain):
        """The states of ``states`` in the order they are passed through, not by name:
        a method for ``group_expand``."""
        return [
            state
            for state in self._fields["state"].get_values(self.env)
            if state in states
        ]

    @api.model_create_multi
    def create(self, vals_list):
        """Records begin in their first state; only the system may begin elsewhere.

        :raises UserError: when a person passes another state
        """
        if not self.env.su:
            first = self.default_get(["state"])["state"]
            if any(vals.get("state", first) != first for vals in vals_list):
                raise UserError(
                    self.env._(
                        "%(model)s: a new record is always “%(state)s”. Create it, "
                        "then use the buttons to move it on.",
                        model=self._description,
                        state=self._get_state_label(first),
                    )
                )
        return super().create(vals_list)

    def write(self, vals):
        """Everything but the state, which moves by its own rules.

        :raises UserError: when ``vals`` would change the state
        """
        if (
            "state" in vals
            and self.env.context.get("order_management_transition") is not _TRANSITION
            and any(record.state != vals["state"] for record in self)
        ):
            raise UserError(
                self.env._(
                    "%(model)s: the state cannot be written. Use the buttons: they "
                    "check what is allowed and keep the history.",
                    model=self._description,
                )
            )
        return super().write(vals)

    def _transition(self, target, reason=None):
        """Move these records to ``target``: one write, one event each, one hook call.

        Records that are there already are skipped, so that a repeated message or a
        second click is harmless.

        :param str target: the state to reach
        :param str reason: why; kept in the event
        :return: the records that moved
        :raises UserError: when one of them may not become ``target``; none moves then
        """
        moving = self.filtered(lambda record: target in record._get_possible_states())
        refused = (self - moving).filtered(lambda record: record.state != target)
        if refused:
            raise UserError(refused[0]._get_transition_error(target))
        if skipped := self - moving:
            _logger.info("%s is %r already: skipped", skipped, target)
        if not moving:
            return moving
        from_states = {record.id: record.state for record in moving}
        moving.with_context(order_management_transition=_TRANSITION).write(
            moving._prepare_transition_vals(target, reason)
        )
        # now, so that the database's own limits speak before anything builds on it
        moving.flush_recordset()
        moving._log_event("state", from_states, target, reason)
        moving._after_transition(target)
        return moving

    def _get_possible_states(self):
        """States this record may become; models may allow some records more."""
        self.ensure_one()
        return self._TRANSITIONS.get(self.state, ())

    def _prepare_transition_vals(self, target, reason):
        """What one write sets when these records become ``target``."""
        return {"state": target}

    def _after_transition(self, target):
        """Call ``_after_<target>()``, which models and other addons may define."""
        if hook := getattr(self, f"_after_{target}", None):
            hook()

    def _get_transition_error(self, target):
        """Tell a person why this record cannot become ``target`` and what it can."""
        possible = self._get_possible_states()
        values = {
            "name": self.display_name,
            "state": self._get_state_label(self.state),
            "target": self._get_state_label(target),
            "possible": ", ".join(map(self._get_state_label, possible)),
        }
        if possible:
            return self.env._(
                "“%(name)s” is “%(state)s” and cannot become “%(target)s”. "
                "From here it can become: %(possible)s. Leave it out and try again.",
                **values,
            )
        return self.env._(
            "“%(name)s” is “%(state)s”, which is final: it cannot become "
            "“%(target)s”. Leave it out and try again.",
            **values,
        )

    @api.model
    def _get_state_label(self, state):
        """The translated name of a state."""
        selection = self._fields["state"]._description_selection(self.env)
        return dict(selection).get(state, state)
