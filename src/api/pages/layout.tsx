// The frame of every page: head, navigation, one column. Text is escaped by the JSX runtime; nothing here is raw.

import { html } from "hono/html";
import type { Child, FC, PropsWithChildren } from "hono/jsx";
import type { PageContext } from "./context.ts";

const NAVIGATION = [
  ["/", "Overview"],
  ["/connect", "Devices"],
  ["/app-passwords", "App passwords"],
  ["/policy", "Sharing"],
  ["/feeds", "Feeds"],
  ["/security", "Sign-in"],
] as const;

interface LayoutProps {
  readonly title: string;
  /** Shown with navigation when somebody is signed in. */
  readonly slug?: string | undefined;
  readonly formToken?: string | undefined;
  readonly path?: string | undefined;
  readonly script?: string | undefined;
}

const Layout: FC<PropsWithChildren<LayoutProps>> = ({ title, slug, formToken, path, script, children }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} – T-Minus`}</title>
      <link rel="stylesheet" href="/assets/style.css" />
      <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
      {script !== undefined && <script src={script} defer></script>}
    </head>
    <body>
      <a class="skip" href="#content">
        Skip to content
      </a>
      <header>
        <a class="brand" href="/">
          <span aria-hidden="true">T−</span> T-Minus
        </a>
        {slug !== undefined && (
          <>
            <nav aria-label="Main">
              {NAVIGATION.map(([href, text]) => (
                <a href={href} aria-current={isCurrent(href, path) ? "page" : undefined}>
                  {text}
                </a>
              ))}
            </nav>
            <Form action="/sign-out" token={formToken ?? ""} class="sign-out">
              <span class="who">{slug}</span>
              <button class="quiet">Sign out</button>
            </Form>
          </>
        )}
      </header>
      <main id="content">
        <h1>{title}</h1>
        {children}
      </main>
    </body>
  </html>
);

function isCurrent(href: string, path: string | undefined): boolean {
  return (
    path !== undefined &&
    (href === "/" ? path === "/" || path.startsWith("/accounts") : path.startsWith(href))
  );
}

export const Form: FC<PropsWithChildren<{ action: string; token: string; class?: string }>> = (props) => (
  <form method="post" action={props.action} class={props.class}>
    <input type="hidden" name="form-token" value={props.token} />
    {props.children}
  </form>
);

/** A labelled input with an optional hint below. */
export const Field: FC<{
  label: string;
  name: string;
  type?: string;
  value?: string;
  hint?: string;
  autocomplete?: string;
  required?: boolean;
  maxlength?: number;
  minlength?: number;
  placeholder?: string;
}> = ({ label, name, hint, type = "text", required = true, ...rest }) => (
  <div class="field">
    <label for={name}>{label}</label>
    <input
      id={name}
      name={name}
      type={type}
      required={required}
      aria-describedby={hint === undefined ? undefined : `${name}-hint`}
      {...rest}
    />
    {hint !== undefined && (
      <p class="hint" id={`${name}-hint`}>
        {hint}
      </p>
    )}
  </div>
);

export const Notice: FC<PropsWithChildren<{ kind: "error" | "done" | "info" }>> = ({ kind, children }) => (
  <div class={`notice ${kind}`} role={kind === "error" ? "alert" : "status"}>
    {children}
  </div>
);

/** A secret that is shown once. */
export const Secret: FC<{ label: string; value: string }> = ({ label, value }) => (
  <dl class="secret">
    <dt>{label}</dt>
    <dd>
      <code>{value}</code>
    </dd>
  </dl>
);

/** UTC time for people, e.g. `2026-11-20 22:05 UTC`. */
export function moment(time: number | null): string {
  return time === null ? "never" : `${new Date(time).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

export function page(
  c: PageContext,
  props: { title: string; script?: string },
  content: Child,
  status: 200 | 400 | 401 | 403 | 404 | 409 | 410 | 422 | 429 | 503 = 200,
) {
  // `user` is absent on the pages before sign-in.
  const user = c.get("user") as PageContext["var"]["user"] | undefined;
  const layout = (
    <Layout {...props} slug={user?.slug} formToken={c.get("formToken")} path={c.req.path}>
      {content}
    </Layout>
  );
  return c.html(html`<!doctype html>${layout}`, status);
}
