{
    "name": "After-Sales Knowledge",
    "summary": "Faults and their remedies, offered where the request is typed",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "category": "Services/After-Sales",
    "author": "After-Sales Platform Team",
    "depends": ["aftersales_service", "html_editor", "im_livechat"],
    "data": [
        "security/aftersales_knowledge_groups.xml",
        "security/ir.model.access.csv",
        "security/aftersales_article_rules.xml",
        "data/aftersales_knowledge_data.xml",
        "views/article_views.xml",
        "views/portal_article_templates.xml",
    ],
    "assets": {"web.assets_backend": ["aftersales_knowledge/static/src/**/*"]},
}
