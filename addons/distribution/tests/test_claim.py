# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""DS-2: claims with proof, answered and credited."""

import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .portal_common import PortalCase

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636060606000000005000157a5f645"
    "0000000049454e44ae426082"
)


@tagged("post_install", "-at_install", "meets_others")
class TestClaim(PortalCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.claims = cls.env["distribution.claim"]
        cls.supervisor = cls._create_member_user("supervisor")

    def _claim(self, amount="120", **values):
        claims = self.claims.with_user(self.buyer).sudo()
        return claims._portal_create(
            self.big,
            {"kind": "damaged", "description": "Broken", "amount": amount, **values},
        ).with_env(self.env)

    def test_from_claim_to_credit_note(self):
        claim = self._claim(token="1" * 32)
        self.assertEqual(claim.member_id.id, self.big.id)
        self.assertEqual(claim.activity_ids.user_id, self.rep)
        self.assertEqual(self._claim(token="1" * 32), claim, "sent twice, made once")
        claim.with_user(self.supervisor).action_approve(100)
        claim.action_settle()
        self.assertEqual(claim.state, "settled")
        refund = claim.refund_id
        self.assertEqual((refund.move_type, refund.state), ("out_refund", "draft"))
        self.assertEqual(refund.amount_total, 100)
        self.assertEqual(refund.partner_id.id, self.big.partner_id.id)

    def test_deciding(self):
        claim = self._claim()
        with self.assertRaisesRegex(UserError, "Supervisors"):
            claim.with_user(self.rep).action_approve()
        with self.assertRaisesRegex(UserError, "answer"):
            claim.with_user(self.supervisor).action_refuse()
        for amount in (0, -5, 121):
            with self.assertRaises(UserError):
                claim.with_user(self.supervisor).action_approve(amount)
        claim.answer = "Driver confirms it was whole"
        claim.with_user(self.supervisor).action_refuse()
        with self.assertRaises(UserError):
            claim.action_settle()
        with self.assertRaises(UserError):
            claim.unlink()

    def test_past_the_buttons(self):
        """A representative decides on nothing, over RPC neither."""
        claim = self._claim()
        as_rep = claim.with_user(self.rep)
        with self.assertRaisesRegex(UserError, "Supervisors"):
            as_rep.write({"approved_amount": 120})
        with self.assertRaisesRegex(UserError, "Supervisors"):
            as_rep.copy({"approved_amount": 120})
        as_rep.write({"claimed_amount": 110})
        claim.with_user(self.supervisor).action_approve(100)
        for vals in ({"claimed_amount": 999}, {"approved_amount": 110}):
            with self.assertRaisesRegex(UserError, "Supervisors"):
                as_rep.write(vals)
        self.assertEqual((claim.claimed_amount, claim.approved_amount), (110, 100))

    def test_the_same_token_of_two_members(self):
        mine = self._claim(token="3" * 32)
        theirs = self.claims.sudo()._portal_create(
            self.neighbour,
            {
                "kind": "other",
                "description": "Mine",
                "amount": "5",
                "token": "3" * 32,
            },
        )
        self.assertNotEqual(mine, theirs)

    def test_bad_input(self):
        for values in (
            {"amount": "-3"},
            {"amount": "much"},
            {"amount": "nan"},
            {"amount": "inf"},
            {"kind": "nonsense"},
            {"description": "  \0 "},
            {"order": "S99999999"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._claim(**values)

    def test_another_rep_sees_none_of_it(self):
        claim = self._claim()
        other = self._create_member_user("rep", login="network_rep_two")
        self.assertEqual(claim.with_user(self.rep).name, claim.name)
        with self.assertRaises(AccessError):
            claim.with_user(other).read(["name"])

    def _post(self, name="photo.png", content=PNG, **values):
        page = self.url_open("/my/claims/new").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(
            "/my/claims/new",
            data={
                "csrf_token": token,
                "kind": "short",
                "amount": "50",
                "description": "<b>Two</b> cartons missing",
                "token": "2" * 32,
                **values,
            },
            files=[("proof", (name, io.BytesIO(content)))],
        )

    def test_in_the_portal(self):
        self.authenticate(self.buyer.login, self.buyer.login)
        refused = self._post("run.exe", b"MZ\x90\x00")
        self.assertIn("alert-danger", refused.text)
        self.assertIn("Two", refused.text, "what was typed is kept")
        self.assertFalse(self.claims.search([("member_id", "=", self.big.id)]))
        page = self._post()
        claim = self.claims.search([("member_id", "=", self.big.id)])
        self.assertIn(claim.name, page.text)
        self.assertNotIn("<b>Two</b>", page.text)
        self.assertEqual(claim.message_ids.attachment_ids.name, "photo.png")
        self._post()
        self.assertEqual(len(self.claims.search([("member_id", "=", self.big.id)])), 1)
        self.assertIn(claim.name, self.url_open("/my/claims").text)

    def test_neighbour_finds_nothing(self):
        claim = self._claim()
        self.authenticate(self.stranger.login, self.stranger.login)
        page = self.url_open(f"/my/claims/{claim.id}")
        self.assertEqual(page.status_code, 404)
        self.assertNotIn(claim.name, self.url_open("/my/claims").text)
