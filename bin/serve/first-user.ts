// Asks the running Worker whether a user exists.

/** `origin` of workerd's own socket. False as well when the answer is not understood: a link that is not needed must not be printed. */
export async function hasNoUser(origin: string, adminToken: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/v1/admin/users`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    if (!response.ok) return false;
    const answer: unknown = await response.json();
    const users = typeof answer === "object" && answer !== null && "users" in answer ? answer.users : answer;
    return Array.isArray(users) && users.length === 0;
  } catch {
    return false;
  }
}
