{
    "name": "After-Sales Tests",
    "summary": "The road from serial to bill, and browser tours",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Hidden/Tests",
    "author": "After-Sales Platform Team",
    "depends": [
        "aftersales_service",
        "aftersales_settlement",
        "aftersales_knowledge",
        "test_browser_assets",
    ],
    "assets": {
        "web.assets_tests": ["test_aftersales/static/tests/tours/*.js"],
    },
}
