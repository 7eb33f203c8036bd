from marketplace.products.models.pages import ProductIndexPage, ProductPage, ProductScreenshot
from marketplace.products.models.plan import LicensePlan
from marketplace.products.models.version import ProductVersion, VersionFile

__all__ = ["LicensePlan", "ProductIndexPage", "ProductPage", "ProductScreenshot", "ProductVersion", "VersionFile"]
