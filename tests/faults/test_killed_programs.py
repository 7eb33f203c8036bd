"""Programs that are killed in the middle of their work, as by an empty battery: SIGKILL, no farewell."""

import contextlib
import threading
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from django.db import connection

from marketplace.commerce.models import OrderReview
from marketplace.core.models import OutboxEvent
from marketplace.ticketing.models import Ticket
from tests.buyer import check_out, fill_cart
from tests.databases import url_of
from tests.factories.shop import open_event
from tests.purchase import Purchase, everything_adds_up
from tests.stack import Stack

DELIVER = "marketplace.commerce.handlers.deliver"


@contextlib.contextmanager
def locked(table: str) -> Iterator[None]:
    """Hold a table: whoever reads passes, whoever writes waits."""
    with psycopg.connect(url_of(connection.settings_dict)) as holder:
        holder.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield
        holder.rollback()


def waits_for(table: str) -> bool:
    """Is some other session stopped by that lock?"""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE NOT granted AND datname = current_database() AND relation = %s::regclass",
            [table],
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.postgres
class TestWorkerKilledMidFulfillment:
    """A lock in its way shows for certain that the worker is in the middle of it."""

    def test_before_the_tickets_are_written(self, site: Stack) -> None:
        with Purchase(site, open_event(), quantity=3) as bought:
            bought.check_out()
            with locked("ticketing_ticket"):
                bought.press("pay")
                bought.until(lambda: waits_for("ticketing_ticket"), what="the worker is about to write tickets")
                self.kill_worker(site, bought)
            assert self.tickets(bought) == 0
            site.start("worker")
            bought.ends_well()
            fact = OutboxEvent.objects.get(handler=DELIVER, payload__order_code=bought.order.code)
            assert fact.attempts > 1, "it was delivered again"

    def test_between_the_tickets_and_the_last_word(self, site: Stack) -> None:
        """The tickets are there; that the order is complete is not yet written, nor the mail."""
        with Purchase(site, open_event(), quantity=2) as bought:
            bought.check_out()
            with contextlib.ExitStack() as locks:
                with locked("ticketing_ticket"):
                    bought.press("pay")
                    bought.until(lambda: waits_for("ticketing_ticket"), what="the worker is about to write tickets")
                    locks.enter_context(locked("commerce_order"))
                bought.until(lambda: waits_for("commerce_order"), what="the worker is about to finish the order")
                assert self.tickets(bought) == 2
                self.kill_worker(site, bought)
            site.start("worker")
            bought.ends_well()

    def test_while_the_mail_is_being_promised(self, site: Stack) -> None:
        with Purchase(site, open_event()) as bought:
            bought.check_out()
            with locked("notifications_message"):
                bought.press("pay")
                bought.until(lambda: waits_for("notifications_message"), what="the worker is about to write the mail")
                self.kill_worker(site, bought, status="fulfilled")
            assert bought.messages() == []
            site.start("worker")
            bought.ends_well()

    def test_while_the_sale_is_being_booked(self, site: Stack) -> None:
        event = open_event()
        with Purchase(site, event) as bought:
            bought.check_out()
            with locked("ledger_posting"):
                bought.press("pay")
                bought.until(lambda: waits_for("ledger_posting"), what="the worker is about to book the sale")
                self.kill_worker(site, bought, status="pending")
            assert event.counted() == (1, 0), "what was half done is undone"
            site.start("worker")
            bought.ends_well()
            assert event.counted() == (0, 1)

    def tickets(self, bought: Purchase) -> int:
        return Ticket.objects.filter(order_line__order=bought.order).count()

    def kill_worker(self, site: Stack, bought: Purchase, *, status: str = "paid") -> None:
        site.kill("worker")
        assert bought.order.status == status
        assert bought.mails == []
        everything_adds_up()


class TestWebServerKilledAtCheckout:
    def test_between_the_intent_and_the_card_page(self, site: Stack) -> None:
        with Purchase(site, open_event()) as bought:
            self.die_while_asking(site, bought, "stripe", path="checkout/sessions")
            assert (bought.payment.status, bought.payment.next_url) == ("created", "")
            assert "Getting the payment ready" in bought.buyer.open("/checkout/").text, "the cart leads to its order"
            asked = {"path": "checkout/sessions", "fault": "slow"}
            # While the dead server's request still runs at the provider, the same key is refused (409).
            site.until(lambda: site.look("requests", **asked)[0]["status"], what="the first request has ended")
            bought.look_now()
            bought.until(lambda: bought.payment.next_url, what="the reconciler asks again")
            assert "Go on to Stripe" in bought.page().text
            bought.press("pay")
            bought.ends_well()
            assert len(site.look("ledger")["payments"]) == 1

    def test_between_the_intent_and_the_push(self, site: Stack) -> None:
        """Nobody can know that no prompt rings: the seat stays held, and after the deadline a person decides."""
        event = open_event(capacity=1)
        with Purchase(site, event) as bought:
            self.die_while_asking(site, bought, "mpesa", path="oauth")
            assert bought.payment.status == "created"
            assert bought.buyer.open("/checkout/").path == f"/orders/{bought.order.token}/"
            assert "already under way" in bought.pay_again("stripe").text
            bought.let_deadline_pass()
            bought.until_order("review")
            [review] = OrderReview.objects.filter(order=bought.order)
            assert (review.reason, bought.payment.failure_code) == ("payment_unknown", "never_acknowledged")
            assert event.counted() == (1, 0)
            assert site.look("prompts") == []
            everything_adds_up()

    def die_while_asking(self, site: Stack, bought: Purchase, provider: str, *, path: str) -> None:
        """The buyer presses the pay button, the provider takes its time, and the web server is killed meanwhile."""
        site.control("fault", kind="slow", path=path, seconds=9)
        fill_cart(bought.buyer, bought.event.path, offer_id=bought.event.offer.pk)
        details = {"email": bought.email, "provider": provider, "phone": bought.phone if provider == "mpesa" else ""}
        refused: list[httpx.HTTPError] = []

        def press_pay() -> None:
            try:
                check_out(bought.buyer, **details)
            except httpx.HTTPError as error:
                refused.append(error)

        pressing = threading.Thread(target=press_pay)
        pressing.start()
        try:
            site.until(lambda: site.look("requests", path=path, fault="slow"), what="the provider is asked")
            site.kill("web")
            bought.look_later()
        finally:
            pressing.join(timeout=300)
            site.start("web")
        assert refused, "the buyer's browser sees the connection break"
