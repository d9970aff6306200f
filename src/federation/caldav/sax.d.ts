// The part of sax that is used. Its own types bring Node's globals into the Worker's types.

declare module "sax" {
  interface QualifiedTag {
    readonly local: string;
    readonly uri: string;
    readonly attributes: Readonly<Record<string, { readonly local: string; readonly value: string }>>;
  }
  interface Parser {
    onopentag: (tag: QualifiedTag) => void;
    onclosetag: () => void;
    ontext: (text: string) => void;
    oncdata: (text: string) => void;
    onerror: (error: Error) => void;
    write(text: string): Parser;
    close(): Parser;
  }
  interface Sax {
    parser(strict: boolean, options: { readonly xmlns: boolean }): Parser;
    MAX_BUFFER_LENGTH: number;
  }
  const sax: Sax;
  export default sax;
}
