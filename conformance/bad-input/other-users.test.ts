// Invariant K: nothing of one user is reachable by another, not even that it exists. Every question about bob by ada has, octet for octet,
// the answer it would have about somebody who does not exist; and nothing of bob's changes.

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { readMultistatus } from "../clients/multistatus.ts";
import { sender } from "../clients/request.ts";
import type { Answer, Send } from "../clients/request.ts";
import { startUsersServer } from "../clients/users-server.ts";
import type { UsersServer } from "../clients/users-server.ts";
import { sendInVain, stateOf } from "./untouched.ts";

const declared = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"';

let world: UsersServer;
let ada: Send;
let bob: Send;
let bobsState: string;

function event(uid: string, summary: string): string {
  return `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.com//EN\r\nBEGIN:VEVENT\r\nUID:${uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260101T000000Z\r\nSUMMARY:${summary}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`;
}

beforeAll(async () => {
  world = await startUsersServer(["ada", "bob"]);
  ada = sender(world.url, { login: world.userNamed("ada") });
  bob = sender(world.url, { login: world.userNamed("bob") });
  const made = [
    await bob({
      method: "PUT",
      path: "/dav/calendars/bob/unified/secret.ics",
      body: event("secret@example.com", "Bobs secret"),
    }),
    await bob({ method: "MKCALENDAR", path: "/dav/calendars/bob/private/" }),
    await ada({
      method: "PUT",
      path: "/dav/calendars/ada/unified/own.ics",
      body: event("own@example.com", "Own"),
    }),
  ];
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201]);
  bobsState = await stateOf(bob, "bob");
});

afterAll(() => world?.close());

/** Everything a client can see, with the name asked for taken out, and the tag of an object that the request stored in ada's own. */
function visible(answer: Answer, name: string): string {
  const { date: _date, etag: _etag, ...headers } = answer.headers;
  return JSON.stringify([answer.statusLine, headers, answer.text]).replaceAll(name, "NAME");
}

const bodies: Readonly<Record<string, string>> = {
  PROPFIND: `<D:propfind ${declared}><D:prop><D:displayname/><D:getetag/><D:owner/><D:acl/></D:prop></D:propfind>`,
  PROPPATCH: `<D:propertyupdate ${declared}><D:set><D:prop><D:displayname>Mine now</D:displayname></D:prop></D:set></D:propertyupdate>`,
  REPORT: `<D:sync-collection ${declared}><D:sync-token/><D:sync-level>1</D:sync-level><D:prop><D:getetag/></D:prop></D:sync-collection>`,
  PUT: event("mine@example.com", "Mine"),
};

const methods = [
  "OPTIONS",
  "PROPFIND",
  "PROPPATCH",
  "REPORT",
  "GET",
  "HEAD",
  "PUT",
  "DELETE",
  "MKCOL",
  "MKCALENDAR",
  "POST",
  "COPY",
  "MOVE",
  "LOCK",
  "ACL",
];

const paths = [
  "/dav/principals/{}/",
  "/dav/principals/{}",
  "/dav/calendars/{}/",
  "/dav/calendars/{}/unified/",
  "/dav/calendars/{}/unified/secret.ics",
  "/dav/calendars/{}/private/",
  "/dav/calendars/{}/new/",
  "/dav/calendars/ada/../{}/unified/secret.ics",
  "/dav/calendars/ada/%2e%2e/{}/unified/secret.ics",
  "/dav//calendars//{}//unified//secret.ics",
  "/dav/calendars/ada/unified/..%2f..%2f{}%2funified%2fother.ics",
];

describe.each(methods)("%s", (method) => {
  test.each(paths)("%s answers the same for bob as for nobody", async (path) => {
    const ask = (name: string): Promise<Answer> =>
      sendInVain(bob, "bob", {
        method,
        path: path.replace("{}", name),
        login: world.userNamed("ada"),
        headers: { depth: "1", destination: `/dav/calendars/ada/unified/${name}.ics` },
        ...(bodies[method] === undefined ? {} : { body: bodies[method] }),
      });
    const aboutBob = await ask("bob");
    // What a request has made of ada's own is taken away again, so that the second one meets the same state.
    const cleanUp = path.includes("%2f") && method === "PUT";
    if (cleanUp) await ada({ method: "DELETE", path: path.replace("{}", "bob") });
    const aboutNobody = await ask("eve");
    if (cleanUp) await ada({ method: "DELETE", path: path.replace("{}", "eve") });
    expect(visible(aboutBob, "bob")).toBe(visible(aboutNobody, "eve"));
    expect(aboutBob.status).toBeLessThan(500);
    expect(aboutBob.text).not.toContain("Bobs secret");
  });
});

function report(path: string, body: string, depth: "0" | "1" = "1"): Promise<Answer> {
  return sendInVain(bob, "bob", {
    method: "REPORT",
    path,
    login: world.userNamed("ada"),
    headers: { depth },
    body,
  });
}

