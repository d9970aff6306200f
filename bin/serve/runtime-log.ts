// What of workerd's output reaches the server's log. The Worker's own lines are JSON without content and pass. What workerd says by
// itself may quote a host name, or an error message that quotes what a person wrote: of that only the place and the severity pass.

/** The line to log, or null for none. */
export function loggedLine(line: string): string | null {
  if (line.startsWith('{"event":')) return line;
  const own = /^((?:workerd|kj|capnp)\/[\w./+-]+:\d+): (\w+):/.exec(line);
  if (own !== null) return `workerd: ${own[2]} at ${own[1]}`;
  return null;
}
