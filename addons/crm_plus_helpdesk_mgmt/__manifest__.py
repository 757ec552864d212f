{
    "name": "Customer Care: Tickets",
    "summary": "Service desk: deadlines in working hours, macros, first answers",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus",
        "helpdesk_mgmt",
        "helpdesk_mgmt_merge",
        "helpdesk_mgmt_rating",
        "helpdesk_mgmt_sla",
    ],
    "data": [
        "security/helpdesk_security.xml",
        "security/ir.model.access.csv",
        "data/ir_cron.xml",
        "views/helpdesk_macro_views.xml",
        "views/helpdesk_sla_views.xml",
        "views/wizard_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/first_answer_templates.xml",
        "views/portal_templates.xml",
        "views/customer_view_views.xml",
    ],
    "demo": [
        "demo/helpdesk_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_plus_helpdesk_mgmt/static/src/viewers/**/*",
        ],
    },
    "auto_install": True,
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
}
