"""What servers say when they refuse a mail, sorted by what they mean. All in lower case, blanks single.

`SURE` is looked for first: words that mean one thing whatever stands beside them. `PHRASES` is in the order in which
they count: what names a cause comes before what names an effect.
"""

from deskpost.mime.bounces.report import Reason

Phrases = tuple[tuple[Reason, tuple[str, ...]], ...]


def _table(*rows: tuple[Reason, str]) -> Phrases:
    """Read rows whose phrases are parted by bars."""
    return tuple(
        (reason, tuple(" ".join(phrase.split()) for phrase in text.split("|"))) for reason, text in rows
    )


SURE = _table(
    (
        "norelaying",
        """
        rcpthosts | relay access denied | relaying denied | unable to relay
        """,
    ),
    (
        "rejected",
        """
        sender address rejected | sender verify failed | domain of sender
        """,
    ),
    (
        "expired",
        """
        greylist | graylist | grey listed | greylisted
        """,
    ),
    (
        "policyviolation",
        """
        link to | contains a link | contains link | links to
        """,
    ),
    (
        "blocked",
        """
        helo command rejected | helo rejected | bad helo | invalid helo
        """,
    ),
    (
        "policyviolation",
        """
        content presents a potential | policy restriction
        """,
    ),
    (
        "systemerror",
        """
        contact ldap server | ldap error | ldap lookup
        """,
    ),
    (
        "userunknown",
        """
        not listed in domino | not listed in public | not listed in directory | recipient not found |
        user doesn't have a | does not have an account | doesn't have an account
        """,
    ),
    (
        "networkerror",
        """
        hop count | too many hops | routing loop | mail loop | loop detected | loops back to |
        host not found, try again | temporary lookup failure | temporary dns failure
        """,
    ),
    (
        "virusdetected",
        """
        virus detected | virus found | contains a virus | contained a virus | infected with | is infected |
        message infected | contains virus | contains malware | malware detected | carries a virus | has a virus |
        viren | virus infection | dangerous attachment | threat detected | antivirus | virus-infected
        """,
    ),
    (
        "authfailure",
        """
        dmarc | spf record | spf check | spf fail | spf validation | fails spf | failed spf |
        sender policy framework | not designated as permitted sender | not permitted to send mail from |
        dkim public key | dkim key | dkim record | public key not found |
        dkim signature | dkim fail | dkim check | dkim validation | unauthenticated email | unauthenticated mail |
        does not pass authentication | did not pass authentication | email authentication |
        message does not have authentication | (spf) | sender id | not authorized to send from this domain
        """,
    ),
    (
        "requireptr",
        """
        ptr record | ptr resource | reverse dns | reverse-dns | reverse lookup | rdns | reverse hostname |
        reverse name | unverifyable sending ip | unverifiable sending ip | cannot find your hostname |
        cannot find your reverse | does not resolve to a host | ip name lookup failed | missing ptr | no ptr |
        resolve your ip | ip address without a name | must resolve
        """,
    ),
    (
        "badreputation",
        """
        user complaints |
        reputation
        """,
    ),
    (
        "notcompliantrfc",
        """
        multiple addresses in from | multiple from | rfc 5322 | rfc 2822 | rfc5322 | rfc2822 | not rfc compliant |
        not rfc-compliant | rfc 822 | bare lf | bare line feed | bare newline | missing from: header |
        missing message-id | missing a valid message-id | missing date header | multiple headers
        """,
    ),
    (
        "rejected",
        """
        sender domain | sender's domain | mx record for | sender not found | notinallowedsenders |
        allowed senders | allowed-senders | callout verification | callback verification | sender callout |
        verify sender | sender verification | sender is not authorized | envelope from | whitelist | allowlist
        """,
    ),
)

