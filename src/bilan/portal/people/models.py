"""Regions, units, users and memberships. Ids are ours; names and codes are attributes that change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bilan.portal.rights.subject import SELF, Subject
from bilan.portal.rights.words import ROLES

_LONGEST_PATH = 400


def today() -> date:
    """The day at the place of the portal."""
    return timezone.localdate()


class ValidQuerySet(models.QuerySet[Any]):
    """Rows with ``valid_from`` and ``valid_to``: the first day on which they hold, the first on which no longer."""

    def on(self, day: date) -> ValidQuerySet:
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day), Q(valid_to__isnull=True) | Q(valid_to__gt=day)
        )

    def now(self) -> ValidQuerySet:
        return self.on(today())


class Region(models.Model):
    """A place of ``bilan.policy`` or one made here; ``path`` is its line of ids, so that a prefix is all below it."""

    id = models.CharField(_("编号"), primary_key=True, max_length=40)
    code = models.CharField(_("代码"), max_length=12, blank=True)
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=40, blank=True)
    kind = models.CharField(_("类别"), max_length=20)
    level = models.PositiveSmallIntegerField(_("级别"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("上级")
    )
    path = models.CharField(max_length=_LONGEST_PATH, unique=True, editable=False)
    valid_from = models.DateField(_("生效日期"), null=True, blank=True)
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    own = models.BooleanField(_("本站增设"), default=True, editable=False)

    objects = ValidQuerySet.as_manager()
    rights: ClassVar = Subject("region", region=SELF)

    class Meta:
        verbose_name = verbose_name_plural = _("地区")
        ordering = ("path",)

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.path = self._line()
        super().save(*args, **kwargs)

    @property
    def ended(self) -> bool:
        """Whether it exists no longer."""
        return self.valid_to is not None and self.valid_to <= today()

    @property
    def too_deep(self) -> bool:
        """Whether so many regions lie above it that their line of ids cannot be kept."""
        return len(self._line()) > _LONGEST_PATH

    def _line(self) -> str:
        return f"{self.parent.path if self.parent else '/'}{self.id}/"


class Unit(models.Model):
    """A department, a district's bureau, an enterprise that answers for something; renamed and merged, never deleted.

    ``name`` is the present one; all of them, with their days, are its ``names``.
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="units", verbose_name=_("地区"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("上级单位")
    )
    department = models.CharField(_("部门"), max_length=40, blank=True, help_text=_("部门表中的编号"))
    name = models.CharField(_("名称"), max_length=80)
    kind = models.CharField(_("类别"), max_length=20, default="government")
    valid_from = models.DateField(_("设立日期"), null=True, blank=True)
    valid_to = models.DateField(_("撤销日期"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="predecessors", verbose_name=_("职责并入")
    )

    objects = ValidQuerySet.as_manager()
    rights: ClassVar = Subject("unit", region="region", unit=(SELF,))

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ("region__path", "name")
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(successor=F("id")), name="unit_not_its_own_successor"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="unit_not_its_own_parent"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__isnull=True) | Q(valid_from__lt=F("valid_to")),
                name="unit_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A new unit begins its list of names."""
        with transaction.atomic():
            new = self.pk is None
            super().save(*args, **kwargs)
            if new:
                UnitName.objects.create(unit=self, name=self.name, valid_from=self.valid_from)

    def rename(self, name: str, on: date) -> None:
        """Call the unit ``name`` from the day ``on``; what it was called before stays readable.

        Raises ValueError for a day on which its present name was not yet in use.
        """
        with transaction.atomic():
            if self.names.filter(valid_to__isnull=True, written=False, valid_from__gte=on).exists():
                raise ValueError(f"{self} has its present name only since {on} or later")
            self.names.filter(valid_to__isnull=True, written=False).update(valid_to=on)
            UnitName.objects.create(unit=self, name=name, valid_from=on)
            self.name = name
            self.save(update_fields=["name"])

    def correct_name(self, name: str) -> None:
        """Write the present name as it should have been from its first day: a mistake is no former name."""
        with transaction.atomic():
            self.names.filter(valid_to__isnull=True, written=False).update(name=name)
            self.name = name
            self.save(update_fields=["name"])

    def begin(self, on: date | None) -> None:
        """Say since when there is the unit, and so its first name."""
        first = min(self.names.filter(written=False), key=lambda one: one.valid_from or date.min)
        first.valid_from = self.valid_from = on
        with transaction.atomic():
            first.save(update_fields=["valid_from"])
            self.save(update_fields=["valid_from"])

    def restore(self) -> None:
        """Take the end of the unit back, and with it the merger."""
        self.valid_to = self.successor = None
        self.save(update_fields=["valid_to", "successor"])

    @property
    def ended(self) -> bool:
        """Whether it exists no longer."""
        return self.valid_to is not None and self.valid_to <= today()

    @property
    def heir(self) -> Unit | None:
        """The unit that answers now for what this one answered for, itself while it exists; none where all ended."""
        return next((one for one in line_of(self, "successor") if not one.ended), None)

    def merge_into(self, other: Unit, on: date) -> None:
        """End the unit on the day ``on``; ``other`` answers for what it answered for. Raises ValueError at a ring."""
        if any(one.pk == self.pk for one in line_of(other, "successor")):
            raise ValueError(f"{other} is itself followed by {self}")
        self.valid_to, self.successor = on, other
        self.save(update_fields=["valid_to", "successor"])

    def name_on(self, day: date) -> str:
        """What the unit was called on ``day``; before its first name, the first."""
        names = sorted((one for one in self.names.all() if not one.written), key=lambda one: one.valid_from or date.min)
        held = [one.name for one in names if one.valid_from is None or one.valid_from <= day]
        return held[-1] if held else names[0].name


