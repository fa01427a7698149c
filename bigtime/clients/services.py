"""Archiving and restoring. Nothing that carries time is ever deleted."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from bigtime.firm.models import Firm

from .models import Client, Project


@transaction.atomic
def archive_clients(*, firm: Firm, clients: Iterable[int]) -> tuple[int, int]:
    """Archives these clients of the firm with their projects; gives how many of each changed."""
    chosen = list(Client.objects.for_firm(firm).filter(pk__in=clients).select_for_update().values_list("pk", flat=True))
    projects = Project.objects.for_firm(firm).filter(client__in=chosen, is_active=True).update(is_active=False)
    return Client.objects.filter(pk__in=chosen, is_active=True).update(is_active=False), projects


@transaction.atomic
def restore_clients(*, firm: Firm, clients: Iterable[int]) -> int:
    """Restores the clients only: which of their projects go on is for a person to say."""
    return Client.objects.for_firm(firm).filter(pk__in=clients, is_active=False).update(is_active=True)


@transaction.atomic
def archive_projects(*, firm: Firm, projects: Iterable[int]) -> int:
    return Project.objects.for_firm(firm).filter(pk__in=projects, is_active=True).update(is_active=False)


@transaction.atomic
def restore_projects(*, firm: Firm, projects: Iterable[int]) -> int:
    """Restores projects, and their clients with them: an active project of an archived client couldn't be found."""
    chosen = Project.objects.for_firm(firm).filter(pk__in=projects, is_active=False)
    Client.objects.for_firm(firm).filter(projects__in=chosen, is_active=False).update(is_active=True)
    return chosen.update(is_active=True)


@transaction.atomic
def archive_tasks(*, project: Project, tasks: Iterable[int]) -> int:
    return project.tasks.filter(pk__in=tasks, is_active=True).update(is_active=False)


@transaction.atomic
def restore_tasks(*, project: Project, tasks: Iterable[int]) -> int:
    return project.tasks.filter(pk__in=tasks, is_active=False).update(is_active=True)
