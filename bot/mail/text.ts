/** The value of a field as one line: folds, tabs and runs of blanks become one blank. */
export function oneLine(text: string): string {
  return text
    .replace(/[\r\n\t\0]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

export function lineEnds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n/g, '\n') : text;
}
