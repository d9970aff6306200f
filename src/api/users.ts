// New users. The registry's row is the last step and the one that counts: a user who can be found is complete.

import { newId } from "../core/id.ts";
import type { RegisteredUser } from "../core/ports/registry.ts";
import { err, ok, type Result } from "../core/result.ts";
import type { Ports } from "./ports.ts";
import { slugFromName } from "./slug.ts";

export interface UserRefusal {
  readonly code: "slug-taken" | "email-taken" | "no-slug";
  readonly field: "name" | "slug" | "email";
  readonly reason: string;
}

export async function createUser(
  ports: Ports,
  request: { readonly name: string; readonly email: string; readonly slug?: string | undefined },
): Promise<Result<RegisteredUser, UserRefusal>> {
  const slug = request.slug ?? slugFromName(request.name);
  const email = request.email.toLowerCase();
  if (slug === "") {
    return err({
      code: "no-slug",
      field: "name",
      reason: "No login name can be made from this name. Use at least one Latin letter or digit.",
    });
  }
  const slugField = request.slug === undefined ? "name" : "slug";
  const taken = (code: "slug-taken" | "email-taken") => err(refusal(code, slug, slugField, email));
  if (await ports.registry.userBySlug(slug)) return taken("slug-taken");
  if (await ports.registry.userByEmail(email)) return taken("email-taken");

  const userId = newId("usr", ports.clock, ports.random);
  await ports.userGraph(userId).initialise({ userId, slug, displayName: request.name, emails: [email] });
  const outcome = await ports.registry.createUser({ userId, slug, email });
  if (outcome !== "created") return taken(outcome);
  return ok({ userId, slug, email, credentialEpoch: 1, createdAt: ports.clock.now() });
}

function refusal(
  code: "slug-taken" | "email-taken",
  slug: string,
  slugField: "name" | "slug",
  email: string,
): UserRefusal {
  return code === "slug-taken"
    ? { code, field: slugField, reason: `The login name “${slug}” is taken. Choose another name.` }
    : { code, field: "email", reason: `There is already a user with the address ${email}.` };
}
