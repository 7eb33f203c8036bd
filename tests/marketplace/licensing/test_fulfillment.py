"""What commerce asks of this room, asked the way commerce asks it."""

import pytest
from django.template import Context
from django.template.loader import get_template, render_to_string

from marketplace.commerce.fulfillment import fulfiller, present
from marketplace.commerce.models import OrderLine
from marketplace.core import clock
from marketplace.core.crypto import decrypt
from marketplace.licensing.models import License
from tests.factories.licensing import a_license_line, a_plan

pytestmark = pytest.mark.django_db


def delivered(**fields) -> OrderLine:
    line = a_license_line(**fields)
    fulfiller("license").deliver(line)
    line.delivered_at = clock.now()
    line.save(update_fields=["delivered_at"])
    return line


def test_delivering_twice_makes_nothing_new_and_withdrawing_ends_it():
    line = delivered(quantity=2)
    fulfiller("license").deliver(line)
    assert License.objects.count() == 2
    fulfiller("license").withdraw(line)
    fulfiller("license").withdraw(line)
    assert set(License.objects.values_list("status", flat=True)) == {"revoked"}


def test_order_page_and_mail_lead_to_the_key_and_hold_none():
    (part,) = present([delivered(quantity=2, plan=a_plan(term="term", term_days=365))])
    page, mail = (render_to_string(name, part.context) for name in (part.template, part.mail_template))
    text = get_template(part.text_template).template.render(Context(dict(part.context), autoescape=False))
    for license in License.objects.all():
        assert f"/licenses/{license.token}/" in page
        assert f'href="http://localhost:8000/licenses/{license.token}/"' in mail
        assert f"http://localhost:8000/licenses/{license.token}/" in text
        for shown in (page, mail, text):
            assert decrypt(license.key_ciphertext) not in shown
            assert license.key_hint in shown
    assert "Mpesa Ledger" in text
    assert not part.attachments


def test_presenting_costs_the_same_however_many(django_assert_num_queries):
    plan = a_plan()
    lines = [delivered(quantity=3, plan=plan), delivered(quantity=2, plan=plan)]
    with django_assert_num_queries(1):
        parts = present(lines)
    assert [part.line_id for part in parts] == [line.pk for line in lines]
