// npm leaves packages of other platforms out of the lock file when it could not read them from the registry in use, and `npm ci` then
// refuses the file. This names them as npm would: exact version, platform by name, optional. Whoever installs on that platform gets them.

export interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

export type LockPackages = Readonly<Record<string, LockEntry>>;

/** By path in `node_modules`. Throws for a package whose version or platform its parent does not tell exactly. */
export function missingEntries(packages: LockPackages): LockPackages {
  const missing: Record<string, LockEntry> = {};
  for (const [path, parent] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const places = placesOf(path).map((place) => `${place}node_modules/${name}`);
      const found = places.find((place) => packages[place] !== undefined);
      if (found !== undefined && (packages[found]?.version === version || !isExact(version))) continue;
      if (!isExact(version)) {
        throw new Error(`${path} wants ${name}@${version}, which is no exact version; resolve it by hand`);
      }
      const free = places.findLast((place) => packages[place] === undefined && missing[place] === undefined);
      const already = places.some((place) => missing[place]?.version === version);
      if (already) continue;
      if (free === undefined)
        throw new Error(`${name}@${version} of ${path} finds no place; resolve it by hand`);
      missing[free] = {
        version,
        ...(parent.dev === true ? { dev: true } : {}),
        optional: true,
        ...platformOf(name),
      };
    }
  }
  return missing;
}

/** Where Node looks for what the package at `path` wants: below itself first, the top last. */
function placesOf(path: string): readonly string[] {
  const places = [path === "" ? "" : `${path}/`];
  for (let at = path.lastIndexOf("node_modules/"); at > 0; at = path.lastIndexOf("node_modules/", at - 1)) {
    places.push(path.slice(0, at));
  }
  return path === "" ? places : [...places, ""];
}

function isExact(version: string): boolean {
  return /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version);
}

const systems = new Set([
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
]);
const processors: Readonly<Record<string, string>> = {
  arm: "arm",
  arm64: "arm64",
  "64": "x64",
  ia32: "ia32",
  loong64: "loong64",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  x64: "x64",
};

/** `binding-linux-arm64-musl` says it all. */
function platformOf(name: string): Pick<LockEntry, "os" | "cpu" | "libc"> {
  const words = name.split(/[/-]/).map((word) => (word === "windows" ? "win32" : word));
  const os = words.find((word) => systems.has(word));
  const cpu = words.map((word) => processors[word]).findLast((word) => word !== undefined);
  if (os === undefined || cpu === undefined) throw new Error(`the name ${name} does not tell its platform`);
  const libc = words.some((word) => word.startsWith("musl"))
    ? "musl"
    : words.some((word) => word.startsWith("gnu"))
      ? "glibc"
      : null;
  return { os: [os], cpu: [cpu], ...(os === "linux" && libc !== null ? { libc: [libc] } : {}) };
}
