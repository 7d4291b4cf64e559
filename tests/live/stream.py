"""Invented children as a case system gets to know them: messages in any order, twice, corrected, withdrawn and late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

Message = dict[str, Any]
START = datetime(2025, 6, 2, 6, tzinfo=UTC)
ACTS = ("strategy_meeting", "notify", "return_interview", "risk_assessment", "consult")
GRADES = ("low", "medium", "high")

RULES = """\
readings:
  how-long:
    question: Is it a day or two?
    options: {one-day: {value: 24 hours, cite: "1"}, two-days: {value: 48 hours, cite: "1"}}
    default: one-day
    why: sooner protects more
rules:
  - {id: first, topic: incident_form, title: Forms, cite: "1", modality: must, trigger: first_episode,
     require: record_information, by: social_worker, deadline: within 1 working day of started}
  - {id: meeting, topic: strategy_meeting, title: Meet, cite: "1", modality: must, trigger: started,
     superseded_by: day-three, require: strategy_meeting, by: social_worker,
     chair: {rows: [{child.looked_after: true, chair: team_manager, cite: "1"},
                    {child.looked_after: false, chair: service_manager, cite: "1"}]},
     deadline: {rows: [{risk: high, deadline: within 48 hours of started, cite: "1"},
                       {deadline: within 72 hours of started, cite: "1"}]}}
  - {id: day-three, topic: strategy_meeting, title: Day three, cite: "1", modality: must, trigger: missing,
     until: returned, require: strategy_meeting, by: social_worker, deadline: {on_day: 3, of: started, first_day_is: 0}}
  - {id: tell, topic: senior_notification, title: Tell, cite: "1", modality: must, trigger: {becomes: {risk: high}},
     require: notify, by: police, deadline: within 2 hours of trigger, not_stated: [until]}
  - {id: review, topic: police_review, title: Review, cite: "1", modality: must, trigger: started, until: returned,
     require: risk_assessment, by: police, repeat: {of: started, next_from: schedule, phases: [{every: 1 day}]}}
  - {id: again, topic: risk_assessment, title: Grade again, cite: "1", modality: must, trigger: reported,
     until: returned, require: risk_assessment, by: police,
     repeat: {of: reported, next_from: last_held, phases: [{every: 12 hours}]}}
  - {id: ask-why, topic: oversight, title: Ask why, cite: "1", modality: should, trigger: {undone: review},
     require: consult, by: team_manager, not_stated: [deadline]}
  - {id: interview, topic: return_interview, title: Interview, cite: "1", modality: must, trigger: returned,
     require: return_interview, by: social_worker, deadline: within 72 hours of returned}
  - {id: share, topic: information_sharing, title: Share, cite: "1", modality: must,
     trigger: {recorded: strategy_meeting}, require: share_information, by: social_worker,
     deadline: {within: {reading: how-long}, of: record}}
  - {id: repeat, topic: repeat_review, title: At two, cite: "1", modality: must,
     trigger: {episodes_reach: at least 2, in: 28 days}, require: consult, by: social_worker, not_stated: [deadline]}
  - {id: letter, topic: placing_authority, title: Write, cite: "1", modality: must, trigger: returned,
     when: {child.placed_by_another_authority: true}, require: notify, by: social_worker,
     deadline: within 72 hours of returned}
  - {id: settle, topic: agreement, title: Settle, cite: "1", modality: must,
     trigger: {event: risk_disagreement_raised}, require: settle_risk_disagreement, by: social_worker,
     deadline: within 1 day of event}
  - {id: care, topic: support, title: Visit, cite: "1", modality: must, trigger: {becomes: {child.looked_after: true}},
     require: consult, by: social_worker, deadline: within 7 days of trigger, not_stated: [until]}
