{
    "name": "Customer Care: Tickets from Live Chat",
    "summary": "A chat becomes a ticket by a command, a button or a chatbot",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "crm_plus_helpdesk_mgmt",
        "im_livechat",
    ],
    "data": [
        "data/helpdesk_ticket_channel_data.xml",
        "views/chatbot_script_step_views.xml",
        "views/helpdesk_ticket_views.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "crm_plus_helpdesk_mgmt_im_livechat/static/src/core/**/*",
        ],
    },
    "auto_install": True,
}
