"""Writes miaopu/engine/data/holidays.csv from the package chinese_calendar (a dev requirement).

Run it after the State Council's yearly notice has reached that package:

    python tools/make_holidays.py [LAST_YEAR]

The file holds every named holiday, weekends included, and every weekend day that is worked.
"""

import csv
import sys
from datetime import date, timedelta
from pathlib import Path

from chinese_calendar.constants import Holiday, holidays, workdays

FIRST_YEAR, LAST_YEAR = 2012, 2026
TARGET = Path(__file__).parents[1] / "miaopu" / "engine" / "data" / "holidays.csv"
CHINESE = {
    "Tomb-sweeping Day": "清明节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
}
SATURDAY = 5


def rows(last_year: int) -> list[tuple[str, str, str, str]]:
    """One row per day that is not plain: date, holiday or workday, name in Chinese and English."""
    found = []
    day = date(FIRST_YEAR, 1, 1)
    while day.year <= last_year:
        if day in holidays:
            found.append((day.isoformat(), "holiday", *names(holidays[day])))
        elif day in workdays and day.weekday() >= SATURDAY:
            found.append((day.isoformat(), "workday", *names(workdays[day])))
        day += timedelta(days=1)
    return found


def names(english: str) -> tuple[str, str]:
    """The holiday's name in Chinese and English."""
    return CHINESE.get(english, Holiday(english).chinese), english


def main() -> None:
    """Write the file and say how many rows it has."""
    last_year = int(sys.argv[1]) if len(sys.argv) > 1 else LAST_YEAR
    written = rows(last_year)
    with TARGET.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("date", "kind", "name_zh", "name_en"))
        writer.writerows(written)
    sys.stdout.write(f"{TARGET}: {len(written)} rows, {FIRST_YEAR}-{last_year}\n")


if __name__ == "__main__":
    main()
