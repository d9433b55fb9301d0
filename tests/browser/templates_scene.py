"""The service template of the picture, and a request that was made by it."""

from deskpost.desk import resource_settings, template_settings
from deskpost.desk.accounts import Account
from deskpost.desk.additional_fields import AdditionalField
from deskpost.desk.installation import Instance
from deskpost.desk.people import Person
from deskpost.desk.request_values import Changes
from deskpost.desk.requests import open_request
from deskpost.desk.resource_settings import Asked
from deskpost.desk.templates import Question, Template
from tests.browser import scene

LAPTOP = (
    ("Model", "select", ["compaq", "latitude 7450", "thinkpad x1"], None, True),
    ("Keyboard", "radio", ["US", "UK", "DE", "PT"], None, True),
    ("Software to install", "check", ["Office", "Visio", "Adobe Acrobat", "AutoCAD, full"], None, True),
    ("Name on the label", "text", [], 40, False),
)


def build() -> scene.Scene:
    """Make the scene, with the template of the picture."""
    made = scene.build()
    priya = made.priya
    AdditionalField.objects.create(label="Cost Centre", kind="text")
    with template_settings.alone():
        kit = Template()
        values = {
            "name": "New starter kit",
            "kind": "service",
            "requester_fields": ["Priority", "Site", "Cost Centre"],
            "technician_fields": list(template_settings.offerable()),
            "closing_fields": ["Technician", "Resolution"],
        }
        template_settings.save(priya, "page", kit, values)
        kestrel = Account.objects.get(name="Kestrel Logistics")
        laptop = resource_settings.add(priya, "page", kit, "Laptop")
        asked = [
            Asked(
                None,
                {
                    "text": text,
                    "kind": kind,
                    "options": options,
                    "max_length": most,
                    "for_requester": requester,
                    "for_technician": True,
                },
            )
            for text, kind, options, most, requester in LAPTOP
        ]
        resource_settings.write(priya, "page", laptop, "Laptop", asked)
        for name in ("Accessories", "Phone"):
            resource_settings.add(priya, "page", kit, name)
    model, _keyboard, software, _label = Question.objects.order_by("position")
    open_request(
        actor=priya,
        via="page",
        instance=Instance.objects.order_by("pk")[0],
        account=kestrel,
        requester=Person.objects.get(name="Tom Achterberg"),
        subject="New starter Jonas Keller",
        text="Begins on Monday.",
        changes=Changes(answers={model: ("compaq",), software: ("Office", "AutoCAD, full")}),
        template=kit,
    )
    return made
