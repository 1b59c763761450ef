"""Transition tables: which step leads from which states to which state, and who may take it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from miaopu.engine.messages import Bilingual, EngineError


class TransitionRefused(EngineError):
    """The step cannot be taken from the state the thing is in."""


class TransitionTableError(EngineError):
    """A table that contradicts itself or leaves a step open to every state."""


@dataclass(frozen=True)
class Transition:
    """One step: its name, the states it may start from, the state it leads to, who may take it.

    Two transitions may share a name where the step leads elsewhere from other states.
    """

    name: str
    sources: frozenset[str]
    target: str
    roles: frozenset[str]


class TransitionTable:
    """All steps of one kind of thing. Roles are checked by the caller through `roles`."""

    def __init__(self, transitions: Iterable[Transition]) -> None:
        """Raises TransitionTableError for a step without sources or twice from one state."""
        self._transitions = tuple(transitions)
        self._by_key: dict[tuple[str, str], Transition] = {}
        for transition in self._transitions:
            self._add(transition)

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._transitions)

    @property
    def states(self) -> frozenset[str]:
        """Every state that a step starts from or leads to."""
        targets = {transition.target for transition in self._transitions}
        return frozenset(targets | {state for _, state in self._by_key})

    def find(self, name: str, state: str) -> Transition:
        """The step `name` from `state`; raises TransitionRefused where there is none."""
        found = self._by_key.get((name, state))
        if found is None:
            raise self._refused(name, state)
        return found

    def available(self, state: str, roles: Iterable[str]) -> tuple[Transition, ...]:
        """The steps that somebody with `roles` may take from `state`, in the table's order."""
        held = frozenset(roles)
        return tuple(
            transition
            for transition in self._transitions
            if state in transition.sources and held & transition.roles
        )

    def reachable(self, initial: str) -> frozenset[str]:
        """Every state that steps can lead to from `initial`, itself included."""
        found, waiting = {initial}, [initial]
        while waiting:
            state = waiting.pop()
            for transition in self._transitions:
                if state in transition.sources and transition.target not in found:
                    found.add(transition.target)
                    waiting.append(transition.target)
        return frozenset(found)

    def _add(self, transition: Transition) -> None:
        name = transition.name
        if not transition.sources:
            raise TransitionTableError(
                Bilingual(f"步骤 {name} 没有起始状态", f"step {name} starts from no state"),
                Bilingual("请逐一列出起始状态", "list the states it may start from"),
            )
        for state in sorted(transition.sources):
            if (name, state) in self._by_key:
                raise TransitionTableError(
                    Bilingual(
                        f"步骤 {name} 在状态 {state} 重复", f"step {name} twice from {state}"
                    ),
                    Bilingual("请只保留一个", "keep one of them"),
                )
            self._by_key[name, state] = transition

    def _refused(self, name: str, state: str) -> TransitionRefused:
        sources = sorted(source for step, source in self._by_key if step == name)
        if not sources:
            known = sorted({transition.name for transition in self._transitions})
            return TransitionRefused(
                Bilingual(f"没有名为 {name} 的步骤", f"there is no step {name}"),
                Bilingual(f"可用的步骤：{'、'.join(known)}", f"steps: {', '.join(known)}"),
            )
        return TransitionRefused(
            Bilingual(f"状态 {state} 下不能执行 {name}", f"{name} cannot be taken from {state}"),
            Bilingual(
                f"请刷新后再试；该步骤适用于：{'、'.join(sources)}",
                f"look again at the present state; the step starts from: {', '.join(sources)}",
            ),
        )
