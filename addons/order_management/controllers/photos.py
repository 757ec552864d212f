# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo.exceptions import UserError
from odoo.http import request

from ..models.channel_return_request import PHOTO_BYTES, PHOTO_COUNT


def read_photos():
    """Photos that came with a form: ``[(name, bytes)]``.

    :raises UserError: too many
    """
    files = request.httprequest.files.getlist("photos")
    if len(files) > PHOTO_COUNT:
        raise UserError(
            request.env._("Send %(count)d photos at most.", count=PHOTO_COUNT)
        )
    for file in files:
        # where the request is tried again, Odoo rewinds only the first one
        file.stream.seek(0)
    # one byte more than is allowed tells that it is too much
    return [(file.filename, file.read(PHOTO_BYTES + 1)) for file in files]
