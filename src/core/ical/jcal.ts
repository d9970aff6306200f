// jCal (RFC 7265), the parsed form of iCalendar that ical.js reads and writes, as plain readonly data.
// Names are lower-case as ical.js gives them. RRULE and EXRULE values are kept as their raw text (parse.ts).

export type JCalScalar = string | number | boolean;
export type JCalValue = JCalScalar | readonly JCalValue[] | { readonly [key: string]: JCalValue };

/** Lower-case parameter name -> value or values. */
export type JCalParameters = { readonly [name: string]: string | readonly string[] };

/** [name, parameters, value type, ...values] */
export type JCalProperty = readonly [
  name: string,
  parameters: JCalParameters,
  type: string,
  ...values: JCalValue[],
];

/** [name, properties, components] */
export type JCalComponent = readonly [
  name: string,
  properties: readonly JCalProperty[],
  components: readonly JCalComponent[],
];
