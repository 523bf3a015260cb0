"""Runs a query of queries/athena/ on DuckDB, over trail records in a file.

Reads {"records": PATH, "sql": TEXT, "parameters": [TEXT, …]} on standard input and writes
{"columns": […], "rows": [[TEXT or null, …], …]}. The query must parse as Trino's SQL, which is what
Athena speaks; sqlglot then says it in DuckDB's words. The record times stand in for the days of
publication.
"""

import json
import sys
import tempfile

import duckdb
import sqlglot

STRUCT = """STRUCT("type" VARCHAR, principalid VARCHAR, arn VARCHAR, accountid VARCHAR, invokedby VARCHAR,
    username VARCHAR, sessioncontext STRUCT(sessionissuer STRUCT(arn VARCHAR), sourceidentity VARCHAR))"""
TEXTS = [
    "eventtime", "eventsource", "eventname", "awsregion", "sourceipaddress", "useragent", "errorcode", "errormessage",
    "requestparameters", "responseelements", "additionaleventdata", "requestid", "eventid", "readonly", "eventtype", "recipientaccountid",
    "sessioncredentialfromconsole",
]


def row(record):
    """A record as the table's columns: objects are text, but for the structs."""

    def text(value):
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value)

    low = {name.lower(): value for name, value in record.items()}
    identity = {name.lower(): value for name, value in (low.get("useridentity") or {}).items()}
    context = identity.get("sessioncontext") or {}
    tls = low.get("tlsdetails") or {}
    return {
        **{name: text(low.get(name)) for name in TEXTS},
        "useridentity": {
            **{name: identity.get(name) for name in ("type", "principalid", "arn", "accountid", "invokedby", "username")},
            "sessioncontext": {
                "sessionissuer": {"arn": (context.get("sessionIssuer") or {}).get("arn")},
                "sourceidentity": context.get("sourceIdentity"),
            },
        },
        "tlsdetails": {"clientprovidedhostheader": tls.get("clientProvidedHostHeader")},
        "timestamp": low["eventtime"][:10].replace("-", "/"),
    }


def main():
    asked = json.load(sys.stdin)
    with open(asked["records"], encoding="utf-8") as file:
        records = json.load(file)["Records"]
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        for record in records:
            file.write(json.dumps(row(record)) + "\n")
        file.flush()
        columns = {name: "VARCHAR" for name in [*TEXTS, "timestamp"]}
        columns |= {"useridentity": STRUCT, "tlsdetails": "STRUCT(clientprovidedhostheader VARCHAR)"}
        spec = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
        database = duckdb.connect()
        source = f"read_json('{file.name}', format = 'newline_delimited', columns = {{{spec}}})"
        database.execute(f"CREATE TABLE cloudtrail_logs AS SELECT * FROM {source}")
    sql = asked["sql"]
    for value in asked["parameters"]:
        sql = sql.replace("?", value, 1)
    [sql] = sqlglot.transpile(sql, read="trino", write="duckdb")
    result = database.execute(sql)
    names = [column[0] for column in result.description]
    rows = [[None if value is None else str(value) for value in row] for row in result.fetchall()]
    json.dump({"columns": names, "rows": rows}, sys.stdout)


main()
