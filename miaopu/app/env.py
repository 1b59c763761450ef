"""Settings that come from the environment, read once and typed here."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit


class EnvironmentRefused(RuntimeError):
    """A variable of the environment cannot be used; the text says which and what to do."""


@dataclass(frozen=True)
class Environment:
    """What the environment says. See docs/operations.md for every variable."""

    data_dir: Path
    database_url: str | None
    secret_key: str
    demo: bool
    production: bool
    allowed_hosts: tuple[str, ...]
    trusted_origins: tuple[str, ...]


def _flag(name: str) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in {"", "0", "no", "false"}:
        return False
    if value in {"1", "yes", "true"}:
        return True
    raise EnvironmentRefused(f"{name}={value!r}: write 1 or 0")


def _names(name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in os.environ.get(name, "").split(",") if part.strip())


def _secret_key(data_dir: Path, *, production: bool) -> str:
    """The signing key: MIAOPU_SECRET_KEY, else (not in production) one kept in the data folder."""
    key = os.environ.get("MIAOPU_SECRET_KEY", "")
    if key:
        return key
    if production:
        raise EnvironmentRefused("MIAOPU_SECRET_KEY is not set: production needs its own key")
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def read_environment() -> Environment:
    """Read and check the environment.

    Raises EnvironmentRefused where a value cannot be used.
    """
    data_dir = Path(os.environ.get("MIAOPU_DATA_DIR", "var")).resolve()
    production = _flag("MIAOPU_PRODUCTION")
    demo = _flag("MIAOPU_DEMO")
    if production and demo:
        raise EnvironmentRefused("MIAOPU_PRODUCTION and MIAOPU_DEMO exclude each other")
    return Environment(
        data_dir=data_dir,
        database_url=os.environ.get("DATABASE_URL") or None,
        secret_key=_secret_key(data_dir, production=production),
        demo=demo,
        production=production,
        allowed_hosts=_names("MIAOPU_ALLOWED_HOSTS") or ("127.0.0.1", "localhost", "[::1]"),
        trusted_origins=_names("MIAOPU_TRUSTED_ORIGINS"),
    )


def database_settings(url: str) -> dict[str, object]:
    """Django's database settings for a `postgresql://` URL; `?host=` may name a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise EnvironmentRefused(f"DATABASE_URL: {parts.scheme!r} is not postgresql://")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "miaopu",
        "USER": unquote(parts.username or query.get("user", "")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host") or parts.hostname or "",
        "PORT": str(query.get("port") or parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"options": "-c statement_timeout=10000 -c lock_timeout=5000"},
        "TEST": {"NAME": "test_miaopu"},
    }
