// The stylesheet, the passkey script and the icon: static text, served from here so that a page needs no other origin and no
// inline code (the content security policy allows neither).

import { Hono } from "hono";

const STYLE = `
:root { --ink: #1c2430; --soft: #5b6675; --line: #d9dee6; --back: #f6f7f9; --card: #fff; --accent: #2453d6; --on: #fff;
  --green: #12703d; --yellow: #8a5a00; --red: #b3261e; --tint: #eef2fd; --alarm: #fdecea; color-scheme: light dark; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf0; --soft: #a0a9b8; --line: #343c49; --back: #12161c;
  --card: #1b2129; --accent: #86a6ff; --on: #0d1220; --green: #6bd39a; --yellow: #e6b450; --red: #ff8f86; --tint: #1d2738; --alarm: #33201f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--ink); font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
.skip { position: absolute; left: -999px; } .skip:focus { left: 1rem; top: .5rem; background: var(--card); padding: .5rem 1rem; z-index: 1; }
header { background: var(--card); border-bottom: 1px solid var(--line); padding: .6rem 1.25rem; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: center; }
.brand { font-weight: 700; color: var(--ink); text-decoration: none; letter-spacing: -.01em; }
.brand span { background: var(--accent); color: var(--on); border-radius: .4rem; padding: .1rem .4rem; margin-right: .15rem; }
nav { display: flex; flex-wrap: wrap; gap: .1rem; flex: 1; }
nav a { color: var(--soft); text-decoration: none; padding: .4rem .7rem; border-radius: .5rem; }
nav a:hover { color: var(--ink); background: var(--back); }
nav a[aria-current] { color: var(--accent); background: var(--tint); font-weight: 600; }
.sign-out { display: flex; gap: .6rem; align-items: center; margin: 0; } .who { color: var(--soft); }
main { max-width: 54rem; margin: 0 auto; padding: 1.5rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; letter-spacing: -.02em; margin: .3rem 0 1.1rem; } h2 { font-size: 1.12rem; margin: 0 0 .6rem; }
p { margin: .4rem 0 .8rem; } a { color: var(--accent); }
section, .card { background: var(--card); border: 1px solid var(--line); border-radius: .8rem; padding: 1.1rem 1.25rem; margin: 0 0 1.1rem; }
.narrow { max-width: 27rem; }
.field { margin: 0 0 .9rem; } label, legend { display: block; font-weight: 600; margin-bottom: .25rem; }
input, select { width: 100%; font: inherit; color: inherit; background: var(--back); border: 1px solid var(--line); border-radius: .5rem; padding: .55rem .7rem; min-height: 2.75rem; }
input[type=radio], input[type=checkbox] { width: auto; min-height: 0; margin-right: .5rem; }
.choice { font-weight: 400; display: flex; align-items: baseline; }
fieldset { border: 0; padding: 0; margin: 0 0 .9rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.hint { color: var(--soft); font-size: .9rem; margin: .25rem 0 0; }
button, .button { display: inline-block; font: inherit; font-weight: 600; color: var(--on); background: var(--accent); border: 1px solid var(--accent); border-radius: .5rem; padding: .55rem 1.1rem; min-height: 2.75rem; cursor: pointer; text-decoration: none; }
button.quiet, .button.quiet { color: var(--accent); background: none; border-color: var(--line); }
button.danger { color: var(--red); background: none; border-color: var(--red); }
.row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; } .row form { margin: 0; }
.row + ul, .row + p, .row + dl.facts, .hint + button, .hint + .notice { margin-top: .9rem; }
.spread { justify-content: space-between; }
.notice { border-left: 4px solid var(--accent); background: var(--tint); border-radius: .5rem; padding: .7rem 1rem; margin: 0 0 1.1rem; }
.notice.error { border-color: var(--red); background: var(--alarm); } .notice.done { border-color: var(--green); } .notice p:last-child { margin-bottom: 0; }
ul.plain { list-style: none; padding: 0; margin: 0; } ul.plain > li { padding: .8rem 0; border-top: 1px solid var(--line); }
ul.plain > li:first-child { border-top: 0; padding-top: 0; } ul.plain > li:last-child { padding-bottom: 0; } section > :last-child { margin-bottom: 0; }
.state { font-weight: 600; } .state.green { color: var(--green); } .state.yellow { color: var(--yellow); } .state.red { color: var(--red); }
.state::before { content: ""; display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; background: currentColor; margin-right: .45rem; }
.soft { color: var(--soft); } .small { font-size: .9rem; }
code { font: .95em ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow-wrap: anywhere; }
dl.secret { margin: .6rem 0; } dl.secret dt { font-weight: 600; } dl.secret dd { margin: .25rem 0 0; }
dl.secret code { display: block; background: var(--back); border: 1px dashed var(--line); border-radius: .5rem; padding: .7rem .9rem; font-size: 1.1rem; user-select: all; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.1rem; margin: 0; } dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .55rem .6rem; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; color: var(--soft); font-size: .9rem; } td select { min-width: 9rem; margin-bottom: .35rem; }
.qr { width: 15rem; max-width: 100%; background: #fff; padding: .6rem; border-radius: .6rem; display: block; }
ol li { margin-bottom: .4rem; }
@media (max-width: 40rem) { header { padding: .6rem .9rem; } nav { order: 3; flex-basis: 100%; } main { padding: 1rem .9rem 3rem; } dl.facts { grid-template-columns: 1fr; } dl.facts dd { margin-bottom: .5rem; } .sign-out { margin-left: auto; } }
`;

