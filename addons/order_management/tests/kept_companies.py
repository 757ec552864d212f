# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Companies that a run of many tests makes once for all classes.

A company with its warehouse costs more than most tests. At rest these belong to nobody
and are called like nothing else; a class that takes them gives them its own names, and
what it does to them is rolled back with everything else.
"""

from odoo import SUPERUSER_ID, api


def _get_xmlid(key, number):
    return f"__test__.kept_{key}_{number}"


def _create(env, names):
    # without a picture, which takes long to be cut to size
    return env["res.company"].create([{"name": name, "logo": False} for name in names])


def make(registry, key, count, context):
    """Make ``count`` companies for `take` and commit them, unless they are there.

    ``./test`` calls it (``prepare_run`` of test classes) before many tests run, in a
    database made for them.
    """
    with registry.cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, context)
        if env.ref(_get_xmlid(key, 0), raise_if_not_found=False):
            return
        companies = _create(env, [f"Kept for {key} {n}" for n in range(count)])
        env.user.company_ids -= companies
        env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": _get_xmlid(key, number), "record": company}
                for number, company in enumerate(companies)
            ]
        )


def take(env, key, *names):
    """The companies of a class, called ``names``: those of `make`, or new ones."""
    kept = env["res.company"]
    for number in range(len(names)):
        xmlid = _get_xmlid(key, number)
        kept += env.ref(xmlid, raise_if_not_found=False) or env["res.company"]
    if len(kept) < len(names):
        return _create(env, names)
    for company, name in zip(kept, names, strict=True):
        company.name = name
    return kept
