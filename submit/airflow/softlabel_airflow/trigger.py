"""Waits for an application in a cluster."""
from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

RUNNING = {"NEW", "NEW_SAVING", "SUBMITTED", "ACCEPTED", "RUNNING", "RELAUNCHING", "UNKNOWN", "UNDEFINED"}
LOST = 30
# Airflow gives on_kill 30 seconds unless it is set.
KILL_SECONDS = 10


class JobTrigger(BaseTrigger):
    """Asks a standalone master's or YARN's REST API until the application has ended. One that can't be asked this many
    times in a row counts as LOST.

    urls: of the application, one for each master; the first that answers counts.
    seconds: between two questions.
    """

    def __init__(self, urls: list[str], seconds: float) -> None:
        super().__init__()
        self.urls = urls
        self.seconds = seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return "softlabel_airflow.trigger.JobTrigger", {"urls": self.urls, "seconds": self.seconds}

    def state(self) -> str | None:
        """The application's state, or None where nobody answers."""
        for url in self.urls:
            try:
                with urllib.request.urlopen(url, timeout=30) as answer:
                    found = json.load(answer)
            except (OSError, ValueError):
                continue
            if "app" in found:
                final = found["app"]["finalStatus"]
                return found["app"]["state"] if final == "UNDEFINED" else final
            if found.get("success"):
                return found["driverState"]
        return None

    def kill(self) -> bool:
        """Asks for the application's end; whether somebody took that."""
        for url in self.urls:
            if "/v1/submissions/status/" in url:
                ask = urllib.request.Request(url.replace("/status/", "/kill/"), b"", method="POST")
            else:
                body, kind = json.dumps({"state": "KILLED"}).encode(), {"Content-Type": "application/json"}
                ask = urllib.request.Request(f"{url}/state", body, kind, method="PUT")
            try:
                with urllib.request.urlopen(ask, timeout=KILL_SECONDS) as answer:
                    found = json.load(answer)
            except (OSError, ValueError):
                continue
            if found.get("success") or "state" in found:
                return True
        return False

    async def on_kill(self) -> None:
        """Airflow calls it where a user clears or marks the deferred task, and not where a triggerer ends."""
        if not await asyncio.to_thread(self.kill):
            self.log.warning("expected a master to end the job, found none that does at %s; end it there", ", ".join(self.urls))

    async def run(self):
        unanswered = 0
        while unanswered < LOST:
            state = await asyncio.to_thread(self.state)
            unanswered = 0 if state else unanswered + 1
            if state and state not in RUNNING:
                yield TriggerEvent({"state": state})
                return
            await asyncio.sleep(self.seconds)
        yield TriggerEvent({"state": "LOST"})
