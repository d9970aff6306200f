// Taken: guarded fetch for upstream servers (address guard, redirects by hand, time and size limits).
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;
