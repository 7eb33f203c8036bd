from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.ledger.models import ProofRun
from marketplace.notifications.services import clear_alert, raise_alert

KEY = "proof"


def sound(run: ProofRun) -> None:
    """Tell people that the books are not proved, once until they are again."""
    if run.passed:
        clear_alert(key=KEY)
        return
    failed = [result for result in run.results if result["wrong"]]
    count = len(failed)
    raise_alert(
        code="proof_failed",
        key=KEY,
        subject=ngettext("%(count)d check of the books failed", "%(count)d checks of the books failed", count)
        % {"count": count},
        text="\n".join([_("The first wrong row of each:"), *(f"- {_line(result)}" for result in failed)]),
    )


def _line(result: dict[str, Any]) -> str:
    first = result["findings"][0]
    return f"{result['check']}: {first['where']} {first['text']}"
