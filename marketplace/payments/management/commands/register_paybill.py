import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.payments.providers.base import Refused, Silent, Unavailable
from marketplace.payments.providers.mpesa import c2b
from marketplace.payments.providers.mpesa import pull as pull_api

PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Tells M-Pesa where to ask and tell about money paid to the paybill by hand. In production once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--unanswered", choices=["Completed", "Cancelled"], default="Completed",
            help="what M-Pesa does with a payment when this site cannot answer (default: Completed)",
        )  # fmt: skip
        parser.add_argument(
            "--pull",
            metavar="2547...",
            default="",
            help="also allow fetching lost confirmations, with the number nominated to Safaricom",
        )
        parser.add_argument("--show", action="store_true", help="only print the addresses, for M-Pesa's portal")
        parser.add_argument("--wait", type=int, default=0, help="seconds to go on trying while M-Pesa is out of reach")

    def handle(self, *args: Any, unanswered: str, show: bool, pull: str, wait: int, **options: Any) -> None:
        for name, address in c2b.addresses().items():
            self.stdout.write(f"{name}: {address}")
        if not show:
            self._register(unanswered, pull, until=time.monotonic() + wait)

    def _register(self, unanswered: str, pull: str, until: float) -> None:
        try:
            if pull:
                pull_api.register(pull)
            c2b.register(unanswered)
        except Unavailable as error:
            if time.monotonic() >= until:
                raise CommandError(f"M-Pesa is out of reach: {error.text}") from error
            time.sleep(PAUSE_SECONDS)
            return self._register(unanswered, pull, until)
        except Refused as error:
            known = error.code == "already_registered"
            hint = " Delete the addresses in M-Pesa's portal first, then register again." if known else ""
            raise CommandError(f"M-Pesa refused: {error.code} {error.text}.{hint}") from error
        except Silent as error:
            raise CommandError("M-Pesa gave no answer. Run it again: a second registration changes nothing.") from error
        self.stdout.write(self.style.SUCCESS("Registered."))
        return None
