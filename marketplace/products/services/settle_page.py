from marketplace.products.models import ProductPage


def settle_page(product: ProductPage) -> ProductPage:
    """Before a page gets its first plan: make its row say what its latest draft says about the seller.

    The row of a page never published still holds what its very first autosave held; offers belong to its seller.
    """
    if product.live or product.first_published_at or product.plan_rows.exists():
        return product
    product.seller_id = product.get_latest_revision_as_object().seller_id
    ProductPage.objects.filter(pk=product.pk).update(seller=product.seller_id)
    return ProductPage.objects.select_related("seller").get(pk=product.pk)
