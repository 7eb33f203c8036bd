"""The result envelope of the initiator APIs, in every shape Daraja has been seen to send it."""

import datetime as dt
import json
from typing import Any

import pytest

from marketplace.core.money import Money
from marketplace.payments.errors import Malformed
from marketplace.payments.providers.mpesa.results import Result, read_result


def envelope(*parameters: Any, **changed: Any) -> bytes:
    inner = {"ResultType": 0, "ResultCode": 0, "ResultDesc": "The service request is processed successfully.",
             "OriginatorConversationID": "payout-81-1", "ConversationID": "AG_20240706_20106e9209f64bebd05b",
             "TransactionID": "SG632NMUAB", **changed}  # fmt: skip
    if parameters:
        inner["ResultParameters"] = {"ResultParameter": list(parameters)}
    return json.dumps({"Result": inner}).encode()


def pair(key: str, *value: Any) -> dict[str, Any]:
    return {"Key": key, **({"Value": value[0]} if value else {})}


def read(*parameters: Any, **changed: Any) -> Result:
    return read_result(envelope(*parameters, **changed))


@pytest.mark.parametrize(
    ("sent", "read_as"), [(0, "0"), ("0", "0"), (0.0, "0"), (" 21 ", "21"), ("R000002", "R000002"), (2001, "2001")]
)
def test_codes_are_text_whatever_they_were(sent: Any, read_as: str) -> None:
    assert read(ResultCode=sent).code == read_as


def test_names_may_repeat_and_values_may_lack() -> None:
    result = read(pair("DebitPartyName", "600992 - SOKONI"), pair("DebitPartyName", "254712345678 - JANE"),
                  pair("TransactionReason"), pair("Amount", "300"))  # fmt: skip
    assert result.values["DebitPartyName"] == ["600992 - SOKONI", "254712345678 - JANE"]
    assert result.first("TransactionReason") == ""
    assert result.first("Amount") == "300"


def test_one_parameter_may_come_without_its_list() -> None:
    body = envelope(ResultParameters={"ResultParameter": pair("BOCompletedTime", 20240706224852)})
    assert read_result(body).first("BOCompletedTime") == "20240706224852"


def test_a_failure_has_no_parameters() -> None:
    result = read(ResultCode=2001, ResultDesc="The initiator information is invalid.", TransactionID="NLJ0000000")
    assert (result.code, result.values, result.text) == ("2001", {}, "The initiator information is invalid.")


def test_times_are_kenyan() -> None:
    moment = read(pair("TransactionCompletedDateTime", "06.07.2024 22:48:52")).moment("TransactionCompletedDateTime")
    assert moment == dt.datetime(2024, 7, 6, 19, 48, 52, tzinfo=dt.UTC)
    assert read(pair("When", "2024-07-06")).moment("When") is None


@pytest.mark.parametrize("sent", [300, 300.0, "300", "300.00"])
def test_amounts_are_exact(sent: Any) -> None:
    assert read(pair("TransactionAmount", sent)).amount("TransactionAmount") == Money(30_000, "KES")


@pytest.mark.parametrize("sent", ["", "three hundred", "1e9999", "0.001", None, True])
def test_what_is_no_amount_is_none(sent: Any) -> None:
    assert read(pair("TransactionAmount", sent)).amount("TransactionAmount") is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b'{"Result": []}', b'{"Result": {"ResultCode": 0}}', b"\xff",
     envelope(ResultCode=None), envelope(OriginatorConversationID="x" * 500)],
)  # fmt: skip
def test_what_is_no_result_is_refused(body: bytes) -> None:
    with pytest.raises(Malformed):
        read_result(body)


@pytest.mark.parametrize("shape", [[], "x", {"ResultParameter": "x"}, {"ResultParameter": [1, None, {"Value": 3}]}])
def test_odd_parameters_are_passed_over(shape: Any) -> None:
    assert read_result(envelope(ResultParameters=shape)).first("Amount") == ""
