"""What a license grants, between a form and a service."""

from dataclasses import asdict, dataclass
from typing import Any

from marketplace.products.models import LicensePlan


@dataclass(frozen=True)
class Grant:
    """None means no limit; a perpetual license has no days, whatever was typed before."""

    term: str = LicensePlan.Term.PERPETUAL
    term_days: int | None = None
    seats: int = 1
    activation_limit: int | None = None
    usage_limit: int | None = None
    usage_unit: str = ""

    def fields(self) -> dict[str, Any]:
        values = asdict(self)
        if self.term == LicensePlan.Term.PERPETUAL:
            values["term_days"] = None
        if self.usage_limit is None:
            values["usage_unit"] = ""
        return values
