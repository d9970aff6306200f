// Miniflare gives every socket of workerd a door for itself: `CONNECT miniflare-unsafe-internal-capnp-connect` opens an RPC session that
// can call queue and scheduled handlers as if it were the platform. It cannot be switched off, so a connection on which the name
// follows a blank (as in a request line) is refused. The name is compared exactly by workerd, hence exactly here.

const name = Buffer.from("miniflare-unsafe-internal-capnp-connect", "latin1");
const space = 0x20;
const tab = 0x09;
const lastOfConnect = 0x54;
/** Bytes kept from earlier chunks: the name without its last byte, and blanks in front of it. */
const keptBytes = name.length + 64;

export interface DoorWatch {
  /** Looks at the next chunk of the connection; true: the connection knocks at the door. */
  knocks(chunk: Buffer): boolean;
}

export function createDoorWatch(): DoorWatch {
  let kept: Buffer = Buffer.alloc(0);
  return {
    knocks(chunk) {
      const boundary = kept.length === 0 ? chunk : Buffer.concat([kept, chunk.subarray(0, name.length)]);
      const found = isDoor(boundary) || (boundary !== chunk && isDoor(chunk));
      kept =
        chunk.length >= keptBytes
          ? chunk.subarray(-keptBytes)
          : Buffer.concat([kept, chunk]).subarray(-keptBytes);
      return found;
    },
  };
}

function isDoor(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1)) {
    let before = at - 1;
    while (before >= 0 && (bytes[before] === space || bytes[before] === tab)) before -= 1;
    // Without a blank it is no request target; before the blanks ends `CONNECT`, or they are more than were kept.
    if (before < at - 1 && (before < 0 || bytes[before] === lastOfConnect)) return true;
  }
  return false;
}
