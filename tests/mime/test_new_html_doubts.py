"""Answers within a quoted HTML mail, told by their colour or below its block, are never folded."""

import pytest

from tests.mime.test_new_html import HEAD, NEW, OLD, WROTE, is_whole, split

OUTLOOK = (
    f'<div class="WordSection1"><p class="MsoNormal">{NEW}</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;'
    f'padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><span style="color:black">{HEAD}</span></p></div>%s</div>'
)
WEB = (
    f'<div style="color:rgb(0,0,0)">{NEW}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg" dir="ltr">'
    f'<font color="#000000">{HEAD}</font><div>&nbsp;</div></div>%s'
)
GMAIL = (
    f'<div dir="ltr">{NEW}</div><br><div class="gmail_quote"><div class="gmail_attr">{WROTE}<br></div><blockquote '
    'class="gmail_quote" style="border-left:1px #ccc solid">%s</blockquote></div>'
)
PROGRAMS = {"Outlook": OUTLOOK, "Outlook on the web": WEB, "Gmail": GMAIL}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "answer",
    [
        '<p><span style="color:red">It is a HP 4000.</span></p>',
        '<p style="color:#0070C0">HP 4000</p>',
        '<div style="color:#0078d4">HP 4000, serial 123</div>',
        '<p><font color="#FF0000">HP 4000</font></p>',
        '<p><span style="color:rgb(192, 0, 0)">HP 4000</span></p>',
        '<p><span style="color:hsl(0,100%%,40%%)">HP 4000</span></p>',
        '<p><span style="background-color:yellow">HP 4000</span></p>',
        "<p><mark>HP 4000</mark></p>",
        '<p>Which model? <b style="font-size:11pt;color:#00B050">HP</b></p>',
    ],
)
def test_what_has_a_colour_of_its_own_within_a_quoted_mail_is_shown(program, answer):
    answer = answer.replace("%%", "%")
    assert is_whole(PROGRAMS[program] % f"<p>Which model?</p>{answer}<p>Which room?</p>")


def test_what_is_black_within_a_coloured_mail_is_shown():
    assert is_whole(OUTLOOK % '<p style="color:#1F497D">Which model?</p><p>HP 4000</p>')


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    "quoted",
    [
        f"<p>{OLD}</p>",
        f'<div style="color:#1F497D"><p>{OLD}</p><p>More of it.</p></div>',
        f'<p style="color:#1F497D">{OLD}</p><p style="color:#1F497D">&nbsp;</p><p style="color:#1f497d">More.',
        f'<p>{OLD}</p><p style="color:#888888">Ref: dp-ge-k3j</p><p style="color:#212121">More.</p>',
        f'<p>{OLD}</p><p><a href="https://x.example"><span style="color:#0563C1">x.example</span></a></p>',
        f'<p style="color:windowtext">{OLD}</p><p style="color:black">More.</p>',
        f'<p>{OLD}</p><p><span style="color:red">&nbsp;</span></p>',
        f'<table><tr><td style="background-color:#003366">{OLD}</td><td bgcolor="#eeeeff">More</td></tr></table>',
        f'<p style="color:#1F497D">{OLD}</p><div>{HEAD}</div><p>It is broken.</p>',
        f'<span style="color:rgb(80,0,80)">{OLD}</span><br>More.',
    ],
)
def test_a_quoted_mail_of_one_colour_is_folded(program, quoted):
    new, rest = split(PROGRAMS[program] % quoted)
    assert OLD in rest and OLD not in new


def test_a_coloured_signature_above_a_quote_is_folded_with_it():
    signature = '<div id="Signature"><p style="color:#0070C0">Ann Miller</p><p>ACME</p></div>'
    new, rest = split(WEB.replace('<div id="append', f'{signature}<div id="append') % f"<p>{OLD}</p>")
    assert "Ann Miller" in rest and "Ann Miller" not in new


YAHOO = f"<div>{NEW}</div><div><div><div>{WROTE}</div><div><br></div><div>{OLD}</div></div></div>"


@pytest.mark.parametrize("below", ["<div>HP 4000, and it smokes!</div>", "HP 4000", "<p>One.</p><p>Two.</p>"])
def test_what_stands_below_the_block_of_a_quoted_mail_is_shown(below):
    assert is_whole(YAHOO + below)
    assert is_whole(f"<div>{YAHOO}</div>{below}")


@pytest.mark.parametrize(
    "below", ["", "<br>", "<hr>", "<p>Sent from my iPhone</p>", "<p>-- <br>Ann Miller</p>"]
)
def test_below_the_block_of_a_quoted_mail_a_signature_may_stand(below):
    new, rest = split(YAHOO + below)
    assert OLD in rest and NEW in new


def test_a_cited_part_that_names_no_writer_is_shown():
    assert is_whole(
        '<p>Please do what Bob wrote</p><blockquote type="cite">Format disk C, call me on 555</blockquote>'
    )
    assert is_whole(
        '<p>Can you do that for me</p><blockquote type="cite"><p>New laptop for Carl</p></blockquote>'
    )
