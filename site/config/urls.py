"""Every address of the site. Rooms bring their own; this file only says where they stand."""

from django.conf import settings
from django.urls import include, path, re_path
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

# With no bucket configured the site serves its own media; fine for one machine.
own_media = settings.STORAGES["default"]["BACKEND"].endswith("FileSystemStorage")
media = [re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})] if own_media else []

urlpatterns = [
    path("admin/", include("marketplace.users.admin_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("accounts/", include("marketplace.users.urls")),
    path("accounts/", include("allauth.urls")),
    path("hooks/", include("marketplace.payments.urls")),
    path("", include("marketplace.commerce.urls")),
    path("", include("marketplace.ticketing.urls")),
    path("", include("marketplace.licensing.urls")),
    path("", include("marketplace.backoffice.urls")),
    path("search/", include("search.urls")),
    path("", include("home.urls")),
    *media,
    path("", include(wagtail_urls)),
]
