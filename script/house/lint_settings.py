"""Django settings for the checks: the application's own, and the migration linter, which must be an installed app."""

from __future__ import annotations

from bigtime.settings import *  # noqa: F403
from bigtime.settings import INSTALLED_APPS as APPS

INSTALLED_APPS = [*APPS, "django_migration_linter"]
OURS = ("bigtime.", "integrations", "posting")
# Other people's migrations are theirs; some can't even be printed without having been applied.
MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": [app.rpartition(".")[2] for app in APPS if not app.startswith(OURS)],
    # An installation is migrated while its processes stand still: a lock delays nobody, and no older code is
    # running that would leave a new column out.
    "exclude_migration_tests": ["ADD_UNIQUE", "CREATE_INDEX", "CREATE_INDEX_EXCLUSIVE", "NOT_NULL"],
}
# Whether a domain belongs in the browsers' preload list is its owner's decision.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
