"""A worker on a bulk refund, that can be made to die where it hurts most.

`DIE=booked:3`: killed as by SIGKILL when the third refund is booked and not committed; `DIE=committed:3`: right after.
"""

import os
import signal
import sys

import django

django.setup()

from marketplace.commerce.services.run_bulk_refund import run_bulk_refund  # noqa: E402

work = sys.modules["marketplace.commerce.services.run_bulk_refund"]
moment, _colon, number = os.environ.get("DIE", ":0").partition(":")
left = int(number)


def dying(name, do):
    def doing(*args, **kwargs):
        global left
        answer = do(*args, **kwargs)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(work, name, doing)


if moment == "booked":
    dying("refund_order", work.refund_order)
elif moment == "committed":
    dying("_step", work._step)

while run_bulk_refund(bulk_id=int(sys.argv[1]), limit=4):
    pass
