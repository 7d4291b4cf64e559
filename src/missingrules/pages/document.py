"""A protocol as a document to read: its scope, readings and roles, then rule by rule by topic, with tables."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, NamedTuple

from missingrules.domain.protocol import bare, is_inherited, layer_of
from missingrules.domain.rules import Conclusion, Duty, Effect, Modality, Prohibition
from missingrules.domain.vocabulary import AGENCIES, TOPICS
from missingrules.pages.page import page
from missingrules.reports.applies import whom_lines
from missingrules.reports.prose import Teller
from missingrules.reports.together import paper
from missingrules.reports.wording import day, paragraphs, references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from missingrules.domain.citations import Edition
    from missingrules.domain.protocol import Hours, Protocol
    from missingrules.domain.rules import Provision, RuleFamily
    from missingrules.reports.prose import Row

_NOT: Final = MappingProxyType(
    {
        Modality.MUST: "MUST NOT",
        Modality.SHOULD: "SHOULD NOT",
        Modality.MAY: "NEED NOT",
        Modality.STATED: "STATED: NOT",
    }
)
_DAYS: Final = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


class Table(NamedTuple):
    caption: str
    rows: tuple[Row, ...]


class Act(NamedTuple):
    """One act of a rule: its word (MUST, FORBIDDEN ...), what it says, and its tables."""

    word: str
    says: str
    tables: tuple[Table, ...]
    source: str


class Told(NamedTuple):
    """A rule. `rests_on` are the readings that decide what it says, `inherited` whose it is if not the file's own."""

    anchor: str
    id: str
    title: str
    acts: tuple[Act, ...]
    rests_on: tuple[tuple[str, str], ...]  # the anchor of the reading, and its id
    inherited: str
    replaces: tuple[str, ...]


class Topic(NamedTuple):
    anchor: str
    title: str
    means: str
    rules: tuple[Told, ...]


class Option(NamedTuple):
    name: str
    source: str
    taken: bool


class Reading(NamedTuple):
    anchor: str
    id: str
    question: str
    options: tuple[Option, ...]
    why: str
    rules: tuple[tuple[str, str], ...]  # the anchors and titles of the rules that rest on it


class Stated(NamedTuple):
    """A name and what is said of it: a line of the head."""

    name: str
    says: str


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    name: str
    head: tuple[Stated, ...]
    whom: tuple[tuple[str, str], ...]  # sentences, each with its paragraphs
    readings: tuple[Reading, ...]
    conventions: tuple[Stated, ...]
    hours: tuple[Stated, ...]
    roles: tuple[tuple[str, str, str], ...]  # title, agency, grade
    dropped: tuple[tuple[str, str, str], ...]  # rule, why, paragraphs
    topics: tuple[Topic, ...]
    rules: int


def protocol_page(protocol: Protocol, chosen: Mapping[str, str]) -> str:
    """The protocol as HTML, readings as chosen, otherwise by default. Raises `InvalidInput` without jinja2."""
    return page("protocol", {"page": document_of(protocol, chosen)})


def document_of(protocol: Protocol, chosen: Mapping[str, str]) -> Document:
    """All that the page says, before it is HTML."""
    told = [(_topic(family), _told(protocol, family, chosen)) for family in protocol.families]
    topics = [
        Topic(f"topic-{name}", _words(name), means, tuple(rule for topic, rule in told if topic == name))
        for name, means in TOPICS.items()
    ]
    own = protocol.own_documents
    return Document(
        title=protocol.title,
        name=protocol.name,
        head=tuple(_head(protocol)),
        whom=tuple(whom_lines(protocol)),
        readings=tuple(_readings(protocol, chosen, [rule for _, rule in told])),
        conventions=tuple(
            Stated(_words(one.name), (f"{one.window}: " if one.window else "") + one.why)
            for one in protocol.conventions.values()
        ),
        hours=tuple(
            Stated(_words(one.name), f"{_open(one)} [{references(one.citations, own)}]")
            for one in protocol.hours.values()
        ),
        roles=tuple(
            (role.title, _words(role.agency or ""), _words(role.grade or ""))
            for role in sorted(protocol.roles.values(), key=_by_agency)
        ),
        dropped=tuple(
            (one.rule, one.why, references(one.citations, own)) for one in protocol.replaced if one.by is None
        ),
        topics=tuple(one for one in topics if one.rules),
        rules=len(protocol.families),
    )


