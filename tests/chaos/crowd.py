"""Buyers who do not know that the shop is falling apart: they open pages, pay, press twice, and come back."""

import contextlib
import itertools
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence

import httpx

from tests.buyer import Buyer, Page, buy
from tests.chaos.scene import Scene
from tests.factories.shop import OnSale

PHONES = ("000",) * 8 + ("222", "222", "333", "404", "404", "001", "032", "201", "037", "111")
"""What the phone's owner and the network do, by the simulator's own table; 111 waits for a person who never comes."""
CARDS = ("pay",) * 5 + ("decline", "leave")
TROUBLE = (httpx.HTTPError, AssertionError, RuntimeError, KeyError)
"""What a person sees as "it does not work", and tries again."""

_numbers = itertools.count(1)


class Crowd:
    """`size` customers, each buying one thing after another until told to stop."""

    def __init__(self, scene: Scene, events: Sequence[OnSale], *, size: int, seed: int) -> None:
        self.scene, self.events = scene, events
        self.over = threading.Event()
        self.counts: Counter[str] = Counter()
        self.threads = [
            threading.Thread(target=self._live, args=(random.Random(f"{seed}-{n}"),), daemon=True) for n in range(size)
        ]

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def go_home(self) -> None:
        """Nobody begins anything new; wait for those on their way."""
        self.over.set()
        for thread in self.threads:
            thread.join(timeout=300)

    def _live(self, dice: random.Random) -> None:
        while not self.over.is_set():
            try:
                self.counts[self._shop(dice)] += 1
            except TROUBLE:
                self.counts["gave up"] += 1
                time.sleep(0.5)

    def _shop(self, dice: random.Random) -> str:
        number, event = next(_numbers), dice.choice(self.events)
        provider = dice.choice(("mpesa", "mpesa", "stripe"))
        phone = f"2547{number % 100_000:05d}{dice.choice(PHONES)}" if provider == "mpesa" else ""
        email = f"buyer{number}@example.com"
        with Buyer(self.scene.base_url, address=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}") as buyer:
            page = buy(
                buyer, event.path, offer_id=event.offer.pk, quantity=dice.randint(1, 3), email=email,
                provider=provider, phone=phone,
            )  # fmt: skip
            if dice.random() < 0.2:
                buyer.open(page.path)  # the impatient look again
            if "/stripe/pay/" in page.path:
                return self._card(page, dice)
            return provider if page.path.startswith("/orders/") else f"stopped ({page.status})"

    def _card(self, page: Page, dice: random.Random) -> str:
        press = dice.choice(CARDS)
        if press == "leave":
            return "left the card page"
        with contextlib.suppress(httpx.HTTPError):
            self.scene.control("card", press=press, session=page.path.rstrip("/").rsplit("/", 1)[-1])
        return f"card: {press}"
