// Request bodies: read no further than the limit whatever Content-Length claims, decoded strictly, checked for their media
// type. RFC 4918 8.2 (XML bodies), RFC 7303 (encodings of XML).

import { precondition, type Failure } from "../core/failure.ts";
import { err, ok, type Result } from "../core/result.ts";
import { readXml, type XmlElement } from "./xml/reader.ts";

/** The octets of the body; `undefined` as soon as there are more than `bytesMax`, and the rest is never read. */
export async function readBody(request: Request, bytesMax: number): Promise<Uint8Array | undefined> {
  if (request.body === null) return new Uint8Array(0);
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) {
    await request.body.cancel();
    return undefined;
  }
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > bytesMax) {
      await reader.cancel();
      return undefined;
    }
    chunks.push(value);
  }
  const [only] = chunks;
  if (only !== undefined && chunks.length === 1) return only;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}

/** Media type in lower case and its charset; both `null` when the header is absent. */
export function contentTypeOf(request: Request): { type: string | null; charset: string | null } {
  const header = request.headers.get("content-type");
  if (header === null || header.trim() === "") return { type: null, charset: null };
  const type = (header.split(";")[0] ?? "").trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)"?/i.exec(header)?.[1]?.toLowerCase() ?? null;
  return { type, charset };
}

export function isUtf8(charset: string | null): boolean {
  return charset === null || charset === "utf-8" || charset === "utf8" || charset === "us-ascii";
}

/** UTF-8 with every octet accounted for: a byte order mark stays, an invalid sequence is `undefined`. */
export function decodeUtf8(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}

/** The root element of an XML body; `null` for an empty body. */
export async function readXmlBody(
  request: Request,
  bytesMax: number,
): Promise<Result<XmlElement | null, Failure>> {
  const octets = await readBody(request, bytesMax);
  if (octets === undefined) {
    return err({ kind: "too-large", reason: `An XML body may have at most ${bytesMax} bytes.` });
  }
  if (octets.byteLength === 0) return ok(null);
  const { type, charset } = contentTypeOf(request);
  // iOS and curl leave the type out or send form-urlencoded; anything else that is plainly not XML is refused.
  const isXml = type === null || /[/+]xml$/.test(type) || type === "text/plain" || type.includes("form");
  if (!isXml) return err({ kind: "unsupported-media-type", reason: `The body must be XML, not ${type}.` });
  const text = decodeXml(octets, charset);
  if (!text.ok) return text;
  const root = readXml(text.value);
  return root.ok ? root : err({ kind: "bad-request", reason: `The XML body is not usable: ${root.error}.` });
}

function decodeXml(octets: Uint8Array, charset: string | null): Result<string, Failure> {
  const utf16 =
    octets[0] === 0xff && octets[1] === 0xfe
      ? "utf-16le"
      : octets[0] === 0xfe && octets[1] === 0xff
        ? "utf-16be"
        : undefined;
  if (utf16 !== undefined) return decodeUtf16(octets, utf16);
  if (!isUtf8(charset)) return err(encodingRefused(charset ?? ""));
  const text = decodeUtf8(octets);
  if (text === undefined) return err({ kind: "bad-request", reason: "The XML body is not valid UTF-8." });
  const declared =
    /^\uFEFF?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1]?.toLowerCase() ?? null;
  return isUtf8(declared) ? ok(text) : err(encodingRefused(declared ?? ""));
}

function decodeUtf16(octets: Uint8Array, encoding: "utf-16le" | "utf-16be"): Result<string, Failure> {
  try {
    return ok(new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(octets));
  } catch {
    return err({ kind: "bad-request", reason: "The XML body is not valid UTF-16." });
  }
}

function encodingRefused(encoding: string): Failure {
  return {
    kind: "unsupported-media-type",
    reason: `XML bodies are read as UTF-8 or UTF-16, not as ${encoding}.`,
  };
}

/** The text of an iCalendar body (RFC 4791 5.3.2.1). */
export async function readCalendarBody(request: Request, bytesMax: number): Promise<Result<string, Failure>> {
  const { type, charset } = contentTypeOf(request);
  if (type !== null && type !== "text/calendar") {
    await request.body?.cancel();
    return err(precondition("supported-calendar-data", `A calendar object is text/calendar, not ${type}.`));
  }
  const octets = await readBody(request, bytesMax);
  if (octets === undefined) {
    return err(precondition("max-resource-size", `A calendar object may have at most ${bytesMax} bytes.`));
  }
  const text = isUtf8(charset) ? decodeUtf8(octets) : undefined;
  if (text === undefined) {
    return err(precondition("valid-calendar-data", "The calendar object is not UTF-8 (RFC 5545 3.1.4)."));
  }
  return ok(text);
}
