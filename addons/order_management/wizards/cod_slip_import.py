# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).

import base64
import tempfile

from odoo import fields, models
from odoo.exceptions import UserError

from ..models.cod_slip_line_status import OUTCOMES
from ..neutral.parcel_words import read_outcome
from ..neutral.spreadsheet import SpreadsheetError, inspect
from ..neutral.spreadsheet.cells import infer_decimal_mark, parse_number, text_of
from ..neutral.spreadsheet.files import rows
from ..neutral.words import fold
from ..tools.spreadsheet_text import describe_file_error

_MAX_SIZE = 10_000_000
_MAX_ROWS = 20_000
#: {field of the line: how carriers call the column}
_TITLES = {
    "tracking_ref": (
        "tracking",
        "tracking number",
        "waybill",
        "ma van don",
        "van don",
        "ma don",
        "order code",
        "运单号",
        "快递单号",
    ),
    "cod_amount": (
        "cod",
        "cod amount",
        "collected",
        "tien thu ho",
        "thu ho",
        "代收货款",
    ),
    "prepaid_amount": ("prepaid", "tra truoc", "预付"),
    "freight": (
        "freight",
        "shipping fee",
        "cuoc",
        "phi van chuyen",
        "phi giao hang",
        "运费",
    ),
    "insurance": ("insurance", "bao hiem", "phi bao hiem", "保险", "保价费"),
    "return_fee": ("return", "return fee", "phi hoan", "phi hoan hang", "退回费"),
    "storage_fee": ("storage", "storage fee", "phi luu kho", "仓储费"),
    "redirect_fee": ("redirect", "redirect fee", "phi chuyen tiep", "转寄费"),
    "transfer_fee": (
        "transfer",
        "transfer fee",
        "phi chuyen khoan",
        "phi thu ho",
        "手续费",
    ),
    "promotion": ("promotion", "promo", "khuyen mai", "优惠"),
    "stated_amount": ("due", "payout", "amount due", "thuc nhan", "doi soat", "应付"),
    "outcome": ("outcome", "status", "trang thai", "状态"),
}
#: more statuses that nobody knows than this, and it is another column
_MOST_STATUSES = 40
_STATUS_SIZE = 64
_MOST_MONEY = 1e13
#: what parcels in one box have in common
_SHARED = (
    "outcome",
    "status_text",
    "is_status_open",
    "dispute_state",
    "dispute_reason",
)


