// A second opinion on our own answers for the tests: fast-xml-parser's validator, which shares no code with our writer and reader.

import { XMLValidator } from "fast-xml-parser";

export function isWellFormed(text: string): boolean {
  return XMLValidator.validate(text) === true;
}
