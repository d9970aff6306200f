// A VFREEBUSY answer (RFC 4791 7.10, RFC 5545 3.6.4).

import type { BusyRow } from "../ports/calendar-store.ts";

export function freeBusyReply(
  _busy: readonly BusyRow[],
  _span: { readonly start: number; readonly end: number },
  _nowMs: number,
): string {
  return "";
}
