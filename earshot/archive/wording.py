"""What the messages of the live view of the archive mean to a person."""

from __future__ import annotations

from collections.abc import Mapping

from earshot.wording import Wording


def _count(message: Mapping[str, object]) -> int:
    jobs = message.get("jobs")
    return len(jobs) if isinstance(jobs, list) else 0


WORDING = Wording(
    sent={
        "join_task_monitoring": "begins to watch the jobs",
        "request_task_updates": "asks for all jobs",
        "filter_tasks": lambda message: f"asks for jobs of the kind “{message.get('task_type')}”",
        "request_task_analytics": "asks for a summary of the jobs",
        "request_system_metrics": "asks how the machine is",
        "ping": "asks whether the archive is there",
    },
    received={
        "connected": "is let in",
        "joined_room": "is told: watching the jobs",
        "task_updates": lambda message: f"is told of {_count(message)} jobs",
        "task_progress": lambda message: f"sees a job: {message.get('status')}, {message.get('progress')} %",
        "filtered_tasks": lambda message: f"is told of {_count(message)} jobs of that kind",
        "task_analytics": lambda message: f"is told: {message.get('total_jobs')} jobs",
        "system_metrics": "is told how the machine is",
        "status_update": lambda message: f"is told: the queue is {message.get('queue_status')}",
        "pong": "is told: still there",
    },
)
