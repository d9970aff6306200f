// A provider's octets to an item that can be judged. METHOD, which some servers store, is taken off; everything else that
// RFC 4791 4.1 asks of an object must hold, or the item is rejected with a sentence and nothing is lost.

import { withoutProperties } from "../ical/component.ts";
import { readCalendarObject, type CalendarObject } from "../ical/calendar-object-resource.ts";
import { parseCalendar } from "../ical/parse.ts";
import { serializeCalendar } from "../ical/serialize.ts";
import type { Failure } from "../failure.ts";
import type { AccountId } from "../id.ts";
import type { ProviderEvent } from "../ports/connector.ts";
import { err, ok, type Result } from "../result.ts";
import { contentHash, mirrorHash, type KeyedHash } from "./hash.ts";
import { tagOf } from "./managed-tag.ts";
import type { ReadItem } from "./transition-shape.ts";

export interface ItemPlace {
  readonly accountId: AccountId;
  readonly providerCalendarId: string;
  readonly role: "source" | "overlay";
}

const HAS_METHOD = /^METHOD[:;]/im;

/** The error is a sentence for the status page, without content. */
export function readItem(place: ItemPlace, item: ProviderEvent, hash: KeyedHash): Result<ReadItem, string> {
  const object = readObject(item.ical);
  if (!object.ok) return err(sentenceOf(object.error));
  const { text, uid, calendar } = object.value;
  return ok({
    accountId: place.accountId,
    providerCalendarId: place.providerCalendarId,
    role: place.role,
    id: item.id,
    etag: item.etag,
    ical: text,
    uid,
    calendar,
    contentHash: contentHash(calendar, hash),
    mirrorHash: mirrorHash(calendar, hash),
    tag: tagOf(calendar, hash),
  });
}

function readObject(text: string): Result<CalendarObject, Failure> {
  if (!HAS_METHOD.test(text)) return readCalendarObject(text);
  const calendar = parseCalendar(text);
  if (!calendar.ok) return calendar;
  return readCalendarObject(serializeCalendar(withoutProperties(calendar.value, "method")));
}

function sentenceOf(failure: Failure): string {
  return failure.kind === "precondition"
    ? `The server holds an object that is no valid calendar object (${failure.clause}).`
    : "The server holds an object that is no valid calendar object.";
}
