# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

"""Parcels: who carries them, what customs will ask, where they are (no Odoo)."""
