"""Recomputes every figure of Miaopu's open data from the files it rests on; standard library only.

    python tools/recompute_open_data.py miaopu-open-data.zip
    python tools/recompute_open_data.py http://127.0.0.1:8000      (the pages are read as well)

Checks the files against the manifest, works every figure out again, prints each difference to
figures.json and, with an address, to the public pages. Ends with 0 where there is none.
"""

import csv
import hashlib
import io
import json
import re
import sys
import urllib.request
import zipfile
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

ARCHIVE = "/open-data/miaopu-open-data.zip"
Files = dict[str, bytes]
Row = dict[str, str]
EMPLOYEES = ("employees_before", "employees_now")
FIGURE = re.compile(r'data-figure="([^"]+)"[^>]*>\s*(?:<[^>]*>\s*)*([^<]*[^<\s])')
INDICATORS = {"supported_enterprises": "enterprises", "jobs": "jobs"}
JOBS = ("unknown", "compared", "before", "after", "added", "planned")


def fetched(address: str) -> bytes:
    """What an address answers with."""
    if not address.startswith(("http://", "https://")):
        raise SystemExit(f"{address}: neither a file nor an address")
    with urllib.request.urlopen(address, timeout=60) as answer:
        return bytes(answer.read())


def unpacked(archive: bytes) -> Files:
    """The files of the archive."""
    opened = zipfile.ZipFile(io.BytesIO(archive))
    return {name: opened.read(name) for name in opened.namelist()}


def rows_of(files: Files, name: str) -> list[Row]:
    """The rows of a table."""
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))


def wrong_hashes(files: Files) -> list[str]:
    """Files that are not what the manifest says."""
    return [
        f"{one['name']}: its SHA-256 is not what the manifest says"
        for one in json.loads(files["manifest.json"])["files"]
        if hashlib.sha256(files.get(one["name"], b"")).hexdigest() != one["sha256"]
    ]


def _moment(row: Row) -> datetime:
    return datetime.fromisoformat(row["committed_at"])


def first_awards(awards: list[Row]) -> list[Row]:
    """Of each enterprise the award that came first (of two at once, the one listed first)."""
    firsts: dict[str, Row] = {}
    for row in sorted(awards, key=_moment):
        firsts.setdefault(row["uscc"], row)
    return list(firsts.values())


def counted(awards: list[Row], firsts: list[Row]) -> dict[str, int]:
    """Enterprises, jobs and money of some awards; jobs and enterprises from first ones."""
    known = [tuple(int(row[name]) if row[name] else None for name in EMPLOYEES) for row in firsts]
    both = [(before, now) for before, now in known if before is not None and now is not None]
    paid = sum(int(row["amount_fen"]) for row in awards if row["state"] == "paid")
    return {
        "enterprises": len(firsts),
        "jobs": sum(now for _before, now in known if now is not None),
        "unknown": sum(1 for _before, now in known if now is None),
        "compared": len(both),
        "before": sum(before for before, _now in both),
        "after": sum(now for _before, now in both),
        "added": sum(now - before for before, now in both),
        "planned": sum(int(row["jobs_planned"] or 0) for row in firsts),
        "paid_fen": paid,
        "committed_fen": sum(int(row["amount_fen"]) for row in awards) - paid,
    }


def _percent(part: Decimal | int, whole: Decimal | int) -> str:
    return str((Decimal(100) * part / whole).quantize(Decimal("0.1")))


def _month_ends(start: date, end: date, today: date) -> list[date]:
    days = (start + timedelta(number) for number in range((end - start).days + 1))
    return [day for day in days if day in (end, today) or (day + timedelta(1)).day == 1]


def _passed(start: date, end: date, day: date) -> tuple[int, int]:
    """Days of a period that have passed at the end of the day, and all its days."""
    whole = (end - start).days + 1
    return min(max((day - start).days + 1, 0), whole), whole


