"""What is said of one act by its rule, its case and its item together, and what the paper leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from missingrules.domain.citations import NOT_STATED
from missingrules.domain.conditions import Unless
from missingrules.domain.rules import Modality
from missingrules.domain.triggers import Becomes, MissingFor, WhileMissing
from missingrules.reading.conditions import condition, parts_of
from missingrules.reading.located import place
from missingrules.reading.places import Text
from missingrules.reading.schema import Item, Rule, Said
from missingrules.reading.shapes import where
from missingrules.reading.tables import cited

if TYPE_CHECKING:
    from missingrules.domain.citations import Citations
    from missingrules.domain.source import Span
    from missingrules.domain.triggers import Trigger
    from missingrules.reading.located import Tree
    from missingrules.reading.names import Bench

# These add up from the rule, its case and its item; any other key may stand in one of them only.
ADDING: Final = frozenset({"id", "action", "cite", "cites", "when", "unless", "not_stated", "if_read"})
SILENT: Final = frozenset({"by", "chair", "attend", "to", "with_", "deadline", "until"})
# What every duty says or lists as not stated.
OWED: Final = ("by", "deadline", "until")
_EXAMPLES: Final = {"by": "by: ROLE", "deadline": "deadline: within 72 hours of started", "until": "until: returned"}


def is_silence(value: object) -> bool:
    """`not_stated` where a value would stand, as an option of a reading may have it."""
    return (value[0] if isinstance(value, list) and len(value) == 1 else value) == NOT_STATED.value


class Layers:
    """A rule, then its case, then its item, from the outside in."""

    def __init__(self, parts: tuple[Said, ...]) -> None:
        self.parts = parts
        # What the innermost layer says that has the key.
        self._said: dict[str, object] = {}
        # The keys that the paper leaves out: listed, or by the option of a reading.
        self.silences = {str(word): word for part in parts for word in part.not_stated}
        for part in parts:
            for name in part.model_fields_set:
                value: object = getattr(part, name)
                if name in SILENT and is_silence(value):
                    word = value[0] if isinstance(value, list) else value
                    self.silences.setdefault(name.rstrip("_"), word)  # type: ignore[arg-type]
                elif value is not None:
                    self._said[name] = value

    @property
    def rule(self) -> Rule:
        assert isinstance(self.parts[0], Rule)
        return self.parts[0]

    @property
    def item(self) -> Item | None:
        last = self.parts[-1]
        return last if isinstance(last, Item) else None

    @property
    def span(self) -> Span | None:
        last = self.parts[-1]
        return last.id.span if isinstance(last, Rule | Item) else where(last)

    def text(self, key: str) -> str | None:
        word = self.word(key)
        return None if word is None else str(word)

    def word(self, key: str) -> Text | None:
        """The word under a key that has one."""
        found = self.get(key)
        return found if isinstance(found, Text) else None

    def get(self, key: str) -> object | None:
        """What the innermost layer that has the key says."""
        return self._said.get(key)


@dataclass(slots=True)
class Lacking:
    """What duties of one rule neither say nor list; told once where all of them lack it."""

    found: dict[str, list[Span | None]] = field(default_factory=dict)

    def add(self, key: str, span: Span | None) -> None:
        self.found.setdefault(key, []).append(span)

    def tell(self, rule: Rule, duties: int, bench: Bench) -> None:
        for key, spans in self.found.items():
            for span in [rule.id.span] if len(spans) == duties else spans:
                if key == "modality":
                    bench.error(
                        "missing-key",
                        "'modality' is missing here",
                        span,
                        "add the source's own word, must, should or may, or stated where it has none",
                    )
                else:
                    bench.error(
                        "silence-not-listed",
                        f"'{key}' is neither given nor listed as not stated",
                        span,
                        f"add {_EXAMPLES[key]}, or if the source leaves it out, not_stated: [{key}]",
                    )


def refuse_twice(layers: Layers, bench: Bench) -> None:
    """A key that adds up may stand in several layers, any other in one."""
    if len(layers.parts) == 1:
        return
    seen: set[str] = set()
    for part in layers.parts:
        keys = {name for name in part.model_fields_set if getattr(part, name) is not None} - ADDING
        for key in sorted(keys & seen):
            bench.error(
                "said-twice",
                f"'{key.rstrip('_')}' is said here, and already for the whole rule",
                where(getattr(part, key)) or layers.span,
                "say it once: in the rule for all its acts, or in each of them",
            )
        seen |= keys


def modality(layers: Layers, lacking: Lacking, bench: Bench) -> Modality:
    word = layers.word("modality")
    if word is None:
        lacking.add("modality", layers.span)
        return Modality.STATED
    if word == "stated":
        if bench.names.conventions.stated is None:
            bench.error(
                "stated-without-convention",
                "nothing says how a duty that is merely stated ranks",
                word.span,
                "add conventions: stated: {ranks_as: must, why: ...}",
            )
        bench.leaned.add("stated")
    return Modality(str(word))


def silences(layers: Layers, trigger: Trigger, lacking: Lacking, bench: Bench) -> None:
    """Every key the act could have is given or listed, and never both."""
    listed = layers.silences
    given = {key: layers.get("with_" if key == "with" else key) for key in listed}
    if "deadline" in listed and given["deadline"] is None:
        given["deadline"] = layers.get("repeat")
    for key, word in listed.items():
        if given[key] is not None:
            bench.error(
                "stated-after-all",
                f"'{key}' is listed as not stated, and yet it is given",
                word.span,
                f"take '{key}' from the list, or leave out what it says",
            )
    has_time = layers.get("deadline") is not None or layers.get("repeat") is not None
    lacks = {
        "by": layers.get("by") is None,
        "deadline": not has_time,
        "until": layers.get("until") is None and layers.get("repeat") is None and _outlives(trigger),
    }
    for key in OWED:
        if lacks[key] and key not in listed:
            lacking.add(key, layers.span)


def _outlives(trigger: Trigger) -> bool:
    """Whether the duty could outlive the return, so that its end must be said."""
    return any(
        isinstance(each, WhileMissing | MissingFor)
        or (isinstance(each, Becomes) and each.test.fact.startswith("episode."))
        for each in parts_of(trigger)
    )


def exception(tree: dict[Text, Tree], bench: Bench) -> Unless:
    """One `unless`, with its own citation."""
    tests = {key: value for key, value in tree.items() if key != "cite"}
    cite = next((value for key, value in tree.items() if key == "cite"), None)
    if cite is None:
        bench.error(
            "uncited",
            "this exception has no cite",
            place(tree),
            "add cite, with the paragraph that makes the exception",
        )
    if not tests:
        bench.error("empty-exception", "this exception tests nothing", place(tree), "add the facts that make it one")
    return Unless(condition(tests, bench), bench.citations(cited(cite, bench), "exception") if cite is not None else ())


def citations(layers: Layers, bench: Bench) -> Citations:
    """What the duty rests on: the cites of all its layers, then those of single keys."""
    found: Citations = ()
    for part in layers.parts:
        found += bench.citations(part.cite)
    for part in layers.parts:
        for key, references in part.cites.items():
            found += bench.citations(references, str(key))
    return found if len(found) < 2 else tuple(dict.fromkeys(found))


def refuse_idle_cites(rule: Rule, parts: list[Said], bench: Bench) -> None:
    """`cites` is for keys that the rule says, or that it lists as not stated."""
    if not any(part.cites for part in parts):
        return
    said = {str(word) for part in parts for word in part.not_stated}
    for part in parts:
        said |= {
            type(part).model_fields[name].alias or name
            for name in part.model_fields_set
            if getattr(part, name) is not None
        }
    for part in parts:
        for key in part.cites:
            if key not in said:
                bench.report.unknown("cites-nothing", "key of this rule", key, sorted(said - {"id", "cite", "cites"}))
