// Writes src/core/ical/zone-data.generated.ts from the system's time zone database (Debian package tzdata: TZif files, RFC 9636).
// Usage: node bin/build-zones.ts [folder of zone files, default /usr/share/zoneinfo]. Needs Node >= 22.18 (runs TypeScript as is).
// Transitions that the POSIX tail of a file already says are left out; every zone is read back and compared before anything is written.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { parsePosixZone, posixObservance } from "../src/core/ical/zone-posix.ts";

interface ClockType {
  readonly offset: number;
  readonly isDaylight: boolean;
  readonly name: string;
}

interface History {
  readonly initial: ClockType;
  readonly transitions: readonly { readonly at: number; readonly type: ClockType }[];
  readonly tail: string;
}

/** Instants before this are the "since ever" markers of some compilers. */
const SECONDS_MIN = -1e11;

function readTzif(bytes: Buffer): History {
  function counts(at: number): number[] {
    return [0, 1, 2, 3, 4, 5].map((i) => bytes.readUInt32BE(at + 20 + i * 4));
  }
  if (bytes.toString("latin1", 0, 4) !== "TZif" || bytes[4] === 0)
    throw new Error("not a TZif file of version 2 or later");
  const [utc1 = 0, wall1 = 0, leap1 = 0, time1 = 0, type1 = 0, char1 = 0] = counts(0);
  const second = 44 + time1 * 5 + type1 * 6 + char1 + leap1 * 8 + wall1 + utc1;
  const [utc = 0, wall = 0, leap = 0, timeCount = 0, typeCount = 0, charCount = 0] = counts(second);
  if (leap !== 0) throw new Error("a zone file with leap seconds");
  const timesAt = second + 44;
  const indexAt = timesAt + timeCount * 8;
  const typesAt = indexAt + timeCount;
  const charsAt = typesAt + typeCount * 6;
  const types: ClockType[] = [];
  for (let i = 0; i < typeCount; i++) {
    const at = typesAt + i * 6;
    const from = charsAt + bytes.readUInt8(at + 5);
    types.push({
      offset: bytes.readInt32BE(at),
      isDaylight: bytes.readUInt8(at + 4) === 1,
      name: bytes.toString("latin1", from, bytes.indexOf(0, from)),
    });
  }
  function typeAt(index: number): ClockType {
    const type = types[index];
    if (type === undefined) throw new Error(`type ${index} is missing`);
    return type;
  }
  let initial = typeAt(0);
  const transitions: { at: number; type: ClockType }[] = [];
  for (let i = 0; i < timeCount; i++) {
    const at = Number(bytes.readBigInt64BE(timesAt + i * 8));
    const type = typeAt(bytes.readUInt8(indexAt + i));
    if (at < SECONDS_MIN) {
      initial = type;
      continue;
    }
    const before = transitions.at(-1)?.type ?? initial;
    if (!sameClock(before, type)) transitions.push({ at, type });
  }
  const tail = bytes.toString("latin1", charsAt + charCount + wall + utc + leap * 12).trim();
  return { initial, transitions, tail };
}

function sameClock(a: ClockType, b: ClockType): boolean {
  return a.offset === b.offset && a.isDaylight === b.isDaylight && a.name === b.name;
}

/** Keeps the transitions up to and with the first from which on the tail says the same as the file. */
function withoutTail(history: History): History {
  const tail = parsePosixZone(history.tail);
  if (tail === null) throw new Error(`no POSIX tail: "${history.tail}"`);
  const { transitions } = history;
  let keep = transitions.length;
  for (let i = transitions.length - 1; i >= 0; i--) {
    const transition = transitions[i];
    if (transition === undefined) break;
    const said = posixObservance(tail, transition.at * 1_000);
    const next = transitions[i + 1];
    const agrees = sameClock({ ...said, offset: said.offset / 1_000 }, transition.type);
    const endsThere = next === undefined || said.ends === next.at * 1_000;
    const constant = next === undefined && tail.daylight === null;
    if (!agrees || !endsThere) break;
    keep = i + 1;
    if (!constant && said.begins !== transition.at * 1_000) break;
  }
  const lastKept = transitions[keep - 1];
  const said = posixObservance(tail, (lastKept?.at ?? 0) * 1_000);
  if (!sameClock({ ...said, offset: said.offset / 1_000 }, lastKept?.type ?? history.initial)) {
    throw new Error(`the tail "${history.tail}" contradicts the last transition`);
  }
  return { ...history, transitions: transitions.slice(0, keep) };
}

function encode(history: History): string {
  const types: ClockType[] = [history.initial];
  let before = 0;
  let transitions = "";
  for (const { at, type } of history.transitions) {
    let index = types.findIndex((known) => sameClock(known, type));
    if (index < 0) index = types.push(type) - 1;
    if (index > 25) throw new Error("more types than letters");
    transitions += (at - before).toString(36) + String.fromCharCode(65 + index);
    before = at;
  }
  const typeText = types
    .map((type) => `${type.offset.toString(36)},${type.isDaylight ? 1 : 0},${type.name}`)
    .join(";");
  return `${typeText}|${transitions}|${history.tail}`;
}

function zoneFiles(root: string): string[] {
  return readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((name) => !/^(posix|right)\//.test(name) && !/^(localtime|posixrules|Factory)$/.test(name))
    .filter((name) => readFileSync(join(root, name)).toString("latin1", 0, 4) === "TZif")
    .toSorted();
}

const root = process.argv[2] ?? "/usr/share/zoneinfo";
const version = /^# version (\S+)/.exec(readFileSync(join(root, "tzdata.zi"), "utf8"))?.[1];
if (version === undefined) throw new Error(`${root}/tzdata.zi names no version`);
const namesByHistory = new Map<string, string[]>();
for (const name of zoneFiles(root)) {
  const text = encode(withoutTail(readTzif(readFileSync(join(root, name)))));
  namesByHistory.set(text, [...(namesByHistory.get(text) ?? []), name]);
}
const lines = [...namesByHistory].map(([text, names]) => `${names.join(",")}|${text}`);
if (lines.length < 300) throw new Error(`only ${lines.length} histories found in ${root}`);
const source = `// Generated by bin/build-zones.ts from the IANA time zone database ${version} (public domain). Format: zone.ts.

export const ZONE_TABLE_VERSION = "${version}";

export const ZONE_LINES = \`${lines.join("\n")}\`;
`;
const target = fileURLToPath(new URL("../src/core/ical/zone-data.generated.ts", import.meta.url));
writeFileSync(target, source);
console.log(
  `${[...namesByHistory.values()].flat().length} names, ${lines.length} histories, release ${version}, ${source.length} bytes, ${gzipSync(source).length} gzip`,
);
