"""Making, revoking and recognising API tokens."""

from __future__ import annotations

import base64
import hashlib
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Model, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from miaopu.core.actions import record_event
from miaopu.core.enums import Verb
from miaopu.core.errors import ActionRefused
from miaopu.core.models import ApiToken, ApiTokenUse, Membership, Office, User

PREFIX = "miaopu_"
MOST_LIVE = 10  # tokens of one user at a time
LONGEST_DAYS = 365
NOTED_EVERY = timedelta(minutes=1)  # how exact "last used" is


def secret_of(nonce: str) -> str:
    """The token that belongs to a nonce, as the user pastes it into a program.

    Without the server's secret key nobody gets from the nonce to the token, so the nonce may wait
    in a session until the token has been shown.
    """
    return PREFIX + secret_for("miaopu.api-token", nonce)


def secret_for(purpose: str, nonce: str) -> str:
    """The secret that belongs to a nonce; another for each purpose. 43 signs of an address."""
    mac = salted_hmac(purpose, nonce, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(mac).decode().rstrip("=")


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256. It has 256 random bits, so no slow hash is due."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_token(name: str, days: int, nonce: str, *, by: User) -> ApiToken:
    """Make a token of `by`, good for so many days; its text is `secret_of(nonce)`.

    Raises ActionRefused without a name, for more than a year, or beyond ten live tokens.
    """
    name = " ".join(name.split())
    if not name:
        raise ActionRefused(_("请写明令牌的用途"), _("例如“报表系统每日取数”"))
    if not 1 <= days <= LONGEST_DAYS:
        raise ActionRefused(_("令牌最长有效一年"), _("请选择较短的期限，到期前再新建一个"))
    # Two at once are one after the other: the user's row is the queue.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    now = timezone.now()
    if ApiToken.objects.for_user(by).live(now).count() >= MOST_LIVE:
        raise ActionRefused(_("有效的令牌已达 10 个"), _("请先撤销不再使用的令牌"))
    token = ApiToken.objects.create(
        user=by,
        name=name[:60],
        digest=digest_of(secret_of(nonce)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    ApiTokenUse.objects.create(token=token)
    record_event(token, Verb.CREATE_TOKEN, by=by, data={"name": token.name, "days": days})
    return token


@transaction.atomic
def revoke_token(token: ApiToken, *, by: User, reason: str = "") -> None:
    """Revoke one of `by`'s tokens: its next request is refused. Again changes nothing."""
    mine = ApiToken.objects.for_user(by).select_for_update(of=("self",), no_key=True)
    locked = mine.get(pk=token.pk)
    if locked.revoked_at is None:
        locked.revoked_at = timezone.now()
        locked.save(update_fields=["revoked_at"])
        record_event(locked, Verb.REVOKE_TOKEN, by=by, reason=reason, data={"name": locked.name})


def _columns(model: type[Model], table: str) -> str:
    """The model's columns, in the order of its fields, out of a table of `_LIVE`."""
    return ", ".join(f"{table}.{field.column}" for field in model._meta.concrete_fields)


def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


USER, MEMBERSHIP, OFFICE = _names(User), _names(Membership), _names(Office)
_LIVE = f"""
    SELECT t.id, n.used_at, {_columns(User, "u")}, {_columns(Membership, "m")},
           {_columns(Office, "o")}
      FROM core_apitoken t
      JOIN core_user u ON u.id = t.user_id
      JOIN core_apitokenuse n ON n.token_id = t.id
      LEFT JOIN core_membership m ON m.user_id = u.id AND m.ended_at IS NULL
      LEFT JOIN core_office o ON o.id = m.office_id
     WHERE t.digest = %s AND t.revoked_at IS NULL AND t.expires_at > %s AND u.is_active
     ORDER BY m.id
"""  # noqa: S608 - the names of our own columns


def user_of(secret: str) -> User | None:
    """Whose live token this is, None if it is none: unknown, revoked, expired, account closed.

    Runs before every answer of the API, so it is one plain statement, which also brings the user's
    roles of this moment (`live_memberships`). Tokens live by the real time, like sessions: a demo's
    clock that is moved forward ends neither.
    """
    if not secret.startswith(PREFIX):
        return None
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_LIVE, [digest_of(secret), now])
        rows = cursor.fetchall()
    if not rows:
        return None
    token_id, used_at = rows[0][:2]
    user: User = User.from_db(connection.alias, USER, rows[0][2 : 2 + len(USER)])
    user.live_memberships = [_membership(row[2 + len(USER) :], user) for row in rows if row[-1]]
    if used_at is None or used_at < now - NOTED_EVERY:
        note_use(token_id, now)
    return user


def _membership(values: tuple[Any, ...], user: User) -> Membership:
    """A membership with its user and its office, from the end of a row of `_LIVE`."""
    made: Membership = Membership.from_db(connection.alias, MEMBERSHIP, values[: len(MEMBERSHIP)])
    made.user = user
    made.office = Office.from_db(connection.alias, OFFICE, values[len(MEMBERSHIP) :])
    return made


def note_use(token_id: int, now: datetime) -> None:
    """Write down that the token is in use, at most once a minute."""
    stale = Q(used_at=None) | Q(used_at__lt=now - NOTED_EVERY)
    ApiTokenUse.objects.filter(stale, token=token_id).update(used_at=now)
