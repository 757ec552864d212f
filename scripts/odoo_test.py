"""`odoo`, for tests: what would be computed for each test again is computed once.

Where there are tests over HTTP, Odoo first compiles all scripts and styles that any
page may ask for: 20 s of CPU, half of it for unit tests in JavaScript. Ours ask for
little of it, and the templates have that (`stage_templates.compile_assets`). What a
test has read of views, routes and access rights the next one finds in the registry's
caches (`warm_caches`), where Odoo empties them. What is installed for tests is ours
(`odoo_copy`), and many tests run on huge pages (`huge_pages`) and share what their
classes would each make (`prepare_run`).
"""

import huge_pages
import odoo_copy
import prepare_run
import warm_caches

import odoo.cli
from odoo.tests import common
from odoo.tests.suite import OdooSuite

#: fewer are over before it is worth the while
MANY = 20
#: seconds that a browser may take to start while others work; Odoo waits for ten
BROWSER_START = 40
odoo_run = OdooSuite.run


def run(suite, *args, **kwargs):
    if suite.countTestCases() >= MANY:
        prepare_run.prepare({type(test) for test in suite})
        huge_pages.collapse()
    return odoo_run(suite, *args, **kwargs)


OdooSuite.run = run
OdooSuite.has_http_case = lambda suite: False
common.BROWSER_WAIT = BROWSER_START
common.CHECK_BROWSER_ITERATIONS = int(BROWSER_START / common.CHECK_BROWSER_SLEEP)
odoo_copy.look_for_ours()
warm_caches.keep()

if __name__ == "__main__":
    odoo.cli.main()
