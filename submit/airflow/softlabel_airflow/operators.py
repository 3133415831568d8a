"""Softlabel's commands as operators."""
from __future__ import annotations

import functools
import os
import re
import select
import signal
import time
from typing import Any

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from softlabel_airflow.runs import checked
from softlabel_airflow.trigger import JobTrigger

PATHS = {
    "--class-weights", "--classes", "--data", "--evaluated", "--experiments", "--labels", "--model", "--out", "--unknown", "--weights"
}


def _home() -> str:
    """SOFTLABEL_HOME, or the checkout or distribution that this file is in."""
    here = os.path.realpath(__file__)
    return os.environ.get("SOFTLABEL_HOME") or os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(here))))


class SoftlabelOperator(SparkSubmitOperator):
    """spark-submit of a Softlabel command. In client mode what another try can't mend, wrong options or data (exit status 2 and 3), is
    not tried again, and a task that is stopped stops its job by SIGTERM to the whole process group, which training answers with a
    checkpoint. In cluster mode Airflow knows no exit status, and a job is stopped as the provider does it. All options, and `properties_file`, `conf` and the other fields of SparkSubmitOperator, are templated.

    command: the command, such as train.
    options: the command's options by name; True is an option without a value, None and False leave it out.
    home: Softlabel's folder where the driver runs: a checkout, with conf/ and target/softlabel-job.jar, or a distribution, with conf/ and
        jars/softlabel-job.jar; SOFTLABEL_HOME by default.
    deferrable: with deploy_mode="cluster" on a standalone master or YARN: the task gives its slot back and asks for the
        application by its id. A standalone master needs spark.master.rest.enabled (port: rest-port in the connection's extra), YARN
        yarn_resourcemanager_webapp_address in the extra. Where a user clears or marks the deferred task, the master is asked to end the job.
    """

    def __init__(
        self,
        *,
        command: str,
        options: dict[str, Any] | None = None,
        home: str | None = None,
        deferrable: bool = False,
        grace_seconds: float = 60,
        poll_seconds: float = 10,
        **kwargs: Any,
    ) -> None:
        self.command = command
        self.deferrable = deferrable
        self.grace_seconds = grace_seconds
        self.poll_seconds = poll_seconds
        where = home or _home()
        args = [command]
        for name, value in (options or {}).items():
            if value is not None and value is not False:
                args += [f"--{name.replace('_', '-')}"] + ([] if value is True else [str(value)])
        kwargs.setdefault("name", f"softlabel {command}")
        jars = "jars" if os.path.isdir(f"{where}/jars") else "target"
        kwargs.setdefault("application", f"{where}/{jars}/softlabel-job.jar")
        self._own_env = "env_vars" not in kwargs
        kwargs.setdefault("env_vars", {"SOFTLABEL_HOME": where})
        # A driver that Airflow's worker lost is submitted anew; training goes on from its checkpoint.
        kwargs.setdefault("durable", False)
        super().__init__(
            java_class="ai.softlabel.cli.Main",
            application_args=args,
            **kwargs,
        )

    def _get_hook(self):
        hook = super()._get_hook()
        # A group of its own, so that a signal to it reaches the job and not Airflow.
        if self._own_env and hook._should_track_driver_status:
            # The provider refuses variables there: spark-submit does not pass them on.
            hook._env_vars = None
        hook.submit = functools.partial(hook.submit, start_new_session=True)
        return hook

    def execute(self, context):
        for name, value in zip(self.application_args, self.application_args[1:]):
            if name in PATHS:
                checked(name, value)
        try:
            if self.deferrable:
                return self._submit_and_defer(context)
            return super().execute(context)
        except AirflowException as e:
            if re.search(r"Error code is: [23]\b", str(e)):
                raise AirflowFailException(str(e)) from e
            raise

    def _submit_and_defer(self, context):
        self.conf = self.conf or {}
        self._hook = hook = self._get_hook()
        if hook._is_yarn_cluster_mode:
            # The operator's too, for stopping.
            hook._yarn_track_via_rm_api = self._yarn_track_via_rm_api = True
            hook._validate_yarn_track_via_rm_api_config()
            if hook._resolved_yarn_rm_auth is not None:
                raise AirflowFailException(
                    "expected a YARN whose REST API asks for no authentication to defer, found one with; leave deferrable out")
            base = [f"{hook._get_yarn_rm_base_url()}/ws/v1/cluster/apps/"]
        elif hook._should_track_driver_status:
            extra = hook._connection
            masters = [m.strip().split(":")[0] for m in extra["master"].replace("spark://", "").split(",")]
            port = extra.get("rest_port", 6066)
            base = [f"{extra.get('rest_scheme', 'http')}://{m}:{port}/v1/submissions/status/" for m in masters]
        else:
            raise AirflowFailException(
                f"expected deploy_mode cluster on a standalone master or YARN to defer, found {hook._connection['master']} with "
                f"deploy_mode {hook._connection['deploy_mode']}; leave deferrable out"
            )
        job = self.submit_job(context)
        self.defer(
            trigger=JobTrigger([b + job for b in base], self.poll_seconds),
            method_name="resume",
            kwargs={"job": job},
        )

    def resume(self, context, event: dict[str, str], job: str) -> None:
        """Ends as the application ended."""
        self._hook = self._get_hook()
        if self._hook._should_track_driver_status:
            self._hook._run_post_submit_commands()
        if event["state"] not in ("FINISHED", "SUCCEEDED"):
            raise AirflowException(f"expected {job} to end well, found {event['state']}; see its driver's log")
        self.log.info("%s: %s", job, event["state"])

    def on_kill(self) -> None:
        if self._hook is None:
            return
        process = getattr(self._hook, "_submit_sp", None)
        if process is None or process.poll() is not None or self._hook._connection["deploy_mode"] == "cluster":
            super().on_kill()
            return
        self.log.info("stopping the job: SIGTERM to its process group, %s seconds to write a checkpoint", self.grace_seconds)
        self._signal(process.pid, signal.SIGTERM)
        end = time.monotonic() + self.grace_seconds
        while process.poll() is None and time.monotonic() < end:
            # A full pipe would hold up the job.
            if select.select([process.stdout], [], [], 0.1)[0] and not os.read(process.stdout.fileno(), 65536):
                time.sleep(0.1)
        self._signal(process.pid, signal.SIGKILL)

    @staticmethod
    def _signal(group: int, number: int) -> None:
        try:
            os.killpg(group, number)
        except ProcessLookupError:
            pass


