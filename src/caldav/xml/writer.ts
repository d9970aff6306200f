// Writing XML text: escaping and document frames. Answers are built as strings; everything that came from outside passes escapeText.

import { ROOT_DECLARATIONS } from "./names.ts";

// oxlint-disable-next-line no-control-regex -- these are the characters that XML 1.0 (2.2) has no way to write
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g;
// oxlint-disable-next-line no-control-regex -- as above
const NEEDS_CARE = /[&<>\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/;
const NEEDS_ESCAPE = /[&<>\r"]/;

/**
 * Character data. A carriage return is written `&#13;`, because a parser folds a bare one into the line feed (XML 1.0 2.11)
 * and the client must get the stored octets. Characters that XML cannot hold become U+FFFD.
 */
export function escapeText(text: string): string {
  if (!NEEDS_CARE.test(text)) return text.includes("\r") ? text.replaceAll("\r", "&#13;") : text;
  const escaped = text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll("\r", "&#13;");
  return escaped.replace(FORBIDDEN, "\uFFFD").toWellFormed();
}

export function escapeAttribute(text: string): string {
  if (!NEEDS_ESCAPE.test(text) && !/[\t\n]/.test(text)) return text;
  return escapeText(text).replaceAll('"', "&quot;").replaceAll("\t", "&#9;").replaceAll("\n", "&#10;");
}

export function hrefElement(href: string): string {
  return `<D:href>${escapeText(href)}</D:href>`;
}

const PROLOGUE = '<?xml version="1.0" encoding="utf-8"?>\n';

/** A document around content that uses the prefixes of names.ts; `root` is a prefixed name, e.g. `D:multistatus`. */
export function document(root: string, content: string): string {
  return `${PROLOGUE}<${root}${ROOT_DECLARATIONS}>${content}</${root}>`;
}
