# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).


def uninstall_hook(env):
    """Let the addon go; customers who have bought stay, those of the demo as well."""
    data = env["ir.model.data"].search(
        [("module", "=", "crm_plus"), ("model", "=", "res.partner")]
    )
    partners = env["res.partner"].browse(data.mapped("res_id")).exists()
    groups = env["sale.order"]._read_group(
        [("partner_id", "child_of", partners.commercial_partner_id.ids)],
        ["partner_id"],
    )
    buyers = {partner.commercial_partner_id for [partner] in groups}
    kept = partners.filtered(lambda partner: partner.commercial_partner_id in buyers)
    data.filtered(lambda row: row.res_id in kept.ids).unlink()
