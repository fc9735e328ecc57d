"""What a user of an HTTP client does with the service of orders, in turn: reads, places, lists and puts."""
import json

import foulweather

_TURNS = ("read", "place", "list", "put")
_LINES = 40
_NOTE = "one of these, please" * 20
_JSON = {"content-type": "application/json"}


def number(operation_id):
    """Counts from 0 within a trial."""
    return int(operation_id.rpartition("-")[2])


def _kind(operation_id):
    return _TURNS[number(operation_id) % len(_TURNS)]


def request(operation_id):
    """The method, the path, the body and the headers of an operation."""
    kind = _kind(operation_id)
    if kind == "read":
        return "GET", f"/documents/{operation_id}", None, {}
    if kind == "list":
        return "GET", f"/listings/{operation_id}", None, {}
    body = json.dumps({"id": operation_id, "customer": "c-1", "note": _NOTE})
    if kind == "put":
        return "PUT", f"/documents/{operation_id}", body, _JSON
    return "POST", f"/orders/{operation_id}", body, _JSON


def answer(operation_id, text):
    """Reads the answer to an operation."""
    kind = _kind(operation_id)
    if kind == "read":
        document = json.loads(text)
        return foulweather.Answer(
            echoed_id=document["id"], intact=len(document["lines"]) == _LINES, key="read"
        )
    if kind == "list":
        rows = text.rstrip().split("\n")
        last = json.loads(rows[-1])
        is_whole = last.get("isLast") is True and len(rows) == _LINES + 1
        return foulweather.Answer(echoed_id=last["id"], intact=is_whole, key="list")
    return foulweather.Answer(echoed_id=json.loads(text)["id"], key="write")


class StatusError(Exception):
    """For clients that leave the meaning of a status to their user."""

    def __init__(self, status):
        super().__init__(f"the server answered with the status {status}")
        self.code = f"HTTP_{status}"
