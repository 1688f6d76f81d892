{
    "name": "Browser Assets for Tests",
    "summary": "Lets browser tests load the back end of Debian's Odoo",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Hidden/Tests",
    "author": "After-Sales Platform Team",
    "depends": ["mail"],
    "assets": {
        "web.assets_backend": [
            # Debian's Odoo leaves this file out; with it missing every browser test
            # that loads the back end fails.
            (
                "remove",
                "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            ),
        ],
    },
}