/** Buttons with data-passkey: "sign-in" or "register". Uses the JSON forms of WebAuthn Level 3. */
const PASSKEY = `
"use strict";
const say = (text) => { document.getElementById("passkey-message").textContent = text; };
async function post(path, token, body) {
  const answer = await fetch(path, { method: "POST", body: JSON.stringify(body ?? {}),
    headers: { "content-type": "application/json", "x-form-token": token } });
  const json = await answer.json().catch(() => ({ detail: "The server did not answer as expected." }));
  if (!answer.ok) throw new Error(json.detail);
  return json;
}
async function run(button) {
  const { passkey, token, next } = button.dataset;
  if (passkey === "sign-in") {
    const options = PublicKeyCredential.parseRequestOptionsFromJSON(await post("/passkeys/sign-in/options", token));
    const credential = await navigator.credentials.get({ publicKey: options });
    await post("/passkeys/sign-in", token, credential.toJSON());
  } else {
    const options = PublicKeyCredential.parseCreationOptionsFromJSON(await post("/passkeys/new/options", token));
    const credential = await navigator.credentials.create({ publicKey: options });
    await post("/passkeys/new", token, credential.toJSON());
  }
  location.assign(next);
}
for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) { button.hidden = true; say("This browser does not support passkeys here."); continue; }
  button.addEventListener("click", () => {
    say("");
    run(button).catch((error) => say(error.name === "NotAllowedError" ? "The passkey request was cancelled." : error.message));
  });
}
`;

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#2453d6"/><path d="M6 9h11M11.500 9v15M20 17h7" stroke="#fff" stroke-width="3.200" stroke-linecap="round" fill="none"/></svg>`;

const CACHE = "public, max-age=3600";

export const assets = new Hono()
  .get("/style.css", (c) =>
    c.body(STYLE, 200, { "content-type": "text/css; charset=utf-8", "cache-control": CACHE }),
  )
  .get("/passkey.js", (c) =>
    c.body(PASSKEY, 200, { "content-type": "text/javascript; charset=utf-8", "cache-control": CACHE }),
  )
  .get("/icon.svg", (c) => c.body(ICON, 200, { "content-type": "image/svg+xml", "cache-control": CACHE }));
