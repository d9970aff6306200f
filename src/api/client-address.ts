// Whose failures are whose: the network address behind a request, in the header that the operator names because what stands in
// front of the Worker writes it (CF-Connecting-IP on Cloudflare). Nothing else is believed: a client could have written it,
// `request.cf` included when workerd listens by itself. Empty means unknown.

export function clientAddress(request: Request, header: string | undefined): string {
  return header === undefined ? "" : (request.headers.get(header) ?? "");
}
