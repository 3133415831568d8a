"""The operators of submit/airflow/softlabel_airflow, in a real Airflow, with a server that answers as masters do and a program that
stands for spark-submit. dag_integrity.py runs them.
usage: PYTHONPATH=submit/airflow test_airflow.py (in the repository's root, with Airflow's environment)"""
import asyncio
import http.server
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import requests
from airflow.providers.apache.spark.hooks.spark_submit import SparkSubmitHook
from airflow.sdk import Asset
from airflow.sdk.exceptions import AirflowException, AirflowFailException, TaskDeferred

from softlabel_airflow import (
    SoftlabelEvaluateOperator,
    SoftlabelGateOperator,
    SoftlabelOperator,
    SoftlabelPredictOperator,
    SoftlabelPublishOperator,
    SoftlabelTrainOperator,
    run_folder,
)
from softlabel_airflow import trigger
from softlabel_airflow.trigger import JobTrigger

# It writes a line when it is told to end, as training writes a checkpoint, and so does a child of its own.
JOB = """#!/usr/bin/env bash
trap 'sleep 0.5; echo stopped >> "$MARKS"; exit 0' TERM
(trap 'echo child >> "$MARKS"; exit 0' TERM; echo ready >> "$MARKS"; while :; do sleep 0.1; done) &
while :; do sleep 0.1; echo a line; done
"""


def connection(**parts):
    return mock.patch.dict(os.environ, {"AIRFLOW_CONN_SPARK_DEFAULT": json.dumps({"conn_type": "spark", **parts})})


def execute(operator, context=None):
    """The task's own execute, without Airflow's check that a task runs it."""
    method = type(operator).execute
    return getattr(method, "__wrapped__", method)(operator, context or {})


class Server(http.server.ThreadingHTTPServer):
    """Gives one answer after another, and the last one for ever."""

    def __init__(self, answers):
        server = self
        self.answers, self.asked = list(answers), []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                server.asked.append((self.command, self.path, body))
                answer = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
                self.send_response(200 if answer else 500)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            do_POST = do_PUT = do_GET

            def log_message(self, *args):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Folders(unittest.TestCase):
    def test_ids_that_differ_have_folders_that_differ(self):
        ids = ["a:b", "a_b", "a+b", "a/b", "..", ".", "../..", "", "x" * 400, "x" * 401, run_folder("a:b"), "ä", "a\u0308"]
        folders = {run_folder(i) for i in ids}
        self.assertEqual(len(folders), len(ids))
        for folder in folders:
            self.assertRegex(folder, r"^[A-Za-z0-9_-]{17,140}$")
        self.assertEqual(run_folder("manual__2026-01-01T00:00:00+00:00"), "manual__2026-01-01T00_00_00_00_00-" + run_folder("manual__2026-01-01T00:00:00+00:00")[-16:])

    def test_paths_that_go_up_are_refused(self):
        for up in ("../x", "/data/..", "s3a://b/a/../c", "..", "a\\..\\b"):
            for operator in (
                SoftlabelTrainOperator(task_id="t", data="/d", out=up),
                SoftlabelTrainOperator(task_id="t", data=up, out="/o"),
                SoftlabelPredictOperator(task_id="t", data="/d", out="/o", model=up),
                SoftlabelEvaluateOperator(task_id="t", data="/d", out="/o", model="/m", options={"labels": up}),
                SoftlabelOperator(task_id="t", command="calibrate", options={"model": "/m", "evaluated": up}),
                SoftlabelGateOperator(task_id="t", evaluated=up, max_error=1, max_ece=1),
                SoftlabelPublishOperator(task_id="t", run_dir=up, shelf="/s", figures={}, asset=Asset("a")),
                SoftlabelPublishOperator(task_id="t", run_dir="/r", shelf=up, figures={}, asset=Asset("a")),
            ):
                with self.assertRaises(AirflowFailException) as refused:
                    execute(operator)
                self.assertRegex(str(refused.exception), r"^expected a path without \.\. for [\w-]+, found [^\n]+; give the whole path$")


