from django.templatetags.static import static
from django.urls import path, re_path
from django.views.generic.base import RedirectView

from home import serving, views
from home.feeds import ComingEvents

# Wagtail's own pattern for pages, less the helpers it keeps under _util/.
PAGES = r"^(?!_util/)((?:[\w\-]+/)*)$"


class Favicon(RedirectView):
    """For clients that never read the page's own icon link."""

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        return static("icons/sokoni.svg")


urlpatterns = [
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("feeds/events.xml", ComingEvents(), name="events_feed"),
    path("favicon.ico", Favicon.as_view()),
    re_path(PAGES, serving.serve, name="page"),
]
