from . import aftersales_content_mixin