describe("ways around the path", () => {
  const secret = "/dav/calendars/bob/unified/secret.ics";

  test.each(["/dav/calendars/ada/unified/", "/dav/calendars/ada/"])(
    "multiget on %s of bob's href is 404",
    async (path) => {
      const hrefs = [
        secret,
        `${world.url}${secret}`,
        "/dav/calendars/eve/unified/secret.ics",
        "../../bob/unified/secret.ics",
      ];
      const answer = await report(
        path,
        `<C:calendar-multiget ${declared}><D:prop><D:getetag/><C:calendar-data/></D:prop>${hrefs.map((href) => `<D:href>${href}</D:href>`).join("")}</C:calendar-multiget>`,
      );
      expect(
        readMultistatus(answer.text).responses.map(({ href, statusLine, propstats }) => [
          href,
          statusLine,
          propstats.length,
        ]),
      ).toEqual(hrefs.map((href) => [href, "HTTP/1.1 404 Not Found", 0]));
    },
  );

  test("listings of the roots show ada alone", async () => {
    for (const [path, own] of [
      ["/dav/principals/", "/dav/principals/ada/"],
      ["/dav/calendars/", "/dav/calendars/ada/"],
    ] as const) {
      const answer = await ada({
        method: "PROPFIND",
        path,
        headers: { depth: "1" },
        body: bodies["PROPFIND"] ?? "",
      });
      expect(readMultistatus(answer.text).responses.map(({ href }) => href)).toEqual([path, own]);
    }
  });

  test.each(["bob", "eve", "example.com", "b"])(
    "principal-property-search for %s does not find bob",
    async (text) => {
      const answer = await report(
        "/dav/principals/",
        `<D:principal-property-search ${declared} test="anyof"><D:property-search><D:prop><D:displayname/></D:prop><D:match>${text}</D:match></D:property-search><D:property-search><D:prop><C:calendar-user-address-set/></D:prop><D:match>${text}</D:match></D:property-search><D:prop><D:displayname/></D:prop></D:principal-property-search>`,
        "0",
      );
      expect(answer.status).toBe(207);
      expect(answer.text).not.toContain("bob");
    },
  );

  test("principal-match and acl-principal-prop-set speak of ada alone", async () => {
    const match = await report(
      "/dav/principals/",
      `<D:principal-match ${declared}><D:self/><D:prop><D:displayname/></D:prop></D:principal-match>`,
    );
    const acl = await report(
      "/dav/calendars/ada/",
      `<D:acl-principal-prop-set ${declared}><D:prop><D:displayname/></D:prop></D:acl-principal-prop-set>`,
    );
    for (const answer of [match, acl]) {
      expect(answer.text).not.toContain("bob");
      expect(answer.status).toBeLessThan(500);
    }
  });

  test("bob's sync token is no token of ada's", async () => {
    const { syncToken } = readMultistatus(
      (
        await bob({
          method: "REPORT",
          path: "/dav/calendars/bob/unified/",
          headers: { depth: "1" },
          body: bodies["REPORT"] ?? "",
        })
      ).text,
    );
    const answer = await report(
      "/dav/calendars/ada/unified/",
      (bodies["REPORT"] ?? "").replace("<D:sync-token/>", `<D:sync-token>${syncToken}</D:sync-token>`),
    );
    expect(answer.status).toBe(403);
    expect(answer.text).toContain("<D:valid-sync-token/>");
  });

  test("bob's entity tag in an If header holds nothing", async () => {
    const { etag = "" } = (await bob({ method: "GET", path: secret })).headers;
    for (const name of ["bob", "eve"]) {
      const answer = await sendInVain(ada, "ada", {
        method: "PUT",
        path: "/dav/calendars/ada/unified/if.ics",
        headers: { if: `<${world.url}/dav/calendars/${name}/unified/secret.ics> ([${etag}])` },
        body: event("if@example.com", "If"),
      });
      expect(answer.status).toBe(412);
    }
  });

  test("bob's UID is free for ada: no conflict tells of it", async () => {
    const path = "/dav/calendars/ada/unified/secret.ics";
    const put = await ada({
      method: "PUT",
      path,
      headers: { "if-none-match": "*" },
      body: event("secret@example.com", "Adas"),
    });
    expect(put.status).toBe(201);
    expect((await bob({ method: "GET", path: secret })).text).toContain("Bobs secret");
    expect((await ada({ method: "DELETE", path })).status).toBe(204);
    expect((await bob({ method: "GET", path: secret })).text).toContain("Bobs secret");
  });

  test("ada's feed and free-busy hold nothing of bob's", async () => {
    const feed = await ada({
      method: "GET",
      path: new URL(world.userNamed("ada").feedUrl).pathname,
      login: null,
    });
    expect([feed.status, feed.text.includes("Own"), feed.text.includes("Bobs secret")]).toEqual([
      200,
      true,
      false,
    ]);
  });

  test("a read-only app password writes nothing, and says which privilege is missing", async () => {
    const made = await ada({
      method: "POST",
      path: "/v1/admin/users/bob/app-passwords",
      login: null,
      headers: {
        authorization: `Bearer ${await world.server.adminToken()}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ label: "wall", scope: "caldav-read" }),
    });
    const { app_password: password } = JSON.parse(made.text) as { app_password: string };
    const wall = { username: "bob", password };
    for (const [method, path] of [
      ["PUT", secret],
      ["PUT", "/dav/calendars/bob/unified/new.ics"],
      ["DELETE", secret],
      ["DELETE", "/dav/calendars/bob/private/"],
      ["PROPPATCH", "/dav/calendars/bob/unified/"],
      ["MKCALENDAR", "/dav/calendars/bob/new/"],
      ["MKCOL", "/dav/calendars/bob/new/"],
    ] as const) {
      const answer = await sendInVain(bob, "bob", {
        method,
        path,
        login: wall,
        ...(bodies[method] === undefined ? {} : { body: bodies[method] }),
      });
      expect([method, answer.status, answer.text.includes("<D:need-privileges>")]).toEqual([
        method,
        403,
        true,
      ]);
    }
    expect((await bob({ method: "GET", path: secret, login: wall })).status).toBe(200);
  });

  test("at the end nothing of bob's has changed", async () => {
    expect(await stateOf(bob, "bob")).toBe(bobsState);
  });
});
