from marketplace.backoffice.services.close_alert import close_alert
from marketplace.backoffice.services.deliver_again import deliver_again
from marketplace.backoffice.services.send_again import send_again
from marketplace.backoffice.services.sync_roles import sync_roles

__all__ = ["close_alert", "deliver_again", "send_again", "sync_roles"]
