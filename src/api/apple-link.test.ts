import { beforeEach, describe, expect, it } from "vitest";
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { appleProfile } from "./apple-profile.ts";
import { basic, browser, type Harness, harness, signedInBrowser } from "./testing/harness.ts";

let h: Harness;
beforeEach(async () => {
  h = await harness();
});

/** The scalar entries of the account payload. */
function payload(profile: string): Record<string, string> {
  expect(XMLValidator.validate(profile)).toBe(true);
  const parser = new XMLParser({ preserveOrder: true, parseTagValue: false });
  type Node = Record<string, unknown>;
  const find = (nodes: readonly Node[], name: string) =>
    nodes.find((node) => name in node)?.[name] as readonly Node[];
  const document = parser.parse(profile) as readonly Node[];
  const account = find(find(find(find(document, "plist"), "dict"), "array"), "dict");
  const entries: Record<string, string> = {};
  for (let i = 0; i < account.length; i += 2) {
    const [key, value] = [account[i], account[i + 1]];
    const text = (node: Node | undefined, name: string) =>
      ((node?.[name] as readonly { "#text"?: string }[] | undefined) ?? [])[0]?.["#text"] ?? name;
    const type = Object.keys(value ?? {})[0] ?? "";
    entries[text(key, "key")] = text(value, type);
  }
  return entries;
}

async function link(): Promise<{ path: string; page: string }> {
  const b = await signedInBrowser(h);
  const { text } = await b.submit("/connect", "/connect/iphone", {});
  return { path: /http:\/\/cal\.example\.com(\/iphone\/[\w-]+)/.exec(text)?.[1] ?? "", page: text };
}

describe("add to iPhone", () => {
  it("shows a QR code of a link, and instructions for the others", async () => {
    const { page } = await link();
    expect(page).toMatch(/<svg [^>]*viewBox/);
    for (const word of ["Thunderbird", "DAVx⁵", "Mac", "http://cal.example.com/dav/"])
      expect(page).toContain(word);
  });

  it("gives a phone that is signed in nowhere a profile with a password that works", async () => {
    const { path } = await link();
    const phone = browser(h);
    expect((await phone.get(path)).text).toContain("Download the profile");
    const { response, text } = await phone.get(`${path}/t-minus.mobileconfig`);
    expect(response.headers.get("content-type")).toBe("application/x-apple-aspen-config");
    const account = payload(text);
    expect(account).toMatchObject({
      PayloadType: "com.apple.caldav.account",
      CalDAVHostName: "cal.example.com",
      CalDAVPort: "80",
      CalDAVUseSSL: "false",
      CalDAVPrincipalURL: "/dav/principals/ada/",
      CalDAVUsername: "ada",
    });
    const authorization = basic("ada", account["CalDAVPassword"] ?? "");
    expect((await h.fetch("/dav/", { method: "PROPFIND", headers: { authorization } })).status).toBe(207);
  });

  it("gives the same profile when the phone asks again at once, and none later", async () => {
    const { path } = await link();
    const download = () => browser(h).get(`${path}/t-minus.mobileconfig`);
    const first = await download();
    h.clock.time += 60_000;
    expect((await download()).text).toBe(first.text);
    h.clock.time += 61_000;
    expect((await download()).status).toBe(410);
    const user = await h.ports.registry.userBySlug("ada");
    expect(user && (await h.ports.registry.appPasswords(user.userId))).toHaveLength(1);
  });

  it("is not used up by looking, and expires", async () => {
    const { path } = await link();
    for (let i = 0; i < 3; i++) expect((await browser(h).get(path)).status).toBe(200);
    h.clock.time += 16 * 60_000;
    expect((await browser(h).get(path)).status).toBe(410);
    expect((await browser(h).get(`${path}/t-minus.mobileconfig`)).status).toBe(410);
    expect((await browser(h).get("/iphone/made-up/t-minus.mobileconfig")).status).toBe(410);
  });

  it("stays revoked when the link is used again", async () => {
    const { path } = await link();
    const profile = payload((await browser(h).get(`${path}/t-minus.mobileconfig`)).text);
    const id = (
      await (await h.admin("GET", "/users/ada/app-passwords")).json<{ app_passwords: { id: string }[] }>()
    ).app_passwords[0]?.id;
    expect((await h.admin("DELETE", `/users/ada/app-passwords/${id}`)).status).toBe(204);
    await browser(h).get(`${path}/t-minus.mobileconfig`);
    const authorization = basic("ada", profile["CalDAVPassword"] ?? "");
    expect((await h.fetch("/dav/", { method: "PROPFIND", headers: { authorization } })).status).toBe(401);
  });
});

describe("a profile", () => {
  const seed = "0123456789abcdef0123456789abcdef";
  it("says TLS and port of the origin, and survives markup in every value", () => {
    const profile = appleProfile({
      origin: "https://cal.example.com:8443",
      slug: "a",
      password: "<&>]]>\"'",
      seed,
    });
    expect(payload(profile)).toMatchObject({
      CalDAVUseSSL: "true",
      CalDAVPort: "8443",
      CalDAVPassword: "<&>]]>\"'",
    });
  });
});
