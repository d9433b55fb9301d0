"""winmail.dat: what Outlook and Exchange pack a mail into ([MS-OXTNEF]); bytes to text, HTML and files."""
