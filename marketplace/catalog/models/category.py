from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail.models import TranslatableMixin
from wagtail.search import index


class Category(TranslatableMixin, index.Indexed, models.Model):
    """What kind of thing, in two levels, for events and products. Translations keep the slug: URLs stay alike."""

    parent = models.ForeignKey(
        "self", verbose_name=_("within"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("slug"), max_length=80)
    icon = models.CharField(_("icon"), max_length=30, blank=True, help_text=_("Name of one of the site's icons."))
    sort_order = models.PositiveIntegerField(_("position"), default=100)

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("parent"), FieldRowPanel(["icon", "sort_order"])]
    search_fields = [
        index.SearchField("name"),
        index.AutocompleteField("name"),
        index.FilterField("locale_id"),
        index.FilterField("translation_key"),
    ]

    class Meta(TranslatableMixin.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["sort_order", "name"]
        constraints = [models.UniqueConstraint(fields=["slug", "locale"], name="category_slug_once")]

    def __str__(self) -> str:
        return self.name if self.parent is None else f"{self.parent.name} / {self.name}"

    def clean(self) -> None:
        """Two levels are enough to browse; a third would need a tree nobody reads."""
        super().clean()
        if self.parent is None:
            return
        if self.parent_id == self.pk or self.parent.parent_id is not None:
            raise ValidationError({"parent": _("Choose a top category.")})
        if self.pk and self.children.exists():
            raise ValidationError({"parent": _("This category holds others, so it stays at the top.")})
