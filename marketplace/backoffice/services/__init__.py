from marketplace.backoffice.services.deliver_again import deliver_again
from marketplace.backoffice.services.send_again import send_again
from marketplace.backoffice.services.sync_roles import sync_roles

__all__ = ["deliver_again", "send_again", "sync_roles"]
