"""Giving back to all buyers of something at once: who they are, what it comes to, and what they are told."""
