import os
import threading
from pathlib import Path

import pytest
from kombu import Connection
from kombu.transport import filesystem

from marketplace.core import file_broker


def connection(folder: Path) -> Connection:
    """A broker of files in its own folder."""
    for name in ("queue", "control"):
        (folder / name).mkdir()
    options = {"data_folder_in": str(folder / "queue"), "data_folder_out": str(folder / "queue")}
    return Connection(file_broker.register(), transport_options={**options, "control_folder": str(folder / "control")})


def test_what_is_put_is_got_once(tmp_path: Path):
    with connection(tmp_path) as broker, broker.SimpleQueue("jobs") as queue:
        queue.put({"n": 1})
        assert queue.get(timeout=60).payload == {"n": 1}
        assert os.listdir(tmp_path / "queue") == []


def test_a_message_half_written_is_no_message_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A reader looks at every moment of the writing; kombu's own broker gives it an empty file."""
    seen: list[object] = []
    with connection(tmp_path) as broker:
        channel = broker.channel()

        def look_in_between(path: Path, content: bytes) -> int:
            path.touch()
            with pytest.raises(filesystem.Empty):
                channel._get("jobs")
            with path.open("wb") as file:
                seen.append(file.write(content))
            with pytest.raises(filesystem.Empty):
                channel._get("jobs")
            return len(content)

        monkeypatch.setattr(Path, "write_bytes", look_in_between)
        channel._put("jobs", {"n": 1})
        assert seen
        assert channel._get("jobs") == {"n": 1}


def test_many_writers_and_a_hasty_reader(tmp_path: Path):
    writers, each = 4, 100
    with connection(tmp_path) as broker:
        reader = broker.channel()

        def write(writer: int) -> None:
            with connection_to(broker) as own:
                for n in range(each):
                    own.channel()._put("jobs", {"n": writer * each + n})

        threads = [threading.Thread(target=write, args=(n,)) for n in range(writers)]
        for thread in threads:
            thread.start()
        got: list[int] = []
        while any(thread.is_alive() for thread in threads) or os.listdir(tmp_path / "queue"):
            try:
                got.append(reader._get("jobs")["n"])
            except filesystem.Empty:
                continue
        assert sorted(got) == list(range(writers * each))


def test_many_programs_bind_queues_while_others_look(tmp_path: Path):
    """As when web, worker and beat start together."""
    writers, each = 4, 25
    wrong: list[Exception] = []
    with connection(tmp_path) as broker:

        def bind(writer: int) -> None:
            try:
                for n in range(each):
                    with connection_to(broker) as own:
                        own.channel()._queue_bind("jobs", "", "", f"{writer}-{n}")
            except Exception as error:  # noqa: BLE001 (whatever a reader found in the table)
                wrong.append(error)

        threads = [threading.Thread(target=bind, args=(n,)) for n in range(writers)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            broker.channel().get_table("jobs")
        assert wrong == []
        bound = [row.queue for row in broker.channel().get_table("jobs")]
        assert sorted(bound) == sorted(f"{w}-{n}" for w in range(writers) for n in range(each))
        broker.channel()._delete("0-0", "jobs", "", "")
        assert len(broker.channel().get_table("jobs")) == writers * each - 1


def connection_to(broker: Connection) -> Connection:
    return Connection(file_broker.register(), transport_options=broker.transport_options)
