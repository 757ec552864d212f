# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import Command, api, fields, models

#: products that one trial looks at
_MAX_PRODUCTS = 5000
#: differences that are shown
_MAX_LINES = 500


class ChannelPublishTrial(models.TransientModel):
    """What a publish rule changes, before it is in force or while it is."""

    _name = "channel.publish.trial"
    _description = "Try a Publish Rule"

    rule_id = fields.Many2one("channel.publish.rule", required=True, ondelete="cascade")
    line_ids = fields.One2many("channel.publish.trial.line", "trial_id", "Changes")
    listing_count = fields.Integer("Listings Looked At", readonly=True)
    more_count = fields.Integer("Would Show More", readonly=True)
    less_count = fields.Integer("Would Show Less", readonly=True)
    zero_count = fields.Integer("Would Show 0", readonly=True)
    is_cut = fields.Boolean(readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        """A trial is made with its result."""
        trials = super().create(vals_list)
        for trial in trials:
            trial._try()
        return trials

    def _try(self):
        rule = self.rule_id
        rule.check_access("read")
        listings = self.env["channel.listing"].search(
            [*rule._get_listing_domain(), ("state", "=", "matched")]
        )
        products = listings.product_id
        # nothing is written, and whoever sees the rule may know what it does
        publisher = self.env["channel.stock.publisher"].sudo()
        ids = products[:_MAX_PRODUCTS].ids
        others = publisher._load_rules(rule.company_id, ids) - rule
        shops = listings.channel_id.ids
        before = publisher._publish(ids, rules=others, assume_on=shops)
        after = publisher._publish(ids, rules=others | rule.sudo(), assume_on=shops)
        changes = [
            (listing_id, before[listing_id].quantity, shown.quantity)
            for listing_id, shown in after.items()
            if before[listing_id].quantity != shown.quantity
        ]
        changes.sort(key=lambda one: (one[2] - one[1], one[0]))
        self.write(
            {
                "listing_count": len(after),
                "more_count": sum(new > old for _id, old, new in changes),
                "less_count": sum(new < old for _id, old, new in changes),
                "zero_count": sum(old and not new for _id, old, new in changes),
                "is_cut": len(products) > _MAX_PRODUCTS or len(changes) > _MAX_LINES,
                "line_ids": [
                    Command.create(
                        {"listing_id": listing_id, "before_qty": old, "after_qty": new}
                    )
                    for listing_id, old, new in changes[:_MAX_LINES]
                ],
            }
        )
