import type { Mail } from '../series/types.js';

/** A mail of which nothing else is known. */
export const blankMail = (known: Pick<Mail, 'messageId' | 'subject' | 'body' | 'problems'>): Mail => ({
  from: '',
  date: null,
  dateHeader: '',
  to: '',
  cc: '',
  inReplyTo: null,
  references: [],
  ...known,
});