class CodSlipImport(models.TransientModel):
    """A carrier's statement, matched with our parcels by tracking number."""

    _name = "cod.slip.import"
    _description = "Import Statement of a Carrier"

    slip_id = fields.Many2one("cod.slip", required=True, readonly=True)
    file = fields.Binary(required=True, attachment=False)
    filename = fields.Char()

    def action_import(self):
        """Take over what the carrier states; parcels that nobody knows are lines
        without a transfer.

        Parcels whose status nobody understands are disputed until somebody says what
        it means.

        :raises UserError: it is no spreadsheet, or has no column of tracking numbers
        """
        self.ensure_one()
        slip = self.slip_id
        slip.check_access("write")
        slip._check_changeable()
        parcels = self._read_parcels()
        unknown_statuses = self._read_statuses(parcels)
        pickings = self._find_pickings(list(parcels))
        known = slip.line_ids.grouped("tracking_ref")
        busy = self._find_busy(pickings)
        vals_list = []
        for number, vals in parcels.items():
            if number in known:
                self._update_lines(known[number], vals)
            else:
                some = pickings.get(number, self.env["stock.picking"])
                vals_list += self._prepare_lines(number, vals, some, busy)
        self._dispute_unsettled(vals_list)
        lines = self.env["cod.slip.line"].create(vals_list)
        if not slip.stated_amount:
            slip.stated_amount = sum(slip.line_ids.mapped("stated_amount"))
        unknown = lines.filtered(lambda line: not line.picking_id)
        slip.message_post(
            body=self.env._(
                "%(file)s imported: %(count)s parcels, %(unknown)s of them unknown.",
                file=self.filename or "",
                count=len(parcels),
                unknown=len(unknown),
            )
        )
        if unknown_statuses:
            slip.message_post(body=self._describe_unknown(unknown_statuses))
        return {"type": "ir.actions.act_window_close"}

    def _describe_unknown(self, statuses):
        return self.env._(
            "Nobody has said yet what these statuses of %(carrier)s mean, and their "
            "parcels are disputed: %(statuses)s. A manager says it under Order Hub, "
            "Configuration, Carrier Statuses; the parcels follow at once.",
            carrier=self.slip_id.carrier_id.name,
            statuses=", ".join(f"“{status}”" for status in statuses),
        )

    def _read_statuses(self, parcels):
        """Give parcels the outcome that their status stands for.

        A status that nobody knows makes a row among those of the carrier.

        :param parcels: see ``_read_parcels``, changed here
        :return: the statuses that nobody knows
        :raises UserError: so many that it must be another column
        """
        texts = {vals.get("status_text") for vals in parcels.values()} - {None}
        if not texts:
            return []
        carrier = self.slip_id.carrier_id
        # sudo: what is unknown is kept, whoever meets it first
        maps_sudo = self.env["delivery.carrier.status.map"].sudo()
        words = {text: word for text in texts if (word := read_outcome(text))}
        states = maps_sudo._translate(carrier, {text: text for text in texts}, words)
        ignored = maps_sudo._get_ignored(carrier, texts)
        unknown = sorted(t for t in texts if not states[t] and t not in ignored)
        if len(unknown) > _MOST_STATUSES:
            raise UserError(
                self.env._(
                    "The column of statuses has %(count)s texts that nobody knows, as "
                    "“%(example)s”. Call another column Status, or none.",
                    count=len(unknown),
                    example=unknown[0],
                )
            )
        for vals in parcels.values():
            if (text := vals.get("status_text")) and text not in ignored:
                vals.update(self._prepare_outcome(text, states[text]))
        return unknown

    def _prepare_outcome(self, text, state):
        if state in OUTCOMES:
            return {"outcome": state, "is_status_open": False}
        reason = self.env._("“%(status)s”: neither delivered nor returned", status=text)
        if not state:
            reason = self.env._("“%(status)s”: nobody knows what it means", status=text)
        return {
            "is_status_open": not state,
            "dispute_state": "open",
            "dispute_reason": reason,
        }

    def _dispute_unsettled(self, vals_list):
        """Parcels that neither the statement nor their history says have arrived or
        come back are looked at by somebody; the others are taken over."""
        ids = [vals["picking_id"] for vals in vals_list if vals.get("picking_id")]
        pickings = self.env["stock.picking"].browse(ids)
        outcomes = self.env["cod.slip.line"]._get_outcomes(pickings)
        for vals in vals_list:
            picking = pickings.browse(vals.get("picking_id") or [])
            if picking and not (vals.get("outcome") or outcomes[picking]):
                vals.setdefault("dispute_state", "open")
                reason = self.env._("Nobody says that it was delivered, or came back")
                vals.setdefault("dispute_reason", reason)

    def _update_lines(self, lines, vals):
        """The carrier states a parcel of ours again: what it says counts."""
        first, same = lines[0], lines[0].status_text == vals.get("status_text")
        if vals.get("outcome") and (first.is_status_open or not first.outcome):
            vals = {**vals, "dispute_state": "none", "dispute_reason": False}
        elif same and first.dispute_state != "open":
            # somebody has decided about it already
            vals = {n: v for n, v in vals.items() if n not in _SHARED}
        shared = {name: vals[name] for name in _SHARED if name in vals}
        if shared:
            # what was merged comes back together; nothing was collected then
            lines[1:].write(shared)
        if "cod_amount" in vals:
            others = sum(lines[1:].mapped("cod_amount"))
            vals = {**vals, "cod_amount": max(vals["cod_amount"] - others, 0.0)}
        lines[0].write(vals)

    def _prepare_lines(self, number, vals, pickings, busy):
        """A line for each transfer in the parcel: orders that were merged share it.

        What was collected is shared as it had to be, fees are the first one's.
        """
        base = {"slip_id": self.slip_id.id, "tracking_ref": number}
        taken = [picking for picking in pickings if picking in busy]
        if taken:
            slip = busy[taken[0]].sudo()
            reason = self.env._("On %(slip)s already", slip=slip.name)
            disputed = {"dispute_state": "open", "dispute_reason": reason}
            return [{**base, **vals, **disputed, "is_status_open": False}]
        rows = []
        rest = vals.get("cod_amount")
        for picking in pickings[1:]:
            row = {**base, "picking_id": picking.id}
            row |= {name: vals[name] for name in _SHARED if name in vals}
            if rest is not None:
                row["cod_amount"] = min(picking.cod_amount, rest)
                rest -= row["cod_amount"]
            rows.append(row)
        first = {**base, **vals, "picking_id": pickings[:1].id}
        if rest is not None:
            first["cod_amount"] = self.slip_id.currency_id.round(rest)
        return [first, *rows]

    def _find_pickings(self, numbers):
        """``{tracking number: transfers}`` of what left with the carrier."""
        found = self.env["stock.picking"].search(
            [
                ("company_id", "=", self.slip_id.company_id.id),
                ("carrier_id", "in", (self.slip_id.carrier_id.id, False)),
                ("carrier_tracking_ref", "in", numbers),
                ("picking_type_code", "=", "outgoing"),
                ("state", "=", "done"),
            ],
            order="id",
        )
        return found.grouped("carrier_tracking_ref")

    def _find_busy(self, pickings):
        """``{transfer: slip}`` of parcels that are on another slip."""
        lines = (
            self.env["cod.slip.line"]
            .sudo()  # the number of the slip is no secret
            .search(
                [
                    (
                        "picking_id",
                        "in",
                        [p.id for some in pickings.values() for p in some],
                    ),
                    ("is_live", "=", True),
                    ("slip_id", "!=", self.slip_id.id),
                ]
            )
        )
        return {line.picking_id.sudo(False): line.slip_id for line in lines}

    def _read_parcels(self):
        """``{tracking number: values of the line}``; rows of one number are summed."""
        content = base64.b64decode(self.file or b"")
        if len(content) > _MAX_SIZE:
            raise UserError(self.env._("The file is larger than 10 MB. Import parts."))
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            try:
                layout = inspect(file.name)
                table = [values for _number, values in rows(file.name, layout)]
            except SpreadsheetError as error:
                raise UserError(describe_file_error(self.env, error)) from error
        if len(table) > _MAX_ROWS:
            raise UserError(self.env._("More than 20,000 rows. Import parts."))
        columns = self._find_columns(layout.headers)
        cells = [value for row in table for value in row]
        parcels = self._sum_rows(table, columns, infer_decimal_mark(cells) or ".")
        if not parcels:
            raise UserError(
                self.env._(
                    "There is no parcel in the file: “%(column)s” has no numbers. "
                    "Choose the carrier's statement with its rows.",
                    column=layout.headers[columns["tracking_ref"]],
                )
            )
        return parcels

    def _find_columns(self, headers):
        """``{field: index of its column}``"""
        folded = [fold(header) for header in headers]
        columns = {}
        for name, titles in _TITLES.items():
            for title in titles:
                if title in folded:
                    columns[name] = folded.index(title)
                    break
        if "tracking_ref" not in columns:
            raise UserError(
                self.env._(
                    "No column of tracking numbers was found. Call it “Tracking” and "
                    "the others COD, Freight, Insurance, Return, Storage, Redirect, "
                    "Transfer, Promotion, Due and Status."
                )
            )
        return columns

    def _sum_rows(self, table, columns, mark):
        digits = self.slip_id.currency_id.decimal_places
        parcels = {}
        for row in table:
            cell = {
                name: row[index] if index < len(row) else None
                for name, index in columns.items()
            }
            number = text_of(cell.pop("tracking_ref")).strip()
            if not number:
                continue
            vals = parcels.setdefault(number, {})
            status = text_of(cell.pop("outcome", None)).strip()
            if status:
                vals["status_text"] = status[:_STATUS_SIZE]
            for name, value in cell.items():
                if value in (None, ""):
                    continue
                amount = self._read_amount(value, mark, digits, number)
                # carriers write fees with or without a sign; what is due of a parcel
                # that came back is truly below zero
                amount = amount if name == "stated_amount" else abs(amount)
                vals[name] = vals.get(name, 0.0) + amount
        return parcels

    def _read_amount(self, value, mark, digits, number):
        try:
            amount = float(parse_number(value, mark, thousands=not digits))
            # neither endless nor none at all
            if not abs(amount) < _MOST_MONEY:
                raise ValueError("amount")
            return amount
        except ValueError as error:
            raise UserError(
                self.env._(
                    "%(number)s: “%(value)s” is no amount. Correct it in the file.",
                    number=number,
                    value=text_of(value)[:60],
                )
            ) from error
