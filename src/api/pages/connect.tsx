// Putting the calendar on a device: the iPhone profile with its QR code, and what to type everywhere else.

import { Hono } from "hono";
import { raw } from "hono/html";
import { renderSVG } from "uqr";
import { appleLinkIsOpen, claimAppleProfile, createAppleLink, LINK_MINUTES } from "../apple-link.ts";
import { APPLE_PROFILE_TYPE } from "../apple-profile.ts";
import type { PageContext, PageEnv } from "./context.ts";
import { Form, Notice, page, Secret } from "./layout.tsx";

export const connectPages = new Hono<PageEnv>()
  .get("/connect", (c) => show(c))
  .post("/connect/iphone", async (c) => {
    const token = await createAppleLink(c.var.ports, c.var.user.userId);
    return show(c, `${c.var.origin}/iphone/${token}`);
  });

/** Reached from the phone, where nobody is signed in: the token is the permission. */
export const iphonePages = new Hono<PageEnv>()
  .get("/iphone/:token", async (c) => {
    const token = c.req.param("token");
    return (await appleLinkIsOpen(c.var.ports, token)) ? landing(c, token) : usedUp(c);
  })
  .get("/iphone/:token/t-minus.mobileconfig", async (c) => {
    const profile = await claimAppleProfile(c.var.ports, c.req.param("token"), c.var.origin);
    if (profile === undefined) return usedUp(c);
    return c.body(profile, 200, {
      "content-type": APPLE_PROFILE_TYPE,
      "content-disposition": 'attachment; filename="t-minus.mobileconfig"',
      "cache-control": "no-store",
    });
  });

function landing(c: PageContext, token: string) {
  return page(
    c,
    { title: "Add T-Minus to this device" },
    <section class="narrow">
      <p>
        <a class="button" href={`/iphone/${encodeURIComponent(token)}/t-minus.mobileconfig`}>
          Download the profile
        </a>
      </p>
      <ol>
        <li>Tap the button and allow the download.</li>
        <li>
          Open <strong>Settings</strong> and tap <strong>Profile Downloaded</strong> at the top.
        </li>
        <li>
          Tap <strong>Install</strong>. The profile adds one calendar account and nothing else.
        </li>
      </ol>
    </section>,
  );
}

function usedUp(c: PageContext) {
  return page(
    c,
    { title: "This link is used up" },
    <section class="narrow">
      <p>
        It works once and for {LINK_MINUTES} minutes. Make a new one under “Devices” on a computer where you
        are signed in.
      </p>
    </section>,
    410,
  );
}

function show(c: PageContext, link?: string) {
  const { origin, user, formToken } = c.var;
  const { host } = new URL(origin);
  return page(
    c,
    { title: "Devices" },
    <>
      <section>
        <h2>iPhone and iPad</h2>
        {link === undefined ? (
          <>
            <p>A configuration profile adds the account with a password of its own. Nothing to type.</p>
            <Form action="/connect/iphone" token={formToken}>
              <button>Show the QR code</button>
            </Form>
          </>
        ) : (
          <>
            <p>Point the camera of the iPhone at this code and open the link in Safari.</p>
            <div class="qr" role="img" aria-label="QR code of the link below">
              {raw(renderSVG(link, { ecc: "M", border: 2 }))}
            </div>
            <Secret label={`Link, for one download within ${LINK_MINUTES} minutes`} value={link} />
            <p class="hint">On this device already? Open the link here.</p>
          </>
        )}
        {origin.startsWith("http:") && (
          <Notice kind="info">
            This server is reached without encryption ({origin}). An iPhone accepts that only on a trusted
            local network; for anything else set up HTTPS first.
          </Notice>
        )}
      </section>
      <section>
        <h2>Everything else</h2>
        <p>
          First make an <a href="/app-passwords">app password</a> for the program. Then use it with these:
        </p>
        <Secret label="Server" value={`${origin}/dav/`} />
        <Secret label="User name" value={user.slug} />
      </section>
      <section>
        <h2>Mac</h2>
        <ol>
          <li>Open Calendar, then Settings, Accounts, and the plus sign.</li>
          <li>Choose “Other CalDAV Account” and “Manual”.</li>
          <li>
            User name <code>{user.slug}</code>, the app password, server address <code>{host}</code>.
          </li>
        </ol>
      </section>
      <section>
        <h2>Thunderbird</h2>
        <ol>
          <li>Choose “New Calendar”, then “On the Network”.</li>
          <li>
            User name <code>{user.slug}</code>, location <code>{`${origin}/dav/`}</code>, then “Find
            Calendars”.
          </li>
          <li>Enter the app password and subscribe to “unified” and “tasks”.</li>
        </ol>
      </section>
      <section>
        <h2>Android with DAVx⁵</h2>
        <ol>
          <li>Tap the plus sign and “Login with URL and user name”.</li>
          <li>
            Base URL <code>{`${origin}/dav/`}</code>, user name <code>{user.slug}</code>, and the app
            password.
          </li>
          <li>Choose the calendars under “CalDAV” and synchronise.</li>
        </ol>
      </section>
    </>,
  );
}