"""


@dataclass(frozen=True)
class Stream:
    """Messages in the order in which they come, and when all of them have come."""

    messages: tuple[Message, ...]
    end: str


def stream(random: Random, children: int, *, lean: bool = False) -> Stream:
    """All messages about so many children, shuffled, a fifth of them twice; `lean`: of each child few."""
    messages = [message for number in range(children) for message in one_child(random, f"C{number}", lean=lean)]
    messages += [message for message in messages if random.random() < 0.2]
    random.shuffle(messages)
    now = START
    out = []
    # A day or a week passes while they come, however many they are.
    slower = max(1, len(messages) // 160)
    for message in messages:
        now += timedelta(seconds=random.choice((0, 0, 1, 600, 3600, 6 * 3600)) // slower)
        out.append({**message, "at": text(now)})
    return Stream(tuple(out), text(now + timedelta(days=random.choice((0, 1, 30)))))


def text(when: datetime) -> str:
    return when.isoformat()


def one_child(random: Random, child: str, *, lean: bool = False) -> list[Message]:
    """Every state of every entry of one child, each with its revision; the last of all is a case that can be."""
    found: list[Message] = []

    def say(part: str, id_: str, *states: dict[str, Any] | None) -> None:
        for revision, entry in enumerate(states, 1):
            found.append({"child": child, "part": part, "id": id_, "revision": revision, "entry": entry})

    born: dict[str, Any] = {"date_of_birth": "2010-05-05"}
    placed = {**born, "placed_by_another_authority": random.choice((True, False))}
    cared = {**placed, "looked_after": [{"value": True, "from": f"2025-06-{random.randint(1, 9):02}"}]}
    say("child", "", *random.choice(((born, placed, cared), (born,), (cared, placed), (placed, born))))
    start = START + timedelta(hours=random.randint(-48, 48))
    episodes = random.choice((1, 1, 1, 1, 2) if lean else (1, 1, 2, 2, 3))
    for number in range(1, episodes + 1):
        end = start + timedelta(hours=random.choice((3, 24, 30, 72, 100)))
        last = number == episodes
        say("episodes", f"E{number}", *_episode(random, start, end, last=last))
        _happenings(random, say, f"E{number}", start, most=1 if lean else 4)
        start = end + timedelta(hours=random.choice((1, 24, 24 * 12)))
    return found


def _episode(random: Random, start: datetime, end: datetime, *, last: bool) -> list[dict[str, Any] | None]:
    """It begins, is reported, graded, ends; then one or two of its states are corrected."""
    entry: dict[str, Any] = {"kind": "missing", "missing_from": "home", "started_at": text(start), "returned_at": None}
    states = [entry]
    entry = {**entry, "reported_at": text(start + timedelta(hours=random.choice((0, 1, 2))))}
    states.append(entry)
    graded: list[dict[str, str]] = []
    for _ in range(random.randint(0, 3)):
        at = start + timedelta(hours=random.randint(0, 60), minutes=len(graded))
        graded = [*graded, {"value": random.choice(GRADES), "at": text(at)}]
        entry = {**entry, "risk": graded}
        states.append(entry)
    if not last or random.random() < 0.6:
        # Known by its date first, and then to the second.
        if random.random() < 0.2:
            states.append({**entry, "returned_at": end.date().isoformat()})
        entry = {**entry, "returned_at": text(end)}
        states.append(entry)
    if graded and random.random() < 0.5:
        left = [each for each in graded if random.random() < 0.6]
        entry = {**entry, "risk": left} if left else {k: v for k, v in entry.items() if k != "risk"}
        states.append(entry)
    if random.random() < 0.4:
        started = start - timedelta(minutes=random.choice((1, 30, 59)))
        entry = {**entry, "started_at": text(started)}
        states.append(entry)
    if entry["returned_at"] is not None and random.random() < 0.4:
        states.append({**entry, "returned_at": text(end - timedelta(minutes=random.choice((1, 90))))})
    if last and random.random() < 0.15:
        # It was another child.
        return [*states, None]
    return [*states]


def _happenings(random: Random, say: Any, episode: str, start: datetime, *, most: int) -> None:
    for number in range(random.randint(0, most)):
        at = start + timedelta(hours=random.choice((0, 1, 12, 24, 48, 72, 90)))
        record: dict[str, Any] = {"action": random.choice(ACTS), "at": text(at)}
        # An episode that is withdrawn takes nothing with it: what names none stays.
        if random.random() < 0.3:
            record["recorded_at"] = text(at + timedelta(hours=9))
        other = {**record, "at": text(at + timedelta(hours=random.choice((-1, 2))))}
        states = random.choice(((record,), (record,), (record, other), (record, None), (other, None, record)))
        say("records", f"{episode}.R{number}", *states)
    if random.random() < 0.3:
        event = {"event": "risk_disagreement_raised", "at": text(start + timedelta(hours=2))}
        say("events", f"{episode}.V1", *random.choice(((event,), (event, None))))
