// MKCOL, plain (RFC 4918 9.3) and extended (RFC 5689), and MKCALENDAR (RFC 4791 5.3.1): a home holds calendars only, so all of them
// create one. MKCALENDAR arrives as MKCOL with `x-tm-method: MKCALENDAR`, because workerd does not know the method.

import { precondition, type Failure } from "../../core/failure.ts";
import type { ComponentName } from "../../core/ports/calendar-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { readXmlBody } from "../body.ts";
import { allowOn } from "../capabilities.ts";
import { statusOf } from "../failure-response.ts";
import { multistatus, XML_TYPE } from "../multistatus.ts";
import {
  changePropstats,
  instructionsOf,
  judge,
  type Change,
  type Instruction,
} from "../properties/change.ts";
import { isResource } from "../resources/resource.ts";
import { attributeOf, childOf, childrenOf, is } from "../xml/element.ts";
import { CALDAV, CALENDARSERVER, clark, DAV } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";
import { document, hrefElement } from "../xml/writer.ts";
import { applied, type Exchange, type Outcome } from "./exchange.ts";

/** Names that a calendar must not take because the protocol has a use for them (RFC 6638, apple-caldav-notifications). */
const RESERVED = new Set(["inbox", "outbox", "notifications", "dropbox", "freebusy", "attachments"]);

const DEFAULT_COMPONENTS: readonly ComponentName[] = ["VEVENT"];
const CREATABLE: readonly ComponentName[] = ["VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY"];

const RESOURCETYPE = clark(DAV, "resourcetype");
const COMPONENT_SET = clark(CALDAV, "supported-calendar-component-set");

export async function mkcol({ request, context, preferences, target }: Exchange): Outcome {
  const marked =
    request.method === "MKCALENDAR" ||
    request.headers.get("x-tm-method")?.trim().toUpperCase() === "MKCALENDAR";
  const body = await readXmlBody(request, context.maxima.xmlBytesMax);
  const isCalendarRequest =
    marked || (body.ok && body.value !== null && is(body.value, CALDAV, "mkcalendar"));
  const place = placeOf(target, isCalendarRequest, context.maxima.resourceNameBytesMax);
  if (!place.ok) return place;
  if (!body.ok) return body;
  const root = body.value;
  if (root !== null && !is(root, CALDAV, "mkcalendar") && !is(root, DAV, "mkcol")) {
    const reason = "The body is DAV:mkcol or CALDAV:mkcalendar.";
    return err({ kind: "unsupported-media-type", reason });
  }
  const wish = wishOf(root === null ? [] : instructionsOf(root), isCalendarRequest);
  const judged = judge(wish.others, "calendar", new Map(), context);
  const change: Change = {
    ...judged,
    judged: [...wish.judged, ...judged.judged],
    failed: judged.failed || wish.judged.some(({ failure }) => failure !== undefined),
  };
  if (change.failed) return ok(refusal(change, target.href, isCalendarRequest));
  const created = await context.store.createCollection(
    { ...change.patch, slug: place.value, components: wish.components },
    context.actor,
  );
  if (!created.ok) return created;
  const response = new Response(null, { status: 201, headers: { "cache-control": "no-cache" } });
  return ok(applied(response, preferences, ["return=minimal"]));
}

/** The slug, if a calendar can be created at the URL. */
function placeOf(
  target: Exchange["target"],
  isCalendarRequest: boolean,
  bytesMax: number,
): Result<string, Failure> {
  if (isResource(target)) {
    const reason = "Something exists at this URL already.";
    return err(
      isCalendarRequest
        ? precondition("resource-must-be-null", reason)
        : { kind: "method-not-allowed", allow: allowOn(target.kind), reason },
    );
  }
  if (target.kind !== "free-calendar") {
    const reason = "Calendars can be created directly below the calendar home only.";
    return err(precondition("calendar-collection-location-ok", reason));
  }
  if (RESERVED.has(target.slug.toLowerCase())) {
    return err(precondition("calendar-collection-location-ok", "This name is reserved."));
  }
  if (new TextEncoder().encode(target.slug).byteLength > bytesMax) {
    const reason = `The last segment of the URL may have at most ${bytesMax} bytes.`;
    return err(precondition("calendar-collection-location-ok", reason));
  }
  return ok(target.slug);
}

interface Wish {
  readonly components: readonly ComponentName[];
  /** What is said once, at creation: the resource type and the component set. */
  readonly judged: Change["judged"];
  readonly others: readonly Instruction[];
}

function wishOf(instructions: readonly Instruction[], isCalendarRequest: boolean): Wish {
  let components = DEFAULT_COMPONENTS;
  const judged: Change["judged"][number][] = [];
  const others: Instruction[] = [];
  for (const instruction of instructions) {
    const { element, op } = instruction;
    if (op === "set" && element.name === RESOURCETYPE) {
      judged.push({ instruction, failure: typeRefusal(element, isCalendarRequest) });
    } else if (op === "set" && element.name === COMPONENT_SET) {
      const named = componentsOf(element);
      if (named.ok) components = named.value;
      judged.push({ instruction, failure: named.ok ? undefined : named.error });
    } else others.push(instruction);
  }
  return { components, judged, others };
}

function typeRefusal(element: XmlElement, isCalendarRequest: boolean): Failure | undefined {
  if (childOf(element, CALENDARSERVER, "subscribed") !== undefined) {
    // An empty calendar in place of a subscription would look like data loss (checklist A17).
    return precondition(
      "valid-resourcetype",
      "Subscriptions cannot be stored here: subscribe on the device, or add the address as an account.",
    );
  }
  const isCalendar = isCalendarRequest || childOf(element, CALDAV, "calendar") !== undefined;
  const known = element.children.every(
    (child) => is(child, DAV, "collection") || is(child, CALDAV, "calendar"),
  );
  const isPlain = childOf(element, DAV, "collection") !== undefined;
  if (isCalendar && known && isPlain) return undefined;
  return precondition("valid-resourcetype", "A collection here is {DAV:collection, CALDAV:calendar}.");
}

function componentsOf(element: XmlElement): Result<readonly ComponentName[], Failure> {
  const components: ComponentName[] = [];
  for (const comp of childrenOf(element, CALDAV, "comp")) {
    const name = attributeOf(comp, "name")?.toUpperCase();
    const known = CREATABLE.find((candidate) => candidate === name);
    if (known === undefined) {
      const reason = `Calendars for ${name ?? "nothing"} are not supported.`;
      return err(precondition("supported-calendar-component", reason));
    }
    if (!components.includes(known)) components.push(known);
  }
  return ok(components.length === 0 ? DEFAULT_COMPONENTS : components);
}

/** RFC 4791 5.3.1.1 answers MKCALENDAR with 207; RFC 5689 3.3 answers MKCOL with the failure's status and DAV:mkcol-response. */
function refusal(change: Change, href: string, isCalendarRequest: boolean): Response {
  const propstats = changePropstats(change);
  const first = change.judged.find(({ failure }) => failure !== undefined)?.failure;
  const response = isCalendarRequest
    ? multistatus(`<D:response>${hrefElement(href)}${propstats}</D:response>`)
    : new Response(document("D:mkcol-response", propstats), {
        status: first === undefined ? 403 : statusOf(first),
        headers: { "content-type": XML_TYPE },
      });
  response.headers.set("cache-control", "no-cache");
  return response;
}
