/** A unified diff of one hunk that makes `after` of `before`. */
export function oneHunk(path: string, before: string, after: string): string {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const from = Math.max(0, head - CONTEXT);
  const endA = Math.min(a.length - 1, a.length - tail + CONTEXT);
  const endB = endA - a.length + b.length;
  const lines = [
    ...a.slice(from, head).map((line) => ` ${line}`),
    ...a.slice(head, a.length - tail).map((line) => `-${line}`),
    ...b.slice(head, b.length - tail).map((line) => `+${line}`),
    ...a.slice(a.length - tail, endA).map((line) => ` ${line}`),
  ];
  const heading = a.slice(0, from).findLast((line) => /^[A-Za-z_]/.test(line)) ?? '';
  const at = `@@ -${from + 1},${endA - from} +${from + 1},${endB - from} @@ ${heading}`.trimEnd();
  return [`diff --git a/${path} b/${path}`, `--- a/${path}`, `+++ b/${path}`, at, ...lines, ''].join('\n');
}

const CONTEXT = 3;
