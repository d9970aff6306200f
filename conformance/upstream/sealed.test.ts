// Nothing that a person wrote is readable on disk: canaries in every text of every way in, searched in every byte below DATA_DIR.
// The same search must find them in a run with sealing switched off, or it proves nothing.

import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, test } from "vitest";

import { canaryEvent, foundIn } from "./canaries.ts";
import { eventually } from "./wait.ts";
import { createWorld } from "./world.ts";
import type { World } from "./world.ts";

const project = fileURLToPath(new URL("../..", import.meta.url));

async function everyByte(folder: string): Promise<{ files: number; bytes: Buffer }> {
  const parts: Buffer[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) parts.push(await readFile(join(entry.parentPath, entry.name)));
  }
  return { files: parts.length, bytes: Buffer.concat(parts) };
}

/** Uses every way in: CalDAV objects, properties, dead properties, an upstream's events, labels, deletions and edits. */
async function fullUse(world: World): Promise<readonly string[]> {
  const canaries: string[] = [];
  const authorization = `Basic ${Buffer.from(`${world.user.username}:${world.user.password}`).toString("base64")}`;
  const home = `${world.server.url}/dav/calendars/ada/`;

  for (const [i, when] of ["20270201", "20270202", "20270203"].entries()) {
    const event = canaryEvent(`sealed-${i}@example.com`, `${when}T090000Z`, `${when}T100000Z`);
    canaries.push(...event.canaries);
    const put = await fetch(`${home}unified/sealed-${i}.ics`, {
      method: "PUT",
      headers: { authorization, "content-type": "text/calendar" },
      body: event.text,
    });
    expect(put.status).toBe(201);
  }
  const upstream = canaryEvent("sealed-b@example.com", "20270204T090000Z", "20270204T100000Z");
  canaries.push(...upstream.canaries);
  await fetch(`${world.b.calendarUrl}sealed-b.ics`, {
    method: "PUT",
    headers: { "content-type": "text/calendar" },
    body: upstream.text,
  });
  await world.admin("account", "sync", "--user", "ada", "B");

  const words = ["displayname", "description", "dead", "newcalendar"].map(
    (word) => `cnry${word}${Date.now().toString(36)}q`,
  );
  canaries.push(...words);
  const patch = await fetch(`${home}unified/`, {
    method: "PROPPATCH",
    headers: { authorization, "content-type": "application/xml" },
    body:
      '<D:propertyupdate xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>' +
      `<D:displayname>${words[0]}</D:displayname><C:calendar-description>${words[1]}</C:calendar-description>` +
      `<X:note xmlns:X="http://example.com/ns">${words[2]}</X:note></D:prop></D:set></D:propertyupdate>`,
  });
  expect(patch.status).toBe(207);
  const made = await fetch(`${home}mine/`, {
    method: "MKCOL",
    headers: { authorization, "content-type": "application/xml" },
    body:
      '<D:mkcol xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop><D:resourcetype><D:collection/><C:calendar/></D:resourcetype>' +
      `<D:displayname>${words[3]}</D:displayname></D:prop></D:set></D:mkcol>`,
  });
  expect(made.status).toBe(201);

  await eventually("B's event is in unified", world.unified, (all) => all.length === 4);
  await eventually(
    "the blocks are in B",
    () => world.overlay(world.b),
    (all) => all.length === 3,
  );
  // An edit and a deletion leave freed pages behind.
  const edited = canaryEvent("sealed-0@example.com", "20270205T090000Z", "20270205T100000Z");
  canaries.push(...edited.canaries);
  await fetch(`${home}unified/sealed-0.ics`, {
    method: "PUT",
    headers: { authorization, "content-type": "text/calendar" },
    body: edited.text,
  });
  await fetch(`${home}unified/sealed-1.ics`, { method: "DELETE", headers: { authorization } });
  await eventually(
    "the deletion reached B",
    () => world.overlay(world.b),
    (all) => all.length === 2,
  );
  // Errors are a way into logs.
  await fetch(`${home}unified/bad.ics`, {
    method: "PUT",
    headers: { authorization, "content-type": "text/calendar" },
    body: `BEGIN:VCALENDAR\r\nSUMMARY:${words[0]}broken`,
  });
  return canaries;
}

/** The project's wrangler.toml with sealing switched off, for the control run alone. */
async function configWithoutSealing(): Promise<string> {
  const folder = join(project, "node_modules/.cache");
  const own = await readFile(join(project, "wrangler.toml"), "utf8");
  const control = own
    .replace('main = "src/', 'main = "../../src/')
    .replace('migrations_dir = "', 'migrations_dir = "../../')
    .concat('\n[vars]\nSEALING = "off"\n');
  const path = join(folder, "sealing-off.toml");
  await mkdir(folder, { recursive: true });
  await writeFile(path, control);
  return path;
}

async function search(
  args: readonly string[],
): Promise<{ planted: number; found: readonly string[]; files: number }> {
  const world = await createWorld({ args });
  try {
    const canaries = await fullUse(world);
    const running = await everyByte(world.dataDir);
    await world.server.stop();
    const stopped = await everyByte(world.dataDir);
    const logs = Buffer.from(world.server.log());
    const found = foundIn(Buffer.concat([running.bytes, stopped.bytes, logs]), canaries);
    return { planted: canaries.length, found, files: stopped.files };
  } finally {
    await world.close();
  }
}

describe("sealed columns", () => {
  test("no canary is found in any byte of DATA_DIR or of the logs", async () => {
    const { planted, found, files } = await search([]);
    expect(planted).toBeGreaterThan(100);
    expect(files).toBeGreaterThan(3);
    expect(found).toEqual([]);
  });

  test("control: the same search finds them when sealing is off", async () => {
    const { planted, found } = await search(["--config", await configWithoutSealing()]);
    // What a later edit or deletion overwrote may be gone; the rest must be found.
    expect(found.length).toBeGreaterThan(planted * 0.6);
  });
});