def _by_agency(role: object) -> tuple[int, str]:
    names = list(AGENCIES)
    agency = getattr(role, "agency", None)
    return names.index(agency) if agency in names else len(names), getattr(role, "title", "")


def _head(protocol: Protocol) -> Iterator[Stated]:
    yield Stated("Authority", protocol.authority)
    yield Stated("Applies to", protocol.applies_to)
    yield from _edition(protocol.edition)
    for layer in protocol.layers[1:]:
        yield Stated("Stands on", f"{layer.title}, {layer.edition.label}")


def _edition(edition: Edition) -> Iterator[Stated]:
    yield Stated("Edition", edition.label)
    first, end = edition.in_force
    held = " ".join(
        filter(None, (f"from {day(first)}" if first else "", f"until the day before {day(end)}" if end else ""))
    )
    for name, says in (("In force", held), ("Published", edition.published), ("Last checked", edition.checked)):
        if says:
            yield Stated(name, says)


def _open(hours: Hours) -> str:
    """Mondays, Tuesdays from 08:30 to 17:00, not on bank holidays."""
    days = ", ".join(_DAYS[number] for number in sorted(hours.days))
    closed = ", not on bank holidays" if hours.closed_on_holidays else ""
    return f"{days} from {hours.opens:%H:%M} to {hours.closes:%H:%M}{closed}"


def _readings(protocol: Protocol, chosen: Mapping[str, str], rules: list[Told]) -> Iterator[Reading]:
    taken = protocol.options(chosen)
    for name, reading in protocol.readings.items():
        anchor = _reading_anchor(name)
        yield Reading(
            anchor=anchor,
            id=name,
            question=reading.question,
            options=tuple(
                Option(one.name, paragraphs(one.citations, protocol.own_documents), one.name == taken[name])
                for one in reading.options
            ),
            why=reading.why if taken[name] == reading.default else "it was asked for so",
            rules=tuple((rule.anchor, rule.title) for rule in rules if (anchor, name) in rule.rests_on),
        )


def _reading_anchor(name: str) -> str:
    return f"reading-{name}"


def _topic(family: RuleFamily) -> str:
    return next(one.topic for variant in family.variants.values() for one in variant)


def _told(protocol: Protocol, family: RuleFamily, chosen: Mapping[str, str]) -> Told:
    teller_of, whole, inherited = protocol, family, ""
    while is_inherited(whole.id):
        # Told as the layer tells it that it comes from.
        teller_of = next(one for one in protocol.layers if one.name == layer_of(whole.id))
        whole = next(one for one in teller_of.families if one.id == bare(whole.id))
        inherited = f"Inherited from {paper(teller_of)}: {teller_of.title}, {teller_of.edition.label}."
    options = teller_of.options(chosen)
    variant = whole.variants[tuple(options[reading] for reading in whole.readings)]
    title = next(one.title for each in (variant, *whole.variants.values()) for one in each)
    names = dict.fromkeys((*whole.readings, *(choice.reading for choice in whole.shown)))
    return Told(
        anchor=f"rule-{family.id.replace('/', '.')}",
        id=family.id,
        title=title,
        acts=tuple(_act(teller_of, one) for one in variant),
        rests_on=tuple((_reading_anchor(name), name) for name in names if name in protocol.readings),
        inherited=inherited,
        replaces=tuple(f"{one.rule}, because {one.why}" for one in protocol.replaced if one.by == family.id),
    )


def _act(protocol: Protocol, provision: Provision) -> Act:
    teller = Teller(protocol)
    says = teller.provision(provision)
    return Act(
        word=_word(provision),
        says=says.removesuffix(teller.source(provision.citations)).rstrip(),
        tables=tuple(
            Table(one.heading.rstrip(":"), tuple(row._replace(source=row.source.strip("[]")) for row in one.rows))
            for one in teller.lists
        ),
        source=paragraphs(provision.citations, protocol.own_documents),
    )


def _word(provision: Provision) -> str:
    match provision:
        case Duty(modality=modality, effect=effect):
            return modality.upper() + ("" if effect is Effect.REQUIRE else f" {effect.upper()}")
        case Prohibition(modality=modality):
            return _NOT[modality]
        case Conclusion():
            return "COUNTS AS"


def _words(name: str) -> str:
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
