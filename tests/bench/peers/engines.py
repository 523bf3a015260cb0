"""How the SQL engines are asked.

DuckDB, its command line: the columns that are needed and no more, since it guesses the types of all
others for longer than it reads. Tried: `read_json`, with and without saying that each file is one
line, and each file as a text that `from_json` parses. Slower, and not tried: records as `JSON`.

chDB, which is ClickHouse in Python: `file()` with the columns that are needed. Tried: records as
named tuples, as texts in which only token requests are looked up, and each file as one text. Many
times slower, and not tried: the type `JSON`, which parses all members.
"""

from __future__ import annotations

import csv
import io
import json

from ask import Answer, Peer, Place, Way, said


def duckdb(place: Place) -> Peer:
    def command(query: str) -> list:
        return [place.installed("duckdb"), "-csv", "-noheader", "-nullvalue", "", "-c", query]

    ways = [Way(name, command(duckdb_query(source))) for name, source in duckdb_sources(place.glob).items()]
    version = "DuckDB " + said(place.installed("duckdb"), "--version").split()[0].lstrip("v")
    return Peer("DuckDB", "count", ways, of_rows, command("SELECT 1"), version)


def duckdb_sources(files: str) -> dict:
    """Queries for one column, `r`, of records."""
    shape = {
        "eventName": "VARCHAR",
        "additionalEventData": {
            "responseParameters": {"status": "DOUBLE"},
            "clientId": "VARCHAR",
            "requestParameters": {"client_id": ["VARCHAR"]},
        },
    }
    columns = f"columns = {{Records: '{duckdb_type(shape)}[]'}}"
    lines = (
        r"columns = {line: 'VARCHAR'}, delim = '\x01', quote = '', escape = '', header = false,"
        " auto_detect = false, max_line_size = 100000000"
    )
    parsed = f"from_json(line, '{json.dumps({'Records': [shape]})}')"
    return {
        "`read_json`, each file one line": f"SELECT unnest(Records) r"
        f" FROM read_json('{files}', format = 'newline_delimited', {columns})",
        "`read_json`": f"SELECT unnest(Records) r FROM read_json('{files}', {columns})",
        "`from_json` of each file": f"SELECT unnest({parsed}.Records) r FROM read_csv('{files}', {lines})",
    }


def duckdb_type(shape: object) -> str:
    if isinstance(shape, dict):
        return "STRUCT(" + ", ".join(f"{name} {duckdb_type(inner)}" for name, inner in shape.items()) + ")"
    if isinstance(shape, list):
        return duckdb_type(shape[0]) + "[]"
    return str(shape)


def duckdb_query(source: str) -> str:
    token = "r.eventName = 'Token_POST'"
    client = "coalesce(r.additionalEventData.clientId, r.additionalEventData.requestParameters.client_id[1])"
    status = "r.additionalEventData.responseParameters.status::INT"
    return (
        f"SELECT if({token}, {client}, NULL) client, if({token}, {status}, NULL) status, count(*)"
        f" FROM ({source}) GROUP BY ALL ORDER BY ALL"
    )


def chdb(place: Place) -> Peer:
    def command(query: str) -> list:
        code = "import chdb, sys; print(chdb.query(sys.argv[1], 'CSV'), end='')"
        return [place.installed("python"), "-c", code, query]

    ways = [Way(name, command(chdb_query(*way))) for name, way in chdb_ways(place.glob).items()]
    version = "chDB " + said(place.installed("python"), "-c", "import chdb; print(chdb.__version__)").strip()
    return Peer("chDB (ClickHouse)", "count", ways, of_rows, command("SELECT 1"), version)


# Where the members of a record `r` are found.
MEMBERS = {
    "name": "r.eventName",
    "id": "r.additionalEventData.clientId",
    "form": "r.additionalEventData.requestParameters.client_id[1]",
    "status": "r.additionalEventData.responseParameters.status",
}
LOOKED_UP = {
    "name": "if(position(r, 'Token_POST') > 0, JSONExtractString(r, 'eventName'), '')",
    "id": "JSONExtractString(r, 'additionalEventData', 'clientId')",
    "form": "JSONExtractString(r, 'additionalEventData', 'requestParameters', 'client_id', 1)",
    "status": "JSONExtractFloat(r, 'additionalEventData', 'responseParameters', 'status')",
}


def chdb_ways(files: str) -> dict:
    """Members, arrays of records, and what they are read from."""
    data = (
        "Tuple(responseParameters Tuple(status Nullable(Float64)), clientId String,"
        " requestParameters Tuple(client_id Array(String)))"
    )
    tuples = f"Array(Tuple(eventName String, additionalEventData {data}))"
    rows = f"file('{files}', 'JSONEachRow', 'Records %s')"
    lines = f"file('{files}', 'LineAsString', 'line String')"
    return {
        "records as named tuples": (MEMBERS, "Records", rows % tuples),
        "records as texts": (LOOKED_UP, "Records", rows % "Array(String)"),
        "`JSONExtract` of each file": (MEMBERS, f"JSONExtract(line, 'Records', '{tuples}')", lines),
    }


def chdb_query(of: dict, records: str, source: str) -> str:
    settings = [
        "input_format_json_defaults_for_missing_elements_in_named_tuple",
        "input_format_json_ignore_unknown_keys_in_named_tuple",
        "input_format_skip_unknown_fields",
        "input_format_json_read_objects_as_strings",
    ]
    client = f"if(empty({of['id']}), {of['form']}, {of['id']})"
    return (
        f"SELECT if(token, {client}, '') client, if(token, toUInt16({of['status']}), 0) status, count()"
        f" FROM (SELECT r, {of['name']} = 'Token_POST' token FROM (SELECT arrayJoin({records}) r FROM {source}))"
        f" GROUP BY client, status ORDER BY client, status"
        f" SETTINGS {', '.join(f'{name} = 1' for name in settings)}"
    )


def of_rows(output: str) -> Answer:
    """Rows of client, status and count; all other records in a row without client."""
    tokens: dict = {}
    records = 0
    for client, status, count in csv.reader(io.StringIO(output)):
        records += int(count)
        if client:
            tokens[client, int(status)] = int(count)
    return Answer(records, tokens)
