"""Sellers, venues, categories, tax rates and logins of the demo. Every function may be repeated."""

import datetime as dt

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from wagtail.models import Collection, Locale

from marketplace.backoffice.demo.catalog import CATEGORIES, SELLERS, VENUES
from marketplace.backoffice.demo.people import GROUPS, LOGINS, NAMES, PASSWORD
from marketplace.catalog.models import Category
from marketplace.commerce.models import TaxRate
from marketplace.events.models import Venue
from marketplace.sellers.models import Seller, SellerMember
from marketplace.users.models import User

TAXES = (("KE", 1600, "2020-01-01"), ("UG", 1800, "2020-01-01"), ("RW", 1800, "2020-01-01"))
FIXED_FEES = {"KES": 2000, "UGX": 500, "USD": 20}
"""Minor units per paid item."""
AMANI_SELLS_FOR = ("baobab-sessions", "savanna-software")


def make_sellers() -> dict[str, Seller]:
    """Sellers with a collection each for their own images and documents."""
    found = {}
    for spec in SELLERS:
        mode = Seller.FeeMode.PASSED_ON if spec.passes_fee_on else Seller.FeeMode.ABSORBED
        seller, _ = Seller.objects.get_or_create(
            slug=spec.slug,
            defaults={
                "name": spec.name, "tagline": spec.tagline, "about": spec.about, "city": spec.city, "country": spec.country,
                "verified": spec.verified, "tax_registered": spec.tax_registered, "fee_mode": mode, "fee_fixed": FIXED_FEES,
                "email": f"hello@{spec.slug}.example", "website": f"https://{spec.slug}.example",
            },
        )  # fmt: skip
        if seller.collection is None:
            seller.collection = Collection.get_first_root_node().add_child(name=spec.name)
            seller.save(update_fields=["collection"])
        found[spec.slug] = seller
    return found


def make_venues() -> dict[str, Venue]:
    locale = Locale.get_default()
    fields = ("address", "city", "country", "latitude", "longitude", "directions")
    return {
        spec.key: Venue.objects.get_or_create(
            name=spec.name, locale=locale, defaults={field: getattr(spec, field) for field in fields}
        )[0]
        for spec in VENUES
    }


def make_categories() -> dict[str, Category]:
    locale = Locale.get_default()
    return {
        slug: Category.objects.get_or_create(
            slug=slug, locale=locale, defaults={"name": name, "icon": icon, "sort_order": position}
        )[0]
        for position, (slug, (name, icon)) in enumerate(CATEGORIES.items(), start=1)
    }


def make_taxes() -> None:
    for country, basis_points, since in TAXES:
        TaxRate.objects.get_or_create(
            country=country,
            tax_class="standard",
            valid_from=dt.date.fromisoformat(since),
            defaults={"basis_points": basis_points},
        )


def make_people(sellers: dict[str, Seller]) -> dict[str, User]:
    """Logins with verified addresses, each in its group; Amani acts for two sellers."""
    people = {}
    for role, email in LOGINS.items():
        first, last = NAMES[role]
        user = User.objects.filter(email=email).first() or User.objects.create_user(
            email, PASSWORD, first_name=first, last_name=last, is_staff=role != "buyer"
        )
        EmailAddress.objects.get_or_create(user=user, email=email, defaults={"verified": True, "primary": True})
        if role in GROUPS:
            user.groups.add(Group.objects.get_or_create(name=GROUPS[role])[0])
        people[role] = user
    for slug in AMANI_SELLS_FOR:
        SellerMember.objects.get_or_create(seller=sellers[slug], user=people["seller"], defaults={"role": "owner"})
    return people
