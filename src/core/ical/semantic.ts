// The meaning of an object as canonical text.

import type { JCalComponent } from "./jcal.ts";

export function semanticText(_calendar: JCalComponent): string {
  return "";
}
