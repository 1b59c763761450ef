"""The embedded PostgreSQL: starts, keeps what it acknowledged, ends with its parent."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from miaopu.core.postgres import EmbeddedPostgres, PostgresRefused, embedded_url
from miaopu.core.postgres_orphans import _processes_in
from miaopu.core.postgres_places import DataFolderTaken, can_enter, installation
from miaopu.core.postgres_running import running
from miaopu.core.processes import Account, is_alive

HOLD = """
import sys, time
from pathlib import Path
from miaopu.core.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False)
server.up()
print(server.process.pid, flush=True)
time.sleep(600)
"""
USE = """
import sys
from pathlib import Path
import psycopg
from miaopu.core.postgres import embedded_url
from miaopu.core.postgres_running import running
folder = Path(sys.argv[1])
with running(folder, durable=False):
    with psycopg.connect(embedded_url(folder)) as connection:
        print("in", flush=True)
        sys.stdin.readline()
        print(connection.execute("SELECT 41 + 1").fetchone()[0], flush=True)
"""


def wait_for(what: Callable[[], bool], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


def run_python(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A data folder with an initialised cluster, to be copied: initdb takes a while."""
    # Folders of pytest are closed to everybody else; here the server's account may pass.
    with TemporaryDirectory(prefix="miaopu-postgres-") as folder:
        Path(folder).chmod(0o755)
        server = EmbeddedPostgres(Path(folder) / "data", durable=False)
        server.up()
        server.stop()
        yield Path(folder) / "data"


