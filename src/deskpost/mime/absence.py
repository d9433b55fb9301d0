"""Subjects of absence notes, in the languages that mail programs write them in."""

import re

_PROGRAMS = (  # what Exchange and its like put before the subject that they answer
    r"auto(?:matic|mated)?[ -]?(?:reply|response)|automatische antwort|abwesenheits(?:notiz|benachrichtigung|meldung)"
    r"|r[ée]ponse automatique|respuesta autom[áa]tica|resposta autom[àáa]tica|risposta automatica"
    r"|automatisch antwoord|autosvar|automatiske?t? svar|automaattinen vastaus|automaatvastus"
    r"|odpowied[źz] automatyczna|automatyczna odpowied[źz]|automatick[áa] odpov[ěe][dď]|automatikus v[áa]lasz"
    r"|r[ăa]spuns automat|otomatik yan[ıi]t|αυτ[όο]ματη απ[άα]ντηση|автоответ|автоматический ответ"
    r"|автоматична відповідь|автоматичен отговор|аутоматски одговор|automatski odgovor|samodejni odgovor"
    r"|automatinis atsakymas|autom[āa]tisk[āa] atbilde|erantzun automatikoa|sj[áa]lfvirkt svar|balasan otomatis"
    r"|自动答复|自动回复|自動回覆|自動答覆|自動応答|自動返信|자동 ?(?:회신|응답)|תשובה אוטומטית|מענה אוטומטי"
    r"|رد تلقائي|الرد التلقائي|پاسخ خودکار|(?:การ)?ตอบกลับอัตโนมัติ|(?:thư )?trả lời tự động|स्वचालित उत्तर"
)
_PERSONS = (  # what people and older programs write, and alerts may begin with
    r"out of (?:the )?office(?: auto ?reply)?|abwesen(?:heit|d)|absence du bureau|fuori sede|afwezig(?:heid)?"
    r"|(?:estoy )?fuera de (?:la )?oficina|fora do escrit[óo]rio|fr[åa]nvaro|ikke til stede|poissa|nieobecno[śs][ćc]"
    r"|nep[řr][íi]tomnost|vacation (?:reply|message)"
)
_NOTES = re.compile(  # Lotus Notes; its subject has nothing of the mail that it answers
    r"(?:auto: .{1,120}(?:\(|is out of (?:the )?office|au[ßs]{1,2}er haus|abwesend|absent|hors du bureau)"
    r"|.{1,80} is (?:currently )?(?:out of (?:the )?office|on vacation)[ .!]*(?:\(.{0,120})?$)",
    re.IGNORECASE,
)
_WHOLE = r"\s{0,4}(?:[:：]|\(auto|[.!]?$)"
_BY_PROGRAM = re.compile(rf"(?:{_PROGRAMS}){_WHOLE}", re.IGNORECASE)
_BY_PERSON = re.compile(rf"(?:{_PERSONS}){_WHOLE}", re.IGNORECASE)
_BEGINNINGS = re.compile(  # of all these words: most subjects are passed over at a glance
    "a[ubf]|r[ée]|r[iăa]|o[dtu]|αυ|а[ву]|s[ajá]|e[rs]|ba|f[uorå]|ik|po|n[ie]|va|自[动動]|자동|תש|מע|رد|ال|پا|กา|ตอ|th|tr|स्"
)
_ANSWERS = ("re:", "re ", "fw", "aw:")
_LONGEST = 300


def is_note(subject: str, doubtful: bool = True) -> bool:
    """Tell whether a subject is that of an absence note: such words, and a colon or nothing more.

    "Automated response time check failed: web01" is an alert. Where other signs are weak, `doubtful` subjects, which
    an alert or a letter to the personnel office may have as well ("Out of office: ..."), are left out.
    """
    subject = subject[:_LONGEST].strip().lower()
    if _BEGINNINGS.match(subject) and not subject.startswith(_ANSWERS):
        if _BY_PROGRAM.match(subject) or (doubtful and _BY_PERSON.match(subject)):
            return True
    elif " out of " not in subject and " on vacation" not in subject:
        return False
    return _NOTES.match(subject) is not None
