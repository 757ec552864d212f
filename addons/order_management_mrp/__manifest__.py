{
    "name": "Order Hub: Kits",
    "summary": "Approved quantities of kits hold for their components",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Order Suite contributors",
    "website": "https://github.com/order-suite/order-suite",
    "license": "AGPL-3",
    "depends": [
        "sale_mrp",
        "order_management",
    ],
    "post_init_hook": "post_init_hook",
    "auto_install": True,
}
