"""Email Command over the whole way of a mail: what it does, to which request, and for whom."""

import pytest

from deskpost.desk.records import Record
from tests.inbound import commanding
from tests.inbound.commanding import changes_of, desk, fields, newest_answer

pytestmark = pytest.mark.usefixtures("database")


def test_try() -> None:
    it = desk()
    record = it.request()
    out = it.mail(it.sam, "Hi, please.\n\n$Operation=EditRequest$\n$Priority=High$\n$Category=Hardware$\n$SubCategory=VPN$\n$Technician=Marco Bianchi$\n$Priority=Urgent$\n$CostCentre=4410$\n$Resolution=Driver 6.2 replaced by 6.4,\nspooler restarted$\n\nSam", f"@@desk Re: ##RE-{record.number}## Printer queue")
    print(out.kind, out.reason)
    for line in out.trace: print(line)
    print(fields(record)); print(changes_of(record)[0].changes)
    a = newest_answer(); print(a.to, a.subject); print(a.text)
    for text in ["$Operation=CloseRequest$\n$RequestID=RE-%d$" % record.number, "$Operation=PickupRequest$ $RequestID=##RE-%d##$" % record.number, "Please.\n\n$Category=Printing$\n$RequesterEmail=tom@kestrel.example$\n$RequestTemplate=New starter kit$ @@res_301.qstn_select_302=compaq@@", "$Operation=Foo$", "$Operation=EditRequest$ $RequestID=999$", "$Operation=EditRequest$", "$RequestID=%d$ hi" % record.number, "$Operation=AddRequest$ $RequesterEmail=new@vantage.example$", "$Operation=AddRequest$"]:
        out = it.mail(it.sam, text); print("==", text); print(out.kind, out.reason, out.record); a=newest_answer(); print(a.event, a.to, a.subject, a.text)
    out = it.mail(it.sam, "$Operation=CloseRequest$\n$RequestID=RE-%d$" % record.number, verdict=commanding.FAIL); print(out.kind, out.reason); print(newest_answer().text)
    out = it.mail(it.tom, "$Operation=CloseRequest$\n$RequestID=RE-%d$" % record.number); print(out.kind, out.reason); print(newest_answer().text)
    out = it.mail(it.tom, "$Operation=AddRequest$\n$Technician=Marco Bianchi$ $Priority=High$"); print(out.kind, out.reason); print(newest_answer().text)
    out = it.mail(it.ute, "$Operation=AddRequest$\n$Technician=Marco Bianchi$ $Priority=High$"); print(out.kind, out.reason)