class Commands(unittest.TestCase):
    def test_options_become_arguments_that_are_templated(self):
        train = SoftlabelTrainOperator(task_id="t", data="{{ params.d }}", out="/o", options={"head_passes": 3, "labels": None, "mixup": False})
        self.assertEqual(train.application_args, ["train", "--data", "{{ params.d }}", "--out", "/o", "--resume", "--head-passes", "3"])
        self.assertIn("application_args", train.template_fields)
        for operator in (
            SoftlabelEvaluateOperator(task_id="t", data="/d", out="/o", model="/m"),
            SoftlabelPredictOperator(task_id="t", data="/d", out="/o", model="/m"),
        ):
            command, *options = operator.application_args
            shown = subprocess.run(["submit/softlabel", command, "--help"], capture_output=True, text=True, check=True).stdout
            for option in options:
                if option.startswith("--"):
                    self.assertRegex(shown, rf"(?m)^  {option}\b")

    def test_a_user_s_mistake_is_not_tried_again(self):
        for status, kind in ((2, AirflowFailException), (3, AirflowFailException), (4, AirflowException), (23, AirflowException)):
            said = AirflowException(f"Cannot execute: spark-submit train. Error code is: {status}.")
            with mock.patch.object(SparkSubmitHook, "submit", side_effect=said), connection(host="local[2]"):
                with self.assertRaises(AirflowException) as raised:
                    execute(SoftlabelOperator(task_id="t", command="inspect"))
                self.assertIs(type(raised.exception), kind)


class Killing(unittest.TestCase):
    def gone(self, group):
        """Whether the group ends; those who have ended count until their parent, or the system, has heard of it."""
        for _ in range(600):
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return True
            time.sleep(0.05)
        return False

    def killed(self, job, grace):
        with tempfile.TemporaryDirectory() as folder:
            marks, program = pathlib.Path(folder, "marks"), pathlib.Path(folder, "spark-submit")
            program.write_text(job)
            program.chmod(0o755)
            path = {"PATH": f"{folder}:{os.environ['PATH']}", "MARKS": str(marks)}
            operator = SoftlabelOperator(task_id="t", command="train", grace_seconds=grace, env_vars={"MARKS": str(marks)})
            with mock.patch.dict(os.environ, path), connection(host="local[2]"):
                ended = []

                def run():
                    try:
                        execute(operator)
                    except Exception as e:
                        ended.append(e)

                task = threading.Thread(target=run)
                task.start()
                while task.is_alive() and not marks.exists():
                    time.sleep(0.05)
                self.assertTrue(marks.exists(), ended)
                operator.on_kill()
                process = operator._hook._submit_sp
                task.join(30)
                self.assertFalse(task.is_alive())
                self.assertTrue(self.gone(process.pid))
                return marks.read_text().split()

    def test_the_whole_group_is_told_and_has_time(self):
        self.assertEqual(sorted(self.killed(JOB, 30)), ["child", "ready", "stopped"])

    def test_a_job_that_does_not_end_is_killed(self):
        deaf = JOB.replace('trap \'sleep 0.5; echo stopped >> "$MARKS"; exit 0\' TERM', "trap '' TERM")
        self.assertNotIn("stopped", self.killed(deaf, 0.5))

    def test_in_a_cluster_the_provider_kills(self):
        operator = SoftlabelOperator(task_id="t", command="train", deploy_mode="cluster")
        with connection(host="yarn"):
            operator._hook = operator._get_hook()
        operator._hook._submit_sp = mock.Mock(poll=lambda: None)
        with mock.patch.object(SparkSubmitHook, "on_kill") as killed:
            operator.on_kill()
        killed.assert_called_once()

    def test_nothing_to_kill(self):
        SoftlabelOperator(task_id="t", command="train").on_kill()


