// Objects that were opened a short while ago, in memory only and bounded. An entry is found by event and etag, so a changed
// object is never answered from here. The oldest entries leave first.

const CHARACTERS_MAX = 8_000_000;

export interface OpenedObjects {
  get(eventKey: number, etag: string): string | undefined;
  put(eventKey: number, etag: string, ical: string): void;
}

export function openedObjects(charactersMax = CHARACTERS_MAX): OpenedObjects {
  const entries = new Map<number, { readonly etag: string; readonly ical: string }>();
  let characters = 0;
  function drop(eventKey: number): void {
    const entry = entries.get(eventKey);
    if (entry === undefined) return;
    entries.delete(eventKey);
    characters -= entry.ical.length;
  }
  return {
    get(eventKey, etag) {
      const entry = entries.get(eventKey);
      return entry !== undefined && entry.etag === etag ? entry.ical : undefined;
    },
    put(eventKey, etag, ical) {
      drop(eventKey);
      if (ical.length > charactersMax / 8) return;
      entries.set(eventKey, { etag, ical });
      characters += ical.length;
      for (const oldest of entries.keys()) {
        if (characters <= charactersMax) break;
        drop(oldest);
      }
    },
  };
}
