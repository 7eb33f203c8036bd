"""What the providers of the demo remember: our own rows, told to the simulator in its words (POST /_sim/past there).

It is a program of its own, with a memory of its own. Without this it would not know an order of last month, and refuse
to give it back. Rows that it knows are no news to it, so all of them are told at every start.
"""

from .everything import everything, tell

__all__ = ["everything", "tell"]
