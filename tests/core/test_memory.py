"""Memory is asked for before a job starts."""

from __future__ import annotations

import pytest

from napari_connectome.core import memory
from napari_connectome.core.errors import ModelError


def test_what_the_system_says(tmp_path, monkeypatch):
    told = tmp_path / "meminfo"
    told.write_text("MemTotal: 2000 kB\nMemAvailable:    1000 kB\n", encoding="ascii")
    monkeypatch.setattr(memory, "MEMINFO", told)
    assert memory.available_bytes() == 1_024_000
    memory.check_memory(1_000_000, "A fit", "Wait.")
    with pytest.raises(ModelError, match=r"A fit needs about 2\.0 GB .* 0\.1 GB are .* Wait\."):
        memory.check_memory(2e9, "A fit", "Wait.")


def test_where_it_does_not_say_all_memory_counts_or_nothing_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(memory, "MEMINFO", tmp_path / "missing")
    monkeypatch.setattr(memory.os, "sysconf", lambda name: {"SC_PHYS_PAGES": 3}.get(name, 4096))
    assert memory.available_bytes() == 3 * 4096

    def unknown(_name):
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(memory.os, "sysconf", unknown)
    assert memory.available_bytes() is None
    memory.check_memory(1e18, "A fit", "Wait.")
