// Reading side of access control (RFC 3744 4, 5) and of the current principal (RFC 5397). One user owns everything below the
// home; what a session may do follows from the scope of its app password.

import type { CalDavContext } from "../context.ts";
import { homeHref, principalHref, PRINCIPALS } from "../href.ts";
import { DAV } from "../xml/names.ts";
import { hrefElement } from "../xml/writer.ts";
import { hrefsOnEvery, onEvery, property, type Property } from "./property.ts";

const READ = ["D:read", "C:read-free-busy", "D:read-acl", "D:read-current-user-privilege-set"];
const WRITE = ["D:write", "D:write-properties", "D:write-content", "D:bind", "D:unbind"];

function privileges(names: readonly string[]): string {
  return names.map((name) => `<D:privilege><${name}/></D:privilege>`).join("");
}

const SESSION_MAY_READ = privileges(READ);
const SESSION_MAY_WRITE = privileges([...READ, ...WRITE]);

function supported(name: string, description: string, inner = ""): string {
  return (
    `<D:supported-privilege><D:privilege><${name}/></D:privilege>` +
    `<D:description xml:lang="en">${description}</D:description>${inner}</D:supported-privilege>`
  );
}

/** RFC 3744 5.3, RFC 4791 6.1.1. */
const SUPPORTED_PRIVILEGES = supported(
  "D:all",
  "Any operation",
  supported("D:read", "Read any object", supported("C:read-free-busy", "Read busy time")) +
    supported("D:read-acl", "Read the access control list") +
    supported("D:read-current-user-privilege-set", "Read own privileges") +
    supported(
      "D:write",
      "Write any object",
      supported("D:write-properties", "Write properties") +
        supported("D:write-content", "Write content") +
        supported("D:bind", "Add a member") +
        supported("D:unbind", "Remove a member"),
    ),
);

function ownPrincipal({ store }: CalDavContext): string {
  return principalHref(store.principal().slug);
}

export const rfc3744: readonly Property[] = [
  // Apple drops the attendees of events whose calendar another principal owns (checklist A20).
  property(DAV, "owner", {
    readHrefs: {
      principal: (_, context) => [ownPrincipal(context)],
      home: (_, context) => [ownPrincipal(context)],
      calendar: (_, context) => [ownPrincipal(context)],
      member: (_, context) => [ownPrincipal(context)],
    },
  }),
  property(DAV, "group", { read: onEvery(() => "") }),
  property(DAV, "supported-privilege-set", { read: onEvery(() => SUPPORTED_PRIVILEGES) }),
  property(DAV, "current-user-privilege-set", {
    read: onEvery((resource, { scope }) => {
      const isOwn = resource.kind === "home" || resource.kind === "calendar" || resource.kind === "member";
      return scope === "caldav" && isOwn ? SESSION_MAY_WRITE : SESSION_MAY_READ;
    }),
  }),
  property(DAV, "acl", {
    read: onEvery((_, context) => {
      const principal = `<D:principal>${hrefElement(ownPrincipal(context))}</D:principal>`;
      return `<D:ace>${principal}<D:grant>${privileges(["D:all"])}</D:grant><D:protected/></D:ace>`;
    }),
  }),
  property(DAV, "acl-restrictions", { read: onEvery(() => "<D:grant-only/><D:no-invert/>") }),
  property(DAV, "inherited-acl-set", { read: onEvery(() => "") }),
  property(DAV, "principal-collection-set", { readHrefs: hrefsOnEvery(() => [PRINCIPALS]) }),
  property(DAV, "alternate-URI-set", { read: { principal: () => "" } }),
  property(DAV, "principal-URL", {
    // Apple asks for it on every resource of its first round (checklist A1).
    readHrefs: { principal: ({ href }) => [href] },
  }),
  property(DAV, "group-member-set", { readHrefs: { principal: () => [] } }),
  property(DAV, "group-membership", { readHrefs: { principal: () => [] } }),
  // RFC 5397 3.
  property(DAV, "current-user-principal", {
    readHrefs: hrefsOnEvery((_, context) => [ownPrincipal(context)]),
  }),
];

export function ownHome({ store }: CalDavContext): string {
  return homeHref(store.principal().slug);
}
