// Properties in the namespace of CalendarServer (apple-caldav-ctag, apple-caldav-proxy) that Apple's clients depend on.

import { ctag } from "../sync-token.ts";
import { CALENDARSERVER } from "../xml/names.ts";
import { escapeAttribute, escapeText } from "../xml/writer.ts";
import { COMPONENT_SETS } from "./rfc4791.ts";
import { property, type Property } from "./property.ts";

export const calendarserver: readonly Property[] = [
  // iOS polls the home's ctag and syncs nothing while it stands still (checklist A11).
  property(CALENDARSERVER, "getctag", {
    read: {
      home: (_, { store }) => ctag(store, store.revision()),
      calendar: ({ calendar }, { store }) => ctag(store, calendar.revision),
    },
  }),
  property(CALENDARSERVER, "email-address-set", {
    read: {
      principal: ({ principal }) =>
        principal.emails.map((email) => `<CS:email-address>${escapeText(email)}</CS:email-address>`).join(""),
    },
  }),
  // Nobody is a delegate here; Apple expands both before it shows an account (checklist A8).
  property(CALENDARSERVER, "calendar-proxy-read-for", { readHrefs: { principal: () => [] } }),
  property(CALENDARSERVER, "calendar-proxy-write-for", { readHrefs: { principal: () => [] } }),
  property(CALENDARSERVER, "allowed-calendar-component-set", {
    read: {
      home: () =>
        [...new Set(COMPONENT_SETS.flat())]
          .map((name) => `<C:comp name="${escapeAttribute(name)}"/>`)
          .join(""),
    },
  }),
];
