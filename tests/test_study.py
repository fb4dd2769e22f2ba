"""Packages of a query: valid, readable, repeatable, and without the publishers' texts."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import Archive, Article
from newscrawl.study.coding.codebook import Variable, add_variable, set_code
from newscrawl.study.realignment.sequences import (
    WIDTH,
    aligned_words,
    sequence_hashes,
    word_spans,
)
from newscrawl.study.selections import add_note
from newscrawl.study.study_articles import study_articles
from newscrawl.study.study_file import StudyFile
from tests.archive_samples import MORNING, SITE, article_at, observation_at
from tests.command_line import run

TEXT = "قال الوزير أمس إن السفينة وصلت إلى الميناء القديم بعد رحلة طويلة من الهند."
OTHER_URL = "https://shams.example/news/2"


def save(archive: Archive, article: Article, *, hours: int = 0) -> None:
    seen = MORNING.replace(hour=6 + hours)
    archive.save(
        article,
        observation_at(seen, url=article.url),
        site=SITE,
        key=article.url.rpartition("/")[2],
        run=None,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """An archive of two articles that سفينة finds, and one that it does not."""
    path = tmp_path / "archive.db"
    with Archive(path) as archive:
        save(archive, article_at(article_body=TEXT, blocks=()))
        save(archive, article_at(OTHER_URL, headline="سفينة ثانية", canonical_url=OTHER_URL))
        third = "https://shams.example/news/3"
        save(archive, Article(url=third, headline="انتخابات", article_body="هادئة."))
    return path


@pytest.fixture
def package(path: Path, tmp_path: Path) -> Path:
    return made(path, tmp_path / "study.zip")


def made(path: Path, out: Path, *options: str) -> Path:
    said = ("--creator", "Fahmi, Rim", "--title", "Ships")
    done = run("package", "سفينة", "-o", out, "-d", path, *said, *options)
    assert done.returncode == 0, done.stderr
    return out


def member(package: Path, name: str) -> bytes:
    with zipfile.ZipFile(package) as file:
        return file.read(name)


def table(package: Path, name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(member(package, f"tables/{name}.csv").decode())))


@pytest.mark.parametrize("options", [(), ("--no-text",), ("--format", "parquet")])
def test_package_has_the_study_of_its_articles(
    path: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    first, third = study_articles(path, [1, 3])
    with StudyFile(path) as study:
        add_variable(study, Variable(name="length", level="interval"))
        for article in (first, third):
            add_note(study, article, "ملاحظة", "Rim")
            set_code(study, article, "length", "3", "Rim")
    plain = made(path, tmp_path / "plain.zip", *options)
    package = made(path, tmp_path / "with.zip", "--study", *options)
    tables = {name for name in names_in(package) if "study_" in name}
    ending = "parquet" if "parquet" in options else "csv"
    kinds = ("search", "collection", "note", "tag", "variable", "value", "code")
    assert tables == {f"tables/study_{kind}.{ending}" for kind in kinds}
    assert tables == names_in(package) - names_in(plain)
    if ending == "csv":
        assert [row["key"] for row in table(package, "study_note")] == [first.key]
        assert [row["value"] for row in table(package, "study_code")] == ["3"]
    described = csv.DictReader(io.StringIO(member(package, "codebook.csv").decode()))
    assert {row["table"] for row in described if row["column"] == "text_sha256"} == {
        "digest",
        "study_code",
    }
    graph = json.loads(member(package, "ro-crate-metadata.json"))["@graph"]
    assert tables <= {entity["@id"] for entity in graph if entity["@type"] == "File"}
    assert run("reproduce", package, "-d", path).returncode == 0


def names_in(package: Path) -> set[str]:
    with zipfile.ZipFile(package) as file:
        return set(file.namelist())


def test_package_is_a_valid_crate(package: Path, tmp_path: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate")
    with zipfile.ZipFile(package) as file:
        file.extractall(tmp_path / "crate")
        names = set(file.namelist())
    crate = rocrate.ROCrate(tmp_path / "crate")
    assert crate.name == "Ships"
    assert crate.license.id.startswith("https://creativecommons.org/")
    described = {entity.id for entity in crate.get_by_type("File")}
    assert described == names - {"ro-crate-metadata.json"}
    graph = json.loads(member(package, "ro-crate-metadata.json"))["@graph"]
    assert graph[0]["conformsTo"] == {"@id": "https://w3id.org/ro/crate/1.2"}


def test_metadata_fit_the_schema_of_datacite(package: Path) -> None:
    schema = pytest.importorskip("datacite.schema45")
    found = json.loads(member(package, "datacite.json"))
    schema.validator.validate(found)
    assert found["creators"][0]["familyName"] == "Fahmi"
    citation = json.loads(member(package, "CITATION.cff"))
    assert citation["authors"] == [{"family-names": "Fahmi", "given-names": "Rim"}]


def test_tables_open_in_pandas_and_duckdb(path: Path, package: Path, tmp_path: Path) -> None:
    pandas, duckdb = pytest.importorskip("pandas"), pytest.importorskip("duckdb")
    with zipfile.ZipFile(package) as file:
        file.extractall(tmp_path / "csv")
    assert list(pandas.read_csv(tmp_path / "csv/tables/article.csv")["headline"])[1]
    rows = duckdb.read_csv(str(tmp_path / "csv/tables/article.csv"))
    assert len(rows.fetchall()) == 2
    with zipfile.ZipFile(made(path, tmp_path / "p.zip", "--format", "parquet")) as file:
        file.extractall(tmp_path / "parquet")
    frame = pandas.read_parquet(tmp_path / "parquet/tables/article.parquet")
    assert set(frame["article_body"]) == {TEXT, "وصلت السفينة.\nقال الربان إنها الأولى."}


def test_tables_open_in_readr_of_r(package: Path, tmp_path: Path) -> None:
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("no R: apt install r-cran-readr")
    with zipfile.ZipFile(package) as file:
        file.extractall(tmp_path)
    code = """if (!requireNamespace("readr", quietly=TRUE)) quit(status=77)
        for (name in list.files("tables")) {
            rows <- readr::read_csv(file.path("tables", name), show_col_types=FALSE)
            cat(name, nrow(rows), ncol(rows), nrow(readr::problems(rows)), "\\n")
        }"""
    done = subprocess.run(
        [rscript, "-e", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    if done.returncode == 77:
        pytest.skip("no readr: apt install r-cran-readr")
    found = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines()}
    for name in ("article", "version", "observation", "digest", "site"):
        rows = table(package, name)
        assert found[f"{name}.csv"] == [str(len(rows)), str(len(rows[0])), "0"]


def test_codebook_describes_every_column(package: Path) -> None:
    book = csv.DictReader(io.StringIO(member(package, "codebook.csv").decode()))
    described = {(row["table"], row["column"]): row["description"] for row in book}
    assert all(described.values())
    for name in ("article", "version", "observation", "digest", "site"):
        assert {column for known, column in described if known == name} == set(
            table(package, name)[0]
        )


def test_equal_contents_give_equal_bytes(path: Path, package: Path, tmp_path: Path) -> None:
    assert made(path, tmp_path / "again.zip").read_bytes() == package.read_bytes()


def test_package_names_what_it_came_from(path: Path, tmp_path: Path) -> None:
    licences = tmp_path / "licences.csv"
    licences.write_text(f"site,license\n{SITE},CC-BY-4.0\n", "utf-8")
    package = made(path, tmp_path / "l.zip", "--licences", str(licences))
    query = json.loads(member(package, "query.json"))
    assert query["query"] == "سفينة"
    assert query["extractor"].startswith("newscrawl ")
    assert table(package, "site")[0]["license"] == "CC-BY-4.0"
    assert all(len(row["text_sha256"]) == 64 for row in table(package, "digest"))
    assert {row["key"] for row in table(package, "article")} == {"1-ميناء", "2"}


def test_package_without_text_has_none(path: Path, tmp_path: Path) -> None:
    package = made(path, tmp_path / "bare.zip", "--no-text")
    with zipfile.ZipFile(package) as file:
        whole = b"".join(file.read(name) for name in file.namelist()).decode()
    printed = ("السفينة", "ثانية", "الربان", "الفجر")
    credited = ("صحار", "المصدر", "أ.ف.ب", "وكالات", "الرئيسية", ",شمس,")
    for words in (*printed, *credited):
        assert words not in whole
    assert "afp" in whole
    lines = member(package, "sequences.jsonl").decode().splitlines()
    assert {json.loads(line)["field"] for line in lines} >= {"headline", "article_body"}


def reproduced(package: Path, path: Path) -> dict[str, Any]:
    done = run("reproduce", package, "-d", path, "--json")
    found: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == bool(found["deviations"])
    return found


@pytest.mark.parametrize("options", [(), ("--no-text",), ("--format", "parquet")])
def test_same_archive_differs_in_nothing(
    path: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    package = made(path, tmp_path / "same.zip", *options)
    assert reproduced(package, path)["deviations"] == []
    assert "no difference" in run("reproduce", package, "-d", path).stdout


def test_edited_article_is_the_one_row_that_differs(package: Path, path: Path) -> None:
    with Archive(path) as archive:
        save(archive, article_at(article_body=TEXT + " ثم عادت السفينة.", blocks=()), hours=2)
    (row,) = reproduced(package, path)["deviations"]
    assert (row["kind"], row["key"]) == ("changed", "1-ميناء")
    assert "the packaged text is version 1; version 2 was first seen" in row["why"]
    assert "publisher" in row["why"]


def test_reasons_of_other_differences(package: Path, path: Path, tmp_path: Path) -> None:
    with Archive(path) as archive:
        archive.withdraw(OTHER_URL, reason="طلب")
        bare: dict[str, Any] = {
            "description": "",
            "article_body": "نص",
            "blocks": (),
            "keywords": (),
        }
        save(archive, article_at(headline="خبر", **bare), hours=2)
        save(archive, Article(url="https://shams.example/news/9", headline="سفينة ثالثة"))
    why = {
        row["key"]: (row["kind"], row["why"]) for row in reproduced(package, path)["deviations"]
    }
    assert why["2"][0] == "missing"
    assert why["2"][1].startswith("withdrawn")
    assert "finds it no more" in why["1-ميناء"][1]
    assert why["9"][0] == "new"
    with Archive(tmp_path / "empty.db"):
        pass
    found = reproduced(package, tmp_path / "empty.db")["deviations"]
    assert {row["why"] for row in found} == {"this archive never had it"}


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
def test_file_that_is_no_package_is_refused(tmp_path: Path, path: Path, content: bytes) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    done = run("reproduce", file, "-d", path)
    assert done.returncode == 2
    assert "is no package" in done.stderr


@pytest.mark.parametrize(
    "wrong",
    [("--license", "not an address"), ("--doi", "zenodo.1"), ("--doi", "https://doi.org/")],
)
def test_licence_and_doi_that_repositories_refuse(
    path: Path, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    done = run("package", "السفينة", "-d", path, "-o", tmp_path / "x.zip", *wrong)
    assert done.returncode == 2
    assert wrong[0] in done.stderr
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.parametrize(
    "wrong", [("--creator", ""), ("--title", "  "), ("--publisher", "a\x07b")]
)
def test_names_that_are_no_line_of_text_are_refused(
    path: Path, tmp_path: Path, wrong: tuple[str, str]
) -> None:
    done = run("package", "السفينة", "-d", path, "-o", tmp_path / "x.zip", *wrong)
    assert done.returncode == 2
    assert f"{wrong[0]} is a line of text" in done.stderr
    assert not (tmp_path / "x.zip").exists()


def test_licence_of_an_unknown_site_is_told(path: Path, tmp_path: Path) -> None:
    licences = tmp_path / "licences.csv"
    licences.write_text("site,license\nshams,CC-BY-4.0\nqamar,CC0-1.0\n", "utf-8")
    done = run(
        "package", "السفينة", "-d", path, "-o", tmp_path / "x.zip", "--licences", licences
    )
    assert done.returncode == 0
    assert "the archive has no site qamar" in done.stderr


def test_opt_outs_of_a_site_are_listed_once(path: Path, tmp_path: Path) -> None:
    with Archive(path) as archive, archive.db.conn:
        archive.db.conn.execute("UPDATE observations SET opt_outs = 'tdm (meta), noai (meta)'")
        archive.db.conn.execute("UPDATE observations SET opt_outs = 'noai (meta)' WHERE id = 1")
    (site,) = table(made(path, tmp_path / "x.zip"), "site")
    assert site["opt_outs"] == "noai (meta), tdm (meta)"


def test_mistake_of_the_query_is_told_though_something_is_found(
    path: Path, tmp_path: Path
) -> None:
    done = run("package", "السفينة)", "-d", path, "-o", tmp_path / "x.zip")
    assert done.returncode == 0
    assert "has no ( before it" in done.stderr


def test_query_without_articles_makes_no_package(path: Path, tmp_path: Path) -> None:
    done = run("package", "زرافة", "-o", tmp_path / "none.zip", "-d", path)
    assert done.returncode == 2
    assert not (tmp_path / "none.zip").exists()


@pytest.fixture
def annotated(path: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A package without text, and annotations of its first article in words."""
    package = made(path, tmp_path / "bare.zip", "--no-text")
    start = TEXT.index("السفينة")
    rows = tmp_path / "spans.csv"
    end = start + len("السفينة وصلت")
    rows.write_text(
        f"site,key,field,start,end,label\n{SITE},1-ميناء,article_body,{start},{end},ship\n",
        "utf-8",
    )
    words = tmp_path / "words.csv"
    done = run("annotations", "to-words", rows, "-d", path, "-o", words)
    assert done.returncode == 0, done.stderr
    assert "السفينة" not in words.read_text("utf-8")
    return package, words


