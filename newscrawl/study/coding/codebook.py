"""The codebook of a study file: variables with permitted values, and the codes of articles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

import attrs
from sqlite_utils import Database

from newscrawl.archive.schema.storable import now, storable_text
from newscrawl.archive.search.problems import Problem
from newscrawl.errors import UsageError
from newscrawl.study.study_articles import StudyArticle, article_row_id
from newscrawl.study.study_file import StudyFile, name_of

Level = Literal["nominal", "ordinal", "interval"]
LEVELS: tuple[Level, ...] = get_args(Level)
"""Levels of measurement: names, names in an order, numbers."""
_CODES = """SELECT a.id AS article, a.site, a.key, a.url, v.name AS variable, c.coder,
    coalesce(c.value, c.number) AS value, c.coded_at, c.text_sha256
    FROM codes AS c JOIN articles AS a ON a.id = c.article_id
    JOIN variables AS v ON v.id = c.variable_id
    WHERE v.name = coalesce(:variable, v.name) AND a.site = coalesce(:site, a.site)
    AND a.key = coalesce(:key, a.key) ORDER BY a.site, a.key, v.id, c.coder"""
_MOST_NAMED = 5
Value = str | float


@attrs.frozen(kw_only=True)
class Variable:
    """One variable of the codebook."""

    name: str
    level: Level
    description: str = ""
    values: Mapping[str, str] = attrs.field(factory=dict)
    """The permitted values with their labels; of an ordinal variable in their order."""
    minimum: float | None = None
    """The least number of an interval variable; None for no bound."""
    maximum: float | None = None

    def value_from(self, text: str) -> Value:
        """Return *text* as a value: a number of an interval variable, else a permitted value.

        Raises UsageError if it is not permitted.
        """
        if self.level != "interval":
            if text not in self.values:
                permitted = ", ".join(self.values)
                raise UsageError(self._problem("study_no_value", text, permitted=permitted))
            return text
        try:
            number = float(text)
        except ValueError as error:
            raise UsageError(self._problem("study_no_number", text)) from error
        low, high = self.minimum, self.maximum
        is_within = (low is None or low <= number) and (high is None or number <= high)
        if not math.isfinite(number) or not is_within:
            bounds = {"low": _bound(low), "high": _bound(high)}
            raise UsageError(self._problem("study_no_such_number", text, **bounds))
        return number

    def _problem(self, key: str, text: str, **values: object) -> Problem:
        return Problem(key, name=self.name, text=text, **values)


def value_text(value: Value) -> str:
    """Return a value as text: a whole number without a decimal point."""
    return value if isinstance(value, str) else f"{value:.15g}"


def _bound(number: float | None) -> str:
    return "any" if number is None else value_text(number)


def variables(study: StudyFile) -> list[Variable]:
    """Return the codebook, in the order in which its variables were added."""
    with study.reading() as db:
        rows = list(db.query("SELECT * FROM variables ORDER BY id"))
        return [_variable(db, row) for row in rows]


def variable(study: StudyFile, name: str) -> Variable:
    """Return a variable. Raises UsageError if there is none of that name."""
    found = [one for one in variables(study) if one.name == name]
    if not found:
        raise UsageError(f"the codebook has no variable {name!r}")
    return found[0]


def _variable(db: Database, row: Mapping[str, Any]) -> Variable:
    values = db.execute(
        "SELECT value, label FROM permitted_values WHERE variable_id = ? ORDER BY position",
        [row["id"]],
    ).fetchall()
    return Variable(
        name=row["name"],
        level=row["level"],
        description=row["description"],
        values=dict(values),
        minimum=row["minimum"],
        maximum=row["maximum"],
    )


def add_variable(study: StudyFile, variable: Variable) -> None:
    """Add *variable* to the codebook. Raises UsageError if it is there, or has no values."""
    checked = _checked(variable)
    with study.transaction() as db:
        added = db.execute(
            """INSERT INTO variables (name, level, description, minimum, maximum, created_at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING""",
            [
                *(checked.name, checked.level, checked.description),
                *(checked.minimum, checked.maximum, now()),
            ],
        )
        if not added.rowcount:
            raise UsageError(f"the codebook has a variable {checked.name!r}: change it")
        _write_values(db, _row_of(db, checked.name)[0], checked.values)


def change_variable(study: StudyFile, variable: Variable) -> None:
    """Replace the description, values and bounds of the variable of that name.

    Raises UsageError if it has another level, or if a value that has codes would be removed.
    """
    checked = _checked(variable)
    with study.transaction() as db:
        number, level = _row_of(db, checked.name)
        if level != checked.level:
            raise UsageError(f"{checked.name} is {level}: add another variable for other codes")
        _refuse_orphans(db, number, checked)
        db.execute(
            "UPDATE variables SET description = ?, minimum = ?, maximum = ? WHERE id = ?",
            [checked.description, checked.minimum, checked.maximum, number],
        )
        db.execute("PRAGMA defer_foreign_keys = ON")  # codes wait for their values
        db.execute("DELETE FROM permitted_values WHERE variable_id = ?", [number])
        _write_values(db, number, checked.values)


def delete_variable(study: StudyFile, name: str) -> None:
    """Delete a variable. Raises UsageError if it has codes, or there is none."""
    with study.transaction() as db:
        number, _level = _row_of(db, name)
        (count,) = db.execute(
            "SELECT count(*) FROM codes WHERE variable_id = ?", [number]
        ).fetchone()
        if count:
            raise UsageError(f"{name} has codes ({count}): delete them first")
        db.execute("DELETE FROM variables WHERE id = ?", [number])


def set_code(
    study: StudyFile, article: StudyArticle, name: str, text: str, coder: str
) -> Value:
    """Record the value *text* of a variable for *article* by *coder*; return the value.

    It replaces an earlier one of this coder. Raises UsageError if the codebook does not permit
    it.
    """
    return set_codes(study, article, {name: text}, coder)[name]


def set_codes(
    study: StudyFile, article: StudyArticle, texts: Mapping[str, str], coder: str
) -> dict[str, Value]:
    """Record values of several variables for *article* at once, as `set_code` does.

    An empty text deletes the code. A value that stays keeps its time and digest.
    """
    by = name_of(coder, "coder")
    with study.transaction() as db:
        found = {name: _found_variable(db, name) for name in texts}
        values = {
            name: found[name].value_from(storable_text(text.strip()))
            for name, text in texts.items()
            if text.strip()
        }
        number = article_row_id(db, article)
        for name in texts:
            place = [number, _row_of(db, name)[0], by]
            if name in values:
                _write_code(db, place, values[name], article.text_sha256)
            else:
                db.execute(f"DELETE FROM codes WHERE {_PLACE}", place)
    return values


_PLACE = "article_id = ? AND variable_id = ? AND coder = ?"


def _write_code(db: Database, place: Sequence[Any], value: Value, text_sha256: str) -> None:
    pair = (value, None) if isinstance(value, str) else (None, value)
    same = db.execute(
        f"SELECT 1 FROM codes WHERE {_PLACE} AND value IS ? AND number IS ?", [*place, *pair]
    )
    if same.fetchone() is None:
        db.execute(
            """INSERT OR REPLACE INTO codes
            (article_id, variable_id, coder, value, number, coded_at, text_sha256)
            VALUES (?, ?, ?, ?, ?, ?, ?)""",
            [*place, *pair, now(), text_sha256],
        )


def delete_code(study: StudyFile, article: StudyArticle, name: str, coder: str) -> None:
    """Delete a code. Raises UsageError if there is none."""
    with study.transaction() as db:
        place = [article_row_id(db, article), _row_of(db, name)[0], coder]
        if not db.execute(f"DELETE FROM codes WHERE {_PLACE}", place).rowcount:
            raise UsageError(f"{coder} has no code {name!r} for {article.url}")


def codes(
    study: StudyFile, *, variable: str | None = None, article: StudyArticle | None = None
) -> list[dict[str, Any]]:
    """Return the codes of a *variable*, an *article*, or all."""
    chosen = {
        "variable": variable,
        "site": article and article.site,
        "key": article and article.key,
    }
    with study.reading() as db:
        return list(db.query(_CODES, chosen))


def _checked(variable: Variable) -> Variable:
    """Return *variable* with clean names. Raises UsageError if its level needs others."""
    if variable.level not in LEVELS:
        raise UsageError(f"the level is one of {', '.join(LEVELS)}, not {variable.level}")
    if variable.level == "interval":
        _check_range(variable)
    else:
        _check_values(variable)
    values = {name_of(one, "value"): label for one, label in variable.values.items()}
    return attrs.evolve(
        variable,
        name=name_of(variable.name, "variable"),
        description=storable_text(variable.description.strip()),
        values={one: storable_text(label.strip()) for one, label in values.items()},
    )


def _check_range(variable: Variable) -> None:
    """Raise UsageError if *variable* is no variable of numbers."""
    low, high = variable.minimum, variable.maximum
    if variable.values:
        raise UsageError("an interval variable has numbers: give a minimum and a maximum")
    if any(bound is not None and not math.isfinite(bound) for bound in (low, high)):
        raise UsageError("minimum and maximum are numbers")
    if low is not None and high is not None and not low < high:
        raise UsageError("the minimum is less than the maximum")


def _check_values(variable: Variable) -> None:
    """Raise UsageError if *variable* is no variable with permitted values."""
    if len(variable.values) < 2:
        raise UsageError(f"a {variable.level} variable has at least two values")
    if (variable.minimum, variable.maximum) != (None, None):
        raise UsageError(f"a {variable.level} variable has values, not a range")


def _found_variable(db: Database, name: str) -> Variable:
    _row_of(db, name)
    return _variable(db, next(db.query("SELECT * FROM variables WHERE name = ?", [name])))


def _row_of(db: Database, name: str) -> tuple[int, str]:
    row = db.execute("SELECT id, level FROM variables WHERE name = ?", [name]).fetchone()
    if row is None:
        raise UsageError(f"the codebook has no variable {name!r}")
    return row[0], row[1]


def _write_values(db: Database, number: int, values: Mapping[str, str]) -> None:
    for position, (value, label) in enumerate(values.items()):
        db.execute(
            "INSERT INTO permitted_values VALUES (?, ?, ?, ?)", [number, value, label, position]
        )


def _refuse_orphans(db: Database, number: int, changed: Variable) -> None:
    """Raise UsageError if codes have values that *changed* does not permit; it names them."""
    rows = db.execute(
        """SELECT coalesce(c.value, c.number), c.coder, a.url FROM codes AS c
        JOIN articles AS a ON a.id = c.article_id WHERE c.variable_id = ?""",
        [number],
    ).fetchall()
    named_codes = [(value_text(value), coder, url) for value, coder, url in rows]
    orphans = [code for code in named_codes if not _permits(changed, code[0])]
    if orphans:
        first = orphans[:_MOST_NAMED]
        named = "; ".join(f"{value} by {coder} for {url}" for value, coder, url in first)
        more = f" and {len(orphans) - _MOST_NAMED} more" if len(orphans) > _MOST_NAMED else ""
        raise UsageError(
            f"values of {changed.name} that have codes would be removed: "
            f"{named}{more}. Give these articles other codes first"
        )


def _permits(variable: Variable, value: str) -> bool:
    try:
        variable.value_from(value)
    except UsageError:
        return False
    return True
