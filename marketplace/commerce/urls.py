from django.urls import path, register_converter

from marketplace.commerce.views import account, cart, checkout, find, orders, refunds


class Token:
    """An unguessable token as `core.ids.token` makes it. Anything else cannot be one and is not looked up."""

    regex = "[A-Za-z0-9_-]{43}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Token, "order_token")

app_name = "commerce"
urlpatterns = [
    path("cart/", cart.show, name="cart"),
    path("cart/add/", cart.add, name="cart_add"),
    path("cart/lines/<int:line_id>/", cart.change, name="cart_line"),
    path("cart/empty/", cart.empty, name="cart_empty"),
    path("cart/hold/", cart.hold, name="cart_hold"),
    path("cart/prices/", cart.prices, name="cart_prices"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("orders/find/", find.find, name="orders_find"),
    path("orders/<order_token:token>/", orders.show, name="order"),
    path("orders/<order_token:token>/status/", orders.status, name="order_status"),
    path("orders/<order_token:token>/pay/", orders.pay, name="order_pay"),
    path("orders/<order_token:token>/return/", orders.back, name="order_return"),
    path("orders/<order_token:token>/again/", orders.again, name="order_again"),
    path("orders/<order_token:token>/receipt/", orders.receipt, name="receipt"),
    path("orders/<order_token:token>/refund/", refunds.ask, name="refund"),
    path("orders/<order_token:token>/refunds/<int:number>/", refunds.credit_note, name="credit_note"),
    path("account/", account.show, name="account"),
]
