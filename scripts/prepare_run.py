"""What many classes of Odoo tests would make for themselves is made once for all.

A base of theirs says how, in its own ``prepare_run(registry)``, which commits: the
database is there for these tests alone.
"""


def prepare(classes):
    """Call ``prepare_run`` of each base of these classes that has one."""
    from odoo.modules.registry import Registry
    from odoo.tests.common import get_db_name

    bases = {base for cls in classes for base in cls.__mro__}
    wanted = [base for base in bases if "prepare_run" in vars(base)]
    if wanted:
        registry = Registry(get_db_name())
        for base in sorted(wanted, key=lambda base: base.__name__):
            base.prepare_run(registry)
        registry.signal_changes()
