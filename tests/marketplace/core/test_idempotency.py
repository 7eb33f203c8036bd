import pytest

from marketplace.core.idempotency import KeyReused, StillWorking, body_hash, once
from marketplace.core.models import RememberedAnswer


@pytest.mark.django_db
class TestOnce:
    def test_the_second_request_gets_the_first_answer(self):
        calls = []

        def work():
            calls.append(1)
            return {"order": "A"}

        first = once(scope="s", key="k", body={"a": 1}, work=work)
        second = once(scope="s", key="k", body={"a": 1}, work=work)
        assert first == second == {"order": "A"}
        assert len(calls) == 1

    def test_the_same_key_for_something_else_is_refused(self):
        once(scope="s", key="k", body={"a": 1}, work=lambda: 1)
        with pytest.raises(KeyReused):
            once(scope="s", key="k", body={"a": 2}, work=lambda: 2)

    def test_a_failure_is_forgotten(self):
        def fail():
            raise RuntimeError("no")

        with pytest.raises(RuntimeError):
            once(scope="s", key="k", body={}, work=fail)
        assert once(scope="s", key="k", body={}, work=lambda: 3) == 3

    def test_a_request_still_at_work_is_not_answered_twice(self):
        RememberedAnswer.objects.create(scope="s", key="k", body_hash=body_hash({}))
        with pytest.raises(StillWorking):
            once(scope="s", key="k", body={}, work=lambda: 4)
