"""The demo's page tree: home, indexes, seller pages, legal pages and menus."""

from typing import Any

from wagtail.models import Page, Site

from home.models import HomePage, SiteSettings, StandardPage
from marketplace.catalog.models import SellerIndexPage, SellerPage
from marketplace.events.models import EventIndexPage
from marketplace.products.models import ProductIndexPage
from marketplace.sellers.models import Seller

WORDS = {
    "about": ("About Sokoni", "A market for things to look forward to, and for tools that earn their keep.", (
        "Sokoni is Swahili for “at the market”. Organizers sell tickets here, makers sell software, sounds and letters, and you pay the way you pay for everything else: from your phone, or by card.",
        "Every price you see is the whole price. Every seller can see every shilling of their sales. And when something is cancelled, your money comes back.",
    )),
    "help": ("Help", "Lost tickets, late payments and other things that happen.", (
        "Lost your ticket? Use “Find my order” at the foot of any page: type the e-mail address you bought with, and we send the link again.",
        "Paid but nothing came? M-Pesa sometimes takes a few minutes to tell us. Keep the order page open; it asks for you. If your money arrived too late to get the ticket, we will return it.",
        "Want a refund? The organizer’s policy is on your order page, exactly as it was when you bought.",
    )),
    "terms": ("Terms of sale", "What you agree to when you pay.", (
        "You buy from the seller named on the page. Sokoni takes the payment on the seller’s behalf, passes on what is theirs, and keeps a fee that is never added after the price you saw.",
        "A ticket admits one person, once. It may be given to somebody else by changing the name on its page until the event begins. A license is for the number of people its plan names.",
        "If an event is cancelled you get back all you paid. If it is moved you may choose. For everything else the refund policy shown on the page when you bought applies.",
    )),
    "privacy": ("Privacy", "What we keep, why, and for how long.", (
        "We keep your e-mail address and phone number so that your tickets reach you and the seller can tell you what changes. We do not sell them, and sellers see no more than they need to serve you.",
        "Payment cards never touch our machines. Records of money are kept as long as the law asks; who you are can be erased from them on request.",
    )),
}  # fmt: skip


def make_tree() -> dict[str, Page]:
    """Home and what stands under it, published; replaces Wagtail's welcome page."""
    root = Page.get_first_root_node()
    home = HomePage(
        title="Sokoni", slug="sokoni-home", hero_eyebrow="Nairobi · Mombasa · Kampala · Kigali",
        hero_title="Something to look forward to",
        hero_text="Nights out, long walks, sharp tools. Pay with M-Pesa or card, and hold your ticket a minute later.",
        seo_title="Sokoni: tickets and digital goods from East Africa",
        search_description="Event tickets and licensed digital products from East Africa. Pay with M-Pesa or card.",
    )  # fmt: skip
    root.add_child(instance=home)
    site = Site.objects.filter(is_default_site=True).first()
    if site is None:
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="Sokoni")
    else:
        old, site.root_page, site.site_name = site.root_page, home, "Sokoni"
        site.save()
        if old.depth > 1 and not old.get_children().exists() and old.specific_class is Page:
            old.delete()
    tree: dict[str, Page] = {"home": home}
    for key, page in (
        ("events", EventIndexPage(title="Events", slug="events", show_in_menus=True)),
        ("products", ProductIndexPage(title="Products", slug="products", show_in_menus=True)),
        ("sellers", SellerIndexPage(title="Sellers", slug="sellers", show_in_menus=True)),
    ):
        tree[key] = home.add_child(instance=page)
    for slug, (title, summary, paragraphs) in WORDS.items():
        body = [("text", "".join(f"<p>{text}</p>" for text in paragraphs))]
        tree[slug] = home.add_child(instance=StandardPage(title=title, slug=slug, summary=summary, body=body))
    for page in tree.values():
        page.save_revision().publish()
    return tree


def make_seller_pages(tree: dict[str, Page], sellers: dict[str, Seller]) -> None:
    for seller in sellers.values():
        page = tree["sellers"].add_child(instance=SellerPage(title=seller.name, slug=seller.slug, seller=seller))
        page.save_revision().publish()


def make_menus(tree: dict[str, Page]) -> None:
    """The menus in the frame of every page, as an editor would set them."""

    def link(key: str, label: str = "") -> dict[str, Any]:
        return {"label": label, "page": tree[key], "url": ""}

    settings = SiteSettings.for_site(Site.objects.get(is_default_site=True))
    settings.name = "Sokoni"
    settings.description = "Event tickets and licensed digital products from East Africa."
    settings.contact_email = "help@sokoni.example"
    settings.terms_page, settings.privacy_page = tree["terms"], tree["privacy"]
    settings.primary_menu = [("link", link(key)) for key in ("events", "products", "sellers")]
    settings.footer_menu = [
        ("group", {"title": "Browse", "links": [link("events"), link("products"), link("sellers")]}),
        (
            "group",
            {
                "title": "Help",
                "links": [link("help"), {"label": "Find my order", "page": None, "url": "/orders/find/"}],
            },
        ),
        ("group", {"title": "Sokoni", "links": [link("about"), link("terms"), link("privacy")]}),
    ]
    settings.save()
