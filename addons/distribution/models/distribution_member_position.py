# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: degrees with seven decimals: about a centimetre
POSITION_DIGITS = (10, 7)
_PLACE = ("latitude", "longitude")


class DistributionMember(models.Model):
    """A member; here: where it is.

    The position is the member's own: Odoo forgets a partner's when its address is
    corrected. Whoever stands there first may set it; moving it afterwards is approved,
    because visits are measured against it.
    """

    _inherit = "distribution.member"

    latitude = fields.Float(digits=POSITION_DIGITS, copy=False)
    longitude = fields.Float(digits=POSITION_DIGITS, copy=False)
    position_accuracy = fields.Float(
        "Accuracy (m)", copy=False, help="As the device told it, in metres."
    )
    position_at = fields.Datetime("Positioned On", readonly=True, copy=False)
    has_position = fields.Boolean(
        "On the Map", compute="_compute_has_position", store=True
    )
    new_latitude = fields.Float(digits=POSITION_DIGITS, readonly=True, copy=False)
    new_longitude = fields.Float(digits=POSITION_DIGITS, readonly=True, copy=False)
    new_accuracy = fields.Float("New Accuracy (m)", readonly=True, copy=False)
    new_position_user_id = fields.Many2one(
        "res.users",
        "New Position By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Who asked for the position to be moved; a supervisor accepts it or not.",
    )

    _latitude_check = models.Constraint(
        "CHECK (latitude IS NULL OR latitude BETWEEN -90 AND 90)",
        "A latitude is between -90 and 90 degrees. Latitude and longitude may be "
        "mixed up.",
    )
    _longitude_check = models.Constraint(
        "CHECK (longitude IS NULL OR longitude BETWEEN -180 AND 180)",
        "A longitude is between -180 and 180 degrees.",
    )

    @api.depends("latitude", "longitude")
    def _compute_has_position(self):
        for member in self:
            member.has_position = bool(member.latitude or member.longitude)

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(
            [
                {"position_at": fields.Datetime.now(), **vals}
                if any(vals.get(name) for name in _PLACE)
                else vals
                for vals in vals_list
            ]
        )
        members._copy_position()
        return members

    def write(self, vals):
        """Positions that are known move only by a supervisor; others propose.

        What a representative writes over a known position waits in the ``new_``
        fields, so that nothing is lost and nothing moves unseen.
        """
        if not any(name in vals for name in _PLACE):
            return super().write(vals)
        trusted = self.env.su or self.env.user.has_group(
            "distribution.group_supervisor"
        )
        moved = self.browse() if trusted else self.filtered("has_position")
        result = True
        if others := self - moved:
            result = super(DistributionMember, others).write(
                {"position_at": fields.Datetime.now(), **vals}
            )
            others._copy_position()
        for member in moved:
            super(DistributionMember, member).write(
                member._prepare_position_proposal(vals)
            )
        return result

    def _prepare_position_proposal(self, vals):
        """``vals`` with a new position beside the known one instead of over it."""
        position = (*_PLACE, "position_accuracy")
        kept = {name: value for name, value in vals.items() if name not in position}
        if all(abs(self[name] - vals.get(name, self[name])) < 1e-7 for name in _PLACE):
            return kept
        return {
            **kept,
            "new_latitude": vals.get("latitude", self.latitude),
            "new_longitude": vals.get("longitude", self.longitude),
            "new_accuracy": vals.get("position_accuracy", 0.0),
            "new_position_user_id": self.env.uid,
        }

    def _copy_position(self):
        """Give partners without a position the member's, for Odoo's own maps."""
        for member in self.filtered("has_position"):
            # representatives may not write every partner; the place is the member's
            partner = member.partner_id.sudo()
            if not partner.partner_latitude and not partner.partner_longitude:
                partner.write(
                    {
                        "partner_latitude": member.latitude,
                        "partner_longitude": member.longitude,
                    }
                )

    def action_set_position(self, latitude, longitude, accuracy=0.0):
        """Set where this member is, as a device measured it.

        :param float latitude: in degrees, north is positive
        :param float longitude: in degrees, east is positive
        :param float accuracy: in metres, 0 when unknown
        :return: True when it holds now, False when a supervisor has to accept it
        :raises ValidationError: not a place on earth
        """
        self.ensure_one()
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            raise ValidationError(
                self.env._(
                    "%(latitude)s, %(longitude)s is no place on earth. Latitude and "
                    "longitude may be mixed up.",
                    latitude=latitude,
                    longitude=longitude,
                )
            )
        self.write(
            {
                "latitude": latitude,
                "longitude": longitude,
                "position_accuracy": accuracy,
            }
        )
        return not self.new_position_user_id

    def action_accept_position(self):
        """Move these members to where they were proposed to be.

        :raises UserError: by anybody below a supervisor
        """
        self._check_position_right()
        for member in self.filtered("new_position_user_id"):
            member.write(
                {
                    "latitude": member.new_latitude,
                    "longitude": member.new_longitude,
                    "position_accuracy": member.new_accuracy,
                }
            )
        self._forget_proposals()

    def action_refuse_position(self):
        """Leave these members where they are.

        :raises UserError: by anybody below a supervisor
        """
        self._check_position_right()
        self._forget_proposals()

    def _forget_proposals(self):
        self.write(
            {
                "new_latitude": 0.0,
                "new_longitude": 0.0,
                "new_accuracy": 0.0,
                "new_position_user_id": False,
            }
        )

    def _check_position_right(self):
        if not self.env.user.has_group("distribution.group_supervisor"):
            raise UserError(
                self.env._(
                    "A known position is moved by a supervisor. Ask yours to accept "
                    "the new one."
                )
            )
