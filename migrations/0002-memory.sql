-- What was said of series, so that the next version can be told what became of it. Not derived from mails: a rebuild leaves it alone.

CREATE TABLE review (
  id INTEGER PRIMARY KEY,
  -- Message-ID of the first patch that was sent with the version.
  message_id TEXT NOT NULL UNIQUE,
  title TEXT NOT NULL,
  -- The title without case and marks.
  title_key TEXT NOT NULL,
  version INTEGER NOT NULL,
  -- Address, lower case.
  author TEXT NOT NULL,
  change_id TEXT,
  -- Milliseconds since 1970: of its newest mail, and of the review.
  sent INTEGER,
  made INTEGER NOT NULL,
  -- A report of this one review, as JSON in raw deflate (RFC 1951).
  report BLOB NOT NULL
) STRICT;
CREATE INDEX review_by_change_id ON review (change_id) WHERE change_id IS NOT NULL;
CREATE INDEX review_by_title ON review (author, title_key);

-- What the patches of a reviewed version change, without blanks and place.
CREATE TABLE review_patch (
  review INTEGER NOT NULL REFERENCES review ON DELETE CASCADE,
  number INTEGER NOT NULL,
  print TEXT NOT NULL,
  PRIMARY KEY (review, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX review_patch_by_print ON review_patch (print);

-- Message-IDs of the replies that were made of a review.
CREATE TABLE reply (
  message_id TEXT PRIMARY KEY,
  review INTEGER NOT NULL REFERENCES review ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX reply_of_review ON reply (review);

-- Findings that nobody wants to hear of again.
CREATE TABLE dismissal (
  -- The finding's id.
  finding TEXT PRIMARY KEY,
  why TEXT NOT NULL,
  -- Milliseconds since 1970.
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
