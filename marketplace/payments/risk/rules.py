"""The rules, declared: what each counts, from which count on it speaks, how much it weighs, how it says so.

A rule sees rows of ours and asks nobody. Bounds and weights are defaults: `RISK_RULES` in the settings overrides them
by code, e.g. `{"phone_velocity": {"bound": 8, "weight": 40}}`. A weight of 0 silences a rule.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from marketplace.payments.models import Payment
from marketplace.payments.risk.case import DAY, HOUR, Case

Count = Callable[[Case], int]
Words = Callable[[int], str]
FAILED = (Payment.Status.FAILED, Payment.Status.EXPIRED)


@dataclass(frozen=True)
class Rule:
    """Speaks when `count(case)` is `bound` or more, and then adds `weight` to the score."""

    code: str
    bound: int
    weight: int
    count: Count
    words: Words


_rules: dict[str, Rule] = {}


def rule(code: str, *, bound: int, weight: int, words: Words) -> Callable[[Count], Count]:
    """Declare a rule: the decorated function counts."""

    def declare(count: Count) -> Count:
        _rules[code] = Rule(code, bound, weight, count, words)
        return count

    return declare


def rules(overrides: dict[str, dict[str, int]] | None = None) -> list[Rule]:
    """Every rule, as the settings want it."""
    changed = overrides or {}
    found = [
        Rule(one.code, changed.get(one.code, {}).get("bound", one.bound),
             changed.get(one.code, {}).get("weight", one.weight), one.count, one.words)
        for one in _rules.values()
    ]  # fmt: skip
    return [one for one in found if one.weight > 0]


def explain(finding: dict[str, Any]) -> str:
    """A stored finding in the reader's language; its code when the rule is no more."""
    found = _rules.get(finding.get("code", ""))
    return found.words(int(finding.get("count", 0))) if found else str(finding.get("code", ""))


@rule("phone_velocity", bound=6, weight=30, words=lambda n: ngettext(
    "%(count)d attempt from this phone within an hour", "%(count)d attempts from this phone within an hour", n
) % {"count": n})  # fmt: skip
def phone_velocity(case: Case) -> int:
    """One phone pays again and again."""
    return case.recent(HOUR, phone=case.client.phone).count()


@rule("email_velocity", bound=8, weight=20, words=lambda n: ngettext(
    "%(count)d attempt with this e-mail address within a day",
    "%(count)d attempts with this e-mail address within a day", n
) % {"count": n})  # fmt: skip
def email_velocity(case: Case) -> int:
    return case.recent(DAY, email=case.client.email).count()


@rule("address_velocity", bound=30, weight=15, words=lambda n: ngettext(
    "%(count)d attempt from this network address within an hour",
    "%(count)d attempts from this network address within an hour", n
) % {"count": n})  # fmt: skip
def address_velocity(case: Case) -> int:
    """Generous: a mobile network hides many buyers behind one address."""
    return case.recent(HOUR, ip=case.client.ip).count()


@rule("card_velocity", bound=5, weight=30, words=lambda n: ngettext(
    "%(count)d payment with this card within a day",
    "%(count)d payments with this card within a day", n
) % {"count": n})  # fmt: skip
def card_velocity(case: Case) -> int:
    return case.recent(DAY, card=case.client.card).count()


@rule("many_cards", bound=3, weight=40, words=lambda n: ngettext(
    "%(count)d card tried by the same person within a day",
    "%(count)d different cards tried by the same person within a day", n
) % {"count": n})  # fmt: skip
def many_cards(case: Case) -> int:
    """Stolen numbers are tried one after the other."""
    others = case.same_person(DAY).exclude(card="").values_list("card", flat=True).distinct()
    return len(case.cards | set(others))


@rule("card_of_many", bound=3, weight=30, words=lambda n: ngettext(
    "%(count)d e-mail address paid with this card within a day",
    "%(count)d different e-mail addresses paid with this card within a day", n
) % {"count": n})  # fmt: skip
def card_of_many(case: Case) -> int:
    return case.recent(DAY, card=case.client.card).values("email").distinct().count()


@rule("repeated_failures", bound=4, weight=25, words=lambda n: ngettext(
    "%(count)d failed attempt by the same person within a day",
    "%(count)d failed attempts by the same person within a day", n
) % {"count": n})  # fmt: skip
def repeated_failures(case: Case) -> int:
    return case.same_person(DAY).filter(payment__status__in=FAILED).count()


@rule("contradicted", bound=1, weight=60, words=lambda n: ngettext(
    "%(count)d message about this payment contradicts what we asked for, e.g. by its amount",
    "%(count)d messages about this payment contradict what we asked for, e.g. by their amounts", n
) % {"count": n})  # fmt: skip
def contradicted(case: Case) -> int:
    """Forged callbacks, and answers with another amount."""
    mismatches = case.payment.events.filter(kind="moved", data__reason="amount_mismatch").count()
    return case.quarantined().count() + mismatches
