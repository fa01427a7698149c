"""Static files with hashed names."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashes the names of our own modules' imports too; only ours, because other packages' comments look like imports."""

    support_js_module_import_aggregation = False
    manifest_strict = True