PHRASES = _table(
    (
        "toomanyconn",
        """
        frequency limited |
        too many connections | too many concurrent | too many sessions | connection rate limit |
        connection limit exceeded | too many recipients | max connections | maximum number of connections |
        concurrent connections | exceeded the connection
        """,
    ),
    (
        "blocked",
        """
        cdrbl | an rbl | our rbl | in rbl | by rbl | rbl: |
        not accepting connections |
        blocked using | blocked by | is blocked | ip blocked | been blocked | host blocked | blocked for |
        blocked - | blocked due | blocked, see | blocklist | block list | is blacklisted | ip blacklist |
        blacklisted ip | on a blacklist | on our blacklist | in a blacklist | in blacklist | denylist |
        listed in | listed at | listed on | listed by | dnsbl | spamhaus | spamcop | barracudacentral |
        sorbs | client host [ | your ip address | your ip has | ip address rejected | ip address source |
        ip source bloquee | dynamic ip | dynamic address | dialup | dial-up |
        smtp server of your isp | isp's mail server | use your isp |
 connection refused by policy | connections from your |
        closing transmission channel | host rejected | your network | access from ip | not accepting mail from |
        does not accept mail from | no access from mail server | you are not allowed to connect |
        you are not allowed to use | banned
        """,
    ),
    (
        "spamdetected",
        """
        content rejected | , ube | , uce |
        unsolicited | junk mail | blacklisted link | url in message | uribl | surbl | listed url | bulk mail |
        mail rejete. mail rejected. ofr_506 | spam
        """,
    ),
    (
        "mailboxfull",
        """
        ist voll | überfüllt | est pleine | está lleno | está llena | è piena | está cheia | いっぱい | 已满 |
        mailbox full | mailbox is full | mailbox for user is full | mailbox exceeds | mailbox size limit |
        mailbox size exceeded | mailbox has exceeded | exceeded its mailbox size | mailfolder is full |
        mail folder is full | mailbox quota | mail box is full | maildir delivery failed: domaindiskquota |
        inbox is full | account is full | account full | user is over the quota | user has exceeded |
        user has too many messages | over quota | overquota | over the allowed quota | over-quota |
        out of storage | quota exceed | quota has been exceeded | exceeded storage | exceeded the storage |
        exceeds quota | exceed the quota | exceeded quota | exceeding quota | quota limit | quota violation |
        disc quota | disk quota | quotaexceeded | storage quota | storage limit | insufficient quota |
        not enough space in mailbox | not enough storage space | not enough disk space in |
        no space left in mailbox | full mailbox | postfach ist voll | postfach voll | mailbox voll |
        boîte pleine | boite pleine | boîte aux lettres pleine | buzón lleno | casella piena |
        too much mail data | 容量を超え | 容量オーバー | 容量超過
        """,
    ),
    (
        "mailererror",
        """
        procmail | command output | command failed | command died with status | exited with | exit status |
        returned status | pipe to | local mailer | mailer error | mailer panic | x-unix; | error running |
        prog mailer | child status | child process of
        """,
    ),
    (
        "ratelimited",
        """
        rate limit | rate-limit | ratelimit | throttled | throttling | sending limit exceeded | sending quota |
        hourly limit | daily limit | too many messages | too many emails | too many mails |
        receiving mail at a rate | receiving email at a rate | too quickly | message rate | excessive number of
        """,
    ),
    (
        "suspend",
        """
        account has been disabled | account is disabled | account disabled | account is suspended |
        account suspended | account deactivated | account has been deactivated | account inactive |
        account is inactive | account is locked | account locked | account expired | account has expired |
        account closed | account that you tried to reach is disabled |
        account that you tried to reach is inactive | account is temporarily unavailable |
        account temporarily disabled | is a deactivated mailbox | disabled or discontinued | mailbox disabled |
        mailbox is disabled | mailbox is inactive | mailbox inactive | mailbox is frozen | mailbox suspended |
        mailbox currently suspended | mailbox temporarily disabled |
        mailbox unavailable or access denied - disabled | user is inactive | user inactive | user suspended |
        user is suspended | user disabled | user is disabled | recipient suspended | recipient is disabled |
        recipient disabled | recipient address is disabled | has been suspended | is not active |
        not currently accepting | email account is closed | inactive user | terminated account
        """,
    ),
    (
        "hasmoved",
        """
        has moved | no longer on server | address has changed | address changed | moved to a new |
        has been replaced by | please use the new address | new e-mail address | new email address
        """,
    ),
    (
        "hostunknown",
        """
        domain is not reachable |
        host unknown | unknown host | host not found | unknown domain | domain not found | domain does not exist |
        domain is not exist | domain doesn't exist | domain name not found | domain must exist | domain or host |
        account or domain may not exist | domain couldn't be found | no such domain | no such host |
        invalid domain | invalid host | illegal host | illegal domain | bad destination host |
        bad destination system | unrouteable address | unroutable address | unrouteable mail domain |
        unrouteable domain | unable to route to domain | nxdomain | recipient address has no dns |
        cannot resolve destination | dns lookup failure | dns error | name or service not known |
        non-existent domain | non existent domain | nonexistent domain | couldn't find any host named |
        can't find host | all relevant mx records point to non-existent hosts | ドメインが存在しません |
        ドメインが見つかりません | domain existiert nicht | domaine inconnu
        """,
    ),
    (
        "notaccept",
        """
        couldn't find a mail exchanger |
        no mx found | no mx record | null mx | nullmx | does not accept mail | doesn't receive email |
        does not receive email | host does not accept | system does not accept network |
        not accepting network messages | mail receiving disabled | no longer accepts mail |
        smtp protocol returned a permanent error: domain does not | host/domain does not accept | mx 0 .
        """,
    ),
    (
        "userunknown",
        """
        introuvable | no se encontr | non trovato | non è stato trovato | não foi encontrad | niet gevonden |
        no user here | no user found | no user by |
        user unknown | unknown user | unknown recipient | recipient unknown | unknown address | address unknown |
        unknown mailbox | mailbox unknown | unknown or illegal | unknown local | unknown account |
        unknown e-mail | unknown email | no such user | no such mailbox | no such recipient | no such address |
        no such account | no such person | no such email | no such local user | no such id | no mailbox here |
        no mailbox by that name | no mailbox found | no mailbox currently | no account |
        no valid recipient | no person | not a valid mailbox | not a valid user | not a valid recipient |
        not a valid email | not a known user | not a valid address | not listed in | not our customer |
        not found | isn't a valid | user does not exist | user doesn't exist | user not exist | user not known |
        user invalid | user is not registered | user is unknown | user not local | user missing home |
        username is not | userid | account does not exist | account doesn't exist | account not exist |
        account you tried to reach does not exist | account that you tried to reach does not exist |
        mailbox does not exist | mailbox doesn't exist | mailbox not exist | mailbox invalid |
        mailbox unavailable | mailbox not available | mailbox is unavailable | mailbox name |
        address does not exist | address doesn't exist | address is not valid | address invalid |
        address no longer | address wasn't found | address couldn't be found | address not present |
        address not known | address unrecognised | address rejected. | recipient does not exist |
        recipient doesn't exist | recipient not exist | recipient not ok | recipient no longer |
        recipient is not | recipient is unknown | recipient is invalid | recipient rejected | recipnotfound |
        recipient address rejected: user | recipient address rejected: undeliverable |
        recipient address rejected: invalid | recipient address rejected: bad dest |
        recipient address rejected: access denied | recipient address rejected: address |
        recipient address rejected: mailbox | recipient address rejected: no such | invalid recipient |
        invalid address | invalid mailbox | invalid user | invalid final delivery | invalid local |
        invalid email | bad address | bad recipient | bad destination mailbox | bad user |
        does not like recipient | isn't in my list | i don't have an account | destinataire inconnu |
        destinataire invalide | adresse inconnue | utilisateur inconnu | empfänger unbekannt |
        empfänger existiert nicht | empfänger nicht | adresse existiert nicht | postfach existiert nicht |
        unbekannter empfänger | unbekannter benutzer | benutzer unbekannt | nicht gefunden | usuario desconocido |
        usuario no existe | destinatario sconosciuto | utente sconosciuto | onbekende gebruiker |
        gebruiker onbekend | 宛先不明 | 存在しません | 見つかりません | ユーザーが存在し | ユーザが存在し |
        收件人不存在 | 用户不存在 | no this user | recipient refused
        """,
    ),
    (
        "norelaying",
        """
        relay
        """,
    ),
    (
        "exceedlimit",
        """
        message length exceeds | exceeds limit set by recipient | exceeds the maximum size the recipient |
        message size exceeds the recipient | size limit set by the recipient
        """,
    ),
    (
        "mesgtoobig",
        """
        message too big | message is too big | message size exceeds | message file too big | message size limit |
        exceeds maximum message size | exceeds the maximum message size | exceeds size limit |
        exceeds fixed maximum message size | exceeded the maximum | larger than | too large | mail size |
        nachricht ist zu groß | サイズが大き
        """,
    ),
    (
        "policyviolation",
        """
        policy | policies | not allowed | header error | prohibited | forbidden | not permitted | attachment
        """,
    ),
    (
        "securityerror",
        """
        authentication required | authentication failed | authentication failure | authrequired |
        not authenticated | must authenticate | must login | need authentication | login required | tls required |
        must issue a starttls | encryption required | not authorized | unauthorized | not authorised
        """,
    ),
    (
        "failedstarttls",
        """
        starttls failed | tls negotiation | tls handshake | tls is required
        """,
    ),
    (
        "rejected",
        """
 sender rejected | sender denied | sender refused |
        sender is not | sender unknown | invalid sender | unknown sender | bad sender |
        sender domain | sender's domain | address of sender | domain is invalid | valid from | from address |
        from: address | return path | backscatter | purported responsible | not a registered gateway user |
        address that has been blacklisted | not a member | not member | members can post | permission to post |
        you may not have permission | server rejected mail from | user complaints | unexpected volume |
        mail from is rejected | mail from rejected | you are not allowed to send | not accepted from |
        administrative prohibition | rejected by recipient
        """,
    ),
    (
        "contenterror",
        """
        invalid mime | mime error | mime header | malformed mime | malformed header | 8bitmime |
        content filter | duplicate header | to header | reply-to header |
        header size | invalid header | illegal attachment | message format |
        improper content
        """,
    ),
    (
        "systemfull",
        """
        system full | insufficient system storage | insufficient disk | disk full | no space left |
        not enough disk space | insufficient system resources | requested mail action aborted: exceeded
        """,
    ),
    (
        "networkerror",
        """
        establish an smtp connection |
        could not connect to server | dns query failed | name service error | name server | lost connection |
        lookup failure | lookup failed | loops back to myself | too many hops | hop count exceeded | mail loop |
        mail forwarding loop | loop detected | no route to host | network is unreachable | network error |
        network unreachable | host is unreachable | unrouteable | conversation with | connection reset |
        host is down | dns failure | connection dropped | connection lost
        """,
    ),
    (
        "expired",
        """
        greylist | graylist |
        timed out | time out | timeout | connection refused | did not accept our requests to connect |
        could not deliver for | giving up | given up | expired | could not be delivered for |
        could not be delivered within | queue too long | too long in | unable to deliver this message after |
        will be retried | retry time not reached | delivery temporarily suspended | could not find a gateway |
        was aborted after | not been delivered | has been delayed | could not contact | no response |
        server did not respond | not responding | unable to connect | cannot connect | couldn't connect |
        could not connect | failed to connect | failed connect | connect to |
        verbindung | still trying | will continue trying |
        temporary problem | maximum retry | retries
        """,
    ),
    (
        "syntaxerror",
        """
        syntax error | improper sequence | bad sequence | command not recognized | unrecognized command |
        command unrecognized | unrecognised command | command not implemented | need rcpt | need mail command |
        invalid argument
        """,
    ),
    (
        "systemerror",
        """
        internal error | system error | service refused | service unavailable | service currently unavailable |
        service not available | temporarily unavailable | temporary failure | temporary error | local error |
        local problem | could not load | configuration error | mis-configured | misconfig | interner fehler |
        unable to process | try again later | please try later | server error | mail system is unavailable |
        proxy error | cannot allocate | i/o error | input/output error | resources unavailable |
        requested action aborted | local configuration
        """,
    ),
    (
        "blocked",
        """
        connection rejected | connection denied | blocked | blacklist
        """,
    ),
)
