"""What the load balancer is told."""

import pytest
from django.db import DatabaseError, connection
from django.test import Client


def test_live_asks_no_database(client, django_assert_num_queries):
    response = client.get("/healthz/live")  # without the django_db mark a query would fail this test
    assert response.status_code == 200
    assert response.json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_names_what_it_needs_and_what_it_does_without(client):
    response = client.get("/healthz/ready")
    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "broker": "ok", "cache": "ok"}
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_without_a_database_it_is_not_ready(client):
    def refuse(*_args):
        raise DatabaseError("could not connect to server at 10.0.0.7 user sokoni")

    with connection.execute_wrapper(refuse):
        response = client.get("/healthz/ready")
    assert response.status_code == 503
    assert response.json()["database"] == "down"
    assert "sokoni" not in response.content.decode()


@pytest.mark.django_db
def test_without_a_broker_it_is_ready_and_says_so(client, monkeypatch):
    from celery import current_app
    from kombu import Connection

    nobody = Connection("redis://127.0.0.1:1/0", transport_options={"socket_connect_timeout": 1, "max_retries": 0})
    monkeypatch.setattr(current_app, "connection_for_write", lambda *a, **k: nobody)
    response = client.get("/healthz/ready")
    assert response.status_code == 200
    assert response.json()["broker"] == "down"


@pytest.mark.parametrize("path", ["/healthz/live", "/healthz/ready"])
def test_it_can_only_be_asked(path):
    assert Client().post(path).status_code == 405
