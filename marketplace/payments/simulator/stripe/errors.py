"""Stripe's error envelope: {"error": {type, code, param, message, ...}}."""

from marketplace.payments.simulator.state import Json

DOCS = "https://stripe.com/docs/error-codes/"


class StripeError(Exception):
    """A refusal. `stored` says whether the idempotency store keeps it: not when no endpoint began to execute."""

    stored = True

    def __init__(
        self, message: str, *, status: int = 400, kind: str = "invalid_request_error", **fields: object
    ) -> None:
        super().__init__(message)
        self.status = status
        code = fields.get("code")
        link = {"doc_url": DOCS + str(code).replace("_", "-")} if code else {}
        self.error: Json = {"message": message, "type": kind, **link}
        self.error |= {name: value for name, value in fields.items() if value is not None}

    def body(self) -> Json:
        """Return the envelope."""
        return {"error": self.error}


class ParamError(StripeError):
    """A parameter that failed validation."""

    stored = False

    def __init__(self, param: str, message: str, code: str | None = None) -> None:
        super().__init__(message, param=param, code=code)


class CardError(StripeError):
    """A declined card: HTTP 402. What happened to the payment intent is kept."""

    def __init__(self, error: Json) -> None:
        super().__init__(error["message"], status=402, kind="card_error")
        self.error |= error


class NotSimulated(StripeError):
    """Something real Stripe can do and this simulator cannot. Better refused than quietly ignored."""

    stored = False

    def __init__(self, what: str, param: str | None = None) -> None:
        super().__init__(f"[payment simulator] {what} is not simulated.", param=param)


def missing(kind: str, object_id: str, param: str = "id") -> StripeError:
    """Return the 404 for an object that does not exist; in a body parameter Stripe answers 400 instead."""
    message = f"No such {kind}: '{object_id}'"
    return StripeError(message, status=404 if param == "id" else 400, code="resource_missing", param=param)
