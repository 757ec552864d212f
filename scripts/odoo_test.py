"""`odoo`, for tests: what would be computed for each test again is computed once.

Where there are tests over HTTP, Odoo first compiles all scripts and styles that any
page may ask for: 20 s of CPU, half of it for unit tests in JavaScript. Ours ask for
little of it, and the templates have that (`stage_templates.compile_assets`). What a
test has read of views, routes and access rights the next one finds in the registry's
caches (`warm_caches`), where Odoo empties them. What is installed for tests is ours
(`odoo_copy`).
"""

import odoo_copy
import warm_caches

import odoo.cli
from odoo.tests.suite import OdooSuite

OdooSuite.has_http_case = lambda suite: False
odoo_copy.look_for_ours()
warm_caches.keep()

if __name__ == "__main__":
    odoo.cli.main()
