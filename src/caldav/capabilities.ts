// What the server says it can do: the DAV header (RFC 4918 10.1, 3744 7.2, 4791 5.1, 5689 3.1) and, per kind of resource, the methods
// it offers. Allow and 405 are derived from this table.

import type { Target } from "./resources/resource.ts";

/** On every answer, because Apple reads it from PROPFIND (checklist A7). One line. */
export const DAV_HEADER =
  "1, 3, access-control, calendar-access, extended-mkcol, calendarserver-principal-property-search, calendarserver-home-sync";

export type MethodName =
  | "OPTIONS"
  | "PROPFIND"
  | "PROPPATCH"
  | "MKCOL"
  | "MKCALENDAR"
  | "GET"
  | "HEAD"
  | "PUT"
  | "DELETE"
  | "REPORT";

interface DeclaredMethod {
  readonly name: MethodName;
  readonly on: readonly Target["kind"][];
  /** Refused to a read-only app password. */
  readonly writes: boolean;
}

const RESOURCES = ["root", "principals", "principal", "homes", "home", "calendar", "member"] as const;
const EVERY = [...RESOURCES, "free-calendar", "free-member", "nothing"] as const;

/** Methods run on what is missing too where the method itself has to say what is wrong. */
export const METHODS: readonly DeclaredMethod[] = [
  { name: "OPTIONS", on: EVERY, writes: false },
  { name: "PROPFIND", on: RESOURCES, writes: false },
  { name: "PROPPATCH", on: RESOURCES, writes: true },
  { name: "REPORT", on: RESOURCES, writes: false },
  { name: "GET", on: RESOURCES, writes: false },
  { name: "HEAD", on: RESOURCES, writes: false },
  { name: "PUT", on: ["member", "free-member", "free-calendar", "nothing"], writes: true },
  { name: "DELETE", on: ["calendar", "member"], writes: true },
  { name: "MKCOL", on: EVERY, writes: true },
  { name: "MKCALENDAR", on: EVERY, writes: true },
];

export function methodNamed(name: string): DeclaredMethod | undefined {
  return METHODS.find((method) => method.name === name);
}

/** What Allow lists. MKCOL and MKCALENDAR work on URLs that nothing stands at only (RFC 4918 9.3). */
export function allowOn(kind: Target["kind"]): readonly MethodName[] {
  const isFree = kind === "free-calendar";
  return METHODS.filter(
    ({ name, on }) => on.includes(kind) && (isFree || (name !== "MKCOL" && name !== "MKCALENDAR")),
  ).map(({ name }) => name);
}
