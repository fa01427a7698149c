"""Static files with hashed names."""

from __future__ import annotations

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORTS = HashedFilesMixin._js_module_import_aggregation_patterns[1]  # noqa: SLF001 - Django offers all files or none


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Our own modules' imports get hashed names too; not other packages', whose comments look like imports."""

    patterns = (*HashedFilesMixin.patterns, ("js/*.js", IMPORTS))
    manifest_strict = True
