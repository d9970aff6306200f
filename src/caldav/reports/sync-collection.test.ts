// RFC 6578 on calendars and on the home; checklist A10, A12, D4, T4, T5, T6.

import { describe, expect, it } from "vitest";
import {
  client,
  errorOf,
  event,
  HOME,
  ICAL,
  multistatus,
  propfindBody,
  property,
  rootOf,
  UNIFIED,
  type Answer,
  type Client,
} from "../testing/client.ts";
import { childOf } from "../xml/element.ts";

function sync(token: string, { level = "1", limit = "" } = {}): string {
  const nresults = limit === "" ? "" : `<D:limit><D:nresults>${limit}</D:nresults></D:limit>`;
  return `<?xml version="1.0" encoding="utf-8" ?><D:sync-collection xmlns:D="DAV:"><D:sync-token>${token}</D:sync-token><D:sync-level>${level}</D:sync-level>${nresults}<D:prop><D:getetag/></D:prop></D:sync-collection>`;
}

function tokenOf(answer: Answer): string {
  expect(answer.status, answer.text).toBe(207);
  return childOf(rootOf(answer), "DAV:", "sync-token")?.text ?? "";
}

/** Present names and gone names, in the order answered. */
function changes(answer: Answer, base = UNIFIED): { present: string[]; gone: string[]; truncated: boolean } {
  const found = { present: [] as string[], gone: [] as string[], truncated: false };
  for (const [href, properties] of multistatus(answer)) {
    const status = properties.get("status")?.status;
    if (href === base && status === 507) found.truncated = true;
    else (status === 404 ? found.gone : found.present).push(href.replace(base, ""));
  }
  return found;
}

async function filled(...uids: string[]): Promise<Client> {
  const alice = client();
  for (const uid of uids) await alice.send("PUT", `${UNIFIED}${uid}.ics`, event(uid), ICAL);
  return alice;
}

describe("sync-collection on a calendar", () => {
  it("3.2: an empty token gives everything, and a token that the property gives as well; the collection is no member", async () => {
    const alice = await filled("a", "b");
    const answer = await alice.send("REPORT", UNIFIED, sync(""));
    expect(changes(answer)).toEqual({ present: ["a.ics", "b.ics"], gone: [], truncated: false });
    expect(tokenOf(answer)).toMatch(/^data:,/);
    const own = await alice.send("PROPFIND", UNIFIED, propfindBody("A:sync-token"), { depth: "0" });
    expect(property(own, UNIFIED, "{DAV:}sync-token")?.text).toBe(tokenOf(answer));
    expect(multistatus(answer).get(`${UNIFIED}a.ics`)?.get("{DAV:}getetag")?.status).toBe(200);
  });

  it("3.5: a token gives what changed since, deletions as 404, and nothing twice", async () => {
    const alice = await filled("a", "b", "c");
    const first = tokenOf(await alice.send("REPORT", UNIFIED, sync("")));
    await alice.send("PUT", `${UNIFIED}d.ics`, event("d"), ICAL);
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a", "SUMMARY:2"), ICAL);
    await alice.send("DELETE", `${UNIFIED}b.ics`);
    const answer = await alice.send("REPORT", UNIFIED, sync(first));
    expect(changes(answer)).toEqual({ present: ["d.ics", "a.ics"], gone: ["b.ics"], truncated: false });
    const quiet = await alice.send("REPORT", UNIFIED, sync(tokenOf(answer)));
    expect(changes(quiet)).toEqual({ present: [], gone: [], truncated: false });
    expect(tokenOf(quiet)).toBe(tokenOf(answer));
  });

  it("checklist T4: Depth is ignored, and a missing sync-level means 1", async () => {
    const alice = await filled("a");
    for (const depth of ["0", "1", "infinity"]) {
      expect(changes(await alice.send("REPORT", UNIFIED, sync(""), { depth })).present).toEqual(["a.ics"]);
    }
    const old = sync("").replace("<D:sync-level>1</D:sync-level>", "");
    expect(changes(await alice.send("REPORT", UNIFIED, old, { depth: "1" })).present).toEqual(["a.ics"]);
  });

  it("3.6, checklist T6: a limit truncates with 507 on the collection, and its token continues", async () => {
    const alice = await filled("a", "b", "c", "d", "e");
    const told: string[] = [];
    let token = "";
    for (let page = 0; page < 3; page++) {
      const answer = await alice.send("REPORT", UNIFIED, sync(token, { limit: "2" }));
      const { present, truncated } = changes(answer);
      told.push(...present);
      expect(truncated).toBe(page < 2);
      if (truncated) {
        expect(answer.text).toContain("HTTP/1.1 507 Insufficient Storage");
        expect(answer.text).toContain("<D:error><D:number-of-matches-within-limits/></D:error>");
      }
      token = tokenOf(answer);
    }
    expect(told).toEqual(["a.ics", "b.ics", "c.ics", "d.ics", "e.ics"]);
  });

  it("checklist A12, T5: a token that is not known is 403 with DAV:valid-sync-token, never empty", async () => {
    const alice = await filled("a");
    const good = tokenOf(await alice.send("REPORT", UNIFIED, sync("")));
    const bad = [
      "data:,other/1",
      "http://example.com/ns/sync/1",
      `${good}0000`,
      `${good}x`,
      "data:,memory/-1",
      good.replace("memory", "memory2"),
    ];
    for (const path of [UNIFIED, HOME]) {
      for (const token of bad) {
        const answer = await alice.send("REPORT", path, sync(token));
        expect(answer.status, token).toBe(403);
        expect(errorOf(answer)).toBe("{DAV:}valid-sync-token");
      }
    }
  });

  it("a token below the pruning floor is not valid any more", async () => {
    const alice = await filled("a");
    const old = tokenOf(await alice.send("REPORT", UNIFIED, sync("")));
    await alice.send("DELETE", `${UNIFIED}a.ics`);
    alice.store.prune(alice.store.revision());
    expect(errorOf(await alice.send("REPORT", UNIFIED, sync(old)))).toBe("{DAV:}valid-sync-token");
    expect(changes(await alice.send("REPORT", UNIFIED, sync(""))).present).toEqual([]);
  });

  it("malformed requests are 400", async () => {
    const alice = await filled();
    for (const body of [
      sync("", { limit: "0" }),
      sync("", { limit: "many" }),
      sync("", { level: "2" }),
      '<D:sync-collection xmlns:D="DAV:"><D:sync-level>1</D:sync-level></D:sync-collection>',
    ]) {
      expect((await alice.send("REPORT", UNIFIED, body)).status).toBe(400);
    }
  });
});

