# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import models

#: people who subscribe to tea, by their country
_PEOPLE = {
    "base.vn": (
        "Nguyễn Thị Mai, Trần Quốc Bảo, Lê Thanh Hà, Hoàng Văn Nam, Vũ Ngọc Lan,"
        " Đặng Minh Tuấn, Bùi Thu Trang, Đỗ Hữu Phước, Hồ Bảo Ngọc, Ngô Đức Anh,"
        " Dương Kim Chi, Lý Gia Hân"
    ),
    "base.cn": (
        "王晓梅, 李建国, 张丽华, 刘洋, 陈思远, 杨雪, 赵文博, 黄佳怡, 周志强, 吴梦琪,"
        " 徐海峰, 孙若琳"
    ),
    "base.us": (
        "Clara Whitfield, Marcus Ojo, Hannah Lindqvist, Diego Fuentes, Ruth Abrams,"
        " Owen Gallagher, Priya Nair, Samuel Petit, Elena Rossi, Jonas Weber,"
        " Amina Diallo, Grace Kim"
    ),
}
#: where they heard of it
_SOURCES = (
    "utm.utm_source_newsletter",
    "utm.utm_source_search_engine",
    "utm.utm_source_referral",
)


class CustomerSnapshot(models.Model):
    """Three dozen people whose purchases make cohorts and a churn model."""

    # split by concern
    _inherit = "customer.snapshot"  # pylint: disable=consider-merging-classes-inherited

    def _create_demo_subscribers(self):
        """Every other week somebody begins; one in three leaves soon.

        :return: their `sale.order`
        """
        vals_list = []
        for number, partner in enumerate(self._create_demo_people()):
            source = self.env.ref(
                _SOURCES[number % len(_SOURCES)], raise_if_not_found=False
            )
            for place, days in enumerate(self._get_demo_rhythm(number)):
                amount = 45.0 + number * 7 % 90 + place % 3 * 5
                vals = self._prepare_demo_order(partner, days, amount, number)
                vals["source_id"] = source.id if source else False
                vals_list.append(vals)
        return self.env["sale.order"].create(vals_list)

    def _create_demo_people(self):
        """They have no external ids: they stay, as customers do who have bought."""
        category = self.env.ref("crm_plus.res_partner_category_demo_subscriber")
        seller = self.env.ref("base.user_demo", raise_if_not_found=False)
        people = [names.split(", ") for names in _PEOPLE.values()]
        countries = [self.env.ref(country).id for country in _PEOPLE]
        return self.env["res.partner"].create(
            [
                {
                    "name": people[number % 3][number // 3],
                    "email": f"subscriber{number + 1}@customers.example.com",
                    "country_id": countries[number % 3],
                    "birth_date": f"{1956 + number * 17 % 48}-0{1 + number % 9}-15",
                    "category_id": [(6, 0, category.ids)],
                    "user_id": (seller or self.env.user).id
                    if number % 2
                    else self.env.ref("base.user_admin").id,
                }
                for number in range(sum(map(len, people)))
            ]
        )

    def _get_demo_rhythm(self, number):
        """Days ago of the purchases of one of them, the first one first."""
        day, interval, found = 500 - 13 * number, 34 + number * 17 % 41, []
        while day > 2 and not (number % 3 == 0 and len(found) == 2 + number % 2):
            found.append(day)
            day -= interval + (len(found) * 7 + number * 3) % 9 - 4
        return found
