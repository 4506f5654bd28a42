"""Rows that are written once: what was signed or done is read, never changed or removed."""

from typing import Any, NoReturn

from django.db import models


class FixedRowError(TypeError):
    """Code tried to change or remove a row that is written once."""


class FixedQuerySetMixin:
    """No bulk way around `FixedModel`."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise FixedRowError("这些记录写下后不能修改")

    def delete(self) -> NoReturn:
        raise FixedRowError("这些记录写下后不能删除")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise FixedRowError("这些记录写下后不能修改")


class FixedModel(models.Model):
    """A row written once. Its manager's queryset takes `FixedQuerySetMixin`."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk and not kwargs.get("force_insert"):
            raise FixedRowError(f"{self._meta.verbose_name}写下后不能修改")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise FixedRowError(f"{self._meta.verbose_name}写下后不能删除")
