"""One page on which a case is put in and what must be done comes out; the same as JSON for a system that asks.

python service.py --protocol ../wexcombe/wexcombe.yaml            then open http://127.0.0.1:8000
Nothing is kept or logged: a case lives as long as its request. There is no login: it listens to this machine alone.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

import missingrules
from missingrules.pages.case import case_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from missingrules import Answer, Diagnostic, Protocol

MOST = 1_000_000  # bytes of a request
# Neither a proxy nor the browser is to keep it.
HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}
OWN = {"Content-Security-Policy": "default-src 'none'; form-action 'self'; base-uri 'none'"}
FORM = """<!doctype html><html lang="en"><meta charset="utf-8"><title>What must be done</title>
<h1>What must be done</h1>{errors}
<form method="post"><p><label>As of <input name="as_of" value="{as_of}"></label> (left out: now)
<p><label>Case<br><textarea name="case" rows="30" cols="100" spellcheck="false">{case}</textarea></label>
<p><button>Ask</button></form></html>"""


def make_app(protocols: Sequence[Protocol]) -> FastAPI:
    """The service for these protocols; without FastAPI's own pages, which would be fetched from elsewhere."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    def evaluate(text: str, as_of: str) -> Answer:
        now = missingrules.instant_of(as_of or datetime.now(UTC))
        return missingrules.evaluate(protocols, missingrules.read_case_text(text, "case", protocols, now), now)

    @app.get("/")
    def ask() -> Response:
        return form()

    @app.post("/")
    async def answer(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST:
                return Response("longer than any case", 413, HEADERS)
        text, as_of = body.decode(errors="replace"), request.query_params.get("as_of", "")
        fields = parse_qs(text, keep_blank_values=True)
        if "urlencoded" in request.headers.get("content-type", "") and "case" in fields:
            # A browser ends lines with two signs.
            text, as_of = (fields.get(name, [""])[0].replace("\r\n", "\n") for name in ("case", "as_of"))
        wants_json = "application/json" in request.headers.get("accept", "")
        try:
            # In a thread: others are waiting.
            found = await run_in_threadpool(evaluate, text, as_of)
        except missingrules.InvalidInput as error:
            if not wants_json:
                return form("\n\n".join(each.render() for each in error.diagnostics), as_of, text)
            errors = json.dumps({"errors": [told(each) for each in error.diagnostics]})
            return Response(errors, 422, HEADERS, "application/json")
        if wants_json:
            return Response(missingrules.to_json(found), 200, HEADERS, "application/json")
        return Response(case_page(found), 200, HEADERS, "text/html")

    return app


def form(errors: str = "", as_of: str = "", case: str = "") -> Response:
    """The form, with what was wrong above it: told to the one who sent it and to nobody else."""
    said = f'<h2>This cannot be used</h2><pre role="alert">{escape(errors)}</pre>' if errors else ""
    text = FORM.format(errors=said, as_of=escape(as_of), case=escape(case))
    return Response(text, 422 if errors else 200, HEADERS | OWN, "text/html")


def told(each: Diagnostic) -> dict[str, str | int | None]:
    line, column = (each.span.line, each.span.column) if each.span else (None, None)
    return {"code": each.code, "message": each.message, "hint": each.hint, "line": line, "column": column}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--protocol", action="append", required=True, help="a protocol file")
    made = make_app(missingrules.load_protocols(*parser.parse_args().protocol))
    # Not even an error: its message could hold what stood in a case.
    uvicorn.run(made, host="127.0.0.1", port=8000, access_log=False, log_level="critical")
