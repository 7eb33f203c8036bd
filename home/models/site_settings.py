from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import StreamField

from home.blocks import LinkBlock, LinkGroupBlock


@register_setting(icon="site")
class SiteSettings(BaseSiteSetting):
    """What the frame of every page shows: the name, the menus, the legal pages, how to reach us."""

    name = models.CharField(_("name"), max_length=60, blank=True)
    description = models.CharField(
        _("description"), max_length=200, blank=True, help_text=_("For search engines, where a page has none.")
    )
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=30, blank=True)
    terms_page = models.ForeignKey(
        "wagtailcore.Page", verbose_name=_("terms"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("privacy"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    primary_menu = StreamField([("link", LinkBlock())], verbose_name=_("main menu"), blank=True)
    footer_menu = StreamField([("group", LinkGroupBlock())], verbose_name=_("footer"), blank=True)

    brand_panels = [
        MultiFieldPanel([FieldPanel("name"), FieldPanel("description")], heading=_("Brand")),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("contact_email"), FieldPanel("contact_phone")])], heading=_("Contact")
        ),
        MultiFieldPanel([FieldPanel("terms_page"), FieldPanel("privacy_page")], heading=_("Legal pages")),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(brand_panels, heading=_("Site")),
            ObjectList([FieldPanel("primary_menu"), FieldPanel("footer_menu")], heading=_("Menus")),
        ]
    )

    class Meta:
        verbose_name = _("site settings")
