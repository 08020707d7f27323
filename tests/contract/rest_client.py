"""Adds a text, waits until it is processed, asks about it whole and as a stream; standard library only.

Usage: rest_client.py URL API_KEY. Prints one line of JSON.
"""

import json
import sys
import time
import urllib.error
import urllib.request

BASE, KEY = sys.argv[1], sys.argv[2]


def call(method, path, body=None, key=KEY):
    data = None if body is None else json.dumps(body).encode()
    headers = {"X-API-Key": key, "Content-Type": "application/json"}
    request = urllib.request.Request(BASE + path, data=data, headers=headers, method=method)
    while True:
        try:
            return urllib.request.urlopen(request, timeout=120)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 503) or not error.headers.get("Retry-After", "").isdigit():
                raise
            time.sleep(min(30, int(error.headers["Retry-After"])))


def load(method, path, body=None):
    with call(method, path, body) as reply:
        return json.load(reply)


inserted = load(
    "POST",
    "/documents/text",
    {"text": "The lighthouse of Port Alder is kept by Clara Whitfield.", "file_source": "port.txt"},
)
while True:
    track = load("GET", "/documents/track_status/" + inserted["track_id"])
    states = [document["status"] for document in track["documents"]]
    if states and all(state in ("processed", "failed") for state in states):
        break
    time.sleep(0.1)

question = {"query": "Who keeps the lighthouse of Port Alder?", "mode": "mix"}
answer = load("POST", "/query", question)
with call("POST", "/query/stream", question) as reply:
    lines = [json.loads(line) for line in reply]
try:
    call("POST", "/query", question, key="wrong")
    refusal = None
except urllib.error.HTTPError as error:
    refusal = [error.code, json.load(error)["detail"]]

print(
    json.dumps(
        {
            "inserted": inserted["status"],
            "states": states,
            "answer": answer["response"],
            "files": [reference["file_path"] for reference in answer["references"]],
            "streamed": "".join(line.get("response", "") for line in lines),
            "first_line": sorted(lines[0]),
            "refusal": refusal,
        }
    )
)
