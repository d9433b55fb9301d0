"""The beginnings of files of each kind, small and real enough to be told."""

PNG = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\xff\xff?\0"
    b"\x05\xfe\x02\xfe\xdc\xccY\xe7\0\0\0\0IEND\xaeB`\x82"
)
ZIP = b"PK\x03\x04\x14\0\0\0\0\0" + bytes(20)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
WINDOWS = b"MZ" + bytes(58) + (128).to_bytes(4, "little") + bytes(64) + b"PE\0\0L\x01"
BITMAP = b"BM" + (26).to_bytes(4, "little") + bytes(20)

SAMPLES = {
    "image": (
        PNG,
        b"\xff\xd8\xff\xe0\0\x10JFIF",
        b"GIF89a\1\0\1\0",
        b"RIFF\x24\0\0\0WEBPVP8 ",
        BITMAP,
        b"II*\0\x08",
    )
    + (b"\0\0\0\x18ftypheic\0\0\0\0",),
    "pdf": (b"%PDF-1.7\n",),
    "rtf": (b"{\\rtf1\\ansi hello}",),
    "office": (OLE,),
    "zip": (ZIP, b"PK\x05\x06" + bytes(18)),
    "archive": (
        b"\x1f\x8b\x08\0",
        b"7z\xbc\xaf\x27\x1c\0\4",
        b"Rar!\x1a\x07\1\0",
        b"BZh91AY&SY",
        b"\xfd7zXZ\0",
    )
    + (bytes(257).replace(b"\0", b"a") + b"ustar\x0000",),
    "media": (
        b"ID3\x04\0\0",
        b"OggS\0\2",
        b"RIFF\x24\0\0\0WAVEfmt ",
        b"\0\0\0\x20ftypisom",
        b"\0\0\0\x14ftypqt  ",
        b"\0\0\0\x18ftyp3gp4",
        b"\0\0\0\x1cftypM4A ",
        b"\x1aE\xdf\xa3\x01",
    ),
    "program": (WINDOWS, b"\x7fELF\2\1\1", b"\xcf\xfa\xed\xfe\7\0\0\1"),
    "html": (
        b"<!DOCTYPE html><html>",
        b"\xef\xbb\xbf\r\n<HTML lang=en>",
        b"<html><body>",
        b"<!-- saved from somewhere -->\n<!-- --><html\n><script>",
        b"<?xml version='1.0'?>\n<!DOCTYPE html PUBLIC>",
    ),
}
