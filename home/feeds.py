"""What is coming, for feed readers (Atom, RFC 4287)."""

import datetime as dt

from django.contrib.syndication.views import Feed
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext_lazy as _
from wagtail.models import Locale

from home import conf
from marketplace.catalog.structured_data import absolute
from marketplace.events.models import EventPage
from marketplace.events.selectors import find_events

ENTRIES = 50


class ComingEvents(Feed[EventPage, None]):
    """Coming events, soonest first."""

    feed_type = Atom1Feed
    title = _("Coming events")
    link = "/"
    feed_url = None

    def items(self) -> list[EventPage]:
        found = find_events(locale=Locale.get_active()).select_related("seller")
        return list(found.defer("body")[:ENTRIES])

    def item_title(self, item: EventPage) -> str:
        return str(item.title)

    def item_description(self, item: EventPage) -> str:
        return item.summary

    def item_link(self, item: EventPage) -> str:
        return absolute(item.get_url())

    def item_author_name(self, item: EventPage) -> str:
        return item.seller.name

    def item_updateddate(self, item: EventPage) -> dt.datetime | None:
        return item.last_published_at

    def author_name(self) -> str:
        return conf.site_name()