describe("sync-collection on the home", () => {
  it("checklist A10: level 1 gives the calendars that changed and those that are gone", async () => {
    const alice = await filled();
    const all = await alice.send("REPORT", HOME, sync(""));
    expect(changes(all, HOME)).toEqual({ present: ["unified/", "tasks/"], gone: [], truncated: false });
    await alice.send("MKCOL", `${HOME}work/`);
    const before = tokenOf(await alice.send("REPORT", HOME, sync("")));
    await alice.send("DELETE", `${HOME}work/`);
    await alice.send("PUT", `${UNIFIED}a.ics`, event("a"), ICAL);
    const answer = await alice.send("REPORT", HOME, sync(before));
    expect(changes(answer, HOME)).toEqual({ present: ["unified/"], gone: ["work/"], truncated: false });
    expect(changes(await alice.send("REPORT", HOME, sync(tokenOf(answer))), HOME).present).toEqual([]);
  });

  it("3.3: an infinite level gives what lies in them too", async () => {
    const alice = await filled("a");
    const first = await alice.send("REPORT", HOME, sync("", { level: "infinite" }));
    expect(changes(first, HOME).present).toEqual(["unified/", "unified/a.ics", "tasks/"]);
    await alice.send("DELETE", `${UNIFIED}a.ics`);
    await alice.send("PUT", `${UNIFIED}b.ics`, event("b"), ICAL);
    const answer = await alice.send("REPORT", HOME, sync(tokenOf(first), { level: "infinite" }));
    expect(changes(answer, HOME)).toMatchObject({
      present: ["unified/", "unified/b.ics"],
      gone: ["unified/a.ics"],
    });
  });

  it("3.7: a limit that the home cannot keep is refused with number-of-matches-within-limits", async () => {
    const alice = await filled("a", "b", "c");
    const answer = await alice.send("REPORT", HOME, sync("", { level: "infinite", limit: "3" }));
    expect(answer.status).toBe(507);
    expect(errorOf(answer)).toBe("{DAV:}number-of-matches-within-limits");
  });
});