class Programme:
    """One programme: what it is measured by, and its awards and ledger lines."""

    def __init__(self, said: dict, files: Files, today: date) -> None:
        self.said, self.today, slug = said, today, said["programme"]
        self.awards = [row for row in rows_of(files, "awards.csv") if row["programme"] == slug]
        self.entries = [row for row in rows_of(files, "entries.csv") if row["programme"] == slug]
        self.parts = [row for row in rows_of(files, "target_parts.csv") if row["programme"] == slug]
        self.firsts = first_awards(self.awards)
        self.start = date.fromisoformat(said["period"]["from"])
        self.end = date.fromisoformat(said["period"]["to"])
        self.total = counted(self.awards, self.firsts)

    def targets(self) -> dict[str, object]:
        """Targets of the whole programme that awards tell something about."""
        found: dict[str, object] = {}
        for target in self.said["targets"]:
            if target["region"] == self.said["region"] and target["indicator"] in INDICATORS:
                done, key = self.total[INDICATORS[target["indicator"]]], f"targets.{target['id']}"
                found[key] = done
                found[f"{key}.target"] = target["value"]
                found[f"{key}.done_percent"] = _percent(done, Decimal(target["value"]))
                found[f"{key}.time_percent"] = _percent(*_passed(self.start, self.end, self.today))
        return found

    def districts(self) -> dict[str, object]:
        """Every district that has an award."""
        found: dict[str, object] = {}
        for code in {row["region"] for row in self.awards}:
            mine = [row for row in self.awards if row["region"] == code]
            firsts = [row for row in self.firsts if row["region"] == code]
            numbers = counted(mine, firsts)
            for name in ("enterprises", "jobs", "committed_fen", "paid_fen"):
                found[f"districts.{code}.{name}"] = numbers[name]
            found[f"districts.{code}.jobs_added"] = numbers["added"]
        return found

    def parts_of_targets(self) -> dict[str, object]:
        """Every member of an approved decomposition; a part without a value is no zero."""
        found: dict[str, object] = {}
        members: dict[str, list[Row]] = defaultdict(list)
        for row in self.parts:
            members[f"decompositions.{row['target']}.{row['member']}"].append(row)
        for key, rows in members.items():
            named, region = [row for row in rows if row["value"]], rows[0]["region"]
            values = [Decimal(row["value"]) for row in named]
            firsts = counted([], [row for row in self.firsts if row["region"] == region])
            name = INDICATORS.get(rows[0]["indicator"] if region else "", "")
            found[f"{key}.target"] = sum(values, Decimal(0)) if named else None
            found[f"{key}.due"] = self._due(named) if named and named[0]["starts_on"] else None
            found[f"{key}.done"] = firsts.get(name)
        return found

    def _due(self, parts: list[Row]) -> Decimal:
        """What time alone asks for today of parts with their periods."""
        due = Decimal(0)
        for row in parts:
            start, end = (date.fromisoformat(row[name]) for name in ("starts_on", "ends_on"))
            passed, whole = _passed(start, end, self.today)
            due += Decimal(row["value"]) * passed / whole
        return due.quantize(Decimal(1).scaleb(-int(parts[0]["places"])), ROUND_HALF_UP)

    def trend(self) -> dict[str, object]:
        """Enterprises by the ends of months against a line that grows with time alone."""
        wanted = (self.said["region"], "supported_enterprises")
        targets = self.said["targets"]
        values = [row["value"] for row in targets if (row["region"], row["indicator"]) == wanted]
        found: dict[str, object] = {}
        for day in _month_ends(self.start, self.end, self.today) if values else ():
            passed, whole = _passed(self.start, self.end, day)
            due = (Decimal(values[0]) * passed / whole).quantize(Decimal(1), ROUND_HALF_UP)
            done = sum(1 for row in self.firsts if _moment(row).date() <= day)
            found[f"trend.{day}.due"] = int(due)
            found[f"trend.{day}.done"] = done if day <= self.today else None
        return found

    def money(self) -> dict[str, object]:
        """Money by level and district, from the ledger; a district may bear none of its own."""
        sums: dict[tuple[str, str], int] = defaultdict(int)
        for row in self.entries:
            amount = int(row["amount_fen"])
            sums[f"levels.{row['level']}", row["account_kind"]] += amount
            if row["level"] == "county":
                sums[f"counties.{row['region']}", row["account_kind"]] += amount
        found: dict[str, object] = {}
        for key in {one for one, _kind in sums} | {f"counties.{r['region']}" for r in self.awards}:
            found[f"{key}.funded_fen"] = -sums[key, "source"]
            for kind in ("available", "committed", "paid"):
                found[f"{key}.{kind}_fen"] = sums[key, kind]
        return found

    def figures(self) -> dict[str, object]:
        """Everything that can be worked out again, by the name of the figure."""
        found = {
            "awards.count": len(self.awards),
            "awards.committed_fen": self.total["committed_fen"],
            "awards.paid_fen": self.total["paid_fen"],
            "jobs.now": self.total["jobs"],
            **{f"jobs.{name}": self.total[name] for name in JOBS},
            **self.targets(),
            **self.districts(),
            **self.trend(),
            **self.parts_of_targets(),
            **self.money(),
        }
        return {f"{self.said['programme']}.{key}": value for key, value in found.items()}


