"""The whole site as the suite starts it: the development settings with a scratch folder and quick hashing.

`STACK_BEAT` (task name -> seconds) and `STACK_SETTINGS` (setting -> value), both JSON, shorten what a test would
otherwise wait for: periods and leases. Everything else is as it runs for buyers.
"""

import json
import os

from config.settings.dev import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEBUG = False
_beat = json.loads(os.environ.get("STACK_BEAT", "{}"))
for _job in CELERY_BEAT_SCHEDULE.values():
    _job["schedule"] = _beat.pop(_job["task"], _job["schedule"])
if _beat:
    raise ValueError(f"beat knows no such task: {', '.join(_beat)}")
vars().update(json.loads(os.environ.get("STACK_SETTINGS", "{}")))
