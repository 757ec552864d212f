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
    "data": [],
    "auto_install": True,
}
