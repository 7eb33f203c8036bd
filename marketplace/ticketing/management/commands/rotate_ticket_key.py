from typing import Any

from django.core.management.base import BaseCommand

from marketplace.ticketing.services import rotate_key


class Command(BaseCommand):
    help = "Sign new tickets with a new key. Tickets already issued keep working; doors must fetch /tickets/keys.json."

    def handle(self, *args: Any, **options: Any) -> None:
        key = rotate_key(actor_id=None)
        self.stdout.write(f"New tickets are signed with key {key.key_id}.")
