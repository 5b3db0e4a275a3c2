-- What mail sources gave. Everything that stands below "derived" is made again from it by `faultline ingest --rebuild`.

-- A list, mailbox or account.
CREATE TABLE source (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- What a source is read by: an epoch of a public-inbox, a mailbox of an account. A source of one piece has one part, named ''.
CREATE TABLE part (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES source,
  name TEXT NOT NULL,
  -- How far it was read, in the source's own terms (a commit, a UID); NULL before the first mail, and for sources that have no order.
  position TEXT,
  -- Counts how often it was read from the beginning: a mail whose place has an older number was not there the last time.
  pass INTEGER NOT NULL DEFAULT 0,
  UNIQUE (source, name)
) STRICT;

-- Raw mails, many together: mails of a thread repeat each other. Numbers are not given twice: other threads may still hold what was behind one.
CREATE TABLE pack (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Brotli (RFC 7932).
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE raw (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  pack INTEGER NOT NULL REFERENCES pack,
  -- Bytes of the unpacked pack.
  start INTEGER NOT NULL,
  length INTEGER NOT NULL
) STRICT;
CREATE INDEX raw_of_pack ON raw (pack);

-- Where a mail was found. A mail stays as long as it has a place.
CREATE TABLE place (
  -- Of the raw bytes: the first 20 bytes of their SHA-256.
  hash BLOB NOT NULL,
  part INTEGER NOT NULL REFERENCES part,
  raw INTEGER NOT NULL REFERENCES raw,
  pass INTEGER NOT NULL,
  PRIMARY KEY (hash, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX place_of_raw ON place (raw);
CREATE INDEX place_in_part ON place (part, pass);

-- Mails that a source took back. The bytes are gone, what they were is kept.
CREATE TABLE tombstone (
  source INTEGER NOT NULL REFERENCES source,
  hash BLOB NOT NULL,
  -- The part that says so: an older one that is read again does not bring the mail back.
  part INTEGER NOT NULL REFERENCES part,
  message_id TEXT,
  PRIMARY KEY (source, hash)
) STRICT, WITHOUT ROWID;

-- What of a source is no mail, and why.
CREATE TABLE refusal (
  part INTEGER NOT NULL REFERENCES part,
  subject TEXT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (part, subject, why)
) STRICT, WITHOUT ROWID;

-- Derived.

CREATE TABLE mail (
  id INTEGER PRIMARY KEY REFERENCES raw,
  -- Of all that was read of it: copies that several lists sent on are one mail.
  content BLOB NOT NULL UNIQUE,
  message_id TEXT NOT NULL,
  subject TEXT NOT NULL,
  sender TEXT NOT NULL,
  -- Milliseconds since 1970.
  sent INTEGER,
  thread INTEGER NOT NULL,
  -- For a numbered patch that answers nothing: who sent it, under which prefix and total.
  run TEXT,
  -- When, and 0 where it does not say.
  run_at INTEGER,
  -- Why it cannot be decoded.
  fault TEXT
) STRICT;
CREATE INDEX mail_by_message_id ON mail (message_id);
CREATE INDEX mail_in_thread ON mail (thread);
CREATE INDEX mail_of_run ON mail (run, run_at) WHERE run IS NOT NULL;

-- Mails that are put together with each other: a component of the graph of what they name.
CREATE TABLE thread (
  id INTEGER PRIMARY KEY,
  -- 0: its series are as its mails say. 1: to be assembled. 2: a mail has left, so that it may fall apart.
  stale INTEGER NOT NULL CHECK (stale IN (0, 1, 2))
) STRICT;
CREATE INDEX thread_stale ON thread (stale) WHERE stale <> 0;

-- What a thread's mails name: their own ids, ids that they answer (also of mails that never came), stems of git send-email.
CREATE TABLE name (
  name TEXT PRIMARY KEY,
  thread INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX name_of_thread ON name (thread);

CREATE TABLE series (
  id INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL,
  -- Message-ID of its cover letter, else of its first patch.
  message_id TEXT NOT NULL,
  title TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- JSON array of strings.
  prefixes TEXT NOT NULL,
  sender TEXT NOT NULL,
  sent INTEGER,
  cover TEXT,
  total INTEGER NOT NULL,
  -- Message-ID of the series that it repeats word by word.
  repeats TEXT
) STRICT;
CREATE INDEX series_of_thread ON series (thread);
CREATE INDEX series_by_message_id ON series (message_id);
CREATE INDEX series_by_time ON series (sent);

CREATE TABLE patch (
  series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
  number INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  title TEXT NOT NULL,
  -- The reply whose quote it was put together from, where its own mail never came.
  quoted_by TEXT,
  -- The version that it is of, where it was not sent again with this one.
  earlier INTEGER,
  PRIMARY KEY (series, number, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX patch_by_message_id ON patch (message_id);

-- A diff that a reply proposes.
CREATE TABLE proposal (
  thread INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  -- The patch that it is about.
  about TEXT,
  PRIMARY KEY (thread, message_id, ordinal)
) STRICT, WITHOUT ROWID;

-- What is missing or odd, in words: of a series, or of a mail that gives nothing to review.
CREATE TABLE problem (
  thread INTEGER NOT NULL,
  series INTEGER REFERENCES series ON DELETE CASCADE,
  message_id TEXT,
  subject TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT;
CREATE INDEX problem_of_thread ON problem (thread);
CREATE INDEX problem_of_series ON problem (series);
