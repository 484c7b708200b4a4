"""The demo city on the site: its plan published, its simulated data in the lake, what its people entered, an account
of every role. Everything made up is marked 模拟数据."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path

from django.conf import settings
from django.db import transaction

from bilan.board.entries import read_entries
from bilan.demo import take_in, write_city, write_entries
from bilan.errors import BilanError
from bilan.observe import Lake
from bilan.observe.lake_schema import LakeError
from bilan.plan.model import CompiledPlan
from bilan.portal.audit.context import acting
from bilan.portal.audit.record import record
from bilan.portal.board.boards import board_of, past_of
from bilan.portal.board.deciding import enter
from bilan.portal.board.lake import latest_day
from bilan.portal.board.models import Entry
from bilan.portal.board.sources import Asked
from bilan.portal.board.texts import target_of
from bilan.portal.files.store import keep
from bilan.portal.jobs.kinds import Unheard
from bilan.portal.people.models import Contact, ContactRole, Membership, Region, Unit, User
from bilan.portal.people.passwords import one_time_password
from bilan.portal.people.regions import sync_regions
from bilan.portal.plans.models import Document, Plan
from bilan.portal.plans.publish import publish
from bilan.portal.plans.state import review_of
from bilan.portal.plans.work import compile_plan

CITY, SLUG, DOCUMENT = "990100", "qinghe", "qinghe.docx"
NOTE = "模拟数据：演示用的虚构城市"
_DONE = "lake.txt"  # beside the files of the city: the id of the lake that has them all
_LONGEST = 900.0  # seconds that a first board may take

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in to the demo; ``password`` is new with every filling."""

    username: str
    password: str
    name: str
    role: str
    region: str
    unit: str


# role, region, unit, name; the administrator of the demo reaches no further than its city
_CAST = {
    "demo-admin": ("administrator", CITY, "市生态环境局", "演示管理员"),
    "demo-plan": ("plan_office", CITY, "市生态环境局", "演示规划办"),
    "demo-linjiang": ("officer", "990102", "临江区生态环境分局", "临江经办人"),
    "demo-donghu": ("officer", "990103", "东湖区生态环境分局", "东湖经办人"),
    "demo-analyst": ("analyst", CITY, "市生态环境局", "演示分析员"),
    "demo-leader": ("leader", CITY, "市政府办公室", "演示领导"),
}

_POSTS = (
    (ContactRole.CONTACT, "演示联系人", "综合科"),
    (ContactRole.LEADER, "演示分管领导", "副职"),
)


def fill(progress: Progress | None = None, *, city: Path | None = None, warm: bool = True) -> list[Account]:
    """Fill the site with the demo city, or complete what an earlier call began; return the accounts.

    ``city`` is the folder that ``bilan demo`` wrote where the site uses its lake; without it the data are simulated
    here. With ``warm`` the boards of the first pages are computed, so that nobody waits for them. Raises BilanError
    where files of the city cannot be written or taken in, and where the site is one that people work on.
    """
    _refuse_a_working_site()
    say = progress or (lambda words, share: None)
    say("建立地区、单位和账号", 0.0)
    sync_regions()
    people = _accounts()
    office = User.objects.get(username="demo-plan")
    with acting(office):
        plan = _plan(office)
        assert plan.current is not None
        compiled = plan.current.compiled_plan()
        _units(compiled)
        _contacts()
        folder = Path(settings.BILAN_HOME) / "demo" if city is None else city / "simulated"
        if city is None:
            _lake(folder, lambda words, share: say(words, 0.1 + 0.6 * share))
        _entries(folder, plan, compiled, office)
    if warm:
        _warm(plan, lambda words, share: say(words, 0.7 + 0.3 * share))
    say("演示城市就绪", 1.0)
    return people


def _refuse_a_working_site() -> None:
    """Raise BilanError where there are plans or people, but none of the demo: it would add accounts to theirs."""
    if User.objects.filter(username__in=_CAST).exists():
        return
    if Plan.objects.exists() or User.objects.filter(last_login__isnull=False).exists():
        raise BilanError("这个站点已经在用（有计划或有人登录过），不往里放演示数据；演示请另用一个数据文件夹（--home）")


