import pytest

from .documents import Job


@pytest.fixture
def job(tmp_path):
    return Job(tmp_path)
