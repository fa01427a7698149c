"""Static files with hashed names."""

from __future__ import annotations

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

# Django offers this for all files or for none.
IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # type: ignore[attr-defined]


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Our own modules' imports get hashed names too; not other packages', whose comments look like imports."""

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", IMPORTS))
    manifest_strict = True
