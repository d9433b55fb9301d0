"""Names of folders as mail servers compare them: Exchange without regard to case, INBOX so at each of them."""

INBOX = "inbox"  # RFC 3501 section 5.1: in any case

IN_OTHER_LANGUAGES = frozenset(
    name.casefold()
    for name in (
        "Posteingang", "Boîte de réception", "Boite de reception", "Bandeja de entrada", "Posta in arrivo",
        "Caixa de Entrada", "A Receber", "Postvak IN", "Inkorgen", "Indbakke", "Innboks", "Saapuneet",
        "Skrzynka odbiorcza", "Doručená pošta", "Beérkezett üzenetek", "Mesaje primite", "Gelen Kutusu",
        "Εισερχόμενα", "Входящие", "Вхідні", "Входяща поща", "Sandučić za primljenu poštu", "Prejeto",
        "Gautieji", "Iesūtne", "Sisendkaust", "受信トレイ", "收件箱", "收件匣", "받은 편지함", "דואר נכנס",
        "علبة الوارد", "صندوق الوارد", "กล่องขาเข้า", "Hộp thư đến", "Kotak Masuk",
    )
)  # fmt: skip
"""What Exchange calls the inbox in the languages of mailboxes; the server is asked too, before anything is moved."""


def key(folder: str) -> str:
    """Give what is the same for two names of one folder: levels without blanks around them, case folded."""
    return "/".join(filter(None, (level.strip().casefold() for level in folder.split("/"))))


def same(one: str, other: str) -> bool:
    """Tell whether two names may stand for one folder at some server."""
    return key(one) == key(other)


def is_inbox(folder: str, *, exchange: bool) -> bool:
    """Tell whether a name is the inbox's: at every server INBOX, at Exchange those of other languages too."""
    return key(folder) == INBOX or (exchange and key(folder) in IN_OTHER_LANGUAGES)


def has_empty_level(folder: str) -> bool:
    """Tell whether nothing stands before, after or between the slashes, as in "Errors/"."""
    return not all(level.strip() for level in folder.split("/"))
