// Labels that people give to things: one line of text.

export const LABEL_LENGTH_MAX = 100;
export const LABEL_RULE = `A label has 1 to ${LABEL_LENGTH_MAX} characters on one line.`;

export function isLabel(text: string): boolean {
  return text.length >= 1 && text.length <= LABEL_LENGTH_MAX && !/\p{Cc}/u.test(text);
}
