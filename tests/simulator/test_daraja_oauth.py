"""Tokens: one at a time, and an hour long."""

import httpx
import pytest

from tests.simulator.daraja_client import OAUTH, Daraja
from tests.simulator_process import CONSUMER_KEY, CONSUMER_SECRET, SimulatorProcess


def test_a_token_comes_with_its_life_as_text(daraja: Daraja) -> None:
    answer = daraja.http.get(OAUTH, auth=(CONSUMER_KEY, CONSUMER_SECRET))
    assert answer.status_code == 200
    assert answer.json()["expires_in"] == "3599"


def test_a_wrong_secret_gets_an_empty_400(daraja: Daraja) -> None:
    answer = daraja.http.get(OAUTH, auth=(CONSUMER_KEY, "wrong"))
    assert (answer.status_code, answer.content) == (400, b"")


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [
        (OAUTH, {"Authorization": "Bearer x"}, "400.008.01"),
        (OAUTH, {}, "400.008.01"),
        ("/oauth/v1/generate", {"Authorization": "Basic eDp5"}, "400.008.02"),
        ("/oauth/v1/generate?grant_type=password", {"Authorization": "Basic eDp5"}, "400.008.02"),
    ],
)
def test_a_wrong_way_to_ask_is_named(daraja: Daraja, path: str, headers: dict[str, str], code: str) -> None:
    answer = daraja.http.get(path, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["errorCode"] == code


def test_a_new_token_kills_the_old_one(daraja: Daraja) -> None:
    old = daraja.token
    daraja.authorize()
    assert daraja.push().status_code == 200
    daraja.token = old
    answer = daraja.push("254712345679")
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "404.001.03")


def test_a_token_dies_after_an_hour(daraja: Daraja, simulator: SimulatorProcess) -> None:
    simulator.advance(3600)
    answer = daraja.push()
    assert (answer.status_code, answer.json()["errorCode"]) == (404, "404.001.03")


def test_a_missing_token_and_wrong_addresses_are_told_apart(daraja: Daraja, simulator: SimulatorProcess) -> None:
    bare = httpx.post(f"{simulator.daraja_base}/mpesa/stkpush/v1/processrequest", json={}, timeout=180)
    assert bare.json()["errorCode"] == "404.001.04"
    assert daraja.post("/mpesa/stkpush/v9/nothing", {}).json()["errorCode"] == "404.001.01"
    wrong_verb = daraja.http.get("/mpesa/stkpush/v1/processrequest")
    assert (wrong_verb.status_code, wrong_verb.json()["errorCode"]) == (405, "405.001")
