from wagtail.snippets.models import register_snippet

from marketplace.catalog.viewsets import CategoryViewSet

register_snippet(CategoryViewSet)
