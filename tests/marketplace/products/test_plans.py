"""Plans: what a license costs and grants, changed when saved and never by a draft."""

import pytest

from marketplace.audit.models import LogEntry
from marketplace.catalog.errors import HasSales
from marketplace.catalog.services.put_offer import own_pool
from marketplace.catalog.terms import Stock, Terms
from marketplace.commerce.errors import OfferInvalid
from marketplace.commerce.models import Offer
from marketplace.commerce.selectors import availability
from marketplace.core.money import Money
from marketplace.products.grant import Grant
from marketplace.products.models import LicensePlan, ProductPage
from marketplace.products.selectors import ProductFilters, find_products, product_cards, product_plans
from marketplace.products.services import change_plan, delete_plan, resume_plan_sales, stop_plan_sales
from tests.factories.events import in_a_cart
from tests.factories.products import make_plan, make_product
from tests.factories.storefront import swahili

pytestmark = pytest.mark.django_db
YEAR = Grant(term="term", term_days=365, seats=5, activation_limit=3, usage_limit=1000, usage_unit="requests")


def state_of(plan: LicensePlan) -> str:
    offer = Offer.objects.select_related("seller").get(pk=plan.offer_id)
    return availability([offer])[offer.pk].state


def change(plan: LicensePlan, **fields) -> LicensePlan:
    given = {"name": plan.name, "terms": Terms.of(plan.offer), "grant": Grant(), "stock": None, "actor_id": 5, **fields}
    return change_plan(plan_id=plan.pk, **given)


def test_a_plan_is_an_offer_with_what_it_grants():
    product = make_product("Ledger", refund_policy="Thirty days.", refund_rule="after", refund_days=30)
    plan = make_plan(product, grant=YEAR)
    offer = plan.offer
    assert (offer.kind, offer.title, offer.name, offer.url) == ("license", "Ledger", "Team", product.get_url())
    assert (offer.refund_policy, offer.refund_rule, offer.refund_days) == ("Thirty days.", "after", 30)
    assert (plan.term_days, plan.seats, plan.activation_limit, plan.usage_limit) == (365, 5, 3, 1000)
    assert not offer.pools.exists()
    assert state_of(plan) == "on_sale"


def test_a_perpetual_plan_has_no_days_and_an_unmetered_one_no_unit():
    plan = make_plan(grant=Grant(term="perpetual", term_days=30, usage_unit="requests"))
    assert (plan.term_days, plan.usage_unit) == (None, "")


def test_copies_can_be_numbered():
    plan = make_plan(capacity=10)
    assert own_pool(plan.offer, whole_id=None).capacity == 10
    change(plan, stock=Stock(capacity=12))
    assert own_pool(plan.offer, whole_id=None).capacity == 12
    change(plan, stock=Stock())
    assert not plan.offer.pools.exists()


def test_a_refused_price_changes_nothing_of_the_grant():
    plan = make_plan(grant=YEAR)
    with pytest.raises(OfferInvalid):
        change(plan, terms=Terms(currency="KES", price_minor=150), grant=Grant(seats=9))
    plan.refresh_from_db()
    assert plan.seats == 5


def test_what_changed_is_on_record():
    plan = make_plan(grant=YEAR)
    change(plan, grant=Grant(seats=9))
    entry = LogEntry.objects.get(action="license_plan.changed", target_id=str(plan.pk))
    assert (entry.data["before"]["seats"], entry.data["after"]["seats"], entry.actor_id) == (5, 9, 5)


def test_an_unpublished_product_sells_nothing_and_a_stopped_plan_stays_stopped():
    product = make_product()
    plan, other = make_plan(product), make_plan(product, "Solo")
    stop_plan_sales(plan=plan, actor_id=None)
    product.unpublish()
    assert (state_of(plan), state_of(other)) == ("stopped", "stopped")
    product.save_revision().publish()
    assert (state_of(plan), state_of(other)) == ("stopped", "on_sale")
    resume_plan_sales(plan=plan, actor_id=None)
    assert state_of(plan) == "on_sale"


def test_what_was_ordered_is_not_deleted():
    plan = make_plan()
    in_a_cart(plan, quantity=1)
    with pytest.raises(HasSales):
        delete_plan(plan=plan, actor_id=None)
    unwanted = make_plan(plan.product, "Solo", capacity=3)
    delete_plan(plan=unwanted, actor_id=None)
    assert list(LicensePlan.objects.all()) == [plan]
    assert list(Offer.objects.all()) == [plan.offer]


def test_a_translation_has_its_own_words_and_the_same_price_and_grant():
    product = make_product()
    plan = make_plan(product, grant=YEAR)
    words = LicensePlan.objects.create(
        product=product,
        offer=plan.offer,
        name="Timu",
        locale=swahili(),
        translation_key=plan.translation_key,
        **YEAR.fields(),
    )
    change(words, name="Kundi", grant=Grant(seats=9))
    plan.refresh_from_db()
    assert (plan.name, plan.seats, plan.offer.name) == ("Team", 9, "Team")
    page = product.copy_for_translation(swahili(), copy_parents=True)
    (detail,) = product_plans(page)
    assert detail.plan.name == "Kundi"
    (detail,) = product_plans(ProductPage.objects.get(pk=product.pk))
    assert detail.plan.name == "Team"


def test_listings_filter_and_cards_are_cheap(django_assert_max_num_queries):
    for number in range(8):
        make_plan(make_product(f"Tool {number}", type="api" if number % 2 else "app"), price=100_000 * (number + 1))
    make_plan(make_product("Gift", type="media"), price=0)
    assert {page.type for page in find_products(ProductFilters(type="api"))} == {"api"}
    cheap = find_products(ProductFilters(price_at_most=Money(200_000, "KES")))
    assert {page.title for page in cheap} == {"Tool 0", "Tool 1", "Gift"}
    assert [page.title for page in find_products(ProductFilters(free=True))] == ["Gift"]
    for count in (2, 9):
        rows = find_products()[:count]
        with django_assert_max_num_queries(5):
            cards = product_cards(rows)
        assert len(cards) == count
        assert all(card.price_from is not None and card.url for card in cards)
