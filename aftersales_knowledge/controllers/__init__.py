from . import portal_article
