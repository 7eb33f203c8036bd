"""The demo's past, without the pages nobody bought from: drawing their posters takes most of its time."""

from marketplace.backoffice.demo import goods, history, money, pages, sales, shops
from marketplace.backoffice.demo.events import EVENTS
from marketplace.backoffice.demo.products import PRODUCTS
from marketplace.ledger.models import ProofRun


def load_what_is_sold() -> ProofRun:
    """Sellers, what they sold, and the history of its money. Returns the proof of the books."""
    sellers, venues, categories = shops.make_sellers(), shops.make_venues(), shops.make_categories()
    shops.make_taxes()
    money.make_levies()
    money.make_payable(sellers)
    people = shops.make_people(sellers)
    tree = pages.make_tree()
    shelf = goods.Shelf(tree["events"], tree["products"], sellers, venues, categories)
    sold = {sale.where for sale in sales.SALES.values()} | {"coast-drums"}
    for event in EVENTS:
        if event.slug in sold:
            goods.make_event(event, shelf)
    for product in PRODUCTS:
        if product.slug in sold:
            goods.make_product(product, shelf)
    return history.make_history(people)
