"""Runs Odoo test classes inside `odoo shell` and says what became of each test."""

import json
import sys
import unittest

from odoo.tests.result import OdooTestResult
from odoo.tests.suite import TestSuite

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import warm_caches  # noqa: E402


class TellingResult(OdooTestResult):
    """``told``: test method -> "" or everything that went wrong in it."""

    def __init__(self):
        super().__init__()
        self.told = {}

    def startTest(self, test):
        super().startTest(test)
        self.told.setdefault(self._get_name(test), "")

    def addError(self, test, error):
        text = self._exc_info_to_string(error, test)
        name = self._get_name(test)
        self.told[name] = f"{self.told.get(name, '')}{test}\n{text}"

    addFailure = addError

    def addSkip(self, test, reason):
        self.told[self._get_name(test)] = f"skipped: {reason}"

    def _get_name(self, test):
        method = getattr(test, "test_case", test).id().rsplit(".", 2)
        return ".".join(method[-2:])


def run_cases(*cases):
    """Print ``{"Class.method": ""}`` as JSON, with the errors as values."""
    warm_caches.keep()
    load = unittest.defaultTestLoader.loadTestsFromTestCase
    result = TellingResult()
    TestSuite(test for case in cases for test in load(case)).run(result)
    print(json.dumps(result.told))
