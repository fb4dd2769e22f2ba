"""The study file: searches, collections, notes, tags, codebook, codes and agreement."""

from __future__ import annotations

import csv
import io
import json
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import attrs
import pytest

from newscrawl import Archive, Article
from newscrawl.errors import NotInArchive, StudyError, UsageError
from newscrawl.study.coding.agreement import Agreement, agreement
from newscrawl.study.coding.codebook import (
    Level,
    Variable,
    add_variable,
    change_variable,
    codes,
    delete_variable,
    set_code,
    set_codes,
    value_text,
    variables,
)
from newscrawl.study.selections import (
    MOST_NOTE,
    add_note,
    add_tags,
    articles,
    collect,
    collected,
    delete_note,
    leave_out,
    notes,
    remove_tag,
    save_search,
    searches,
    tags,
)
from newscrawl.study.study_articles import StudyArticle, article_states, study_articles
from newscrawl.study.study_file import StudyFile
from newscrawl.system.project import study_path
from tests.archive_samples import MORNING, SITE, article_at, observation_at
from tests.command_line import ROOT, refusal, run

# Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, section C: four observers
# of twelve units, with missing data.
EXAMPLE = {
    "A": "123321412...",
    "B": "1233224125.3",
    "C": ".3332342251.",
    "D": "12332441251.",
}
PUBLISHED = {"nominal": 0.743, "ordinal": 0.815, "interval": 0.849}


