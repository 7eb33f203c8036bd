from home.models.pages import HomeCity, HomeEvent, HomePage, HomeProduct, StandardPage
from home.models.site_settings import SiteSettings

__all__ = ["HomeCity", "HomeEvent", "HomePage", "HomeProduct", "SiteSettings", "StandardPage"]
