"""Load the whole demo, in the order things depend on each other."""

from collections.abc import Callable

from django.core.management import call_command
from django.test import Client
from wagtail.signal_handlers import disable_reference_index_auto_update

from home.models import HomeCity, HomeEvent, HomePage, HomeProduct
from marketplace.backoffice.demo import goods, guests, history, money, pages, shops
from marketplace.backoffice.demo.events import EVENTS
from marketplace.backoffice.demo.products import PRODUCTS
from marketplace.events.models import EventPage

CITIES = ("Nairobi", "Mombasa", "Kampala", "Kigali")


def is_loaded() -> bool:
    """Is there a catalog already, the demo's or a real one?"""
    return HomePage.objects.exists() or EventPage.objects.exists()


def load(*, say: Callable[[str], object]) -> None:
    """Fill an empty, migrated database. `say` is told what is being done."""
    with disable_reference_index_auto_update():  # once at the end is ten times quicker than after every row
        fill(say)
    call_command("rebuild_references_index", verbosity=0)
    look_around()


def fill(say: Callable[[str], object]) -> None:
    sellers, venues, categories = shops.make_sellers(), shops.make_venues(), shops.make_categories()
    shops.make_taxes()
    money.make_levies()
    money.make_payable(sellers)
    people = shops.make_people(sellers)
    tree = pages.make_tree()
    pages.make_seller_pages(tree, sellers)
    pages.make_menus(tree)
    shelf = goods.Shelf(tree["events"], tree["products"], sellers, venues, categories)
    home = HomePage.objects.get(pk=tree["home"].pk)
    for spec in EVENTS:
        event = goods.make_event(spec, shelf)
        if spec.featured:
            home.featured_events.add(HomeEvent(event=event))
    say(f"{len(EVENTS)} events")
    for product_spec in PRODUCTS:
        product = goods.make_product(product_spec, shelf)
        if product_spec.featured:
            home.featured_products.add(HomeProduct(product=product))
    say(f"{len(PRODUCTS)} products")
    for name in CITIES:
        home.cities.add(HomeCity(name=name))
    home.save_revision().publish()
    guests.sell(buyer=people["buyer"])
    say("guest lists")
    history.make_history(people)
    say("sales, refunds, payouts and a proof")


def look_around() -> None:
    """Open the busiest pages once, so that their pictures are cut to size before the first visitor comes."""
    visitor = Client(headers={"host": "localhost"})
    for path in ("/", "/events/", "/products/"):
        visitor.get(path)
