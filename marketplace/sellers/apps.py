from django.apps import AppConfig


class SellersConfig(AppConfig):
    name = "marketplace.sellers"
    label = "sellers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.documents import get_document_model
        from wagtail.images import get_image_model
        from wagtail.models import AbstractPage
        from wagtail.permissions import register_permission_policy

        from marketplace.sellers.files import SellerCollectionPolicy
        from marketplace.sellers.models import Seller
        from marketplace.sellers.pages import SellerPagePolicy
        from marketplace.sellers.policy import SellerOwnedPolicy

        register_permission_policy(AbstractPage, SellerPagePolicy())
        register_permission_policy(Seller, SellerOwnedPolicy(Seller, "pk"))
        # For the exact class: Wagtail's apps start after this one and register theirs for the class and its children.
        for model, auth in ((get_image_model(), "wagtailimages.Image"), (get_document_model(), "wagtaildocs.Document")):
            policy = SellerCollectionPolicy(model, auth_model=auth, owner_field_name="uploaded_by_user")
            register_permission_policy(model, policy, exact_class=True)
