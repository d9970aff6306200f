// Where things lie.

import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const projectFolder = join(dirname(fileURLToPath(import.meta.url)), "../..");
/** What may be thrown away at any time; survives `npm ci`. */
export const cacheFolder = join(projectFolder, ".cache");
