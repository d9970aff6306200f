// Every bound of the product in one place. Sizes in bytes of UTF-8, times in milliseconds. Checked before parsing.

const DAY_MS = 86_400_000;

export const limits = {
  /** CALDAV:max-resource-size (RFC 4791 5.2.5). A DO SQLite row holds 2 MB. */
  resourceBytesMax: 1_048_576,
  /** Bodies of PROPFIND, PROPPATCH, MKCOL and REPORT. */
  xmlBytesMax: 2_097_152,
  xmlDepthMax: 64,
  xmlElementsMax: 50_000,
  /** Nesting of iCalendar components, properties in a whole object. */
  icalDepthMax: 8,
  icalPropertiesMax: 100_000,
  /** CALDAV:max-instances (RFC 4791 5.2.8): instances that one object may generate inside the occurrence window. */
  instancesMax: 20_000,
  /** Rows of the occurrence index that one object may have; beyond them the object itself is evaluated. */
  occurrenceRowsMax: 4_000,
  /** CALDAV:max-attendees-per-instance. */
  attendeesPerInstanceMax: 1_000,
  /** Rolling window of the occurrence index around now. */
  occurrencePastMs: 366 * DAY_MS,
  occurrenceFutureMs: 731 * DAY_MS,
  /** Steps a recurrence evaluation may take before it ends with a typed failure. */
  recurrenceStepsMax: 200_000,
  /** CALDAV:min-date-time and max-date-time (RFC 4791 5.2.6, 5.2.7). */
  dateTimeMin: "19000101T000000Z",
  dateTimeMax: "21000101T000000Z",
  deadPropertyBytesMax: 65_536,
  deadPropertiesPerResourceMax: 200,
  calendarsPerUserMax: 100,
  objectsPerUserMax: 100_000,
  accountsPerUserMax: 20,
  /** Members in one sync-collection reply; more are truncated with 507 (RFC 6578 3.6). */
  syncMembersMax: 10_000,
  multigetHrefsMax: 5_000,
  resourceNameBytesMax: 255,
  /** Deletion breaker (invariant G). */
  massDeletionEventsMin: 20,
  massDeletionShare: 0.5,
} as const;