def fill(path: Path, count: int = 3) -> None:
    """Make an archive of *count* articles with the keys 1, 2 …"""
    with Archive(path) as archive:
        for number in range(1, count + 1):
            url = f"https://{SITE}/news/{number}"
            article = article_at(url, headline=f"خبر {number}", canonical_url=url)
            seen = observation_at(MORNING, url=url)
            archive.save(article, seen, site=SITE, key=str(number), run=None)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of three articles."""
    fill(tmp_path / "archive.db")
    return tmp_path / "archive.db"


TONE = Variable(name="tone", level="ordinal", values={"bad": "", "even": "", "good": "Good"})
LENGTH = Variable(name="length", level="interval", minimum=0, maximum=10)


def test_the_work_on_articles_is_kept_beside_the_archive(path: Path) -> None:
    before = path.read_bytes()
    first, second = study_articles(path, [1, f"https://{SITE}/news/2"])
    with StudyFile(path) as study:
        save_search(study, "ships", "سفينة", "Rim")
        save_search(study, "ships", "ميناء", "Rim")
        assert collect(study, " Ports ", [first, second], "Rim") == 2
        assert collect(study, "Ports", [first], "Ali") == 0
        leave_out(study, "Ports", second)
        number = add_note(study, first, "ملاحظة\r\nثانية", "Rim")
        add_tags(study, first, ["حرب", "harbour"], "Rim")
        remove_tag(study, first, "harbour")
    with StudyFile.open_read_only(path) as study:
        assert [one["query"] for one in searches(study)] == ["ميناء"]
        assert [one["key"] for one in collected(study, "Ports")] == ["1"]
        assert [(one["id"], one["text"]) for one in notes(study, first)] == [
            (number, "ملاحظة\nثانية")
        ]
        assert [one["tag"] for one in tags(study)] == ["حرب"]
        with pytest.raises(StudyError):
            add_note(study, first, "more", "Rim")
    assert path.read_bytes() == before
    assert stat.S_IMODE(study_path(path).stat().st_mode) == stat.S_IMODE(path.stat().st_mode)


def test_reading_makes_no_file(path: Path) -> None:
    with StudyFile.open_read_only(path) as study:
        assert (searches(study), notes(study), variables(study)) == ([], [], [])
    assert not study_path(path).exists()


def test_an_article_that_is_gone_is_shown_as_gone(path: Path, tmp_path: Path) -> None:
    with StudyFile(path) as study:
        collect(study, "all", study_articles(path, [1, 2, 3]), "Rim")
        rows = collected(study, "all")
    with Archive(path) as archive:
        archive.withdraw(1, reason="asked")
    fill(tmp_path / "other.db", 2)
    here, there = (
        {row["key"]: row for row in article_states(p, rows)}
        for p in (path, tmp_path / "other.db")
    )
    assert [here[key]["state"] for key in "123"] == ["withdrawn", "present", "present"]
    assert here["1"]["headline"] is None
    assert [there[key]["state"] for key in "123"] == ["present", "present", "missing"]
    with pytest.raises(NotInArchive):
        study_articles(path, [1])


def test_an_article_under_another_key_is_found_by_its_address(path: Path) -> None:
    other = Article(url=f"https://{SITE}/news/2", headline="خبر", article_body="نص")
    row = {"id": 9, "site": SITE, "key": "moved", "url": other.url}
    assert article_states(path, [row])[0]["article_id"] == 2


@pytest.mark.parametrize(
    "wrong",
    ["", " \n", "x" * 201, "a\x00b", "a\u202eb"],
)
def test_a_name_that_hides_something_is_refused(path: Path, wrong: str) -> None:
    [first] = study_articles(path, [1])
    with StudyFile(path) as study, pytest.raises(UsageError):
        add_tags(study, first, ["good", wrong], "Rim")
    with StudyFile(path) as study:
        assert tags(study) == []
        assert articles(study) == []


def test_hostile_notes_are_kept_as_they_are(path: Path) -> None:
    [first] = study_articles(path, [1])
    text = "<script>alert(1)</script>\u202e'; DROP TABLE notes; --" + "x" * (MOST_NOTE - 60)
    with StudyFile(path) as study:
        add_note(study, first, text, "Rim")
        add_note(study, first, "half \ud800\x00 pair", "Rim")
        assert [one["text"] for one in notes(study)] == [
            text,
            "half � pair",
        ]
        with pytest.raises(UsageError):
            add_note(study, first, "x" * 1_000_000, "Rim")
        with pytest.raises(UsageError):
            delete_note(study, 1, "Ali")


def test_a_code_is_what_the_codebook_permits(path: Path) -> None:
    first, second = study_articles(path, [1, 2])
    with StudyFile(path) as study:
        add_variable(study, TONE)
        add_variable(study, LENGTH)
        assert variables(study) == [TONE, LENGTH]
        set_code(study, first, "tone", "bad", "Rim")
        assert set_codes(study, second, {"tone": "good", "length": "2.5"}, "Rim") == {
            "tone": "good",
            "length": 2.5,
        }
        for name, wrong in [
            *(("tone", "worse"), ("length", "-1"), ("length", "nan"), ("length", "x")),
            ("colour", "red"),
        ]:
            with pytest.raises(UsageError):
                set_codes(study, first, {"tone": "even", name: wrong}, "Rim")
        assert {(one["key"], one["variable"]): one["value"] for one in codes(study)} == {
            ("1", "tone"): "bad",
            ("2", "tone"): "good",
            ("2", "length"): 2.5,
        }
        set_codes(study, second, {"tone": "", "length": "2.5"}, "Rim")
        assert [one["value"] for one in codes(study, article=second)] == [2.5]


def test_a_code_that_stays_keeps_its_time_and_text(path: Path) -> None:
    [first] = study_articles(path, [1])
    later = attrs.evolve(first, text_sha256="0" * 64)
    with StudyFile(path) as study:
        add_variable(study, TONE)
        set_code(study, first, "tone", "bad", "Rim")
        set_code(study, later, "tone", "bad", "Rim")
        assert codes(study)[0]["text_sha256"] == first.text_sha256
        set_code(study, later, "tone", "good", "Rim")
        assert codes(study)[0]["text_sha256"] == "0" * 64


def test_a_changed_codebook_changes_no_code(path: Path) -> None:
    [first] = study_articles(path, [1])
    with StudyFile(path) as study:
        add_variable(study, TONE)
        add_variable(study, LENGTH)
        set_codes(study, first, {"tone": "bad", "length": "7"}, "Rim")
        with pytest.raises(UsageError, match=f"bad by Rim for {first.url}"):
            change_variable(study, attrs.evolve(TONE, values={"even": "", "good": ""}))
        with pytest.raises(UsageError, match="7 by Rim"):
            change_variable(study, attrs.evolve(LENGTH, maximum=5))
        with pytest.raises(UsageError, match="has codes"):
            delete_variable(study, "tone")
        with pytest.raises(UsageError, match="is ordinal"):
            change_variable(study, attrs.evolve(TONE, level="nominal"))
        assert variables(study) == [TONE, LENGTH]
        wider = attrs.evolve(TONE, values={"worst": "", "bad": "Bad"}, description="of it")
        change_variable(study, wider)
        assert variables(study)[0] == wider
        assert [one["value"] for one in codes(study)] == ["bad", 7.0]
        # SQLite itself refuses what this program would not do.
        with pytest.raises(StudyError), study.transaction() as db:
            db.execute("DELETE FROM permitted_values WHERE value = 'bad'")


@pytest.mark.parametrize(
    "wrong",
    [
        Variable(name="x", level="nominal", values={"one": ""}),
        Variable(name="x", level="interval", values={"1": "", "2": ""}),
        Variable(name="x", level="interval", minimum=2, maximum=1),
        Variable(name="x", level="ordinal", values={"1": "", "2": ""}, minimum=1),
        Variable(name=" ", level="interval"),
    ],
)
def test_a_variable_that_cannot_be_coded_is_refused(path: Path, wrong: Variable) -> None:
    with StudyFile(path) as study, pytest.raises(UsageError):
        add_variable(study, wrong)


def coded(path: Path, level: Level, given: dict[str, str]) -> Agreement:
    """Return the agreement on values of 1 to 5, a letter an article, a dot for none."""
    names = [
        StudyArticle(site=SITE, key=str(at), url=f"https://{SITE}/{at}", text_sha256="")
        for at in range(12)
    ]
    values = {} if level == "interval" else dict.fromkeys("12345", "")
    with StudyFile(path) as study:
        add_variable(study, Variable(name=level, level=level, values=values))
        for coder, row in given.items():
            for article, value in zip(names, row, strict=False):
                if value != ".":
                    set_code(study, article, level, value, coder)
        return agreement(study, level)


def alpha_by_coincidences(
    given: dict[str, str], distance: Callable[[int, int], float]
) -> float:
    """Compute alpha from the matrix of coincidences, as the paper does (section C)."""
    matrix: Counter[tuple[int, int]] = Counter()
    for unit in zip(*given.values(), strict=True):
        values = [int(value) for value in unit if value != "."]
        for pair in permutations(values, 2):
            matrix[pair] += 1 / (len(values) - 1)  # type: ignore[assignment]
    totals: Counter[int] = Counter()
    for (first, _second), count in matrix.items():
        totals[first] += count
    n = sum(totals.values())
    observed = sum(count * distance(*pair) for pair, count in matrix.items())
    expected = sum(
        totals[first] * totals[second] * distance(first, second)
        for first in totals
        for second in totals
    )
    return 1 - (n - 1) * observed / expected


@pytest.mark.parametrize("level", PUBLISHED)
def test_alpha_is_that_of_the_published_example(path: Path, level: Level) -> None:
    pytest.importorskip("nltk")
    found = coded(path, level, EXAMPLE)
    assert found.alpha == pytest.approx(PUBLISHED[level], abs=0.0005)
    counts = Counter(
        int(value)
        for unit in zip(*EXAMPLE.values(), strict=True)
        if len([one for one in unit if one != "."]) > 1
        for value in unit
        if value != "."
    )
    distances: dict[str, Callable[[int, int], float]] = {
        "nominal": lambda a, b: float(a != b),
        "interval": lambda a, b: float((a - b) ** 2),
        "ordinal": lambda a, b: (
            (
                sum(counts[one] for one in range(min(a, b), max(a, b) + 1))
                - (counts[a] + counts[b]) / 2
            )
            ** 2
        ),
    }
    assert found.alpha == pytest.approx(alpha_by_coincidences(EXAMPLE, distances[level]))
    assert found.articles == 11
    assert found.coders == ("A", "B", "C", "D")
    assert [one.key for one in found.disagreements] == ["1", "5", "7"]
    values = [value_text(one) for one in found.disagreements[1].values.values()]
    assert values == ["1", "2", "3", "4"]


def test_percent_is_the_share_of_equal_pairs(path: Path) -> None:
    found = coded(path, "nominal", {"A": "1123", "B": "1124", "C": "1.25"})
    assert found.percent == pytest.approx(100 * (3 + 1 + 3 + 0) / (3 + 1 + 3 + 3))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"A": "123"}, "no_pairs"),
        ({"A": "12..", "B": "..34"}, "no_pairs"),
        ({"A": "111", "B": "11."}, "one_value"),
        ({"A": "112", "B": "11."}, "one_value"),
    ],
)
def test_there_is_no_alpha_where_it_is_undefined(
    path: Path, given: dict[str, str], reason: str
) -> None:
    found = coded(path, "nominal", given)
    assert (found.alpha, found.no_alpha) == (None, reason)
    assert found.percent == (None if reason == "no_pairs" else 100)


def test_without_its_library_there_is_no_alpha(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nltk.metrics.agreement", None)
    found = coded(path, "nominal", {"A": "12", "B": "13"})
    assert (found.alpha, found.no_alpha, found.percent) == (None, "no_library", 50)


WRITER = """
import sys
from pathlib import Path
from newscrawl.study.selections import add_note
from newscrawl.study.study_articles import StudyArticle
from newscrawl.study.study_file import StudyFile
one = StudyArticle(site="s", key="k", url="https://s/", text_sha256="")
for number in range(40):
    with StudyFile(Path(sys.argv[1])) as study:
        add_note(study, one, f"{sys.argv[2]} {number}", sys.argv[2])
