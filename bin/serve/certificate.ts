// The TLS certificate from its files, and the name it is for.

import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";

import { err, ok } from "../../src/core/result.ts";
import type { Result } from "../../src/core/result.ts";
import type { Certificate } from "../ingress/listener.ts";

export interface NamedCertificate extends Certificate {
  /** The first DNS name without a wildcard; null: there is none. */
  readonly hostName: string | null;
}

/** The error is a sentence that names the file. */
export function readCertificate(paths: {
  readonly certPath: string;
  readonly keyPath: string;
}): Result<NamedCertificate, string> {
  const [cert, key] = [readFile("TLS_CERT", paths.certPath), readFile("TLS_KEY", paths.keyPath)];
  if (!cert.ok) return cert;
  if (!key.ok) return key;
  try {
    const certificate = new X509Certificate(cert.value);
    if (!certificate.checkPrivateKey(createPrivateKey(key.value))) {
      return err(
        `The key in TLS_KEY ${paths.keyPath} does not belong to the certificate in TLS_CERT ${paths.certPath}.`,
      );
    }
    const names = [...(certificate.subjectAltName ?? "").matchAll(/DNS:([^,*\s]+)(?:,|$)/g)];
    return ok({ cert: cert.value, key: key.value, hostName: names[0]?.[1] ?? null });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err(
      `TLS_CERT ${paths.certPath} and TLS_KEY ${paths.keyPath} are no PEM certificate and key: ${reason}`,
    );
  }
}

function readFile(variable: string, path: string): Result<Buffer, string> {
  try {
    return ok(readFileSync(path));
  } catch (error) {
    return err(
      `${variable} ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
