"""The new part of an HTML mail is told from the quoted mail and the signature; both parts are whole HTML."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskpost.mime.clean_html import clean
from deskpost.mime.new_html import split_html
from deskpost.mime.parse import parse
from tests.mime.corpora import MAILS

NEW, OLD = "It works again.", "The old words."
HEAD = (
    "<b>From:</b> Help Desk &lt;help@desk.example&gt;<br><b>Sent:</b> Monday, 6 May 2024 10:00<br>"
    "<b>To:</b> Ann<br><b>Subject:</b> RE: printer<br>"
)
WROTE = 'On Mon, 6 May 2024 at 10:00, Help Desk &lt;<a href="mailto:help@desk.example">help@desk.example</a>&gt; wrote:'
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^<>]*>")
_VOID = ("br", "col", "hr", "img", "wbr")


def is_well_formed(html: str) -> bool:
    """Say whether every tag is closed, in the order in which they were opened."""
    still_open: list[str] = []
    for closes, name in _TAG.findall(html):
        if name in _VOID:
            continue
        if not closes:
            still_open.append(name)
        elif not still_open or still_open.pop() != name:
            return False
    return not still_open


def words_of(html: str) -> str:
    """Give the words of HTML without any blank."""
    return "".join(_TAG.sub("", html).split())


def split(html: str) -> tuple[str, str]:
    """Clean HTML and split it; nothing of it is lost."""
    safe = clean(html)
    new, rest, kind, _ = split_html(safe)
    assert is_well_formed(new) and is_well_formed(rest)
    assert words_of(new) + words_of(rest) == words_of(safe)
    assert bool(rest) == bool(kind)
    return new, rest


def is_whole(html: str) -> bool:
    """Say whether all of a mail is shown."""
    new, rest = split(html)
    return not rest and new == clean(html)


PROGRAMS = {
    "Gmail": f'<div dir="ltr">{NEW}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" '
    f'class="gmail_attr">{WROTE}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;'
    f'border-left:1px solid rgb(204,204,204);padding-left:1ex"><div>{OLD}</div></blockquote></div>',
    "Gmail, signed": f'<div dir="ltr">{NEW}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- '
    '</span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Ann Miller</div></div>'
    f'<br><div class="gmail_quote"><div class="gmail_attr">{WROTE}<br></div><blockquote>{OLD}</blockquote></div>',
    "Gmail in Vietnamese": f'<div dir="ltr">{NEW}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">'
    f"Vào Th 2, 6 thg 5, 2024 vào lúc 10:00 Help &lt;help@desk.example&gt; đã viết:<br></div><blockquote>{OLD}"
    "</blockquote></div>",
    "Outlook": f'<div class="WordSection1"><p class="MsoNormal">{NEW}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;'
    '</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in">'
    f'<p class="MsoNormal">{HEAD}<o:p></o:p></p></div></div><p class="MsoNormal">{OLD}<o:p></o:p></p></div>',
    "Outlook on the web": f'<div style="font-family:Calibri">{NEW}</div><div class="elementToProof" id="Signature"><p>'
    'Ann Miller</p></div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1">'
    f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri">{HEAD}</font><div>&nbsp;</div></div><div>{OLD}</div>',
    "Outlook on the web in a language we do not know": f'<div>{NEW}</div><hr><div id="divRplyFwdMsg" dir="ltr">'
    f"<b>Qazaq:</b> Help<br><b>Uaqyt:</b> 6</div><div>{OLD}</div>",
    "Outlook for iOS": f'<div dir="auto">{NEW}</div><div id="ms-outlook-mobile-signature"><div></div>Get <a '
    f'href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg">{HEAD}</div><p>{OLD}</p>',
    "Apple Mail": f'<div>{NEW}<br><div><br><blockquote type="cite"><div>On 6 May 2024, at 10:00, Help Desk &lt;'
    f'help@desk.example&gt; wrote:</div><br class="Apple-interchange-newline"><div>{OLD}</div></blockquote></div>'
    "</div>",
    "iPhone": f'{NEW}<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">Sent from my iPhone</div><div><br>'
    f'<blockquote type="cite">On 6 May 2024, at 10:00, Help &lt;help@desk.example&gt; wrote:<br><br></blockquote>'
    f'</div><blockquote type="cite"><div dir="ltr">{OLD}</div></blockquote>',
    "Thunderbird": f'<p>{NEW}</p><pre class="moz-signature" cols="72">-- \nAnn Miller</pre><div '
    f'class="moz-cite-prefix">Am 06.05.24 um 10:00 schrieb Help Desk:<br></div><blockquote type="cite" '
    f'cite="mid:a@b"><p>{OLD}</p></blockquote>',
    "Yahoo": f'<div class="ydp1yahoo-style-wrap"><div>{NEW}</div></div><div class="ydp2yahoo_quoted">'
    '<div style="font-family:Helvetica"><div>On Monday, May 6, 2024 at 10:00:00 AM GMT+2, Help Desk &lt;'
    f"help@desk.example&gt; wrote: </div><div><br></div><div>{OLD}</div></div></div>",
    "Proton Mail": f'<div style="font-family:Arial">{NEW}</div><div class="protonmail_signature_block"><div>Ann Miller'
    '</div><div>Sent with Proton Mail secure email.</div></div><div class="protonmail_quote">On Monday, May 6th, 2024 '
    f'at 10:00 AM, Help &lt;help@desk.example&gt; wrote:<br><blockquote class="protonmail_quote" type="cite">{OLD}'
    "</blockquote><br></div>",
    "Zimbra": f'<div><div>{NEW}</div><hr id="zwchr"><div data-marker="__HEADERS__"><blockquote style="border-left:2px '
    f'solid #1010FF;margin-left:5px">{HEAD}</blockquote></div><div><blockquote style="border-left:2px solid #1010FF;">'
    f"{OLD}</blockquote></div></div>",
    "text as HTML": f"<pre>{NEW}\n\n{_TAG.sub('', WROTE)}\n&gt; {OLD}\n</pre>",
    "a table": f"<table><tr><td>{NEW}</td></tr><tr><td>{WROTE}<blockquote>{OLD}</blockquote></td></tr></table>",
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_quoted_mail_is_told_from_the_new_text_as_each_program_writes_it(program):
    new, rest = split(PROGRAMS[program])
    assert words_of(new) == words_of(NEW)
    assert OLD in rest
    assert "Ann Miller" not in new


@pytest.mark.parametrize(
    "signature",
    [
        '<div class="gmail_signature">Ann Miller</div>',
        '<div class="moz-signature">-- <br>Ann Miller</div>',
        '<div id="Signature"><p>Ann Miller</p><p><img src="cid:logo"></p></div>',
        "-- <br>Ann Miller<br>ACME",
        "<p>Sent from my iPhone</p>",
    ],
)
def test_a_signature_is_told_from_the_new_text(signature):
    new, rest = split(f"<p>{NEW}</p>{signature}")
    assert new == f"<p>{NEW}</p>"
    assert split_html(clean(f"<p>{NEW}</p>{signature}")).kind == "signature"


CITED = f'<blockquote type="cite"><div>{WROTE}</div><p>{OLD}</p></blockquote>'


@pytest.mark.parametrize(
    "html",
    [
        f"{CITED}<p>{NEW}</p>",
        f"<p>Hello</p>{CITED}<p>{NEW}</p>",
        f'<p>Hello</p>{CITED}<p><img src="cid:screenshot"></p>',
        f"<p>Hello</p><p>{WROTE}</p><blockquote>One?</blockquote><p>Yes.</p><blockquote>Two?</blockquote>",
        f"<p>My answers are in red.</p>{CITED}",
        f"<p>See my answers inline.</p><p>{HEAD}</p><p>One? Yes.</p>",
        f'<p>Hello</p><div class="gmail_signature">Ann Miller</div><p>{NEW}</p>',
    ],
)
def test_answers_below_and_between_quotes_are_never_hidden(html):
    assert is_whole(html)


@pytest.mark.parametrize(
    "html",
    [
        f'<p>Please see.</p><div class="gmail_quote">--------- Forwarded message ---------<br>{HEAD}{OLD}</div>',
        f'<p>Please see.</p><div>Begin forwarded message:</div><blockquote type="cite">{HEAD}<p>{OLD}</p></blockquote>',
        f'<p>Zur Info</p><hr><div id="divRplyFwdMsg">{HEAD}</div><p>{OLD}</p>',
        f'<blockquote type="cite">{OLD}</blockquote>',
        f'<p>&nbsp;</p><p><br></p><div class="gmail_quote"><div>{WROTE}</div><blockquote>{OLD}</blockquote></div>',
        f'<div class="gmail_signature">Ann Miller</div>{CITED}',
        f"<p>{NEW}</p><blockquote>A saying.</blockquote>",
        '<blockquote style="margin:0 0 0 40px;border:none;padding:0px"><div>Indented.</div></blockquote>',
        "",
    ],
)
def test_in_doubt_everything_is_shown(html):
    assert is_whole(html)


def test_a_picture_alone_is_new_text():
    new, rest = split(f'<p><img src="cid:screenshot"></p>{CITED}')
    assert new == '<p><img src="cid:screenshot"></p>'
    assert OLD in rest


def test_a_remote_picture_below_the_quote_is_no_answer_and_one_above_it_is_not_folded():
    new, rest = split(
        f'<p>{NEW}<img src="https://x.example/a.png"></p>{CITED}<img src="https://x.example/pixel.gif">'
    )
    assert "a.png" in new
    assert "pixel.gif" in rest


def test_tags_open_where_the_parts_meet_are_closed_and_opened_again():
    new, rest = split(f'<div style="color:red"><b>{NEW}</b><br>{WROTE}<blockquote>{OLD}</blockquote></div>')
    assert new == f'<div style="color:red"><b>{NEW}</b></div>'
    assert rest.startswith('<div style="color:red"><br>On Mon')


def test_html_with_more_tags_than_any_letter_has_is_shown_whole():
    assert is_whole(f"<p>{NEW}</p>{CITED}" + "<b>a</b>" * 3_000)
    assert not is_whole(f"<p>{NEW}</p>{CITED}")


def test_tags_that_do_not_fit_together_are_left_alone():
    html = f"<div><p>{NEW}</div></p>{CITED}"
    assert split_html(html).new == html


def test_all_mails_of_the_corpora_can_be_split():
    for path in MAILS:
        html = parse(path.read_bytes()).html
        if html:
            split(html)


PIECES = (
    "<div>", "</div>", "<p>", "</p>", "<br>", "<blockquote>", '<blockquote type="cite">', "</blockquote>", "<table>",
    "<tr>", "<td>", "</table>", "<pre>", "</pre>", "<b>", "</b>", "<a href='https://x.example'>", "</a>", "<li>",
    "<ul>", "<hr>", "<img src='cid:a'>", "<img src='https://x.example/a'>", "<details>", "</details>", "&nbsp;",
    "<div id=Signature>", "<div class=gmail_signature>", "<pre class=moz-signature>", "&lt;", "&gt; ", WROTE, NEW,
    "-- ", "\n", "Sent from my iPhone", "Begin forwarded message:", "<!--", "<svg>", "\x03", "\u200b",
)  # fmt: skip


HISTORY = (HEAD, "<div id=divRplyFwdMsg>")  # below these all is of the quoted mail, also what is not marked


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from((*PIECES, *HISTORY)) | st.text(max_size=8), max_size=30).map("".join))
def test_any_html_comes_out_in_two_well_formed_parts(html):
    split(html)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), st.sampled_from(PIECES))
def test_an_answer_below_a_quote_is_never_hidden(before, after):
    answer = "And this is what I say to it."
    html = clean(f"<p>{NEW}</p>{before}<blockquote>{OLD}</blockquote><p>{answer}</p>{after}")
    if html.rfind("</blockquote>") < html.rfind(answer) and answer not in split_html(html).new:
        pytest.fail(html)


@settings(max_examples=200, deadline=None)
@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_html_that_nobody_cleaned_raises_nothing(html):
    split_html(html)
