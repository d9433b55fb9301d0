"""The calendar entry of winmail.dat is an invitation like any other."""

import struct
from datetime import UTC, datetime

import pytest

from deskpost.mime.parse import attachment_content
from tests.mime import winmail as write
from tests.mime.winmail import meeting, opened


@pytest.mark.parametrize(
    ("kind", "lines"),
    [
        ("IPM.Schedule.Meeting.Request", ["METHOD:REQUEST", 'ORGANIZER;CN="Ann":mailto:ann@client.example']),
        ("IPM.Microsoft Schedule.MtgReq", ["METHOD:REQUEST", 'ATTENDEE;CN="Help":mailto:help@desk.example']),
        ("IPM.Schedule.Meeting.Canceled", ["METHOD:CANCEL", "STATUS:CANCELLED"]),
        (
            "IPM.Schedule.Meeting.Resp.Pos",
            ["METHOD:REPLY", 'ATTENDEE;PARTSTAT=ACCEPTED;CN="Ann":mailto:ann@client.example'],
        ),
        ("IPM.Microsoft Schedule.MtgRespN", ["PARTSTAT=DECLINED"]),
        ("IPM.Appointment", ["METHOD:PUBLISH"]),
    ],
)
def test_its_calendar_entry_is_an_invitation(kind, lines):
    raw, message = opened(meeting(kind), "text")
    (file,) = message.attachments
    assert (file.name, file.content_type) == ("calendar.ics", "text/calendar")
    said = attachment_content(raw, file.part).decode()
    for line in (
        *lines,
        "SUMMARY:Größe\\; Maß\\, Form",
        "LOCATION:Room 12",
        "DTSTART:20261201T090000Z",
        "DTEND:20261201T100000Z",
    ):
        assert line in said
    assert all(len(line.encode()) <= 75 for line in said.split("\r\n"))


def test_a_meeting_keeps_the_identifier_that_its_organiser_gave_it():
    ours = bytes.fromhex("040000008200E00074C5B7101A82E008") + bytes(24)
    outlook = meeting("IPM.Appointment", write.named_bytes(write.MEETING, 0x0023, ours + b"\x01\x02"))
    foreign = meeting(
        "IPM.Appointment", write.named_bytes(write.MEETING, 0x0003, ours + b"vCal-Uid\x01\0\0\0abc@google\0")
    )
    said = []
    for content in (outlook, foreign):
        raw, message = opened(content, "text")
        said.append(attachment_content(raw, message.attachments[0].part).decode())
    assert f"UID:{ours.hex().upper()}" in said[0].replace("\r\n ", "")
    assert "UID:abc@google\r\n" in said[1]


def test_a_day_long_entry_is_of_that_day_wherever_its_writer_is():
    for hour, day in ((23, 30), (5, 1)):  # midnight in Berlin, and in New York
        begins = datetime(2026, 11 if day == 30 else 12, day, hour, tzinfo=UTC)
        content = write.winmail(
            write.of_class("IPM.Appointment"),
            write.of_message(
                write.named_moment(write.APPOINTMENT, 0x820D, begins),
                write.named(write.APPOINTMENT, 0x8215, write.BOOLEAN, struct.pack("<I", 1)),
            ),
        )
        raw, message = opened(content, "text")
        assert b"DTSTART;VALUE=DATE:20261201\r\n" in attachment_content(raw, message.attachments[0].part)


def test_a_meeting_without_a_beginning_is_no_entry():
    assert opened(write.winmail(write.of_class("IPM.Appointment")), "text")[1].attachments == ()
