# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import fields, models
from odoo.tools import SQL


class ChannelIntent(models.Model):
    """A message to a shop; here: what was decided about a return.

    The hub keeps the decision (``channel.return.intent``); this is the way to the shop,
    and what became of it is written there.
    """

    _inherit = "channel.intent"

    kind = fields.Selection(
        selection_add=[("returns", "Decision about a return")],
        ondelete={"returns": "cascade"},
    )
    return_id = fields.Many2one(
        "channel.return",
        readonly=True,
        check_company=True,
        index="btree_not_null",
        ondelete="cascade",
    )
    return_intent_id = fields.Many2one(
        "channel.return.intent",
        "Decision",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    def _job_send(self):
        """Override: a job that was cut off after the call still tells the return."""
        if self.exists() and self.state in ("done", "failed"):
            self._tell_return_outcome(self.state, self.error)
        return super()._job_send()

    def _settle_call(self, vals, duration):
        """Override: the return shows what became of it."""
        state, error = vals["state"], vals.get("error")
        result = super()._settle_call(vals, duration)
        self._tell_return_outcome(state, error)
        return result

    def _tell_return_outcome(self, state, error):
        """Write what came of the call where the decision is.

        In the job's own transaction: whoever changes the return now makes the job start
        over, and the call is not made twice.
        """
        note = self.sudo().return_intent_id
        if not note or note.state == "done":
            return
        # those of several orders meet here: the last one sees the others
        self.env.execute_query(
            SQL(
                "UPDATE channel_return_intent SET id = id WHERE id = %s RETURNING id",
                note.id,
            )
        )
        others = note.channel_intent_ids - self
        if state == "done":
            note._note_told(self)
        if state == "done" and all(one.state == "done" for one in others):
            note.action_told()
            return
        failed = others.filtered(lambda one: one.state == "failed")
        if state == "failed" or failed:
            first = error if state == "failed" else failed[0].error
            note.write({"state": "failed", "error": first})
        else:
            unsure = others.filtered("error")[:1].error
            note.write({"state": "pending", "error": error or unsure})

    def action_retry(self):
        """Override: what is tried again did not fail yet."""
        result = super().action_retry()
        # the right to see it is the right to try again
        notes = self.sudo().return_intent_id.filtered(lambda n: n.state == "failed")
        notes.write({"state": "pending"})
        return result