def placed(package: Path, words: Path, path: Path) -> dict[str, str]:
    done = run("annotations", "to-text", package, words, "-d", path)
    assert done.returncode == 0, done.stderr
    return next(csv.DictReader(io.StringIO(done.stdout)))


def test_annotations_return_to_their_place(annotated: tuple[Path, Path], path: Path) -> None:
    row = placed(*annotated, path)
    assert row["status"] == "exact"
    assert row["label"] == "ship"
    assert TEXT[int(row["start"]) : int(row["end"])] == "السفينة وصلت"


def test_annotations_move_with_an_edited_text(annotated: tuple[Path, Path], path: Path) -> None:
    edited = "عاجل: " + TEXT + " وغادرت."
    with Archive(path) as archive:
        save(archive, article_at(article_body=edited, blocks=()), hours=2)
    row = placed(*annotated, path)
    assert row["status"] == "moved"
    assert edited[int(row["start"]) : int(row["end"])] == "السفينة وصلت"
    with Archive(path) as archive:
        other = TEXT.replace("السفينة وصلت", "القافلة ذهبت")
        save(archive, article_at(article_body=other, blocks=()), hours=3)
    assert placed(*annotated, path)["status"] == "changed"


def test_annotation_outside_the_text_is_refused(path: Path, tmp_path: Path) -> None:
    rows = tmp_path / "spans.csv"
    rows.write_text(f"site,key,field,start,end\n{SITE},1-ميناء,article_body,5,99999\n", "utf-8")
    done = run("annotations", "to-words", rows, "-d", path)
    assert done.returncode == 2
    assert "row 1" in done.stderr


@given(st.lists(st.sampled_from("abcde"), max_size=30), st.integers(0, 30))
def test_words_align_with_themselves_and_behind_others(words: list[str], extra: int) -> None:
    text = " ".join(f"{word}{number}" for number, word in enumerate(words))
    more = " ".join(["new"] * extra)
    ours = sequence_hashes(f"{more} {text}")
    found = aligned_words(sequence_hashes(text), ours, len(words))
    if len(words) >= WIDTH:
        assert found == {number: number + extra for number in range(len(words))}
    assert len(sequence_hashes(text)) == min(len(words), max(1, len(words) - WIDTH + 1))
    assert len(word_spans(text)) == len(words)
