// An Apple configuration profile with one CalDAV account (payload type com.apple.caldav.account, Apple's "CalDAV" payload):
// installing it on an iPhone, iPad or Mac adds the account whole, password included. The phone shows it as unsigned.

export interface AppleProfile {
  /** Origin that the device reaches. */
  readonly origin: string;
  readonly slug: string;
  readonly password: string;
  /** 32 hexadecimal digits that are the same each time this profile is made. */
  readonly seed: string;
}

export const APPLE_PROFILE_TYPE = "application/x-apple-aspen-config";

export function appleProfile({ origin, slug, password, seed }: AppleProfile): string {
  const url = new URL(origin);
  const https = url.protocol === "https:";
  const port = url.port === "" ? (https ? 443 : 80) : Number(url.port);
  const account = dictionary([
    ["PayloadType", text("com.apple.caldav.account")],
    ["PayloadVersion", integer(1)],
    ["PayloadIdentifier", text(`t-minus.${slug}.caldav.${seed.slice(0, 8)}`)],
    ["PayloadUUID", text(uuid(seed, "1"))],
    ["PayloadDisplayName", text("T-Minus calendar")],
    ["CalDAVAccountDescription", text("T-Minus")],
    ["CalDAVHostName", text(url.hostname)],
    ["CalDAVPort", integer(port)],
    ["CalDAVUseSSL", https ? "<true/>" : "<false/>"],
    ["CalDAVPrincipalURL", text(`/dav/principals/${slug}/`)],
    ["CalDAVUsername", text(slug)],
    ["CalDAVPassword", text(password)],
  ]);
  const profile = dictionary([
    ["PayloadType", text("Configuration")],
    ["PayloadVersion", integer(1)],
    ["PayloadIdentifier", text(`t-minus.${slug}.${seed.slice(0, 8)}`)],
    ["PayloadUUID", text(uuid(seed, "2"))],
    ["PayloadDisplayName", text("T-Minus")],
    ["PayloadDescription", text(`Adds the T-Minus calendar of ${slug} on ${url.host}.`)],
    ["PayloadOrganization", text(url.host)],
    ["PayloadRemovalDisallowed", "<false/>"],
    ["PayloadContent", `<array>${account}</array>`],
  ]);
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">${profile}</plist>
`;
}

function dictionary(entries: readonly (readonly [string, string])[]): string {
  return `<dict>\n${entries.map(([key, value]) => `<key>${key}</key>${value}\n`).join("")}</dict>`;
}

function text(value: string): string {
  const escaped = value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<string>${escaped}</string>`;
}

function integer(value: number): string {
  return `<integer>${value}</integer>`;
}

/** RFC 9562 version 8: our own digits, one of them telling the payloads apart. */
function uuid(seed: string, which: string): string {
  const d = seed.padEnd(32, "0").toUpperCase();
  return `${d.slice(0, 8)}-${d.slice(8, 12)}-8${d.slice(13, 16)}-A${d.slice(17, 20)}-${d.slice(20, 31)}${which}`;
}
