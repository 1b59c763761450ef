"""Loading the demo: first day, offices, log-ins, enterprises with facts, the first match."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from itertools import islice

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from miaopu.app.demo.assessed_people import load_assessed
from miaopu.app.demo.base_records import load_base_records
from miaopu.app.demo.bases import load_bases
from miaopu.app.demo.cases import OPENING_DAY, load_cases
from miaopu.app.demo.growth import load_growth
from miaopu.app.demo.inspections import load_inspections
from miaopu.app.demo.library import load_library
from miaopu.app.demo.offered import load_offers
from miaopu.app.demo.offices import OFFICES
from miaopu.app.demo.people import DEMO_USERS
from miaopu.app.demo.places import PLACES
from miaopu.app.demo.population import EnterpriseSeed, generate, pick_owner_enterprises
from miaopu.app.demo.readings import load_reading
from miaopu.app.demo.rules import load_rules
from miaopu.app.demo.supervision import load_supervision, open_supervision
from miaopu.app.demo.titles import load_titles
from miaopu.core import clock
from miaopu.core.actions import add_member, record_event, start_demo_clock
from miaopu.core.enums import Role, UserKind
from miaopu.core.models import Office, Region, User
from miaopu.parties.actions import add_representative
from miaopu.parties.dictionary import encode
from miaopu.parties.enums import Verb
from miaopu.parties.models import Enterprise, Fact
from miaopu.plans.actions import match_version
from miaopu.plans.models import MatchRun, ProgrammeVersion

ABOVE = {"520000": "Guizhou", "520100": "Guiyang"}
FIRST_DAY = date(2018, 5, 10)
GUIYANG = "5201"
BATCH = 1000
Report = Callable[[str], None]


@transaction.atomic
def load_offices() -> None:
    """Offices of the city and its districts, with the English names of the districts."""
    for place in PLACES:
        Region.objects.filter(code=place.code).update(name_en=place.name_en)
    for code, name_en in ABOVE.items():
        Region.objects.filter(code=code).update(name_en=name_en)
    for seed in OFFICES:
        Office.objects.get_or_create(
            code=seed.code,
            defaults={
                "name": seed.name_zh,
                "name_en": seed.name_en,
                "kind": seed.kind,
                "region_id": seed.region,
            },
        )


def _batches(seeds: Iterable[EnterpriseSeed]) -> Iterable[list[EnterpriseSeed]]:
    iterator = iter(seeds)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def load_enterprises(count: int, report: Report) -> int:
    """The demo's enterprises with their facts; those that are there already are skipped."""
    have = Enterprise.objects.filter(number__startswith=f"{GUIYANG}-").count()
    done = 0
    for batch in _batches(generate(count)):
        done += len(batch)
        fresh = [seed for seed in batch if seed.index >= have]
        if fresh:
            _load_batch(fresh)
            report(f"enterprises {done}/{count}")
    return max(count - have, 0)


@transaction.atomic
def _load_batch(seeds: list[EnterpriseSeed]) -> None:
    now = clock.now()
    made = Enterprise.objects.bulk_create(
        Enterprise(
            number=f"5201-{seed.index + 1:07d}",
            uscc=seed.uscc,
            name=seed.name,
            region_id=seed.region,
            industry=seed.industry,
            legal_representative=seed.legal_representative,
            phone=seed.phone,
            address=seed.address,
            registered_on=seed.registered_on,
            status=seed.status,
        )
        for seed in seeds
    )
    Fact.objects.bulk_create(
        (
            Fact(
                enterprise=enterprise,
                name=fact.name,
                value=encode(fact.name, fact.value),
                valid_from=fact.valid_from,
                source=fact.source,
                record=fact.record,
                recorded_at=now,
            )
            for enterprise, seed in zip(made, seeds, strict=True)
            for fact in seed.facts
        ),
        batch_size=5000,
    )
    record_event(
        made[0],
        Verb.REGISTER_ENTERPRISE,
        by=None,
        region="520100",
        data={"enterprises": len(made), "last": made[-1].number},
    )


@transaction.atomic
def load_people(owners: tuple[int, int, int]) -> None:
    """The demo's log-ins, with one password: officials in offices, owners of enterprises."""
    password = make_password(settings.DEMO_PASSWORD)
    for seed in DEMO_USERS:
        user, created = User.objects.get_or_create(
            username=seed.username,
            defaults={
                "name": seed.name_zh,
                "password": password,
                "kind": UserKind.PARTY if seed.enterprise is not None else UserKind.OFFICE,
                "demo_note": seed.note_zh,
                "demo_note_en": seed.note_en,
            },
        )
        if not created:
            continue
        if seed.enterprise is not None:
            enterprise = Enterprise.objects.get(number=f"5201-{owners[seed.enterprise] + 1:07d}")
            user.name = enterprise.legal_representative
            user.save(update_fields=["name"])
            add_representative(user, enterprise, by=None)
        elif seed.office is not None:
            office = Office.objects.get(code=seed.office)
            for role in seed.roles:
                add_member(user, office, Role(role), by=None)


def load_demo(count: int, report: Report, *, cases: bool = False) -> None:
    """Everything the demo needs beside its packs; again changes nothing.

    `count` enterprises, at least 200: the owners' log-ins are among the first 200. `cases`: also
    six weeks of work in all districts, from the opening day on, and offers in one of them.
    """
    start_demo_clock(OPENING_DAY if cases else FIRST_DAY)
    with clock.read_once():
        load_offices()
        new = load_enterprises(count, report)
        load_people(pick_owner_enterprises(list(generate(200))))
        if cases:
            open_supervision()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # tens of thousands of new rows: what follows is planned by them
        if cases:
            report(f"cases {load_cases(FIRST_DAY)}")
            # The first pages and the open data come before the database counts by itself.
            models = [
                one
                for room in ("cases", "ledger")
                for one in apps.get_app_config(room).get_models()
            ]
            tables = ", ".join(sorted(one._meta.db_table for one in models))
            cursor.execute(f"ANALYZE {tables}")
    with clock.read_once():
        for version in ProgrammeVersion.objects.current().select_related("programme"):
            if new or not MatchRun.objects.filter(version=version).exists():
                matches = match_version(version, clock.today())
                report(f"{version.programme.slug}: {matches} matches")
        if cases:
            report(f"offers {load_offers()}")
            report(f"proposed rules {load_rules()}")
            report(f"reading {load_reading()}")
            report(f"tasks {load_supervision()}")
            report(f"policy documents {load_library()}")
            report(f"bases {load_bases()}")
            report(f"problems of bases {load_inspections()}")
            report(f"titles {load_titles()}")
            report(f"anomalies {load_base_records()}")
            report(f"growth plans {load_growth()}")
            report(f"sheets of districts and staff {load_assessed()}")
