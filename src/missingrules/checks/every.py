"""All checks, and how they are run: what they find, less what the authors accept, in the order of the text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from missingrules.checks import accepted, ages, alike, cases, clocks, firing, kinds, modality, naming, rows
from missingrules.checks.frame import UNANSWERED, Check
from missingrules.domain.diagnostics import Severity
from missingrules.papers.proof import unproven

if TYPE_CHECKING:
    from missingrules.checks.frame import Subject
    from missingrules.domain.diagnostics import Diagnostic

E, W = Severity.ERROR, Severity.WARNING
CHECKS: Final = (
    Check("gap-in-rows", W, "a combination of the facts that rows test for which there is no row", rows.gaps),
    Check("rows-overlap", E, "two rows of a table with `hit: unique` that can hold at once", rows.overlaps),
    Check("row-never-reached", E, "a row that can never be the one that counts", rows.masked),
    Check("gap-in-cases", W, "a case for which none of a rule's complementary `cases` holds", cases.gaps),
    Check("gap-in-ages", W, "rules for the same act that leave out an age between their bands", ages.holes),
    Check("never-fires", E, "a rule or act whose conditions cannot hold together", firing.never_fires),
    Check("kind-left-out", E, "a kind of episode that a rule names and can never be for", kinds.left_out),
    Check("always-covered", W, "a rule that asks for nothing that another does not always ask for", alike.covered),
    Check("two-deadlines", W, "two rules for the same act with different deadlines at once", alike.two_deadlines),
    Check("unused-name", W, "a role, fact, action, event, meeting or hours that no rule uses", naming.unused),
    Check("role-without-grade", W, "a role whose title says a rank, without a grade", naming.off_the_ladder),
    Check("no-clock", E, "a time that runs from what one of the triggers does not have", clocks.without_a_clock),
    Check("due-after-its-end", E, "a time that runs from the moment at which the duty ends", clocks.after_the_end),
    Check("due-before-it-begins", E, "a time that is over before the duty begins", clocks.before_it_begins),
    Check("waits-without-deadline", W, "a duty after a length of time, without a deadline that its paragraph may have",
          clocks.waits_without_deadline),
    Check("modality-differs", W, "a rule stronger or weaker than the words of its paragraphs", modality.differs, True),
)  # fmt: skip
# Found in other ways, and told in the same.
BESIDE: Final = {
    UNANSWERED: (W, "facts that combine in too many ways for a question to be answered"),
    accepted.CODE: (E, "an acceptance that matches no finding"),
}
UNSAID: Final = "paragraph-not-accounted-for"
PROOF: Final = {
    "number-not-in-paragraph": (E, "a number that no paragraph cited there has"),
    UNSAID: (E, "a paragraph of which the ledger does not say what became of it"),
    "encoded-and-not-cited": (E, "the ledger calls it encoded, and nothing cites it"),
    "cited-and-not-encoded": (E, "it is cited, and the ledger gives it another fate"),
}


def about() -> dict[str, tuple[Severity, str]]:
    """Every code of the linter, with how sure it is and what it finds in one line."""
    return {each.code: (each.severity, each.about) for each in CHECKS} | BESIDE | PROOF


def lint(subject: Subject) -> list[Diagnostic]:
    """Everything that the checks find, in the order of the text; what needs the papers only where they are at hand."""
    asked = [each for each in CHECKS if subject.texts or not each.of_texts]
    found = [diagnostic for each in asked for diagnostic in each.diagnostics(subject)]
    found = _so_far(found + unproven(subject.root, dict(subject.ledgers)))
    codes = {each.code for each in asked} | {UNANSWERED} | PROOF.keys()
    left = accepted.without_accepted(found, subject, codes, about().keys() - {accepted.CODE})
    return sorted(left, key=lambda each: each.place)


def _so_far(found: list[Diagnostic]) -> list[Diagnostic]:
    """Of a paper still being encoded: the next paragraph stands for all that are left, and names wait for rules."""
    left = [each for each in found if each.code == UNSAID]
    if not left:
        return found
    first = left[0]
    if len(left) > 1:
        others = "1 more has" if len(left) == 2 else f"{len(left) - 1} more have"
        hint = "`missingrules next PROTOCOL` leads through them one by one"
        first = replace(first, message=f"{first.message}, and {others} none", hint=hint)
    return [first, *(each for each in found if each.code not in (UNSAID, "unused-name"))]
