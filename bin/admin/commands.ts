// Every admin command: its words, its arguments, and the request of the admin API that it is.

export interface AdminRequest {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
}

export interface AdminOption {
  readonly name: string;
  readonly value: string;
  readonly help: string;
  readonly isRequired: boolean;
  /** The only values it may have. */
  readonly choices?: readonly string[];
}

/** Positional arguments and options by name; `password` is what came on standard input. */
export type AdminValues = Readonly<Record<string, string>>;

export interface AdminCommand {
  readonly words: readonly string[];
  readonly positionals: readonly { readonly name: string; readonly help: string }[];
  readonly options: readonly AdminOption[];
  readonly readsPassword: boolean;
  readonly help: string;
  readonly request: (values: AdminValues) => AdminRequest;
}

const details = ["BUSY", "TITLE", "FULL"];

const user = option("user", "SLUG", "the user's login name");
const account = { name: "account", help: "id or label of the account" };

function option(name: string, value: string, help: string, choices?: readonly string[]): AdminOption {
  return { name, value, help, isRequired: true, ...(choices === undefined ? {} : { choices }) };
}

function optional(required: AdminOption): AdminOption {
  return { ...required, isRequired: false };
}

/** Throws on a value that is not there: the parser has checked the required ones. */
function ofUser(values: AdminValues, ...rest: readonly string[]): string {
  return ["/v1/admin/users", needed(values, "user"), ...rest]
    .map((part, i) => (i === 0 ? part : encodeURIComponent(part)))
    .join("/");
}

function needed(values: AdminValues, name: string): string {
  const value = values[name];
  if (value === undefined) throw new Error(`the value ${name} was not read`);
  return value;
}

function command(
  words: string,
  help: string,
  parts: Partial<Pick<AdminCommand, "positionals" | "options" | "readsPassword">> &
    Pick<AdminCommand, "request">,
): AdminCommand {
  return { words: words.split(" "), help, positionals: [], options: [], readsPassword: false, ...parts };
}

export const adminCommands: readonly AdminCommand[] = [
  command("user add", "Creates a user with a first app password and a feed; shows them once.", {
    positionals: [{ name: "name", help: "the person's name; the login name is made from it" }],
    options: [option("email", "ADDRESS", "address to sign in with")],
    request: ({ name, email }) => ({ method: "POST", path: "/v1/admin/users", body: { name, email } }),
  }),
  command("user list", "Lists the users.", { request: () => ({ method: "GET", path: "/v1/admin/users" }) }),

  command("app-password add", "Creates an app password and shows it once.", {
    options: [
      user,
      option("label", "TEXT", "what it is for, e.g. a device"),
      optional(option("scope", "SCOPE", "what it may do (caldav)", ["caldav", "caldav-read"])),
    ],
    request: (values) => ({
      method: "POST",
      path: ofUser(values, "app-passwords"),
      body: { label: values["label"], ...(values["scope"] === undefined ? {} : { scope: values["scope"] }) },
    }),
  }),
  command("app-password list", "Lists a user's app passwords.", {
    options: [user],
    request: (values) => ({ method: "GET", path: ofUser(values, "app-passwords") }),
  }),
  command("app-password revoke", "Ends an app password at once.", {
    positionals: [{ name: "id", help: "id of the app password" }],
    options: [user],
    request: (values) => ({ method: "DELETE", path: ofUser(values, "app-passwords", needed(values, "id")) }),
  }),

  command("account add caldav", "Connects an account on a CalDAV server.", {
    options: [
      user,
      option("url", "URL", "address of the server"),
      option("username", "NAME", "user name there"),
      optional(option("label", "TEXT", "what to call it here")),
    ],
    readsPassword: true,
    request: (values) => ({
      method: "POST",
      path: ofUser(values, "accounts"),
      body: {
        provider: "caldav",
        url: values["url"],
        username: values["username"],
        password: values["password"],
        ...(values["label"] === undefined ? {} : { label: values["label"] }),
      },
    }),
  }),
  command("account list", "Lists a user's accounts.", {
    options: [user],
    request: (values) => ({ method: "GET", path: ofUser(values, "accounts") }),
  }),
  command("account sync", "Reads the changes of an account now.", {
    positionals: [account],
    options: [user],
    request: (values) => ({
      method: "POST",
      path: ofUser(values, "accounts", needed(values, "account"), "sync"),
    }),
  }),
  command("account remove", "Disconnects an account.", {
    positionals: [account],
    options: [
      user,
      optional(option("mirrors", "WHAT", "copies in that account (remove)", ["remove", "keep"])),
    ],
    request: (values) => ({
      method: "DELETE",
      path: `${ofUser(values, "accounts", needed(values, "account"))}?mirrors=${values["mirrors"] ?? "remove"}`,
    }),
  }),
  command("reconcile", "Compares an account with the canonical calendar and repairs what differs.", {
    positionals: [account],
    options: [user],
    request: (values) => ({
      method: "POST",
      path: ofUser(values, "accounts", needed(values, "account"), "reconcile"),
    }),
  }),

  command("policy set", "Says what of one account's events another account shows.", {
    options: [
      user,
      option("from", "ACCOUNT", "id or label, or canonical"),
      option("to", "ACCOUNT", "id or label"),
      option("detail", "LEVEL", "how much is shown", details),
      option("kind", "KIND", "in a calendar of its own, or in the account's main calendar", [
        "OVERLAY",
        "MIRROR",
      ]),
      optional(option("enabled", "YES", "whether it is in force (true)", ["true", "false"])),
    ],
    request: (values) => ({
      method: "PUT",
      path: ofUser(values, "policy"),
      body: {
        from: values["from"],
        to: values["to"],
        detail: values["detail"],
        kind: values["kind"],
        ...(values["enabled"] === undefined ? {} : { enabled: values["enabled"] === "true" }),
      },
    }),
  }),
  command("status", "Shows how a user's accounts and their pending changes are.", {
    options: [user],
    request: (values) => ({ method: "GET", path: ofUser(values, "status") }),
  }),

  command("approval list", "Lists the work that waits for the user's word, e.g. a mass deletion.", {
    options: [user],
    request: (values) => ({ method: "GET", path: ofUser(values, "approvals") }),
  }),
  approval("approve", "Lets the work be done."),
  approval("reject", "Drops the work."),

  command("feed add", "Creates an ICS feed and shows its address once.", {
    options: [user, option("detail", "LEVEL", "how much it shows", details)],
    request: (values) => ({
      method: "POST",
      path: ofUser(values, "feeds"),
      body: { detail: values["detail"] },
    }),
  }),
  command("feed list", "Lists a user's feeds.", {
    options: [user],
    request: (values) => ({ method: "GET", path: ofUser(values, "feeds") }),
  }),
  command("feed remove", "Ends a feed.", {
    positionals: [{ name: "id", help: "id of the feed" }],
    options: [user],
    request: (values) => ({ method: "DELETE", path: ofUser(values, "feeds", needed(values, "id")) }),
  }),
];

function approval(decision: "approve" | "reject", help: string): AdminCommand {
  return command(`approval ${decision}`, help, {
    positionals: [{ name: "id", help: "id of the approval" }],
    options: [user],
    request: (values) => ({
      method: "POST",
      path: ofUser(values, "approvals", needed(values, "id")),
      body: { decision },
    }),
  });
}
