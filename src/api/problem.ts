// Problem details (RFC 9457): every error of the JSON API, with a stable `code` and, for bad input, the fields by name.

export interface FieldError {
  /** Dotted path of the field, e.g. `label`. Empty for the body as a whole. */
  readonly field: string;
  readonly message: string;
}

export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 503;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly headers?: Readonly<Record<string, string>>;
}

export function problemResponse({ headers, ...problem }: Problem): Response {
  return new Response(JSON.stringify({ type: `urn:t-minus:problem:${problem.code}`, ...problem }), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
}

export function notFound(detail: string): Response {
  return problemResponse({ status: 404, code: "not-found", title: "Not found", detail });
}
