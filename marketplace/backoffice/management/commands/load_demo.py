"""`manage.py load_demo`: fill an empty site with a catalog worth browsing. Does nothing when there is one already."""

import logging
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.backoffice.demo.load import is_loaded, load


class Command(BaseCommand):
    """Load sellers, events, products, people, pages and the sales of the last weeks."""

    help = "Load the demo catalog into an empty site."

    def handle(self, *args: Any, **options: Any) -> None:
        if is_loaded():
            self.stdout.write("The catalog is there already.")
            return
        logging.getLogger("marketplace.core.sealing").setLevel(logging.WARNING)  # the first seals are no news
        load(say=self.stdout.write if options["verbosity"] else lambda _: None)
