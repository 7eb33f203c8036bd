from typing import Any

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.fields import StreamField
from wagtail.search import index

from marketplace.catalog.blocks import StoryBlock
from marketplace.catalog.models.category import Category
from marketplace.commerce.models import Offer
from marketplace.commerce.refunds.rules import in_words
from marketplace.sellers.models import Seller


class SellableMixin(models.Model):
    """What an event's page and a product's page share: whose it is, what it looks like, what is promised."""

    seller = models.ForeignKey(Seller, verbose_name=_("sold by"), on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(
        Category, verbose_name=_("category"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    poster = models.ForeignKey(
        "wagtailimages.Image",
        verbose_name=_("poster"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Set its focal point: cards and headers crop around it."),
    )
    summary = models.CharField(
        _("summary"), max_length=220, blank=True, help_text=_("One or two sentences for cards, search and sharing.")
    )
    body = StreamField(StoryBlock(), verbose_name=_("story"), blank=True)
    refund_rule = models.CharField(
        _("refunds"),
        max_length=10,
        choices=Offer.RefundRule.choices,
        default=Offer.RefundRule.ASK,
        help_text=_("What counts. Within it buyers are paid back at once, without asking anybody."),
    )
    refund_days = models.PositiveSmallIntegerField(_("days"), default=7, validators=[MaxValueValidator(730)])
    refund_percent = models.PositiveSmallIntegerField(
        _("percent given back"), default=100, validators=[MaxValueValidator(100)]
    )
    refund_policy = models.TextField(
        _("refund policy"), blank=True, help_text=_("Buyers accept it at checkout; orders keep their own copy.")
    )

    class Meta:
        abstract = True

    @property
    def refund_promise(self) -> str | Promise:
        """The refund rule as people read it."""
        return in_words(self.refund_rule, self.refund_days, self.refund_percent)

    def promises(self) -> dict[str, Any]:
        """What every offer of it says about refunds, and under which category it is sold."""
        return {
            "category": self.category.slug if self.category else "",
            "refund_policy": self.refund_policy,
            "refund_rule": self.refund_rule,
            "refund_days": self.refund_days,
            "refund_percent": self.refund_percent,
        }

    sellable_search_fields = [
        index.SearchField("summary", boost=2),
        index.AutocompleteField("summary"),
        index.SearchField("body"),
        index.RelatedFields("seller", [index.SearchField("name", boost=2)]),
        index.RelatedFields("category", [index.SearchField("name")]),
        index.FilterField("seller_id"),
        index.FilterField("category_id"),
    ]
