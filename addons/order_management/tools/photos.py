# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def keep_photos(records):
    """Make photos that were sent before there was a record the record's own.

    Until then only who sent them sees them.

    :param records: of a model with ``photo_ids``, just created
    """
    for record in records:
        # sudo: what the user sent a moment ago becomes part of what the user entered
        loose = record.photo_ids.sudo().filtered(
            lambda photo: not photo.res_id and photo.create_uid == records.env.user
        )
        loose.write({"res_model": records._name, "res_id": record.id})
