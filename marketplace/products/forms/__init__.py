from marketplace.products.forms.page_form import ProductPageForm
from marketplace.products.forms.plan_form import PlanForm
from marketplace.products.forms.version_form import FileForm, VersionForm

__all__ = ["FileForm", "PlanForm", "ProductPageForm", "VersionForm"]