class SoftlabelTrainOperator(SoftlabelOperator):
    """Trains; a task that is tried again goes on from the newest checkpoint.

    data, out: pictures, and the run directory; any options of train by their names.
    """

    def __init__(self, *, data: str, out: str, options: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(command="train", options={"data": data, "out": out, "resume": True, **(options or {})}, **kwargs)


class SoftlabelEvaluateOperator(SoftlabelOperator):
    """Scores labelled pictures with a run's model, and writes over what an earlier try left.

    model, data, out: the run directory, pictures, and where report.json goes.
    """

    def __init__(self, *, model: str, data: str, out: str, options: dict[str, Any] | None = None, **kwargs: Any) -> None:
        given = {"model": model, "data": data, "out": out, "replace": True, **(options or {})}
        super().__init__(command="evaluate", options=given, **kwargs)


class SoftlabelPredictOperator(SoftlabelOperator):
    """Classifies pictures with a run's model; a task that is tried again goes on.

    model, data, out: the run directory, pictures, and where predictions.parquet goes.
    """

    def __init__(self, *, model: str, data: str, out: str, options: dict[str, Any] | None = None, **kwargs: Any) -> None:
        given = {"model": model, "data": data, "out": out, "resume": True, **(options or {})}
        super().__init__(command="predict", options=given, **kwargs)