@pytest.fixture
def empty_folder() -> Iterator[Path]:
    with TemporaryDirectory(prefix="miaopu-postgres-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder) / "data"


@pytest.fixture
def folder(made: Path, empty_folder: Path) -> Path:
    subprocess.run(["cp", "-a", str(made), str(empty_folder)], check=True)
    return empty_folder


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    found = EmbeddedPostgres(folder)
    yield found
    found.stop()


@pytest.fixture
def new_server(empty_folder: Path) -> Iterator[EmbeddedPostgres]:
    found = EmbeddedPostgres(empty_folder)
    yield found
    found.stop()


def test_address_is_pure_and_short(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["x" * 50] * 4)
    url = urlsplit(embedded_url(deep))
    host = parse_qs(url.query)["host"][0]
    assert len(f"{host}/.s.PGSQL.5432.lock") < 100
    assert url.path == "/miaopu"
    assert embedded_url(deep) != embedded_url(tmp_path)
    assert not deep.exists()
    assert not Path(host).exists()


def test_starts_durable_and_keeps_what_it_acknowledged(new_server: EmbeddedPostgres) -> None:
    server = new_server
    server.up()
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (7)")
        row = connection.execute(
            "SELECT current_user, current_setting('fsync'), current_setting('full_page_writes'),"
            " current_setting('synchronous_commit'), current_setting('data_checksums'),"
            " current_setting('listen_addresses'), current_setting('server_encoding'),"
            " (SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user)"
        ).fetchone()
        assert row == ("miaopu", "on", "on", "on", "on", "", "UTF8", False)
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    assert not server.answers()
    server.start()
    server.wait_ready()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
        connection.execute("CREATE EXTENSION pg_trgm")  # the owner may; a superuser is not needed
        trigrams = connection.execute("SELECT show_trgm('小微企业')").fetchone()
        assert trigrams is not None
        assert len(trigrams[0]) == 5  # under the locale C there would be none
    server.stop()
    assert not server.answers()


def test_runs_as_nobody_when_root(server: EmbeddedPostgres) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root changes the account")
    server.up()
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    assert "\nUid:\t65534\t65534\t65534\t65534\n" in status
    assert server.cluster.stat().st_uid == 65534


def test_closed_folders_are_found(folder: Path) -> None:
    stranger = Account(uid=54321, gid=54321)
    open_folder, closed = folder / "open", folder / "closed"
    open_folder.mkdir(parents=True)
    (closed / "inside").mkdir(parents=True)
    for part, mode in ((folder, 0o755), (open_folder, 0o755), (closed, 0o700)):
        part.chmod(mode)
    assert can_enter(open_folder / "not-there-yet", stranger)
    assert not can_enter(closed / "inside", stranger)
    assert can_enter(closed / "inside", Account(os.geteuid(), os.getegid()))


def test_binaries_run() -> None:
    said = subprocess.run(
        [installation(None) / "bin" / "postgres", "--version"], capture_output=True, check=True
    )
    assert said.stdout.startswith(b"postgres (PostgreSQL)")


def test_second_supervisor_is_refused(server: EmbeddedPostgres, folder: Path) -> None:
    server.up()
    with pytest.raises(DataFolderTaken, match=f"{os.getpid()}.*stop it first"):
        EmbeddedPostgres(folder).start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_ends_when_its_parent_is_killed(folder: Path) -> None:
    with run_python(HOLD, str(folder)) as holder:
        assert holder.stdout is not None
        main = int(holder.stdout.readline())
        assert is_alive(main)
        holder.kill()
    wait_for(lambda: not is_alive(main))
    assert not EmbeddedPostgres(folder).answers()


def test_lock_file_that_names_a_stranger_is_dropped(server: EmbeddedPostgres) -> None:
    server.up()
    assert server.process is not None
    lock_file = server.cluster / "postmaster.pid"
    stale = lock_file.read_text(encoding="utf-8").split("\n", 1)[1]
    server.process.kill()
    server.process.wait()
    stranger = subprocess.Popen(
        ["sleep", "60"], user=server.account.uid if server.account else None
    )
    try:
        lock_file.write_text(f"{stranger.pid}\n{stale}", encoding="utf-8")
        server.start()
        server.wait_ready()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_server_left_behind_is_ended_first(folder: Path) -> None:
    left = EmbeddedPostgres(folder, durable=False)
    left.up()
    main = left.process
    assert main is not None
    left._lock.release()  # as if its supervisor had gone and the server had stayed
    main.send_signal(signal.SIGSTOP)
    second = EmbeddedPostgres(folder, durable=False)
    try:
        main.send_signal(signal.SIGCONT)
        second.up()
        assert main.wait(5) == 0
        assert second.process is not None
        assert second.process.pid in _processes_in(second.cluster)
    finally:
        second.stop()


def test_half_made_cluster_is_made_again(server: EmbeddedPostgres) -> None:
    server.cluster.rename(server.home / "cluster.new")
    (server.home / "cluster.new" / "PG_VERSION").unlink()
    server.up()
    assert server.answers()


def test_other_release_is_refused(server: EmbeddedPostgres) -> None:
    server.initialise()
    (server.cluster / "PG_VERSION").write_text("9\n", encoding="ascii")
    with pytest.raises(PostgresRefused, match="PostgreSQL 9.*backup"):
        server.start()


def test_socket_folder_of_somebody_else_is_refused(server: EmbeddedPostgres) -> None:
    server.initialise()
    server.socket_folder.mkdir(mode=0o777)
    server.socket_folder.chmod(0o777)
    try:
        with pytest.raises(PostgresRefused, match="private folder"):
            server.start()
        with pytest.raises(PostgresRefused, match="private folder"):
            server.answers()
    finally:
        server.socket_folder.rmdir()


def test_unsafe_settings_are_refused(server: EmbeddedPostgres) -> None:
    server.initialise()
    with (server.cluster / "postgresql.auto.conf").open("a", encoding="utf-8") as settings:
        settings.write("fsync = off\n")
    server.up()  # the command line wins over the file
    with psycopg.connect(server.url("postgres", "postgres")) as connection:
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
    server.stop()
    server.durable = False
    server.start()
    server.durable = True
    with pytest.raises(PostgresRefused, match="fsync must be on, it is off"):
        server.wait_ready()


def test_commands_share_one_server(folder: Path) -> None:
    """The command that started the server waits until the other has left its block."""
    users = [run_python(USE, str(folder)) for _ in range(2)]
    outputs = [user.stdout for user in users if user.stdout is not None]
    assert [output.readline() for output in outputs] == ["in\n", "in\n"]
    users[0].stdin.write("go\n")  # type: ignore[union-attr]
    users[0].stdin.flush()  # type: ignore[union-attr]
    assert outputs[0].readline() == "42\n"
    time.sleep(0.3)
    users[1].stdin.write("go\n")  # type: ignore[union-attr]
    users[1].stdin.flush()  # type: ignore[union-attr]
    assert outputs[1].readline() == "42\n"
    assert [user.wait(20) for user in users] == [0, 0]
    for user in users:
        user.stdin.close()  # type: ignore[union-attr]
        user.stdout.close()  # type: ignore[union-attr]
    assert not EmbeddedPostgres(folder).answers()


def test_block_joins_a_running_server(server: EmbeddedPostgres, folder: Path) -> None:
    server.up()
    with running(folder), psycopg.connect(embedded_url(folder)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert server.answers()


def test_erase(server: EmbeddedPostgres, folder: Path) -> None:
    server.up()
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE gone ()")
    with pytest.raises(DataFolderTaken):
        EmbeddedPostgres(folder).erase()
    server.stop()
    server.erase()
    server.up()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT to_regclass('gone')").fetchone() == (None,)
