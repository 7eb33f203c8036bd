"""The whole site as the suite starts it: the development settings with a scratch folder and quick hashing."""

from config.settings.dev import *

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEBUG = False