def line_of(unit: Unit | None, step: str) -> Iterator[Unit]:
    """Yield ``unit`` and those to which ``step``, its parent or successor, leads; each once, even were it a ring."""
    passed: set[int] = set()
    while unit is not None and unit.pk not in passed:
        yield unit
        passed.add(unit.pk)
        unit = getattr(unit, step)


def hold_lines() -> None:
    """Let nobody else change a parent or successor until the transaction ends: two who do so could make a ring."""
    # in one order, so that two wait for one another and not each for the other; rows that point at units go on
    list(Unit.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


class UnitName(models.Model):
    """A name of a unit from a day to a day; or, ``written``, a form in which plans write it and which it never had."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names")
    name = models.TextField()  # a plan may write it at any length
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    written = models.BooleanField(default=False)

    rights: ClassVar = Subject("unit", region="unit__region", unit=("unit",))

    class Meta:
        ordering = ("unit", F("valid_from").asc(nulls_first=True))  # the first name may have no beginning
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["unit"], condition=Q(valid_to__isnull=True, written=False), name="one_present_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ContactRole(models.TextChoices):
    CONTACT = "contact", _("联系人")
    LEADER = "leader", _("分管领导")


class Contact(models.Model):
    """Whom to ask in a unit, or the leader in charge of it, from a day to a day. Never shown to the public."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="contacts", verbose_name=_("单位"))
    role = models.CharField(_("身份"), max_length=10, choices=ContactRole.choices, default=ContactRole.CONTACT)
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    email = models.EmailField(_("电子邮箱"), blank=True)
    valid_from = models.DateField(_("开始日期"), default=today)
    valid_to = models.DateField(_("结束日期"), null=True, blank=True)

    objects = ValidQuerySet.as_manager()
    rights: ClassVar = Subject("person", region="unit__region", unit=("unit",))

    class Meta:
        verbose_name = verbose_name_plural = _("联系人和分管领导")
        ordering = ("-role", "name")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=["contact", "leader"]), name="contact_of_a_known_role"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_from__lte=F("valid_to")),
                name="contact_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def answering_for(unit_ids: Iterable[int]) -> frozenset[int]:
    """Return the units, their parts and what was merged into any of them by today."""
    found, new = set(unit_ids), set(unit_ids)
    while new:
        merged = Q(successor__in=new, valid_to__lte=today())
        below = Unit.objects.filter(Q(parent__in=new) | merged).values_list("pk", flat=True)
        new = set(below) - found
        found |= new
    return frozenset(found)


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who may log in. What he may do is told by his memberships alone."""

    username = models.CharField(
        _("用户名"),
        max_length=64,
        unique=True,
        validators=[UnicodeUsernameValidator()],
        error_messages={"unique": _("已有这个用户名。")},
    )
    name = models.CharField(_("姓名"), max_length=40)
    email = models.EmailField(_("电子邮箱"), blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("地区"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("单位"))
    is_active = models.BooleanField(_("启用"), default=True)
    must_change_password = models.BooleanField(_("下次登录须改密码"), default=False)
    password_changed = models.DateTimeField(null=True, blank=True, editable=False)
    created = models.DateTimeField(_("创建时间"), default=timezone.now, editable=False)

    objects = UserManager()
    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]
    rights: ClassVar = Subject("user", region="region", unit=("unit",), owner=SELF)

    class Meta:
        verbose_name = verbose_name_plural = _("用户")
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def set_password(self, raw_password: str | None) -> None:
        super().set_password(raw_password)
        self.password_changed = timezone.now()

    @cached_property
    def memberships_now(self) -> list[Membership]:
        """The roles that hold today; asked once for each request."""
        return list(Membership.objects.now().filter(user=self).select_related("region"))


class Membership(models.Model):
    """A role that a user has, for a unit or a region and all below it, from a day to a day."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships", verbose_name=_("用户"))
    role = models.CharField(_("角色"), max_length=20, choices=list(ROLES.items()))
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, verbose_name=_("地区"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, verbose_name=_("单位"))
    valid_from = models.DateField(_("开始日期"), default=today)
    valid_to = models.DateField(_("结束日期"), null=True, blank=True)
    granted_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+", editable=False)

    objects = ValidQuerySet.as_manager()
    rights: ClassVar = Subject("role", region="region", unit=("unit",), owner="user")

    class Meta:
        verbose_name = verbose_name_plural = _("角色")
        ordering = ("user", "role", "valid_from")
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="membership_of_a_known_role"),
            # Without a region a role reaches everywhere; a forgotten region must not do so.
            models.CheckConstraint(
                condition=Q(region__isnull=False) | Q(role__in=["administrator", "leader"]),
                name="membership_has_a_region",
            ),
            models.CheckConstraint(condition=Q(unit__isnull=False) | ~Q(role="officer"), name="officer_has_a_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"

    @cached_property
    def unit_ids(self) -> frozenset[int]:
        """The units it reaches, none without a unit."""
        return answering_for([self.unit_id]) if self.unit_id else frozenset()
