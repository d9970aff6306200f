// What of scheduling (RFC 6638) holds without an inbox and outbox: addresses, transparency, Schedule-Tag.

import { ok, err } from "../../core/result.ts";
import { principalHref } from "../href.ts";
import { childOf } from "../xml/element.ts";
import { CALDAV } from "../xml/names.ts";
import { escapeText, hrefElement } from "../xml/writer.ts";
import { property, type Property } from "./property.ts";
import { uuidOf } from "./rfc6578.ts";

export const rfc6638: readonly Property[] = [
  // Apple takes the alphabetically first address or the one marked preferred, Thunderbird the first, others the last: so the
  // preferred one stands first and last (checklist A19).
  property(CALDAV, "calendar-user-address-set", {
    read: {
      principal: ({ principal }) => {
        const [preferred, ...others] = principal.emails.map((email) => `mailto:${email}`);
        const marked =
          preferred === undefined ? "" : `<D:href preferred="1">${escapeText(preferred)}</D:href>`;
        const rest = [...others, principalHref(principal.slug), `urn:uuid:${uuidOf(principal.userId)}`];
        return marked + rest.map(hrefElement).join("") + marked;
      },
    },
  }),
  property(CALDAV, "calendar-user-type", { read: { principal: () => "INDIVIDUAL" } }),
  property(CALDAV, "schedule-calendar-transp", {
    read: { calendar: ({ calendar }) => `<C:${calendar.transparency}/>` },
    write: {
      calendar: (element) => {
        if (element === null || childOf(element, CALDAV, "opaque") !== undefined) {
          return ok({ transparency: "opaque" });
        }
        if (childOf(element, CALDAV, "transparent") !== undefined) return ok({ transparency: "transparent" });
        const reason = "CALDAV:schedule-calendar-transp holds CALDAV:opaque or CALDAV:transparent.";
        return err({ kind: "conflict", reason });
      },
    },
  }),
  property(CALDAV, "schedule-tag", {
    read: {
      member: ({ member }) =>
        member.scheduleTag === null ? undefined : `"${escapeText(member.scheduleTag)}"`,
    },
  }),
];
