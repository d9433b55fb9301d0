"""What Microsoft's own client sees of a mailbox. Run by the Python of build/msgraph; prints one JSON line."""

import asyncio
import json
import sys
from typing import Any

from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph import GraphServiceClient
from msgraph.generated.models.body_type import BodyType
from msgraph.generated.models.email_address import EmailAddress
from msgraph.generated.models.item_body import ItemBody
from msgraph.generated.models.message import Message
from msgraph.generated.models.recipient import Recipient
from msgraph.generated.users.item.mail_folders.item.messages.messages_request_builder import (
    MessagesRequestBuilder,
)
from msgraph.generated.users.item.send_mail.send_mail_post_request_body import SendMailPostRequestBody
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

tenant, client_id, secret, address, to = sys.argv[1:]
client = GraphServiceClient(
    ClientSecretCredential(tenant, client_id, secret), scopes=["https://graph.microsoft.com/.default"]
)
user = client.users.by_user_id(address)
messages = user.mail_folders.by_mail_folder_id("inbox").messages


async def listed() -> list[Message]:
    """Page through the inbox, two at a time, the oldest first."""
    asked = MessagesRequestBuilder.MessagesRequestBuilderGetQueryParameters(
        top=2, orderby=["receivedDateTime"], select=["subject", "isRead"]
    )
    page = await messages.get(RequestConfiguration(query_parameters=asked))
    found = [*page.value]
    while page.odata_next_link:
        page = await messages.with_url(page.odata_next_link).get()
        found += page.value
    return found


async def changed(link: str | None) -> tuple[list[Message], str]:
    """Follow delta from a link, or from the beginning, to its end."""
    page = await (messages.delta.with_url(link) if link else messages.delta).get()
    found = [*page.value]
    while page.odata_next_link:
        page = await messages.delta.with_url(page.odata_next_link).get()
        found += page.value
    return found, page.odata_delta_link


async def batched(one: str, another: str) -> tuple[dict[str, int], str]:
    """Ask three things at once; give what became of each, and the MIME of the other message.

    Bodies that are JSON are dropped by the client itself: kiota-python, issue 737.
    """
    asked = BatchRequestContent()
    requests = [
        user.messages.by_message_id(one).to_get_request_information(),
        user.messages.by_message_id(another).content.to_get_request_information(),
        user.messages.by_message_id("AAMkNoSuch").to_get_request_information(),
    ]
    for number, request in enumerate(requests):
        asked.add_request(str(number), BatchRequestItem(request, str(number)))
    answer = await client.batch.post(batch_request_content=asked)
    content = answer.get_response_stream_by_id("1").read()
    return answer.get_response_status_codes(), content.decode()


async def seen() -> dict[str, Any]:
    """List, read, mark, delete and send, and what delta and $batch tell of it."""
    told: dict[str, Any] = {}
    inbox = await listed()
    told["listed"] = [one.subject for one in inbox]
    first, second = (user.messages.by_message_id(one.id) for one in inbox[:2])
    told["content"] = (await first.content.get()).decode()
    before, link = await changed(None)
    told["delta"] = sorted(one.subject for one in before)
    await first.patch(Message(is_read=True))
    await second.delete()
    after, link = await changed(link)
    told["changed"] = [
        [one.id == inbox[0].id, one.is_read, "@removed" in one.additional_data] for one in after if one.id
    ]
    told["unchanged"] = len((await changed(link))[0])
    told["batch"], told["of_batch"] = await batched(inbox[0].id, inbox[2].id)
    mail = Message(
        subject="Maintenance tonight",
        body=ItemBody(content_type=BodyType.Text, content="Nothing works from 22:00."),
        to_recipients=[Recipient(email_address=EmailAddress(address=to))],
    )
    await user.send_mail.post(SendMailPostRequestBody(message=mail, save_to_sent_items=True))
    return told


print(json.dumps(asyncio.run(seen())))
