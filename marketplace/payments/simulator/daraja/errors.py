"""Daraja's error envelope and its overloaded codes (mpesa-daraja notes, 1.2)."""

import secrets

from starlette.responses import JSONResponse


class DarajaError(Exception):
    """A refusal: HTTP status, error code and message as the gateway would send them."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def response(self, request_id: str = "") -> JSONResponse:
        """Return the envelope."""
        body = {"requestId": request_id or new_id(), "errorCode": self.code, "errorMessage": self.message}
        return JSONResponse(body, self.status)


def invalid(field: str) -> DarajaError:
    """The permanent refusal of one field."""
    return DarajaError(400, "400.002.02", f"Bad Request - Invalid {field}")


def new_id() -> str:
    """Return a request id in the newer platform's form: three groups of four hex digits, then hex and digits."""
    number = f"{secrets.randbelow(10**10):010d}"
    return f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(4)}{number}"