class Deferring(unittest.TestCase):
    def ends(self, answers):
        server = Server(answers)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)

        async def first():
            async for event in JobTrigger([server.url + "x"], 0.01).run():
                return event.payload["state"]

        return asyncio.run(first())

    def test_a_standalone_master_is_asked_until_the_driver_has_ended(self):
        running, done = {"success": True, "driverState": "RUNNING"}, {"success": True, "driverState": "FINISHED"}
        self.assertEqual(self.ends([running, None, running, done]), "FINISHED")
        self.assertEqual(self.ends([running, {"success": True, "driverState": "FAILED"}]), "FAILED")

    def test_yarn_is_asked_until_the_application_has_ended(self):
        def app(state, final):
            return {"app": {"state": state, "finalStatus": final}}

        self.assertEqual(self.ends([app("ACCEPTED", "UNDEFINED"), app("RUNNING", "UNDEFINED"), app("FINISHED", "SUCCEEDED")]), "SUCCEEDED")
        self.assertEqual(self.ends([app("FINISHED", "FAILED")]), "FAILED")
        self.assertEqual(self.ends([app("KILLED", "KILLED")]), "KILLED")

    def test_an_application_that_nobody_knows_is_lost(self):
        with mock.patch.object(trigger, "LOST", 3):
            self.assertEqual(self.ends([{"success": False}]), "LOST")

    def test_another_master_answers(self):
        server = Server([{"success": True, "driverState": "FINISHED"}])
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.assertEqual(JobTrigger(["http://127.0.0.1:9/x", server.url + "x"], 1).state(), "FINISHED")

    def test_a_deferred_task_that_a_user_stops_stops_its_job(self):
        def killed(path, answer):
            server = Server([answer])
            self.addCleanup(server.server_close)
            self.addCleanup(server.shutdown)
            waits = JobTrigger(["http://127.0.0.1:9/x", server.url + path], 1)
            asyncio.run(waits.on_kill())
            return server.asked, waits.kill()

        asked, taken = killed("v1/submissions/status/driver-1", {"success": True})
        self.assertEqual((asked[0], taken), (("POST", "/v1/submissions/kill/driver-1", ""), True))
        asked, taken = killed("ws/v1/cluster/apps/application_1_0001", {"state": "RUNNING"})
        self.assertEqual((asked[0], taken), (("PUT", "/ws/v1/cluster/apps/application_1_0001/state", '{"state": "KILLED"}'), True))
        with mock.patch.object(JobTrigger, "log") as log:
            self.assertFalse(killed("v1/submissions/status/driver-1", {"success": False})[1])
        self.assertRegex(log.warning.call_args.args[0], "^expected a master to end the job, found none")

    def deferred(self, operator, says, **parts):
        """The task, deferred after a spark-submit that says this."""
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder, "spark-submit")
            program.write_text(f"#!/bin/sh\necho '{says}'\n")
            program.chmod(0o755)
            with mock.patch.dict(os.environ, {"PATH": f"{folder}:{os.environ['PATH']}"}), connection(**parts):
                with self.assertRaises(TaskDeferred) as deferred:
                    execute(operator)
        return deferred

    def test_on_yarn_too(self):
        operator = SoftlabelTrainOperator(task_id="t", data="/d", out="/o", deploy_mode="cluster", deferrable=True)
        extra = json.dumps({"yarn_resourcemanager_webapp_address": "http://rm:8088"})
        deferred = self.deferred(operator, "Submitted application application_1_0001", host="yarn", extra=extra)
        self.assertEqual(deferred.exception.trigger.urls, ["http://rm:8088/ws/v1/cluster/apps/application_1_0001"])
        with connection(host="yarn", extra=extra):
            operator.resume({}, event={"state": "SUCCEEDED"}, job="application_1_0001")

    def test_a_yarn_that_asks_who_one_is_can_t_be_asked(self):
        operator = SoftlabelOperator(
            task_id="t", command="train", deploy_mode="cluster", deferrable=True, yarn_rm_auth=requests.auth.HTTPBasicAuth("a", "b"))
        extra = json.dumps({"yarn_resourcemanager_webapp_address": "http://rm:8088"})
        with connection(host="yarn", extra=extra), self.assertRaisesRegex(AirflowFailException, "no authentication"):
            execute(operator)

    def test_the_task_gives_its_slot_back_and_ends_as_the_driver(self):
        with tempfile.TemporaryDirectory() as folder:
            self.ends_as_the_driver(pathlib.Path(folder, "after"))

    def ends_as_the_driver(self, after):
        operator = SoftlabelTrainOperator(
            task_id="t", data="/d", out="/o", deploy_mode="cluster", deferrable=True, poll_seconds=7, post_submit_commands=[f"touch {after}"])
        where = {"host": "spark://one,two", "port": 7077, "extra": json.dumps({"rest-port": 6067})}
        deferred = self.deferred(operator, "Driver successfully submitted as driver-1", **where)
        self.assertFalse(after.exists())
        name, given = deferred.exception.trigger.serialize()
        self.assertEqual(name, "softlabel_airflow.trigger.JobTrigger")
        self.assertEqual(given, {"urls": [f"http://{m}:6067/v1/submissions/status/driver-1" for m in ("one", "two")], "seconds": 7})
        self.assertEqual(deferred.exception.kwargs, {"job": "driver-1"})
        with connection(**where):
            operator.resume({}, event={"state": "FINISHED"}, job="driver-1")
            self.assertTrue(after.exists())
            with self.assertRaisesRegex(AirflowException, "driver-1 to end well, found FAILED"):
                operator.resume({}, event={"state": "FAILED"}, job="driver-1")

    def test_client_mode_can_t_be_deferred(self):
        operator = SoftlabelOperator(task_id="t", command="train", deferrable=True)
        with connection(host="local[2]"), self.assertRaisesRegex(AirflowFailException, "leave deferrable out"):
            execute(operator)


