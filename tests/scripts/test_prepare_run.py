"""What test classes make once for a whole run."""

import sys
import types

from .. import harness

sys.path.insert(0, str(harness.SOURCE / "scripts"))
import prepare_run  # noqa: E402


class Base:
    called = []

    @classmethod
    def prepare_run(cls, registry):
        cls.called.append((cls.__name__, registry.name))


class Other(Base):
    @classmethod
    def prepare_run(cls, registry):
        cls.called.append(("other", registry.name))


class TestA(Base):
    pass


class TestB(Other):
    pass


class TestC:
    pass


def fake_odoo(monkeypatch, signals):
    def make_registry(name):
        return types.SimpleNamespace(
            name=name, signal_changes=lambda: signals.append(name)
        )

    for name, values in (
        ("odoo", {}),
        ("odoo.modules", {}),
        ("odoo.modules.registry", {"Registry": make_registry}),
        ("odoo.tests", {}),
        ("odoo.tests.common", {"get_db_name": lambda: "db"}),
    ):
        monkeypatch.setitem(sys.modules, name, types.SimpleNamespace(**values))


def test_each_base_once(monkeypatch):
    """Whichever of its classes run; who has nothing to prepare is left alone."""
    signals = []
    fake_odoo(monkeypatch, signals)
    monkeypatch.setattr(Base, "called", [])
    prepare_run.prepare([TestC])
    assert Base.called == signals == []
    prepare_run.prepare([TestA, TestB, TestC, Base])
    assert Base.called == [("Base", "db"), ("other", "db")]
    assert signals == ["db"]
