// The settings of the server: flags, else environment, else defaults. Refuses what it does not know, by name.

import { parseArgs } from "node:util";

import { err, ok } from "../../src/core/result.ts";
import type { Result } from "../../src/core/result.ts";

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly tls: { readonly certPath: string; readonly keyPath: string } | null;
  readonly publicUrl: string | null;
  readonly allowPrivateUpstreams: boolean;
  readonly failedSignInsPerMinute: number;
  /** Another wrangler.toml; null: the project's. */
  readonly config: string | null;
}

export const serveUsage = `Usage: npm start -- [options]

  --port N                        PORT                         port to listen on (8787; 0 takes a free one)
  --host ADDRESS                  HOST                         address to listen on (127.0.0.1)
  --data-dir FOLDER               DATA_DIR                     databases and secrets (./data)
  --tls-cert FILE                 TLS_CERT                     certificate chain, PEM; SIGHUP reads it again
  --tls-key FILE                  TLS_KEY                      private key, PEM
  --public-url URL                PUBLIC_URL                   origin that clients use, e.g. https://cal.example.com
  --allow-private-upstreams       ALLOW_PRIVATE_UPSTREAMS=1    allow accounts on servers with private addresses
  --failed-sign-ins-per-minute N  FAILED_SIGN_INS_PER_MINUTE   failed sign-ins an address may make (30; 0: no limit)
  --config FILE                                                another wrangler.toml than the project's
  --help                                                       this text

An option goes before its environment variable.
`;

const flags = {
  port: { type: "string" },
  host: { type: "string" },
  "data-dir": { type: "string" },
  "tls-cert": { type: "string" },
  "tls-key": { type: "string" },
  "public-url": { type: "string" },
  "allow-private-upstreams": { type: "boolean" },
  "failed-sign-ins-per-minute": { type: "string" },
  config: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** The error is a sentence that names the option and the value. */
export function readServeOptions(
  args: readonly string[],
  env: Environment,
): Result<ServeOptions | "help", string> {
  let values: ReturnType<typeof parse>["values"];
  try {
    values = parse(args).values;
  } catch (error) {
    return err(`${error instanceof Error ? error.message : String(error)} (--help lists the options)`);
  }
  if (values.help === true) return ok("help");
  const text = (flag: string | undefined, variable: string): string | null => flag ?? (env[variable] || null);

  const port = integer(text(values.port, "PORT"), 8787, 65_535);
  if (port === null) return err(`PORT must be a number from 0 to 65535, not "${text(values.port, "PORT")}".`);
  const perMinuteText = text(values["failed-sign-ins-per-minute"], "FAILED_SIGN_INS_PER_MINUTE");
  const failedSignInsPerMinute = integer(perMinuteText, 30, 1_000_000);
  if (failedSignInsPerMinute === null) {
    return err(`FAILED_SIGN_INS_PER_MINUTE must be a number from 0 to 1000000, not "${perMinuteText}".`);
  }
  const host = text(values.host, "HOST") ?? "127.0.0.1";
  if (!/^[A-Za-z0-9.:_%-]+$/.test(host)) return err(`HOST must be an address or a host name, not "${host}".`);

  const [certPath, keyPath] = [text(values["tls-cert"], "TLS_CERT"), text(values["tls-key"], "TLS_KEY")];
  if ((certPath === null) !== (keyPath === null)) {
    return err(
      `TLS needs both TLS_CERT and TLS_KEY; ${certPath === null ? "TLS_CERT" : "TLS_KEY"} is missing.`,
    );
  }
  const publicUrlText = text(values["public-url"], "PUBLIC_URL");
  const publicUrl = publicUrlText === null ? null : originOf(publicUrlText);
  if (publicUrlText !== null && publicUrl === null) {
    return err(
      `PUBLIC_URL must be an origin like https://cal.example.com, without a path, not "${publicUrlText}".`,
    );
  }
  const privateText = env["ALLOW_PRIVATE_UPSTREAMS"] ?? "";
  if (!["", "0", "1"].includes(privateText)) {
    return err(`ALLOW_PRIVATE_UPSTREAMS must be 1 or 0, not "${privateText}".`);
  }
  return ok({
    port,
    host,
    dataDir: text(values["data-dir"], "DATA_DIR") ?? "data",
    tls: certPath === null || keyPath === null ? null : { certPath, keyPath },
    publicUrl,
    allowPrivateUpstreams: values["allow-private-upstreams"] ?? privateText === "1",
    failedSignInsPerMinute,
    config: values.config ?? null,
  });
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false });
}

function integer(text: string | null, otherwise: number, max: number): number | null {
  if (text === null) return otherwise;
  return /^\d{1,7}$/.test(text) && Number(text) <= max ? Number(text) : null;
}

function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isOrigin = ["http:", "https:"].includes(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin ? url.origin : null;
}
