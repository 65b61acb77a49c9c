"""A `.keras` archive: the Keras v3 format in a zip."""

from __future__ import annotations

from keras_doctor.artifacts.keras_v3 import ASSETS, PARTS, Parts, Reading
from keras_doctor.wire.errors import Damage, FormatError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from keras_doctor.artifacts.probe import Probe
    from keras_doctor.document.model import ModelDocument
    from keras_doctor.wire.archive import Archive, Member

FORMATS = ("keras-v3",)
KIND = "binary"
MAGIC = ((b"PK\x03\x04", 0), (b"PK\x05\x06", 0))
PRIORITY = 10
FALLBACK = True  # bytes before the archive, or its head destroyed


def recognises(probe: Probe) -> bool:
    """Tell whether the zip has a part of a Keras v3 model at its top."""
    try:
        return any(name in probe.archive().members for name in PARTS)
    except FormatError:
        return False


def read(probe: Probe) -> ModelDocument:
    """Read the archive.

    Members are checked against their CRC up to `Limits.checked_bytes` in all, beyond that with `deep`.
    """
    archive = probe.archive()
    members = archive.members
    parts = Parts(
        tuple(members),
        lambda name: archive.open(members[name]),
        lambda name: members[name].size,
        lambda name: None if members[name].method else members[name].data_offset,
    )
    reading = Reading(parts, probe.limits)
    unverified = _verify(archive, reading.damage, probe.limits.checked_bytes, probe.deep)
    for name in PARTS:
        if name in members and members[name].method:
            reading.facts.setdefault("compressed_parts", []).append(name)
    extra = [name for name in members if name not in PARTS and not name.startswith(ASSETS)]
    if extra:
        reading.facts["extra_members"] = tuple(extra[:50])
    document = reading.document(
        probe.path,
        FORMATS[0],
        "zip",
        probe.source.size,
        unverified,
        "only --deep compares the checksums of",
    )
    document.damage += tuple(archive.damage)
    document.oddities += tuple(archive.oddities)
    return document


def _verify(archive: Archive, damage: list[Damage], budget: int, deep: bool) -> int:
    """Check members against their CRC within a budget of bytes, smallest first; return the bytes that were not
    checked.
    """
    unverified = 0
    stored = archive.source.size  # what members take in all, unless they share bytes to multiply the work
    for member in sorted(archive.members.values(), key=_size):
        if (member.size > budget and not deep) or member.compressed_size > stored:
            unverified += member.size
            continue
        budget -= member.size
        stored -= member.compressed_size
        try:
            good = archive.verify(member)
        except FormatError:  # cut or not inflatable: recorded where the member is read
            continue
        if not good:
            damage.append(
                Damage(
                    "checksum",
                    f"the bytes of {member.name} are not those that were written",
                    member.name,
                    member.data_offset,
                    member.compressed_size,
                )
            )
    return unverified


def _size(member: Member) -> int:
    return member.size
