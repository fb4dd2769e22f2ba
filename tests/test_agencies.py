"""The table of agencies holds together, and a user can add to it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from newscrawl.errors import UsageError
from newscrawl.resources import read_bytes, read_toml
from newscrawl.values.credit import parse_credit
from newscrawl.values.gazetteer.agencies import (
    SCRIPTS,
    is_agency,
    supplier_named,
    use_agencies,
)
from newscrawl.values.gazetteer.names import name_key
from newscrawl.values.gazetteer.places import is_place, near_place, place_kind
from tools.make_place_keys import place_keys

ROWS: list[dict[str, Any]] = read_toml("names/agencies")["supplier"]


def names_of(row: dict[str, Any]) -> list[str]:
    return [name for script in SCRIPTS for name in row.get(script, ())]


def test_ids_are_unique_and_the_table_is_large() -> None:
    ids = Counter(row["id"] for row in ROWS)
    assert [name for name, count in ids.items() if count > 1] == []
    assert sum(row.get("kind", "agency") == "agency" for row in ROWS) >= 80


def test_no_name_has_two_ids() -> None:
    owners: dict[str, set[str]] = {}
    for row in ROWS:
        for name in names_of(row):
            owners.setdefault(name_key(name), set()).add(row["id"])
    assert {key: ids for key, ids in owners.items() if len(ids) > 1} == {}


def test_every_name_finds_its_supplier() -> None:
    pairs = [(row["id"], name) for row in ROWS for name in names_of(row)]
    found = [(id_, name, supplier_named(name)) for id_, name in pairs]
    assert [(id_, name) for id_, name, one in found if one is None or one.id != id_] == []


def test_every_row_is_whole() -> None:
    for row in ROWS:
        supplier = supplier_named(names_of(row)[0])
        assert supplier is not None
        assert supplier.kind in {"agency", "outlet", "generic"}
        assert len(supplier.country) == 2
        assert set(supplier.names) == set(names_of(row))
        assert supplier.common <= {name_key(name) for name in supplier.names}, supplier.id
    assert set().union(*ROWS) == {"id", "kind", "country", "common", *SCRIPTS}
    assert SCRIPTS == ("ar", "fa", "he", "ur", "latin", "cyrillic", "cjk")


def test_persons_and_places_are_no_agencies() -> None:
    assert not any(is_agency(name) for name in ("علي بردى", "القاهرة", "دبا", "إب", "London"))
    assert is_agency("العربية.نت ووكالات")


def test_a_user_extends_the_table(tmp_path: Path) -> None:
    own = tmp_path / "agencies.toml"
    own.write_text('[[supplier]]\nid = "shams"\nar = ["شمس الأخبار"]\n', "utf-8")
    use_agencies(str(own))
    found = parse_credit("المصدر: شمس الأخبار + أ ف ب")
    assert found is not None
    assert [agency.id for agency in found.agencies] == ["shams", "afp"]


@pytest.mark.parametrize("text", ["[[supplier", '[[supplier]]\nar = ["شمس"]\n'])
def test_a_broken_table_is_reported(text: str, tmp_path: Path) -> None:
    own = tmp_path / "agencies.toml"
    own.write_text(text, "utf-8")
    use_agencies(str(own))
    with pytest.raises(UsageError):
        supplier_named("شمس")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("بروكسل", "city"),
        ("بروكسيل", "city"),
        ("الإمارات العربية المتحدة", "country"),
        ("عمّان", "city"),
        ("الأراضي اليمنية", "country"),
        ("شمال غزة", "town"),
        ("تل آویو", "city"),
        ("راولپنڈی", "city"),
        ("תל אביב", "city"),
        ("Le Caire", "city"),
        ("علي بردى", None),
        ("محمد", None),
    ],
)
def test_the_gazetteer(name: str, kind: str | None) -> None:
    assert place_kind(name) == kind
    assert is_place(name) == (kind is not None)


def test_another_transcription_is_near() -> None:
    assert near_place("سانت بطرسبورج")
    assert not near_place("هسبريس")


def test_prepared_keys_are_those_of_the_tables() -> None:
    written = read_bytes("names/place_keys.tsv").decode("utf-8")
    command = "python -m tools.make_place_keys > newscrawl/resources/names/place_keys.tsv"
    assert written == place_keys(), command