@transaction.atomic
def _accounts() -> list[Account]:
    return [_account(name, *told) for name, told in _CAST.items()]


def _account(username: str, role: str, region_id: str, unit_name: str, name: str) -> Account:
    region, password = Region.objects.get(pk=region_id), one_time_password()
    unit = _unit(unit_name, region)
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User.objects.create_user(username, password, name=name, region=region, unit=unit)
        record("user.create", row=user, new={"username": username, "name": name})
    else:
        user.set_password(password)
        user.save(update_fields=["password", "password_changed"])
        record("user.password", row=user)
    if not Membership.objects.now().filter(user=user, role=role, region=region, unit=unit).exists():
        held = Membership.objects.create(user=user, role=role, region=region, unit=unit)
        record("role.create", row=held, new={"user": username, "role": role})
    return Account(username, password, name, role, region.name, unit.name)


def _unit(name: str, region: Region, department: str = "") -> Unit:
    found, made = Unit.objects.get_or_create(name=name, region=region, defaults={"department": department})
    if made:
        record("unit.create", row=found, new={"name": name})
    return found


@transaction.atomic
def _units(plan: CompiledPlan) -> None:
    """The departments that the plan names. Bodies that it names together (各县区政府) are none."""
    city = Region.objects.get(pk=CITY)
    for duty in plan.duties:
        if not duty.unit.startswith("各"):
            _unit(duty.unit, city, duty.department or "")


@transaction.atomic
def _contacts() -> None:
    """Whom to ask in every unit and who leads it: nobody's name, but what the posts are called."""
    for unit in Unit.objects.filter(contacts=None):
        for role, name, post in _POSTS:
            person = Contact.objects.create(unit=unit, role=role, name=name, post=post)
            record("person.create", row=person, new={"name": name, "post": post, "unit": unit.name})


@transaction.atomic
def _plan(office: User) -> Plan:
    """The published plan, compiled from the sample document as an upload would be."""
    region = Region.objects.get(pk=CITY)
    plan, _made = Plan.objects.get_or_create(slug=SLUG, defaults={"title": "清河市", "region": region})
    if plan.current is not None:
        return plan
    content = (files("bilan") / "demo" / DOCUMENT).read_bytes()
    stored = keep(io.BytesIO(content), DOCUMENT, "docx", owner=office, region=region, plan=SLUG)
    document = Document.objects.create(plan=plan, region=region, file=stored, uploaded_by=office)
    compile_plan(Unheard(), document=document.pk)
    draft = document.drafts.get()
    publish(draft, office, NOTE, review_of(draft).number)
    return Plan.objects.select_related("current", "region").get(pk=plan.pk)


def _lake(folder: Path, say: Progress) -> None:
    done = folder / _DONE
    if done.is_file() and done.read_text() == _lake_id():
        return
    say("模拟清河市的数据", 0.0)
    deliveries = write_city(folder)
    take_in(Path(settings.BILAN_LAKE), deliveries, say)
    done.write_text(_lake_id())


def _lake_id() -> str:
    try:
        return Lake(settings.BILAN_LAKE, create=False).id
    except LakeError:
        return ""


@transaction.atomic
def _entries(folder: Path, plan: Plan, compiled: CompiledPlan, office: User) -> None:
    if Entry.objects.filter(plan=plan).exists():
        return
    for told in read_entries(write_entries(folder, compiled), compiled):
        region = Region.objects.get(pk=told.region or CITY)
        enter(told, plan, region, office.unit, office, target_of(compiled, told.target).name)


def _warm(plan: Plan, say: Progress) -> None:
    asked = list(_first_pages(plan, latest_day()))
    for number, one in enumerate(asked):
        say("计算看板", number / len(asked))
        board_of(one, _LONGEST)
        past_of(one, _LONGEST)


def _first_pages(plan: Plan, day: date) -> Iterator[Asked]:
    assert plan.current is not None
    for public in (False, True):
        now = Asked(plan.current, day, CITY, public=public)
        yield from (now, replace(now, as_of=day - timedelta(days=7)))
    yield from (Asked(plan.current, day, role[1]) for role in _CAST.values() if role[1] != CITY)
