"""Runs the whole site in the foreground: database, web server and worker under one supervisor."""

import io
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from miaopu.app.cli.database import (
    DEMO_MARK,
    VerbRefused,
    is_demo_data,
    prepare,
    problems_end_the_verb,
    set_up_django,
)
from miaopu.app.cli.output import Format, print_json
from miaopu.app.env import Environment
from miaopu.app.static_files import collect_static_files
from miaopu.app.supervise import Child, Supervisor, listen, report
from miaopu.app.web import start_web, start_worker, wait_until_it_answers
from miaopu.core.postgres import EmbeddedPostgres
from miaopu.engine.messages import Bilingual

_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - read, not bound
_DEMO_PROGRAMME = Path(__file__).resolve().parents[3] / "programmes" / "guiyang-2018"


@dataclass(frozen=True)
class Address:
    """Where the site is served."""

    host: str
    port: int

    @property
    def reachable(self) -> str:
        """A host name by which this machine reaches the site."""
        return _ANYWHERE.get(self.host, self.host)

    @property
    def url(self) -> str:
        """The address to type into a browser."""
        host = f"[{self.reachable}]" if ":" in self.reachable else self.reachable
        return f"http://{host}:{self.port}/"


@contextmanager
def _step(zh: str, en: str) -> Iterator[None]:
    """Say what is being done, and how long it took where that was more than a second."""
    report(Bilingual(f"{zh} …", f"{en} …"))
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    if took > 1:
        report(Bilingual(f"  {zh}：{took:.1f} 秒", f"{took:.1f} s"))


def serve(address: Address, shape: Format) -> None:
    """Run the site over the data there is, until SIGINT or SIGTERM."""
    with problems_end_the_verb():
        environment = prepare()
        if is_demo_data(environment.data_dir) and not environment.demo:
            raise VerbRefused(
                Bilingual(
                    f"{environment.data_dir} 是演示数据（密码公开），请用 miaopu demo，"
                    "或用 MIAOPU_DATA_DIR 指定另一个目录",
                    f"{environment.data_dir} holds demo data, whose passwords are public: use "
                    "miaopu demo, or name another folder in MIAOPU_DATA_DIR",
                )
            )
        _run(environment, address, prepare_data=lambda: None, announce=_announce_site(shape))


def demo(address: Address, shape: Format, *, enterprises: int, cases: bool, fresh: bool) -> None:
    """Run the site over demo data, loaded where it is not there yet, until SIGINT or SIGTERM."""
    with problems_end_the_verb():
        os.environ["MIAOPU_DEMO"] = "1"
        environment = prepare()
        _check_demo_folder(environment, fresh=fresh)

        def prepare_data() -> None:
            call_command(
                "start_demo_clock", cases=cases
            )  # first, so that everything is dated by it
            with _step("载入项目包", "loading the programme pack"):
                call_command("load_pack", str(_DEMO_PROGRAMME), stdout=sys.stderr)
            with _step(f"载入演示数据（{enterprises} 家企业）", "loading the demo data"):
                call_command("load_demo", enterprises=enterprises, cases=cases, stdout=sys.stderr)

        _run(
            environment,
            address,
            prepare_data=prepare_data,
            announce=_announce_demo(shape),
            is_demo=True,
            erase=fresh,
        )


def _check_demo_folder(environment: Environment, *, fresh: bool) -> None:
    """Refuse to mix demo data into another database, and to erase what the demo did not make."""
    if environment.database_url is not None:
        if fresh:
            raise VerbRefused(
                Bilingual(
                    "--fresh 只清除内置数据库；已设置 DATABASE_URL，请自行清空该库",
                    "--fresh erases the embedded database only: DATABASE_URL is set, empty that "
                    "database yourself",
                )
            )
        return
    used = EmbeddedPostgres(environment.data_dir).cluster.exists()
    if used and not is_demo_data(environment.data_dir):
        raise VerbRefused(
            Bilingual(
                f"{environment.data_dir} 已有非演示数据，请用 MIAOPU_DATA_DIR 指定另一个目录",
                f"{environment.data_dir} holds data that is not the demo's: name another folder "
                "in MIAOPU_DATA_DIR",
            )
        )


def _run(
    environment: Environment,
    address: Address,
    *,
    prepare_data: Callable[[], None],
    announce: Callable[[Address], None],
    is_demo: bool = False,
    erase: bool = False,
) -> None:
    with listen(address.host, address.port) as listening, Supervisor() as supervisor:
        if environment.database_url is None:
            server = EmbeddedPostgres(environment.data_dir)
            if is_demo:  # said first, so that a demo killed half-way is known as one
                (environment.data_dir / DEMO_MARK).touch()
            if erase:
                server.erase()
                shutil.rmtree(environment.data_dir / "files", ignore_errors=True)
            with _step("启动数据库", "starting the database"):
                supervisor.add(_postgres(server))
        set_up_django()
        with _step("更新数据库结构", "bringing the database up to date"):
            call_command("migrate_database", stdout=io.StringIO())
        prepare_data()
        with _step("整理静态文件", "collecting static files"):
            collect_static_files()
        connections.close_all()
        with _step("启动网页服务与后台任务", "starting web server and worker"):
            web = Child("web", lambda: start_web(listening))
            web.ready = lambda: wait_until_it_answers(address.reachable, address.port, web.runs)
            supervisor.add(Child("worker", start_worker))
            supervisor.add(web)
        announce(address)
        connections.close_all()
        supervisor.run()


def _postgres(server: EmbeddedPostgres) -> Child:
    def ready() -> None:
        server.wait_ready()
        server.create_database()

    return Child(
        "postgres", server.start, ready=ready, stop_signal=signal.SIGINT, stopped=server.stop
    )


def _announce_site(shape: Format) -> Callable[[Address], None]:
    def announce(address: Address) -> None:
        if shape is Format.JSON:
            print_json({"address": address.url})
        else:
            _say_address(address)

    return announce


def _announce_demo(shape: Format) -> Callable[[Address], None]:
    def announce(address: Address) -> None:
        if shape is Format.JSON:
            printed = io.StringIO()
            call_command("demo_logins", stdout=printed)
            lines = [line.strip() for line in printed.getvalue().splitlines()]
            print_json({"address": address.url, "logins": lines})
        else:
            call_command("demo_logins")
            _say_address(address)

    return announce


def _say_address(address: Address) -> None:
    report(
        Bilingual(
            f"网站已启动：{address.url}（按 Ctrl-C 停止）",
            f"ready at {address.url} (Ctrl-C stops it)",
        )
    )
