"""For building an image: hashed static files without any secret. Serves nothing."""

from config.settings.dev import *

STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
