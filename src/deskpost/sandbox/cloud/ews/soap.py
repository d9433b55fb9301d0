"""SOAP as Exchange speaks it: envelopes read safely, and written with the prefixes and the header that it writes."""

import re
from collections.abc import Iterable
from xml.etree.ElementTree import Element, TreeBuilder, register_namespace, tostring
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from deskpost.sandbox.cloud.ews.refusals import Fault

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
DEEPEST = 100  # elements inside each other; a restriction is walked by recursion

_HEADER = (  # Exchange Server 2019, cumulative update 13
    f'<s:Header><h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1258" '
    f'MinorBuildNumber="12" Version="V2017_07_11" xmlns:h="{TYPES}" xmlns="{TYPES}"/></s:Header>'
)
_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>'
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

register_namespace("t", TYPES)
register_namespace("m", MESSAGES)
register_namespace("xsi", INSTANCE)


def read(body: bytes) -> Element:
    """Give the envelope of a request. Raises Fault for what is no XML, and for a DTD, whatever it declares."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise invalid("The elements are nested too deeply.")
        builder.start(_clark(name), {_clark(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_clark(name))

    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.EntityDeclHandler = _refuse_dtd
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(body, True)
        return builder.close()
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as problem:
        raise invalid(str(problem)) from problem


def invalid(violation: str) -> Fault:
    """Give the fault of a request that the schema does not allow."""
    text = f"The request failed schema validation: {violation}"
    return Fault(
        "ErrorSchemaValidation", text, {"LineNumber": "1", "LinePosition": "1", "Violation": violation}
    )


def of_body(content: Element) -> bytes:
    """Give the envelope of an answer."""
    return _envelope(tostring(content, encoding="unicode"))


def of_fault(fault: Fault) -> bytes:
    """Give the envelope of a fault."""
    named = "".join(
        f"<t:Value Name={quoteattr(name)}>{escape(clean(value))}</t:Value>"
        if name not in ("LineNumber", "LinePosition", "Violation")
        else f"<t:{name}>{escape(clean(value))}</t:{name}>"
        for name, value in fault.values.items()
    )
    details = f'<t:MessageXml xmlns:t="{TYPES}">{named}</t:MessageXml>' if named else ""
    text = escape(clean(fault.text))
    return _envelope(
        f'<s:Fault><faultcode xmlns:a="{TYPES}">a:{fault.code}</faultcode>'
        f'<faultstring xml:lang="en-US">{text}</faultstring><detail>'
        f'<e:ResponseCode xmlns:e="{ERRORS}">{fault.code}</e:ResponseCode>'
        f'<e:Message xmlns:e="{ERRORS}">{text}</e:Message>{details}</detail></s:Fault>'
    )


def t(name: str, text: str | None = None, children: Iterable[Element] = (), **attributes: str) -> Element:
    """Make an element of the types' namespace."""
    return _element(TYPES, name, text, children, attributes)


def m(name: str, text: str | None = None, children: Iterable[Element] = (), **attributes: str) -> Element:
    """Make an element of the messages' namespace."""
    return _element(MESSAGES, name, text, children, attributes)


def local(element: Element) -> str:
    """Give an element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element: Element, name: str) -> Element | None:
    """Give the first child of a name, whichever of the two namespaces it is in."""
    return next((one for one in element if local(one) == name), None)


def needed(element: Element, name: str) -> Element:
    """Give the first child of a name. Raises Fault: there is none."""
    found = child(element, name)
    if found is None:
        raise invalid(f"The element '{local(element)}' has incomplete content. '{name}' is expected.")
    return found


def text_of(element: Element | None, name: str) -> str | None:
    """Give the text of the first child of a name; None: there is no such child."""
    found = child(element, name) if element is not None else None
    return (found.text or "").strip() if found is not None else None


def truth(text: str | None) -> bool:
    """Read a boolean in each of its spellings: true, True, 1."""
    return (text or "").strip().lower() in ("true", "1")


def whole(text: str | None, otherwise: int) -> int:
    """Read a whole number. Raises Fault: it is none."""
    try:
        return int(text) if text is not None else otherwise
    except ValueError as problem:
        raise invalid(f"The value '{text}' is invalid according to its datatype 'Int'.") from problem


def clean(text: str) -> str:
    """Give a text without what XML cannot hold."""
    return _NOT_IN_XML.sub("", text)


def _element(
    space: str, name: str, text: str | None, children: Iterable[Element], attributes: dict[str, str]
) -> Element:
    made = Element(f"{{{space}}}{name}", {key: clean(value) for key, value in attributes.items()})
    made.text = clean(text) if text is not None else None
    made.extend(children)
    return made


def _envelope(content: str) -> bytes:
    whole = f'{_DECLARATION}<s:Envelope xmlns:s="{SOAP}">{_HEADER}<s:Body>{content}</s:Body></s:Envelope>'
    return whole.encode()


def _clark(name: str) -> str:
    return f"{{{name}" if "}" in name else name


def _refuse_dtd(*_: object) -> None:
    raise invalid("For security reasons DTD is prohibited in this XML document.")
