// Colour and order of calendars as Apple's clients set them on their first run (checklist A14). The `symbolic-color` attribute
// that macOS adds is kept with the element (properties/change.ts).

import { err, ok } from "../../core/result.ts";
import { APPLE_ICAL } from "../xml/names.ts";
import { escapeText } from "../xml/writer.ts";
import { property, type Property } from "./property.ts";

export const appleIcal: readonly Property[] = [
  property(APPLE_ICAL, "calendar-color", {
    read: {
      calendar: ({ calendar }) => (calendar.color === null ? undefined : escapeText(calendar.color)),
    },
    write: { calendar: (element) => ok({ color: element?.text ?? null }) },
  }),
  property(APPLE_ICAL, "calendar-order", {
    read: {
      calendar: ({ calendar }) => (calendar.sortOrder === null ? undefined : String(calendar.sortOrder)),
    },
    write: {
      calendar: (element) => {
        if (element === null) return ok({ sortOrder: null });
        const text = element.text.trim();
        return /^-?\d{1,15}$/.test(text)
          ? ok({ sortOrder: Number(text) })
          : err({ kind: "conflict", reason: "calendar-order is a whole number." });
      },
    },
  }),
];
