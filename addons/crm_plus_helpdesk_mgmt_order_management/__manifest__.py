{
    "name": "Customer Care: Tickets about Returns",
    "summary": "A ticket names the return it is about, a return shows its tickets",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus_helpdesk_mgmt",
        "order_management",
    ],
    "data": [
        "views/channel_return_views.xml",
        "views/helpdesk_ticket_views.xml",
        "views/portal_templates.xml",
    ],
    "auto_install": True,
}