def stated(document: dict) -> dict[str, object]:
    """The figures of figures.json by their names."""
    found: dict[str, object] = {}
    for programme in document["programmes"]:
        slug = programme["programme"]
        for part in ("awards", "jobs"):
            found |= {f"{slug}.{part}.{name}": value for name, value in programme[part].items()}
        for row in programme["targets"]:
            key = f"{slug}.targets.{row['id']}"
            found[key] = row["done"]
            for name in ("target", "done_percent", "time_percent"):
                found[f"{key}.{name}"] = row[name]
        for part in ("districts", "counties", "levels"):
            for row in programme[part]:
                key = f"{slug}.{part}.{row['level' if part == 'levels' else 'region']}"
                found |= {f"{key}.{name}": row[name] for name in row if type(row[name]) is int}
        for row in programme["decompositions"]:
            for one in row["members"]:
                key = f"{slug}.decompositions.{row['id']}.{one['key']}"
                for name in ("target", "due", "done"):
                    found[f"{key}.{name}"] = one[name] and Decimal(one[name])
        for row in programme["trend"]:
            found |= {f"{slug}.trend.{row['day']}.{name}": row[name] for name in ("done", "due")}
    return found


def differences_on(pages: dict[str, str], figures: dict[str, object]) -> tuple[int, list[str]]:
    """How many figures pages show, and where one is not what was recomputed."""
    count, problems = 0, []
    for address, html in pages.items():
        found = FIGURE.findall(html)
        count += len(found)
        for key, text in found:
            wanted = figures.get(key, 0 if ".districts." in key else "no such figure")
            number = None if text == "—" else Decimal(re.sub(r"[,%\s]", "", text))
            if number is not None and key.endswith("_fen"):
                number *= 100
            if number != wanted:
                problems.append(f"{address} {key}: shows {text}, recomputed {wanted}")
    return count, problems


def recomputed(files: Files) -> dict[str, object]:
    """Every figure, worked out from the files."""
    today = date.fromisoformat(json.loads(files["manifest.json"])["as_of"])
    programmes = [Programme(said, files, today) for said in json.loads(files["programmes.json"])]
    return {key: value for one in programmes for key, value in one.figures().items()}


def check(files: Files) -> tuple[dict[str, object], list[str]]:
    """The recomputed figures and every difference to what the files state."""
    problems = wrong_hashes(files)
    figures, said = recomputed(files), stated(json.loads(files["figures.json"]))
    for key in sorted(figures.keys() | said.keys()):
        if figures.get(key) != said.get(key):
            problems.append(f"{key}: stated {said.get(key)}, recomputed {figures.get(key)}")
    balances: dict[tuple[str, ...], int] = defaultdict(int)
    columns = ("programme", "purpose", "level", "region", "account_kind")
    for row in rows_of(files, "entries.csv"):
        balances[tuple(row[name] for name in columns)] += int(row["amount_fen"])
    for row in rows_of(files, "accounts.csv"):
        account = tuple(row[name] for name in columns)
        if balances[account] != int(row["balance_fen"]):
            problems.append(f"{'/'.join(account)}: {row['balance_fen']}, not {balances[account]}")
    return figures, problems


def main(source: str) -> int:
    """Check a file, or a site with its pages; 1 where anything differs."""
    site = source.rstrip("/") if source.startswith("http") else ""
    files = unpacked(fetched(site + ARCHIVE) if site else Path(source).read_bytes())
    figures, problems = check(files)
    print(f"{len(figures)} figures recomputed")
    if site:
        slugs = {f"/programmes/{key.partition('.')[0]}/" for key in figures}
        pages = {path: fetched(site + path).decode() for path in ("/", "/money/", *sorted(slugs))}
        count, wrong = differences_on(pages, figures)
        print(f"{count} figures read from {len(pages)} pages")
        problems += wrong
    for problem in problems:
        print(problem)
    print(f"{len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
