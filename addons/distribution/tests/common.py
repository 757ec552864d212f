# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from contextlib import contextmanager

from odoo.tests import new_test_user

from odoo.addons.order_management.tests.common import OrderManagementCommon


class DistributionCommon(OrderManagementCommon):
    """A network in the first company: distributor -> dealer -> outlet.

    Members belong to ``cls.rep`` and to the territory ``cls.area`` of
    ``cls.region``; ``cls.neighbour`` is a second distributor.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rep = cls._create_member_user("rep")
        Territory = cls.env["distribution.territory"]
        cls.region = Territory.create(
            {"name": "South", "kind": "region", "company_id": cls.company.id}
        )
        cls.area = Territory.create(
            {
                "name": "Cần Thơ",
                "parent_id": cls.region.id,
                "company_id": cls.company.id,
            }
        )
        cls.distributor = cls._create_member("Hưng Phát", "distributor")
        cls.neighbour = cls._create_member("Đại Lợi", "distributor")
        cls.dealer = cls._create_member("Minh Tâm", "dealer", cls.distributor)
        cls.outlet = cls._create_member("Tạp hoá Lan", "outlet", cls.dealer)

    @contextmanager
    def assertRefusedWith(self, error, words):
        """Refused with a message that matches ``words``; nothing is kept."""
        with self.assertRaisesRegex(error, words), self.env.cr.savepoint():
            yield
        self.env.invalidate_all()

    @classmethod
    def _create_member_user(cls, role, company=None, login=None, **values):
        """A user who has only ``role`` (rep, supervisor, trade_manager, ...)."""
        company = company or cls.company
        return new_test_user(
            cls.env,
            login=login or f"network_{role}_{company.id}",
            groups=f"base.group_user,distribution.group_{role}",
            company_id=company.id,
            company_ids=[(6, 0, company.ids)],
            **values,
        )

    @classmethod
    def _create_member(cls, name, kind, supplier=None, **values):
        """An active member of ``kind`` that buys from ``supplier``."""
        partner = cls.env["res.partner"].create({"name": name, "is_company": True})
        member = cls.env["distribution.member"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "level_id": cls.env.ref(f"distribution.level_{kind}").id,
                "territory_id": cls.area.id,
                "user_id": cls.rep.id,
                "state": "active",
                **values,
            }
        )
        cls.env["distribution.supply.link"].create(
            {
                "buyer_id": member.id,
                "supplier_id": supplier.id if supplier else False,
                "date_from": "2020-01-01",
            }
        )
        return member
