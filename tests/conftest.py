import pytest

from . import harness


@pytest.fixture
def database():
    """A throw-away copy of the database that holds the whole suite and demo data."""
    with harness.Database() as copy:
        yield copy


@pytest.fixture
def base_database():
    """The same without any addon of ours: plain Odoo to compare with."""
    with harness.Database(harness.TEMPLATE_BASE) as copy:
        yield copy
