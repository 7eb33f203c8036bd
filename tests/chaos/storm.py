"""Accidents by the dice: parts die and come back, callbacks are lost, doubled, late and out of order."""

import contextlib
import random
import threading
import time
from collections import Counter

import httpx

from tests.chaos.scene import MORTAL, Scene

ACCIDENTS = ("drop", "duplicate", "delay", "reorder")
FAULTS = ("timeout_after", "drop_after", "drop", "429", "500", "503", "html", "slow")


class Storm:
    """Runs beside the crowd in a thread of its own, from `start()` to `end()`; the same seed throws the same dice."""

    def __init__(self, scene: Scene, *, seed: int, pause: tuple[float, float] = (1.0, 4.0)) -> None:
        self.scene, self.pause = scene, pause
        self.dice = random.Random(f"storm-{seed}")
        self.over = threading.Event()
        self.counts: Counter[str] = Counter()
        self.errors: list[str] = []
        self.thread = threading.Thread(target=self._rage, daemon=True)

    def start(self) -> None:
        self.thread.start()

    def end(self) -> None:
        self.over.set()
        self.thread.join(timeout=300)

    def _rage(self) -> None:
        while not self.over.wait(self.dice.uniform(*self.pause)):
            try:
                self._strike()
            except Exception as error:  # noqa: BLE001 (told at the end: a storm that stopped early proves nothing)
                self.errors.append(repr(error))

    def _strike(self) -> None:
        for name in self.scene.keep_running():
            self.counts[f"{name} ended by itself"] += 1
        for _ in range(self.dice.randint(1, 3)):
            self._accident()
        if self.dice.random() < 0.7:
            name = self.dice.choice(MORTAL)
            self.counts[f"killed {name}"] += 1
            self.scene.fell(name)
            time.sleep(self.dice.uniform(0.0, 2.0))
            self.scene.raise_again(name)

    def _accident(self) -> None:
        with contextlib.suppress(httpx.HTTPError):  # the simulator may be dead itself
            if self.dice.random() < 0.65:
                action = self.dice.choice(ACCIDENTS)
                self.scene.control(
                    "deliveries", action=action, count=self.dice.randint(1, 4), seconds=self.dice.uniform(0.5, 6.0)
                )
                self.counts[f"callbacks: {action}"] += 1
            else:
                kind = self.dice.choice(FAULTS)
                self.scene.control("fault", kind=kind, count=self.dice.randint(1, 3), seconds=4.0)
                self.counts[f"provider: {kind}"] += 1
