"""How commerce delivers a license without knowing what one is."""

from collections.abc import Sequence
from itertools import groupby

from marketplace.commerce.fulfillment import Presented, Unit, fulfills
from marketplace.commerce.models import OrderLine
from marketplace.licensing import services
from marketplace.licensing.models import License
from marketplace.licensing.presentation import card_of, public_address, until
from marketplace.licensing.selectors import licenses_of_lines


@fulfills("license")
class LicenseFulfiller:
    """One license per unit sold."""

    def deliver(self, line: OrderLine) -> None:
        services.issue_licenses(line=line)

    def withdraw(
        self, line: OrderLine, *, positions: Sequence[int] | None = None, reason: str = "withdrawn",
        actor_id: int | None = None,
    ) -> None:  # fmt: skip
        services.revoke_licenses(line=line, positions=positions, actor_id=actor_id, reason=reason)

    def suspend(self, line: OrderLine, *, reason: str) -> None:
        services.suspend_licenses(line=line, reason=reason)

    def resume(self, line: OrderLine, *, reason: str) -> None:
        services.resume_licenses(line=line, reason=reason)

    def units(self, line: OrderLine) -> list[Unit]:
        licenses = License.objects.filter(order_line=line).order_by("position")
        return [Unit(x.position, f"…{x.key_hint}", live=x.status != License.Status.REVOKED) for x in licenses]

    def present(self, lines: Sequence[OrderLine]) -> list[Presented]:
        """One query however many lines and licenses."""
        licenses = licenses_of_lines(line.pk for line in lines)
        return [_presented(line_id, list(group)) for line_id, group in groupby(licenses, lambda x: x.order_line_id)]


def _presented(line_id: int, licenses: list[License]) -> Presented:
    """Mails carry the link and not the key: a mail is kept in clear, here and in many places after."""
    shown = [{**card_of(one), "public_url": public_address(one), "until": until(one)} for one in licenses]
    return Presented(
        line_id=line_id,
        template="pages/licensing/licenses.html",
        text_template="pages/licensing/licenses.txt",
        context={"licenses": shown, "first": shown[0]},
    )
