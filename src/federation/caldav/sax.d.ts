// The part of sax that is used. Its own types bring Node's globals into the Worker's types.

declare module "sax" {
  export interface QualifiedTag {
    readonly local: string;
    readonly uri: string;
    readonly attributes: Readonly<Record<string, { readonly local: string; readonly value: string }>>;
  }
  /** Handlers are set as properties: onopentag, onclosetag, ontext, oncdata, onerror. */
  interface Parser {
    write(text: string): Parser;
    close(): Parser;
  }
  interface Sax {
    parser(strict: boolean, options: { readonly xmlns: boolean }): Parser;
  }
  const sax: Sax;
  export default sax;
}
