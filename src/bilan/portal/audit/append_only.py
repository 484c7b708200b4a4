"""Rows that are added and stay. Their models refuse changes here, the database itself by ``guards``."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class AppendOnlyError(TypeError):
    """Somebody tried to change or delete what is only ever added."""


class AppendOnlyQuerySet(models.QuerySet[Any]):
    def update(self, **_: Any) -> int:
        raise AppendOnlyError(f"rows of {self.model.__name__} are not changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"rows of {self.model.__name__} are not deleted")


class AppendOnly(models.Model):
    """A row that is added and stays.

    ``set_once`` names the columns that may be set later, all at once and a single time: when the first of them is set.
    A migration that has to change such rows calls ``guards.remove`` before; after every migration they are guarded.
    """

    objects = AppendOnlyQuerySet.as_manager()
    set_once: ClassVar[tuple[str, ...]] = ()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"rows of {type(self).__name__} are not changed")
        super().save(*args, **{**kwargs, "force_insert": True})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AppendOnlyError(f"rows of {type(self).__name__} are not deleted")
