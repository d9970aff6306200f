// Instructions of PROPPATCH (RFC 4918 9.2) and of the set element of MKCOL and MKCALENDAR (RFC 5689 3, RFC 4791 5.3.1): judged in
// document order, then either all of them become one patch or none does.

import { precondition, type Failure } from "../../core/failure.ts";
import type { CollectionPatch } from "../../core/ports/calendar-store.ts";
import { err, ok, type Result } from "../../core/result.ts";
import type { CalDavContext } from "../context.ts";
import { failedPropstat, propstat, statusElement, STATUS_OK } from "../multistatus.ts";
import type { ResourceKind } from "../resources/resource.ts";
import { childrenOf, is, standalone } from "../xml/element.ts";
import { DAV, tagsOf } from "../xml/names.ts";
import type { XmlElement } from "../xml/reader.ts";
import { existsOn, propertyNamed } from "./registry.ts";

export interface Instruction {
  readonly op: "set" | "remove";
  readonly element: XmlElement;
}

/** The instructions below DAV:propertyupdate, or below DAV:mkcol and CALDAV:mkcalendar. */
export function instructionsOf(update: XmlElement): readonly Instruction[] {
  const instructions: Instruction[] = [];
  for (const child of update.children) {
    const op = is(child, DAV, "set") ? "set" : is(child, DAV, "remove") ? "remove" : undefined;
    if (op === undefined) continue;
    for (const prop of childrenOf(child, DAV, "prop")) {
      for (const element of prop.children) instructions.push({ op, element });
    }
  }
  return instructions;
}

/** What became of one instruction; no failure means that it would have worked. */
interface Judged {
  readonly instruction: Instruction;
  readonly failure: Failure | undefined;
}

export interface Change {
  readonly patch: CollectionPatch;
  readonly judged: readonly Judged[];
  readonly failed: boolean;
}

export function judge(
  instructions: readonly Instruction[],
  kind: ResourceKind,
  stored: ReadonlyMap<string, string>,
  context: CalDavContext,
): Change {
  let patch: CollectionPatch = {};
  const dead = new Map<string, string | null>();
  const judged = instructions.map((instruction) => {
    const outcome = patchOf(instruction, kind, stored, context);
    if (!outcome.ok) return { instruction, failure: outcome.error };
    const { dead: changed, ...live } = outcome.value;
    for (const [name, value] of changed ?? []) dead.set(name, value);
    patch = { ...patch, ...live };
    return { instruction, failure: undefined };
  });
  const failed = judged.some(({ failure }) => failure !== undefined);
  return { patch: dead.size === 0 ? patch : { ...patch, dead }, judged, failed };
}

function patchOf(
  { op, element }: Instruction,
  kind: ResourceKind,
  stored: ReadonlyMap<string, string>,
  context: CalDavContext,
): Result<CollectionPatch, Failure> {
  const declared = propertyNamed(element.name);
  const asSent = op === "set" ? standalone(element) : null;
  if (asSent !== null && asSent.length > context.maxima.deadPropertyBytesMax) {
    const reason = `A property may have at most ${context.maxima.deadPropertyBytesMax} characters.`;
    return err({ kind: "insufficient-storage", reason });
  }
  if (declared === undefined) {
    return ok({ dead: new Map([[element.name, asSent]]) });
  }
  const write = kind === "calendar" && existsOn(declared, kind) ? declared.write?.calendar : undefined;
  if (write === undefined) {
    const reason = `${element.name} is protected: the server computes it.`;
    return err(precondition("cannot-modify-protected-property", reason));
  }
  const patch = write(op === "set" ? element : null, context);
  if (!patch.ok) return patch;
  // Attributes (xml:lang, Apple's symbolic-color) live in the element as sent; without any, the value says it all.
  const hasMore = op === "set" && (element.attributes.length > 0 || element.source.scope.lang !== null);
  if (!hasMore && !stored.has(element.name)) return patch;
  return ok({ ...patch.value, dead: new Map([[element.name, hasMore ? asSent : null]]) });
}

/** The propstats that report what became of every instruction: 200 for all, or the failures and 424 for the rest. */
export function changePropstats(change: Change): string {
  let done = "";
  let dependent = "";
  let failures = "";
  for (const { instruction, failure } of change.judged) {
    const tag = tagsOf(instruction.element).empty;
    if (failure !== undefined) failures += failedPropstat(tag, failure);
    else if (change.failed) dependent += tag;
    else done += tag;
  }
  if (!change.failed) return propstat(done, STATUS_OK);
  return failures + (dependent === "" ? "" : propstat(dependent, statusElement(424)));
}
