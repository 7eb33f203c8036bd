"""The environment, read once for all parts."""

from typing import Any

from config import env

E: dict[str, Any] = env.read()
