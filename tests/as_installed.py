"""The suite as an installation without demo data leaves it: nothing is switched on."""

#: what the demonstration switched on in its company
_OFF = {
    "approval_mode": "none",
    "has_availability_on_entry": False,
    "has_customer_messages": False,
    "has_holds": False,
    "has_returns": False,
    "has_shortages": False,
    "has_sla": False,
}
_RULES = (
    "order.approval.rule",
    "order.carrier.rule",
    "order.rule",
    "order.sourcing.rule",
    "stock.wave.rule",
    # limits of customers
    "distribution.credit",
)


def switch_off_demo(env):
    """Archive the demonstration's rules, limits, quotas and switches; plain Odoo has
    none."""
    if "order.rule" not in env:
        return
    env["res.company"].search([]).write(_OFF)
    for model in _RULES:
        if model in env:
            env[model].search([]).active = False
    env.cr.execute("UPDATE order_quota SET state = 'draft'")
    env.registry.clear_cache()
