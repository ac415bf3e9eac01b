"""The loudness of a sound, judged by what broadcasters ask for."""

from __future__ import annotations

from typing import Any

from reference.studio.dsp.levels import Sound
from reference.studio.dsp.loudness import (
    MOMENTARY_S,
    SHORT_TERM_S,
    integrated_lufs,
    loudest_lufs,
    loudness_range_lu,
    true_peak_db,
)
from reference.studio.dsp.model import BadSound

MEASUREMENTS = ("integrated", "short_term", "momentary")
_COMPLIANCE = {"ebu_r128": (-23.0, -16.0), "atsc_a85": (-24.0, -22.0), "arib_tr_b32": (-24.0, -22.0)}
TOO_LOUD, TOO_SOFT = -12.0, -35.0
SCORES = {"excellent": 4, "good": 3, "fair": 2, "poor": 1}
_OVERALL = ((3.5, "excellent"), (2.5, "good"), (1.5, "fair"))
_DYNAMICS = ((20, "excellent"), (14, "good"), (7, "fair"))
_FAR_LU = 3.0
_EVEN_LU, _UNEVEN_LU = 6.0, 25.0


def checked_measurement(measurement_type: object, target_lufs: object) -> None:
    """Raise BadSound, naming what there is not."""
    if measurement_type not in MEASUREMENTS:
        raise BadSound(f"Invalid measurement type: {measurement_type}; there are {', '.join(MEASUREMENTS)}")
    if isinstance(target_lufs, bool) or not isinstance(target_lufs, int | float) or not -60 <= target_lufs <= 0:
        raise BadSound(f"Invalid target LUFS: {target_lufs}; it is from -60 to 0")


def loudness(sound: Sound, rate_hz: int, measurement_type: str, target_lufs: float) -> dict[str, Any]:
    """Return the members of an answer (STU-78 to 80), in LUFS, LU and dBTP.

    Less than 0.4 s has no loudness: what depends on it is None then, and the first recommendation says so.
    """
    checked_measurement(measurement_type, target_lufs)
    if measurement_type == "integrated":
        exact = integrated_lufs(sound, rate_hz)
    else:
        exact = loudest_lufs(sound, rate_hz, SHORT_TERM_S if measurement_type == "short_term" else MOMENTARY_S)
    measured = None if exact is None else round(exact, 2)
    difference = None if measured is None else round(measured - target_lufs, 2)
    spread = None if measured is None else round(loudness_range_lu(sound, rate_hz), 2)
    return {
        "measurement_type": measurement_type,
        "measured_lufs": measured,
        "target_lufs": target_lufs,
        "lufs_difference": difference,
        "gain_adjustment_db": None if difference is None else -difference,
        "true_peak_db": round(true_peak_db(sound, rate_hz), 2),
        "loudness_range_lu": spread,
        "broadcast_compliance": {
            name: measured is not None and least <= measured <= most for name, (least, most) in _COMPLIANCE.items()
        },
        "quality_assessment": _assessment(measured, spread),
        "recommendations": _recommendations(measured, difference, spread),
    }


def _assessment(measured: float | None, spread: float | None) -> dict[str, Any]:
    if measured is None or spread is None:
        grade, note = "poor", "Too short to tell."
        dynamics, dynamics_note = grade, note
    else:
        grade, note = "good", "Near what broadcasters ask for."
        if measured > TOO_LOUD or measured < TOO_SOFT:
            grade, note = "poor", "Too loud." if measured > TOO_LOUD else "Too soft."
        elif _COMPLIANCE["ebu_r128"][0] <= measured <= _COMPLIANCE["ebu_r128"][1]:
            grade, note = "excellent", "As broadcasters ask for."
        dynamics = next((name for least, name in _DYNAMICS if spread > least), "poor")
        dynamics_note = f"Loud and soft parts are {spread:g} LU apart."
    score = (SCORES[grade] + SCORES[dynamics]) / 2
    return {
        "overall_quality": next((name for least, name in _OVERALL if score >= least), "poor"),
        "overall_score": score,
        "loudness_quality": grade,
        "loudness_note": note,
        "dynamics_quality": dynamics,
        "dynamics_note": dynamics_note,
    }


def _recommendations(measured: float | None, difference: float | None, spread: float | None) -> list[str]:
    if measured is None or difference is None or spread is None:
        return [f"The audio is too short to have a loudness: at least {MOMENTARY_S:g} s are needed."]
    advice = []
    if abs(difference) > _FAR_LU:
        advice.append(f"{'Reduce' if difference > 0 else 'Increase'} the gain by {abs(difference):.1f} dB.")
    if measured > TOO_LOUD:
        advice.append("Use limiting: it is very loud.")
    if measured < TOO_SOFT:
        advice.append("Use compression and loudness normalisation: it is very soft.")
    if spread < _EVEN_LU:
        advice.append("Use less compression: it is very even.")
    if spread > _UNEVEN_LU:
        advice.append("Use compression: loud and soft parts are far apart.")
    return advice or ["The loudness is acceptable."]
