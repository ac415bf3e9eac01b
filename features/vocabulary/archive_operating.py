"""How words about how the archive is become values: what it stands on, alerts, figures and load."""

from __future__ import annotations

from earshot.archive import load, operating
from earshot.archive.operating import PARTS
from earshot.archive.requests import ask
from earshot.archive.system import Archive
from earshot.asking import told
from features.vocabulary import shared
from features.vocabulary.acts import acts
from features.vocabulary.archive import no
from features.vocabulary.faults import fault, faults
from features.vocabulary.parameters import closed_list, more_phrases

closed_list("ArchivePart", {words: words for words in PARTS})
closed_list("ArchiveWork", load.WORK)
closed_list("Again", {"is": True, "is not": False})
closed_list("Severity", {severity: severity for severity in ("critical", "warning")})
closed_list("ArchiveLevel", {level: level for level in ("healthy", "warning", "critical")})
_FIGURES = {
    "the processors": "cpu_percent",
    "the memory of the machine": "memory_percent",
    "the disk": "disk_percent",
    "the time of an answer": "response_s",
    "the length of the queue": "queue_size",
}
closed_list("ArchiveFigure", _FIGURES)
acts(
    Archive.name,
    {
        "ask|asks|asked how the archive is": lambda *_: ask("asks how the archive is"),
        "|asks| whether the archive is there": lambda *_: ask("asks whether the archive is there"),
        "download|| the captions of {recording:Recording}": lambda archive, _, recording: ask(
            "downloads captions", id=archive.recording(recording).transcription_id, format="scc"
        ),
        "|looks| at the queue": lambda *_: ask("looks at the queue"),
    },
)
more_phrases(
    "Lesson",
    {
        "that the archive is well": told("that it is well", status="healthy"),
        "that the archive is there": told("that it is there", status="healthy"),
    },
)
more_phrases("ArchiveFact", {"tells of its queue as everybody is told": operating.tells_of_its_queue})
shared.refusals(Archive.name, {"the files cannot be reached": no(503, "StorageError", "STORAGE_ERROR")})
faults(
    {
        "{part:ArchivePart} cannot be reached": lambda part: {
            "its database": fault("store", code="Unreachable", table="ArchiveVods"),
            "its files": fault("files", code="Unreachable"),
            "its queue": fault("queue", code="Unreachable"),
            "its alerts": fault("notifications", code="Unreachable"),
            "its memory": fault("store", code="Unreachable", table="ArchiveCache"),
            "the broadcast service": fault("cablecast", "refuse"),
        }[part],
        "its files take {seconds:Seconds} longer": fault("files", "delay"),
        "its files may not be read": fault("files", operations=["GetObject"], code="AccessDenied"),
        "its files are full": fault("files", operations=["PutObject"], code="InsufficientStorage"),
        "every other call of its database fails": fault("store", every=2, code="ValidationException"),
        "{figure:ArchiveFigure} is said to be {value:Decimal}": lambda figure, value: fault(
            "archive.figures", "report", **{**dict.fromkeys(_FIGURES.values(), 0), figure: value}
        ),
    }
)
shared.settings(
    {
        "tells alerts again after 1 second": {"ARCHIVE_ESCALATE_SECONDS": "1"},
    }
)
