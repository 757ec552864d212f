# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError
from odoo.fields import Command
from odoo.tools import plaintext2html
from odoo.tools.mimetypes import guess_mimetype

from ..tools.photos import keep_photos

#: what customers may send along with a request
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif")
PHOTO_BYTES = 8 * 1024 * 1024
PHOTO_COUNT = 6
NOTE_LENGTH = 4000


class ChannelReturn(models.Model):
    """A return; here: the one door through which others ask for one."""

    _inherit = "channel.return"

    request_token = fields.Char(
        readonly=True, copy=False, help="Tells a second click from a second request."
    )
    photo_ids = fields.Many2many(
        "ir.attachment",
        "channel_return_photo_rel",
        "return_id",
        "attachment_id",
        "Photos",
        copy=False,
    )

    _request_token_uniq = models.UniqueIndex(
        "(request_token) WHERE request_token IS NOT NULL",
        "This request is here already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Override: photos belong to the return."""
        records = super().create(vals_list)
        keep_photos(records)
        return records

    @api.model
    def _request_for_order(
        self, order, quantities, reason=None, note=None, attachments=(), **values
    ):
        """Ask for a return of goods of an order, as its customer.

        The policies of the goods are asked first. What one lets through by itself is
        approved at once.

        :param order: ``sale.order``
        :param quantities: ``{order line: quantity in its unit}``
        :param reason: ``channel.return.reason``
        :param note: the customer's words, plain text
        :param attachments: list of (file name, bytes): photos
        :param values: of the return: ``return_type``, ``request_token``, ...
        :return: the return
        :raises UserError: in the customer's words, why it cannot be
        """
        # the door is for those who have no rights on returns: whoever calls has made
        # sure that the order is the customer's own
        order_sudo = order.sudo()
        model_sudo = self.sudo().with_company(order_sudo.company_id)
        token = values.get("request_token")
        if token:
            known = model_sudo.search([("request_token", "=", token)], limit=1)
            # staff may have added goods of other orders meanwhile
            if order_sudo in known.order_ids:
                return known
        quantities = {
            line.sudo(): quantity for line, quantity in quantities.items() if quantity
        }
        photos = model_sudo._read_photos(attachments)
        kind = values.get("return_type") or "return_refund"
        model_sudo._check_request(order_sudo, quantities, kind, reason, photos)
        record = model_sudo._create_request(
            {
                "company_id": order_sudo.company_id.id,
                "channel_id": order_sudo.sale_channel_id.id,
                "partner_id": order_sudo.partner_id.id,
                "currency_id": order_sudo.currency_id.id,
                "user_id": order_sudo.user_id.id,
                "note": plaintext2html(note[:NOTE_LENGTH]) if note else False,
                "line_ids": [
                    Command.create(
                        {
                            "order_id": order_sudo.id,
                            "sale_line_id": line.id,
                            "requested_qty": quantity,
                            "reason_id": reason.id if reason else False,
                        }
                    )
                    for line, quantity in quantities.items()
                ],
                **values,
            }
        )
        # also against whoever asks for the same goods at this moment
        record.line_ids.sale_line_id._book_returns()
        record._attach_photos(photos)
        record._decide_by_policy()
        return record.with_env(self.env)

    @api.model
    def _create_request(self, vals):
        try:
            with self.env.cr.savepoint():
                return self.create(vals)
        except psycopg2.errors.UniqueViolation as error:
            # the first click is just being entered: try again, and find it
            raise ConcurrencyError(str(error)) from error

    @api.model
    def _check_request(self, order, quantities, kind, reason, photos):
        """:raises UserError: the first reason why it cannot be"""
        if not quantities:
            raise UserError(self.env._("Choose what you want to return."))
        empty = self.env["channel.return.reason"]
        for line, quantity in quantities.items():
            if line.order_id != order:
                raise UserError(
                    self.env._("Choose goods of order %(name)s.", name=order.name)
                )
            name = line.product_id.display_name
            # also refuses what is no number
            if not 0 < quantity < 1e9 or line.product_uom_id.is_zero(quantity):
                raise UserError(
                    self.env._(
                        "The quantity of %(product)s has to be above zero.",
                        product=name,
                    )
                )
            if problem := line._get_return_obstacle(kind):
                raise UserError(problem)
            left = line._get_returnable_qty()[line]
            if line.product_uom_id.compare(quantity, left) > 0:
                raise UserError(
                    self.env._(
                        "%(left)g of %(product)s can be returned, not %(quantity)g.",
                        left=left,
                        product=name,
                        quantity=quantity,
                    )
                )
            policy = self.env["channel.return.policy"]._find(line, order.company_id)
            problem = policy._get_obstacle(
                line, reason=reason or empty, photos=len(photos)
            )
            if problem:
                raise UserError(problem)

    @api.model
    def _read_photos(self, attachments):
        """Photos that may be kept: [(name, bytes, type)].

        :raises UserError: too many, too big, or no picture
        """
        photos = []
        for name, content in attachments:
            if not content:
                continue
            kind = guess_mimetype(content[:4096] + b"", default="")
            if kind not in PHOTO_TYPES:
                raise UserError(
                    self.env._(
                        "“%(name)s” is no picture we can show. Send JPEG, PNG or WebP.",
                        name=(name or "")[:80],
                    )
                )
            if len(content) > PHOTO_BYTES:
                raise UserError(
                    self.env._(
                        "“%(name)s” is too big: %(limit)d MB at most.",
                        name=(name or "")[:80],
                        limit=PHOTO_BYTES // 1024 // 1024,
                    )
                )
            photos.append((name, content, kind))
        if len(photos) > PHOTO_COUNT:
            raise UserError(
                self.env._("Send %(count)d photos at most.", count=PHOTO_COUNT)
            )
        return photos

    def _attach_photos(self, photos):
        self.ensure_one()
        if not photos:
            return
        self.photo_ids = self.env["ir.attachment"].create(
            [
                {
                    "name": (name or self.env._("Photo"))[:100],
                    "datas": base64.b64encode(content),
                    "mimetype": kind,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for name, content, kind in photos
            ]
        )
