"""One purchase seen from all sides: the buyer's browser, the provider, and the rows it leaves behind."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any, Self

from django.db.models import Sum

from marketplace.commerce.models import Order
from marketplace.commerce.upkeep import recount_stock
from marketplace.core import clock
from marketplace.core.models import OutboxEvent
from marketplace.ledger.models import Entry, Posting
from marketplace.ledger.selectors import trial_balance
from marketplace.notifications.models import Message
from marketplace.payments.models import InboxMessage, Payment
from marketplace.payments.selectors import latest_payment
from marketplace.ticketing.models import Ticket
from tests.buyer import Buyer, Page, buy
from tests.factories.shop import OnSale
from tests.stack import PATIENCE, Stack

_numbers = itertools.count(1)


class Purchase:
    """A buyer of one event. The phone's owner does nothing until `press()`, unless its number says otherwise."""

    def __init__(self, site: Stack, event: OnSale, *, ending: str = "111", quantity: int = 1) -> None:
        number = next(_numbers)
        self.site, self.event, self.quantity = site, event, quantity
        self.email = f"buyer{number}@example.com"
        self.phone = f"2547{number:05d}{ending}"
        self.buyer = Buyer(site.base_url, address=f"10.9.{number // 250}.{number % 250 + 1}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.buyer.close()

    # -- what the buyer does ------------------------------------------------------------------------------------

    def check_out(self, provider: str = "mpesa") -> Page:
        """From the event page to wherever the pay button leads, refused or not."""
        return buy(
            self.buyer,
            self.event.path,
            offer_id=self.event.offer.pk,
            quantity=self.quantity,
            email=self.email,
            provider=provider,
            phone=self.phone if provider == "mpesa" else "",
        )

    def pay_again(self, provider: str = "mpesa") -> Page:
        """The order page's own form: again, or another way."""
        page = self.page()
        phone = self.phone if provider == "mpesa" else ""
        return self.buyer.submit(page, lambda action: action.endswith("/pay/"), provider=provider, phone=phone)

    def page(self, name: str = "") -> Page:
        """The order page, or one below it, e.g. `return/`."""
        return self.buyer.open(f"/orders/{self.order.token}/{name}")

    def press(self, button: str = "pay") -> None:
        """On the phone, once the prompt is there, or on the provider's card page."""
        if self.payment.provider == "mpesa":
            self.site.until(lambda: self.site.look("prompts", state="pending", msisdn=self.phone), what="a prompt")
            self.site.control("phone", press=button, msisdn=self.phone)
        else:
            self.site.control("card", press=button, session=self.payment.external_id)

    # -- what is known about it ---------------------------------------------------------------------------------

    @property
    def order(self) -> Order:
        return Order.objects.get(client__email=self.email)

    @property
    def payment(self) -> Payment:
        """The latest attempt."""
        found = latest_payment(self.order.code)
        assert found is not None, "no payment of the order was started"
        return found

    @property
    def inbox(self) -> list[InboxMessage]:
        """Messages about any attempt, oldest first."""
        return list(InboxMessage.objects.filter(payment__reference=self.order.code).order_by("pk"))

    @property
    def mails(self) -> list[Any]:
        """Subjects aside, every mail that reached the buyer."""
        return self.site.mails(self.email)

    def until(self, question: Callable[[], object], *, within: float = PATIENCE, what: str = "") -> None:
        """Wait for something to become true of it."""
        self.site.until(question, within=within, what=f"{self.email}: {what}")

    def until_order(self, status: str, *, within: float = PATIENCE) -> None:
        self.until(lambda: self.order.status == status, within=within, what=f"order {status}")

    def until_payment(self, status: str, *, within: float = PATIENCE) -> None:
        self.until(lambda: self.payment.status == status, within=within, what=f"payment {status}")

    def look_now(self) -> None:
        """Time passes: the moment has come at which the reconciler looks at the payment again."""
        Payment.objects.filter(pk=self.payment.pk).update(next_check_at=clock.now(), checked_at=None)

    def look_later(self) -> None:
        """The reconciler leaves the payment alone until `look_now`."""
        later = clock.now() + dt.timedelta(hours=1)
        Payment.objects.filter(pk=self.payment.pk).update(next_check_at=later)

    def let_deadline_pass(self) -> None:
        """Time passes: the payment's deadline, and with it the order's hold, are over."""
        past = clock.now() - dt.timedelta(seconds=1)
        Payment.objects.filter(reference=self.order.code).update(
            deadline=past, next_check_at=past, checked_at=None
        )  # fmt: skip
        Order.objects.filter(pk=self.order.pk).update(expires_at=past)

    # -- how it must have ended ---------------------------------------------------------------------------------

    def ends_well(self, *, within: float = PATIENCE) -> None:
        """Wait until it is fulfilled and told, then: one fulfillment, one booking, one mail, and sums that agree."""
        self.until_order("fulfilled", within=within)
        self.until(lambda: self.mails, what="a mail")
        order = self.order
        assert Ticket.objects.filter(order_line__order=order).count() == self.quantity
        assert [entry.key for entry in self.entries("sale")] == [f"order:{order.code}:sale:seller:{self.seller_id}"]
        assert self.paid_in() == order.total_minor, "what lies with the provider is what the order cost"
        assert [mail.key for mail in self.messages()] == [f"order:{order.code}:ready"]
        assert len(self.mails) == 1
        assert any("pdf" in part.get_content_type() for part in self.mails[0].iter_attachments())
        assert "It is yours" in self.page().text
        everything_adds_up()

    @property
    def seller_id(self) -> int:
        return self.event.offer.seller_id

    def entries(self, kind: str) -> list[Entry]:
        return list(Entry.objects.filter(reference=self.order.code, kind=kind))

    def paid_in(self) -> int:
        """What the books say the providers hold for this order, before their own fee."""
        clearing = Posting.objects.filter(entry__reference=self.order.code, account__code__in=["1010", "1020"])
        return clearing.exclude(entry__kind="provider_fee").aggregate(sum=Sum("minor"))["sum"] or 0

    def messages(self) -> list[Message]:
        return list(Message.objects.filter(to=self.email))

    def nothing_happened(self) -> None:
        """Not paid, nothing made, nothing booked, nothing told; the seats are still held."""
        order = self.order
        assert order.status == "pending"
        assert not Ticket.objects.filter(order_line__order=order).exists()
        assert not Entry.objects.filter(reference=order.code).exists()
        assert not self.messages()
        everything_adds_up()


def everything_adds_up() -> None:
    """Counters equal the rows they summarize, the books balance, and no fact is stuck on an error."""
    assert recount_stock() == []
    for currency in ("KES", "USD"):
        assert sum(trial_balance(currency).values()) == 0
    for entry in Entry.objects.annotate(sum=Sum("postings__minor")):
        assert entry.sum == 0, entry
    assert not OutboxEvent.objects.exclude(last_error="").values_list("handler", "last_error")
