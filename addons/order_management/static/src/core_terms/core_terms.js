import {_t} from "@web/core/l10n/translation";

/**
 * Odoo's own words that people meet every day and that its Vietnamese and Chinese
 * lack. A term that its own addon does not translate is looked up in the others': what
 * we translate here is what our users read there. Nothing uses the list itself.
 */
export const CORE_TERMS = [
    _t("Missing required fields"),
    _t("Are you sure you want to delete the selected record?"),
    _t("Are you sure you want to delete the %(nbSelected)s selected records?"),
    _t("Are you sure you want to update %(count)s records?"),
    _t(
        "Among the %(total)s selected records, %(valid_count)s are valid for this update."
    ),
    _t("My Preferences"),
    _t("Custom range"),
    _t("Month to date"),
    _t("Year to date"),
    _t("lower than"),
    _t("lower or equal to"),
    _t("greater or equal to"),
];
