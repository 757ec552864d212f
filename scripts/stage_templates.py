"""The databases that the stages of ./test copy.

What is not ours is installed once and kept until Odoo or its packages change; what is
ours is installed anew whenever it has changed.
"""

import collections
import hashlib
import threading

import suitelib
from stage_result import Result
from suitelib import ADDONS_DIR, SuiteError, say

BASE, EMPTY, ALL = "suite_base", "suite_empty", "suite_all"
#: stamp of what is compiled in ALL
ALL_ASSETS = f"{ALL}-assets"
_locks = collections.defaultdict(threading.Lock)
#: what unit tests in JavaScript load: half as much again
UNITS = ("web.assets_unit_tests_setup", "web.assets_unit_tests")
#: what pages and reports would compile, in each copy again; not what screens load that
#: no test of ours opens
_COMPILE = """
import re
units = {units!r}
unused = re.compile(
    "unit_tests|tests_assets|qunit|_dark$|spreadsheet|api_doc|_public|^point_of_sale")
qweb = env["ir.qweb"]
scripts, styles = qweb._get_bundles_to_pregenarate()
scripts |= {{"web.assets_emoji", "bus.websocket_worker_assets"}}
for names in (scripts, styles):
    names.add("web.assets_backend_lazy")
for name in sorted(scripts):
    if name in units or not unused.search(name):
        qweb._get_asset_bundle(name, css=False).js()
for name in sorted(styles):
    if name in units or not unused.search(name):
        qweb._get_asset_bundle(name, js=False).css()
# reports ask for them in their own way
for name in ("web.report_assets_common", "web.report_assets_pdf"):
    qweb._get_asset_bundle(name, js=False, autoprefix=True).css()
env.cr.commit()
"""


def template_key(*names):
    paths = [ADDONS_DIR / name for name in names]
    return suitelib.fingerprint(paths, suitelib.setup_key(), *names)


def assets_key():
    """A short hash of when our scripts and styles were written.

    Odoo compiles a bundle again when a file of it is newer, so that the same files in
    another checkout are others to it: each test would compile them, and the first page
    of a busy machine takes longer for that than a browser test waits.
    """
    digest = hashlib.sha256()
    for file in sorted(ADDONS_DIR.glob("*/static/**/*")):
        if file.is_file():
            name = file.relative_to(ADDONS_DIR)
            digest.update(f"{name} {file.stat().st_mtime}\n".encode())
    return digest.hexdigest()[:16]


def prepare(name, key, build):
    """Make template database ``name`` by ``build()`` unless it is there and current."""
    with _locks[name]:
        if suitelib.stamp(name) == key and suitelib.database_exists(name):
            return
        suitelib.drop_database(name)
        say(f"building template database {name}")
        build()
        suitelib.psql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        suitelib.set_stamp(name, key)


def compile_assets(name, units=()):
    """Compile scripts and styles of the web client.

    :param units: of unit tests in JavaScript as well
    """
    code, log = suitelib.run_odoo(
        ["shell", "-d", name, "--no-http"],
        f"compile-{name}",
        script=_COMPILE.format(units=units),
    )
    if code or "Traceback" in log:
        raise SuiteError(f"compiling the assets of {name} failed:\n{log[-1500:]}")


def prepare_base():
    """Everything we depend on, with demo data, and nothing of ours."""
    modules = suitelib.outside_dependencies()

    def build():
        suitelib.install(BASE, modules, "template-base")
        compile_assets(BASE)

    prepare(BASE, suitelib.fingerprint([], suitelib.setup_key(), *modules), build)


def prepare_empty():
    prepare(
        EMPTY,
        suitelib.fingerprint([], suitelib.setup_key()),
        lambda: suitelib.install(EMPTY, ["web"], "template-empty", demo=False),
    )


def prepare_bare(addon):
    """An empty database with what ``addon`` needs of others; its name.

    It starts from the one of an addon of ours that ``addon`` depends on, so that the
    same modules are not installed over and over.
    """
    known = suitelib.manifests()
    modules = suitelib.outside_dependencies([addon])
    below = [name for name in known if name in known[addon]["depends"]]
    if below:
        start = prepare_bare(below[-1])
    else:
        prepare_empty()
        start = EMPTY
    name = f"suite_bare_{addon}"

    def build():
        suitelib.clone_database(start, name, to_keep=True)
        suitelib.install(name, modules, f"template-bare-{addon}", demo=False)

    prepare(name, suitelib.fingerprint([], suitelib.stamp(start), *modules), build)
    return name


def prepare_all():
    """Everything we depend on and everything of ours, with demo data."""
    prepare_base()
    names = list(suitelib.manifests())

    def build():
        suitelib.set_stamp(ALL_ASSETS, "none")
        suitelib.clone_database(BASE, ALL, to_keep=True)
        suitelib.install(ALL, names, "template-all", program=suitelib.COPY)

    prepare(ALL, suitelib.stamp(BASE) + template_key(*names), build)
    with _locks[ALL]:
        key = assets_key()
        if suitelib.stamp(ALL_ASSETS) != key:
            # three addons' tests run theirs, and what a test compiles is rolled back
            compile_assets(ALL, UNITS)
            suitelib.set_stamp(ALL_ASSETS, key)


def stage_templates(context):
    prepare_all()
    if not context.fast:
        prepare_empty()
    return Result()
