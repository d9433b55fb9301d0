"""The words of RTF that say something about text."""

SIGNS = {
    "par": "\n",
    "line": "\n",
    "sect": "\n",
    "page": "\n",
    "row": "\n",
    "cell": "\t",
    "tab": "\t",
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "bullet": "\u2022",
    "endash": "\u2013",
    "emdash": "\u2014",
    "enspace": "\u2002",
    "emspace": "\u2003",
    "~": "\xa0",
    "_": "\u2011",
    "-": "",
}
"""What stands for a sign of its own."""

ENTITIES = {"~": "&nbsp;", "_": "&shy;", "-": "&shy;"}
"""What stands for something else within HTML."""

_UNSEEN = """
    annotation atnauthor atnid author bkmkend bkmkstart buptim category colortbl comment company creatim doccomm
    datafield falt file filetbl fldinst footer footerf footerl footerr footnote ftncn ftnsep ftnsepc generator header
    headerf headerl headerr hlinkbase info keywords latentstyles listoverridetable listtable manager mhtmltag nonshppict
    objclass objdata operator panose pict pntext printim private1 revtbl revtim rsidtbl rxe shppict stylesheet subject
    tc themedata title xe xmlnstbl
"""
UNSEEN = frozenset(_UNSEEN.split())
"""Groups that begin with one of these hold nothing to be read."""

CODE_PAGES = {
    77: 10000,
    128: 932,
    129: 949,
    130: 1361,
    134: 936,
    136: 950,
    161: 1253,
    162: 1254,
    163: 1258,
    177: 1255,
    178: 1256,
    186: 1257,
    204: 1251,
    222: 874,
    238: 1250,
    254: 437,
    255: 850,
}
"""The code pages of what a font calls its character set; others are those of the whole text."""
