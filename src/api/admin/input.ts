// JSON bodies of the API: size, type, syntax and shape are judged before anything else sees them; every refusal names the field.

import { z } from "zod";
import type { DetailLevel } from "../../core/ports/user-graph.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { readBounded } from "../bounded-body.ts";
import { LABEL_RULE, isLabel } from "../label.ts";
import { type FieldError, problemResponse } from "../problem.ts";
import { isSlug } from "../slug.ts";

const BODY_BYTES_MAX = 65_536;

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `may have up to ${max} characters`)
    .refine((text) => !/\p{Cc}/u.test(text), "must not hold control characters");
const label = z.string().trim().refine(isLabel, LABEL_RULE);
const details = ["BUSY", "TITLE", "FULL"] as const satisfies readonly DetailLevel[];

export const bodies = {
  user: z.strictObject({
    name: line(100),
    email: z.email("must be a complete e-mail address").max(254),
    slug: z
      .string()
      .refine(isSlug, "may hold a-z, 0-9, _ and -, begins with a letter or digit, up to 63 characters")
      .optional(),
  }),
  appPassword: z.strictObject({ label, scope: z.enum(["caldav", "caldav-read"]).default("caldav") }),
  account: z.strictObject({
    provider: z.literal("caldav"),
    url: z.url({ protocol: /^https?$/, error: "must be an http or https address" }).max(2000),
    username: line(500),
    password: z.string().min(1, "must not be empty").max(1000),
    label: label.optional(),
  }),
  edge: z.strictObject({
    from: line(200),
    to: line(200),
    detail: z.enum(details),
    kind: z.enum(["OVERLAY", "MIRROR"]),
    enabled: z.boolean().default(true),
  }),
  feed: z.strictObject({ detail: z.enum(details) }),
  decision: z.strictObject({ decision: z.enum(["approve", "reject"]) }),
};

export async function readJson<T>(request: Request, shape: z.ZodType<T>): Promise<Result<T, Response>> {
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    return err(
      problemResponse({
        status: 415,
        code: "not-json",
        title: "Unsupported media type",
        detail: "Send the body as application/json.",
      }),
    );
  }
  const body = await bodyOf(request);
  if (body === "too-large") {
    const detail = `The body is larger than ${BODY_BYTES_MAX} bytes.`;
    return err(problemResponse({ status: 413, code: "too-large", title: "Content too large", detail }));
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(body));
  } catch {
    const detail = "The body is not well-formed JSON.";
    return err(problemResponse({ status: 400, code: "malformed-json", title: "Malformed JSON", detail }));
  }
  const parsed = shape.safeParse(json);
  return parsed.success ? ok(parsed.data) : err(invalid(parsed.error.issues.flatMap(fieldErrors)));
}

export function invalid(errors: readonly FieldError[]): Response {
  return problemResponse({
    status: 422,
    code: "invalid-input",
    title: "Invalid input",
    detail: errors.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`)).join("; "),
    errors,
  });
}

/** A body that breaks off is no JSON either. */
async function bodyOf(request: Request): Promise<Uint8Array | "too-large"> {
  try {
    return (await readBounded(request, BODY_BYTES_MAX)) ?? "too-large";
  } catch {
    return new Uint8Array(0);
  }
}

function fieldErrors(issue: z.core.$ZodIssue): readonly FieldError[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      field: [...issue.path, key].join("."),
      message: "is not a known field",
    }));
  }
  return [{ field: issue.path.join("."), message: issue.message }];
}
