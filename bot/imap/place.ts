/** A mailbox of an account. */
export interface ImapPlace {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte; without it, STARTTLS is asked for, but for hosts of this machine. */
  readonly secure: boolean;
  readonly user: string;
  readonly mailbox: string;
}

export type NamedMailbox = { readonly ok: true; readonly place: ImapPlace } | { readonly ok: false; readonly why: string };

/** `imap://USER@HOST/MAILBOX`, without the password. */
export const imapName = ({ host, port, secure, user, mailbox }: ImapPlace): string =>
  `${secure ? 'imaps' : 'imap'}://${encodeURIComponent(user)}@${host}:${String(port)}/${mailbox.split('/').map(encodeURIComponent).join('/')}`;

/** Reads `imaps://USER@HOST[:PORT]/MAILBOX` (RFC 5092, without its further parts). Without a mailbox, INBOX. */
export function imapPlace(word: string): NamedMailbox {
  const refused = (why: string): NamedMailbox => ({ ok: false, why });
  if (!URL.canParse(word)) return refused('this address of a mailbox can not be read; give imaps://USER@HOST/MAILBOX');
  const url = new URL(word);
  if (url.password !== '')
    return refused(`${url.hostname}: give the password in FAULTLINE_IMAP_PASSWORD, not in the address, which others can see`);
  const mailbox = decoded(url.pathname.slice(1));
  const user = decoded(url.username);
  if (user === null || user === '' || url.hostname === '') return refused(`${word}: say whose mailbox it is: imaps://USER@HOST/MAILBOX`);
  if (mailbox === null || /\p{C}/u.test(mailbox) || /\p{C}/u.test(user)) return refused('the name of this mailbox can not be read');
  const secure = url.protocol === 'imaps:';
  return {
    ok: true,
    place: {
      host: url.hostname,
      port: url.port === '' ? (secure ? 993 : 143) : Number(url.port),
      secure,
      user,
      mailbox: mailbox === '' ? 'INBOX' : mailbox,
    },
  };
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
