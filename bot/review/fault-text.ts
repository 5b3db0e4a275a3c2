/** What a report says of an exception that nobody foresaw. */
export const faultText = (error: unknown): string =>
  `stopped by a fault in faultline: ${error instanceof Error ? error.message : String(error)}. Please report it with the mail.`;