class Publishing(unittest.TestCase):
    def test_the_gate_and_the_shelf(self):
        with tempfile.TemporaryDirectory() as folder:
            run = pathlib.Path(folder, "run")
            run.mkdir()
            (run / "report.json").write_text(json.dumps({"test": {"error": 0.2, "count": 50}, "recalibrated": {"ece": 0.01}}))
            (run / "model.safetensors").write_bytes(b"weights")
            gate = SoftlabelGateOperator(task_id="g", evaluated=str(run), max_error="0.2", max_ece=0.01)
            figures = execute(gate)
            self.assertEqual(figures, {"error": 0.2, "ece": 0.01})
            tight = SoftlabelGateOperator(task_id="g", evaluated=str(run), max_error=0.1, max_ece=0.01)
            with self.assertRaisesRegex(AirflowFailException, "error of at most 0.1000, found 0.2000 on 50 pictures; nothing is published"):
                execute(tight)
            self.assertEqual((gate.retries, tight.retries), (0, 0))
            for other, found in (
                ({"labels": {"ece": 0.02}}, "ece of at most 0.0100, found 0.0200 on 50 pictures"),
                ({"recalibrated": {"ece": None}}, "ece of at most 0.0100, found none on 50 pictures"),
                ({}, "ece of at most 0.0100, found none on 50 pictures"),
            ):
                folder_of = pathlib.Path(folder, "other")
                folder_of.mkdir(exist_ok=True)
                (folder_of / "report.json").write_text(json.dumps({"test": {"error": 0.2, "count": 50}, **other}))
                with self.assertRaisesRegex(AirflowFailException, found):
                    execute(SoftlabelGateOperator(task_id="g", evaluated=str(folder_of), max_error=0.2, max_ece=0.01))

            asset, event = Asset("model"), mock.Mock()
            publish = SoftlabelPublishOperator(task_id="p", run_dir=str(run), shelf=f"{folder}/shelf", figures=figures, asset=asset)
            self.assertEqual(publish.outlets, [asset])
            model = execute(publish, {"run_id": "a:b", "outlet_events": {asset: event}})
            current = json.loads(pathlib.Path(folder, "shelf/current.json").read_text())
            self.assertEqual(current, event.extra)
            self.assertEqual(current, {"model": model, "run_id": "a:b", "error": 0.2, "ece": 0.01})
            kept = pathlib.Path(folder, "shelf", run_folder("a:b"))
            self.assertEqual(sorted(p.name for p in kept.iterdir()), ["model.safetensors", "report.json"])


if __name__ == "__main__":
    unittest.main()
