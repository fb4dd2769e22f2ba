"""The descriptions in a package: RO-Crate 1.2, DataCite 4, CITATION.cff and a README."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import mimetypes
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

import newscrawl
from newscrawl.study.contents import Contents
from newscrawl.text.counted import counted

CRATE = "ro-crate-metadata.json"
_CONTEXT = "https://w3id.org/ro/crate/1.2/context"
_PROFILE = "https://w3id.org/ro/crate/1.2"
_TYPES = {
    ".parquet": "application/vnd.apache.parquet",
    ".cff": "application/yaml",
    ".md": "text/markdown",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv",
}
_README = """# {title}

{description}

- Made by newscrawl {version} on {date} from the query `{query}`.
- {articles}. {text}
- `tables/`: the data; `codebook.csv` describes each column of each table.
- `query.json`: the query, the archive and the program that read the pages.
- `tables/digest`: what identifies each article and its text in another archive.
{study}- `tables/site`: opt-outs and licences of the sites, as far as they are known.
{sequences}
`newscrawl reproduce FILE.zip` repeats the query on an archive and lists what differs.
The texts of the pages are their publishers'; the licence below is that of the compilation.

Licence: {license}
"""
_STUDY = """- `tables/study_*`: codebook, codes, notes, tags and collections of coders.
"""
_SEQUENCES = """- `sequences.jsonl`: hashed word sequences in place of the texts. Whoever
  crawled the same pages can place annotations by them: `newscrawl annotations --help`.
"""


@attrs.frozen(kw_only=True)
class Description:
    """Description of a package by its maker."""

    title: str
    creators: tuple[str, ...]
    """Names, "Family, Given" for persons."""
    license: str
    """The address of the licence of the compilation."""
    publisher: str
    made_on: dt.date
    doi: str | None = None


def codebook(contents: Contents) -> list[dict[str, str]]:
    """Return a row for each column of each table."""
    return [
        {
            "table": table.name,
            "column": column.name,
            "kind": column.kind,
            "description": column.description,
        }
        for table in contents.tables
        for column in table.columns
    ]


def readme(contents: Contents, description: Description) -> bytes:
    """Return README.md."""
    text = _README.format(
        title=description.title,
        description=_summary(contents),
        version=newscrawl.__version__,
        date=description.made_on,
        query=str(contents.query["query"]).replace("`", "'"),
        articles=counted(contents.article_count, "articles"),
        text="Their texts are left out." if contents.sequences else "Their texts are included.",
        study=_STUDY if any(one.name == "study_code" for one in contents.tables) else "",
        sequences=_SEQUENCES if contents.sequences else "",
        license=description.license,
    )
    return text.encode()


def citation_file(contents: Contents, description: Description) -> bytes:
    """Return CITATION.cff, version 1.2.0. JSON is YAML, too."""
    entry: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": "If you use this data set, please cite it.",
        "type": "dataset",
        "title": description.title,
        "abstract": _summary(contents),
        "authors": [_cff_person(name) for name in description.creators],
        "date-released": description.made_on.isoformat(),
        "license-url": description.license,
    }
    if description.doi:
        entry["doi"] = description.doi
    return _as_json(entry)


def datacite(contents: Contents, description: Description) -> bytes:
    """Return the metadata of DataCite's schema 4.5."""
    entry: dict[str, Any] = {
        "schemaVersion": "http://datacite.org/schema/kernel-4",
        "creators": [_datacite_person(name) for name in description.creators],
        "titles": [{"title": description.title}],
        "publisher": {"name": description.publisher},
        "publicationYear": str(description.made_on.year),
        "types": {"resourceTypeGeneral": "Dataset", "resourceType": "News articles"},
        "dates": [{"date": description.made_on.isoformat(), "dateType": "Created"}],
        "descriptions": [{"description": _summary(contents), "descriptionType": "Abstract"}],
        "rightsList": [{"rightsUri": description.license}],
        "formats": ["application/zip"],
    }
    if description.doi:
        entry["doi"] = description.doi
    return _as_json(entry)


def crate(contents: Contents, description: Description, members: Mapping[str, bytes]) -> bytes:
    """Return ro-crate-metadata.json for the files *members*, by their path."""
    tool = f"https://pypi.org/project/newscrawl/{newscrawl.__version__}/"
    creators = [
        {"@id": f"#creator-{number}", "@type": "Person", "name": name}
        for number, name in enumerate(description.creators, 1)
    ]
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": description.title,
        "description": _summary(contents),
        "datePublished": description.made_on.isoformat(),
        "license": {"@id": description.license},
        "creator": [{"@id": one["@id"]} for one in creators],
        "publisher": {"@id": "#publisher"},
        "hasPart": [{"@id": path} for path in members],
        "mentions": {"@id": "#query"},
    }
    if description.doi:
        root["identifier"] = f"https://doi.org/{description.doi}"
    graph = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": _PROFILE},
        },
        root,
        {
            "@id": description.license,
            "@type": "CreativeWork",
            "name": description.license,
            "description": "The licence of the compilation, not of the publishers' texts.",
        },
        *creators,
        {"@id": "#publisher", "@type": "Organization", "name": description.publisher},
        {
            "@id": tool,
            "@type": "SoftwareApplication",
            "name": "newscrawl",
            "url": tool,
            "version": newscrawl.__version__,
            "identifier": contents.query["extractor"],
        },
        {
            "@id": "#query",
            "@type": "CreateAction",
            "name": f"Query: {contents.query['query']}",
            "instrument": {"@id": tool},
            "object": [{"@id": "query.json"}],
            "result": [{"@id": path} for path in members if path.startswith("tables/")],
        },
        *(_file_entity(path, content, contents) for path, content in members.items()),
    ]
    return _as_json({"@context": _CONTEXT, "@graph": graph})


def _file_entity(path: str, content: bytes, contents: Contents) -> dict[str, Any]:
    ending = path[path.rindex(".") :]
    entity: dict[str, Any] = {
        "@id": path,
        "@type": "File",
        "name": path,
        "encodingFormat": _TYPES.get(ending) or mimetypes.types_map.get(ending, "text/plain"),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    for table in contents.tables:
        if path.startswith(f"tables/{table.name}."):
            entity["description"] = table.description
    return entity


def _summary(contents: Contents) -> str:
    sites = next(table for table in contents.tables if table.name == "site").rows
    names = ", ".join(str(row["site"]) for row in sites)
    text = "without their texts" if contents.sequences else "with their texts"
    return (
        f"{counted(contents.article_count, 'news articles')} found by the query "
        f"“{contents.query['query']}”, {text}, their versions, visits and captures, "
        f"from {names or 'no site'}."
    )


def _cff_person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(",")
    if comma:
        return {"family-names": family.strip(), "given-names": given.strip()}
    return {"name": name}


def _datacite_person(name: str) -> dict[str, str]:
    family, comma, given = name.partition(",")
    if not comma:
        return {"name": name, "nameType": "Organizational"}
    return {
        "name": name,
        "nameType": "Personal",
        "givenName": given.strip(),
        "familyName": family.strip(),
    }


def _as_json(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
