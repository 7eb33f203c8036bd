"""Sales of the last weeks: orders through the same services as anybody's, paid by what a provider would have said.

The providers of the demo are a program of their own that is not running yet, so their answers are given here. It is told
of them when it starts: see `remembered`.
"""

from dataclasses import dataclass

from django.db import transaction

from marketplace.backoffice.demo.guests import drain, looked_at
from marketplace.backoffice.demo.past import ago
from marketplace.commerce.models import Offer, Order
from marketplace.commerce.services import Buyer, Wish, add_to_cart, place_order
from marketplace.core import clock
from marketplace.payments.models import Payment, PaymentClient, PaymentEvent
from marketplace.payments.providers.base import Outcome
from marketplace.payments.services.record_outcome import record_outcome
from marketplace.payments.services.story import tell
from marketplace.users.models import User

CALLBACK = str(PaymentEvent.Source.CALLBACK)


@dataclass(frozen=True)
class Sale:
    """One paid order. `where` is the slug of what is sold, `what` the ticket's or plan's name."""

    days: float
    """Days before today."""
    where: str
    what: str
    quantity: int
    provider: str
    buyer: str
    """First and last name; the demo's own buyer by the name alone."""


# fmt: off
SALES = {
    "picnic": Sale(44, "independence-day-picnic", "Basket for two", 3, "mpesa", "Wanjiru Kariuki"),
    "picnic-card": Sale(42, "independence-day-picnic", "Basket for two", 2, "stripe", "Otieno Ochieng"),
    "kit": Sale(24, "daraja-kit", "Developer", 2, "mpesa", "Kamau Njuguna"),
    "kit-team": Sale(21, "daraja-kit", "Team", 1, "stripe", "Halima Noor"),
    "letters": Sale(20, "tembo-grotesk", "Everything", 1, "stripe", "Chiara Bruni"),
    "rain": Sale(19, "shamba-weather-api", "Cooperative", 1, "mpesa", "Peter Mutua"),
    "walk": Sale(8, "old-town-night-walk", "Walker", 4, "mpesa", "Fatuma Ali"),
    "walk-two": Sale(8, "old-town-night-walk", "Walker", 2, "mpesa", "Joseph Baya"),
    "books": Sale(8, "reconcile", "Accountant", 1, "mpesa", "Grace Wambui"),
    "source": Sale(7, "daraja-kit", "Source and support", 1, "stripe", "Victor Hale"),
    "rain-again": Sale(7, "shamba-weather-api", "Starter", 2, "mpesa", "Peter Mutua"),
    "sounds": Sale(6, "", "sauti-lab", 1, "stripe", "Naomi Achola"),
    "jazz": Sale(4, "nairobi-jazz-night", "Lawn", 3, "mpesa", "buyer"),
    "jazz-card": Sale(3, "nairobi-jazz-night", "Terrace table", 2, "stripe", "Ivy Chebet"),
    "taarab": Sale(3, "taarab-by-the-fort", "Seat", 3, "mpesa", "buyer"),
    "taarab-two": Sale(3, "taarab-by-the-fort", "Seat", 2, "mpesa", "Salim Omar"),
    "type": Sale(2, "tembo-grotesk", "Desktop", 1, "stripe", "Noah Berg"),
    "run": Sale(1, "run-the-fort", "Runner", 4, "mpesa", "Amina Hassan"),
    "play": Sale(0.01, "the-matatu-monologues", "Seat", 2, "mpesa", "Njeri Maina"),
    "icons": Sale(0.01, "duka-icons", "Studio", 1, "stripe", "Lina Sand"),
}
# fmt: on


def sell(*, buyer: User) -> dict[str, Order]:
    """Sell it all, oldest first. Returns the paid orders by the names above."""
    return {name: buy(sale, number, buyer) for number, (name, sale) in enumerate(SALES.items(), start=1)}


def buy(sale: Sale, number: int, buyer: User) -> Order:
    """One order, paid and delivered on its day, some time of it; paying takes a moment."""
    days = sale.days + (number * 5 % 11 / 24 if sale.days >= 1 else 0)
    with ago(days):
        order = place(sale, number, buyer)
        payment = intend(order, sale, number)
    with ago(days - (12 + number * 7 % 40) / 86400):
        record_outcome(payment_id=payment.pk, outcome=paid(payment, number), source=CALLBACK)
        drain()
    order.refresh_from_db()
    return order


def place(sale: Sale, number: int, buyer: User) -> Order:
    offer, own = find_offer(sale), sale.buyer == "buyer"
    name = buyer.get_full_name() if own else sale.buyer
    email = buyer.email if own else f"{sale.buyer.split()[0].lower()}@mail.example"
    user_id = buyer.pk if own else None
    cart = add_to_cart(token=None, wishes=[Wish(offer.pk, sale.quantity)], user_id=user_id)
    seen = looked_at(cart.token)
    who = Buyer(email, name=name, phone=phone(sale, number))
    return place_order(token=cart.token, seen=seen, buyer=who, terms="", user_id=user_id)


def find_offer(sale: Sale) -> Offer:
    """The first date's of an event, the plan's of a product; without a page any plan of the seller's."""
    offers = Offer.objects.select_related("seller").order_by("service_date", "pk")
    if not sale.where:
        return offers.filter(seller__slug=sale.what, price_minor__gt=0)[0]
    return offers.filter(url__contains=f"/{sale.where}/", name=sale.what)[0]


@transaction.atomic
def intend(order: Order, sale: Sale, number: int) -> Payment:
    """The row a checkout writes before it asks the provider, and the provider's names from its answer."""
    prompt = sale.provider == "mpesa"
    payment = Payment.objects.create(
        reference=order.code, attempt=1, provider=sale.provider, status=Payment.Status.PENDING,
        amount_minor=order.total_minor, currency=order.currency, description=f"Sokoni {order.code}",
        external_id=f"ws_CO_demo{number:06d}" if prompt else f"cs_test_demo{number:04d}",
        external_ref=f"demo-{number:04d}" if prompt else f"pi_demo{number:04d}", deadline=clock.in_seconds(1800),
    )  # fmt: skip
    client = order.client
    PaymentClient.objects.create(payment=payment, phone=client.phone, email=client.email)
    tell(payment, source="checkout", kind="intent", amount_minor=payment.amount_minor, currency=payment.currency)
    return payment


def paid(payment: Payment, number: int) -> Outcome:
    """What its provider says: M-Pesa a receipt of ten letters and digits, Stripe a charge and what it kept."""
    if payment.provider == "mpesa":
        return Outcome("paid", amount=payment.amount, receipt=f"TKDEMO{number:04d}")
    fee = payment.amount_minor * 29 // 1000 + 30
    return Outcome("paid", amount=payment.amount, receipt=f"ch_demo{number:04d}", fee_minor=fee)


def phone(sale: Sale, number: int) -> str:
    """One of those that the simulator simply pays: some endings stand for accidents there."""
    return f"+2547220007{number:02d}" if sale.provider == "mpesa" else ""