"""


def test_two_programs_write_at_once(path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, name], cwd=ROOT) for name in ("Rim", "Ali")]
    assert [one.wait(60) for one in writers] == [0, 0]
    with StudyFile.open_read_only(path) as study:
        assert Counter(one["coder"] for one in notes(study)) == {"Rim": 40, "Ali": 40}
        assert len(articles(study)) == 1


def test_a_full_disk_loses_nothing_that_was_kept(path: Path) -> None:
    [first] = study_articles(path, [1])
    with StudyFile(path) as study:
        add_note(study, first, "kept", "Rim")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, before[1]))
    try:
        with StudyFile(path) as study, pytest.raises(StudyError, match="refused"):
            add_note(study, first, "x" * MOST_NOTE, "Rim")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handled)
    with StudyFile(path) as study:
        add_note(study, first, "more", "Rim")
        assert [one["text"] for one in notes(study)] == ["kept", "more"]


def test_a_file_of_another_program_is_refused(path: Path) -> None:
    file = study_path(path)
    file.write_text("no database")
    with pytest.raises(StudyError, match="not an SQLite database"):
        StudyFile(path)
    file.unlink()
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE theirs (a)")
    db.close()
    for is_read_only in (True, False):
        with pytest.raises(StudyError, match="another program"):
            StudyFile(path, is_read_only=is_read_only)
    file.unlink()
    file.mkdir()
    with pytest.raises(StudyError, match="folder"):
        StudyFile(path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("PRAGMA user_version = 99", "newer newscrawl"),
        ("CREATE TRIGGER t AFTER INSERT ON notes BEGIN DELETE FROM notes; END", "trigger"),
        ("CREATE VIEW endless AS SELECT 1", "view"),
        ("ALTER TABLE notes ADD COLUMN x GENERATED ALWAYS AS (abs(id))", "tables"),
    ],
)
def test_a_study_file_that_was_changed_is_refused(path: Path, change: str, said: str) -> None:
    StudyFile(path).db.close()
    with sqlite3.connect(study_path(path)) as db:
        db.execute(change)
    db.close()
    with pytest.raises(StudyError, match=said):
        StudyFile.open_read_only(path)


def test_the_commands_work_together(path: Path, tmp_path: Path) -> None:
    def study(*words: str, coder: str = "Rim") -> str:
        done = run("study", *words, "-d", path, environment={"NEWSCRAWL_CODER": coder})
        assert done.returncode == 0, done.stderr
        return done.stdout

    study("search", "save", "news", "خبر")
    study("collection", "add", "all", "--query", "خبر")
    rows = json.loads(study("collection", "list", "all", "--json"))
    assert {row["state"] for row in rows} == {"present"}
    assert len(rows) == 3
    study("note", "add", "1", "=1+1")
    study("tag", "add", "1", "حرب")
    study(
        "variable", "add", "tone", "--level", "nominal", "--value", "bad=Bad", "--value", "good"
    )
    study("code", "set", "1", "tone", "bad")
    study("code", "set", "1", "tone", "good", coder="Ali")
    study("code", "set", "2", "tone", "good", coder="Ali")
    study("code", "set", "2", "tone", "good")
    assert "bad (Bad), good" in study("variable", "list")
    [found] = json.loads(study("agreement", "--json"))
    assert (found["articles"], found["percent"]) == (2, 50.0)
    assert "alpha: 0.000" in study("agreement", "tone")
    out = tmp_path / "out.zip"
    study("export", "-o", str(out))
    with zipfile.ZipFile(out) as file:
        text = file.read("tables/study_code.csv").decode()
        assert "tables/study_note.csv" in file.namelist()
    assert {
        (row["key"], row["coder"], row["value"]) for row in csv.DictReader(io.StringIO(text))
    } == {
        *(("1", "Rim", "bad"), ("1", "Ali", "good")),
        *(("2", "Rim", "good"), ("2", "Ali", "good")),
    }
    refused = run("study", "note", "add", "77", "x", "--coder", "Rim", "-d", path)
    assert "the archive has no article 77" in refusal(refused)
    assert run("study", "note", "add", "1", "x", "-d", path).returncode == 2


def test_the_tables_are_documented(path: Path) -> None:
    text = (ROOT / "docs" / "studies.md").read_text("utf-8")
    lines = []
    with StudyFile(path) as study:
        for table in sorted(study.db.tables, key=lambda one: one.name):
            columns = ", ".join(column.name for column in table.columns)
            lines.append(f"| `{table.name}` | {columns} |")
    assert "\n".join(["| table | columns |", "|---|---|", *lines, ""]) in text
