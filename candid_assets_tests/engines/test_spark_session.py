"""What fails on a cluster, on the way to it or in its library is named with its address."""

import grpc
import pytest

from candid_assets.engines.errors import EngineError
from candid_assets.engines.spark_session import cluster_errors
from candid_assets_tests.engines.cluster import free_port

URL = "sc://cluster:15002"
TRACEBACK = """\
An exception was thrown from the Python worker. Please see the stack trace below.
  File "task.py", line 40, in run_task
duckdb.CatalogException: Catalog Error: Table "rows" does not exist
"""


def named(error: Exception) -> EngineError:
    with pytest.raises(EngineError) as failed, cluster_errors(URL, "a task"):
        raise error
    return failed.value


def of_library(text: str) -> Exception:
    kind = type("PySparkException", (Exception,), {"__module__": "pyspark.errors.base"})
    error = kind(text)
    assert isinstance(error, Exception)
    return error


def test_a_call_that_nobody_answers_is_named_by_what_grpc_says_of_it() -> None:
    channel = grpc.insecure_channel(f"127.0.0.1:{free_port()}")
    with pytest.raises(EngineError) as failed, channel, cluster_errors(URL, "a task"):
        channel.unary_unary("/spark/Call")(b"", timeout=5)
    assert failed.value.message.startswith(f"a task failed on the cluster at {URL}: UNAVAILABLE: ")
    assert "see the log of the cluster and its workers" in failed.value.fix


def test_a_call_on_a_closed_channel_is_an_error_of_the_cluster_too() -> None:
    channel = grpc.insecure_channel(f"127.0.0.1:{free_port()}")
    channel.close()
    said = f"failed on the cluster at {URL}: .*closed channel"
    with pytest.raises(EngineError, match=said), cluster_errors(URL, "a query"):
        channel.unary_unary("/spark/Call")(b"", timeout=5)


def test_of_a_traceback_the_line_is_said_that_names_the_error() -> None:
    said = named(of_library(TRACEBACK)).message
    assert said.endswith(': duckdb.CatalogException: Catalog Error: Table "rows" does not exist')


def test_of_another_answer_the_first_line_is_said() -> None:
    assert named(of_library("[NO_SUCH_TABLE] x\n  plan:\n  …")).message.endswith(
        f"on the cluster at {URL}: [NO_SUCH_TABLE] x"
    )


def test_what_is_no_error_of_the_cluster_stays_what_it_is() -> None:
    with pytest.raises(KeyError), cluster_errors(URL, "a task"):
        raise KeyError("rows")
