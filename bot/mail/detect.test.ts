import { describe, expect, it } from 'vitest';
import { detect, mayHoldDiff } from './detect.js';

describe('detect', () => {
  it.each([
    ['', 'empty'],
    [' \n\n', 'empty'],
    ['From mboxrd@z Thu Jan  1 00:00:00 1970\nSubject: x\n', 'mbox'],
    ['Subject: x\nFrom: a\n\nbody', 'mail'],
    ['X-Other: x\r\nDate: y\r\n\r\nbody', 'mail'],
    ['\ufeffdiff --git a/x b/x\n', 'diff'],
    ['commit 0123456\nAuthor: A\n\n    t\n\ndiff --git a/x b/x\n', 'diff'],
    ['--- a/x\n+++ b/x\n@@ -1 +1 @@\n', 'diff'],
    ['<!DOCTYPE html>\n<html>', 'html'],
    ['<?xml version="1.0"?>\n<!-- c -->\n<html lang="en">', 'html'],
    ['\u007fELF\u0000\u0001', 'binary'],
    ['\u0000\u0000', 'binary'],
    ['\u001f\u008b\u0008', 'gzip'],
    ['Dear all: hello\nthere\n', 'text'],
    ['X-Note: only this\n\ntext', 'text'],
  ])('%j', (text, kind) => {
    expect(detect(Buffer.from(text, text.startsWith('\u001f') ? 'latin1' : 'utf8'))).toBe(kind);
  });

  it('sees what may hold a diff', () => {
    expect(mayHoldDiff(Buffer.from('x\n@@ -1 +1 @@\n'))).toBe(true);
    expect(mayHoldDiff(Buffer.from('x\n'))).toBe(false);
  });
});
