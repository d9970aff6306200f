// What every report gets.

import type { Depth } from "../headers.ts";
import type { Outcome, ResourceExchange } from "../methods/exchange.ts";
import type { XmlElement } from "../xml/reader.ts";

export interface ReportExchange extends ResourceExchange {
  /** The request body's root element. */
  readonly root: XmlElement;
  /** `null`: the header is absent. */
  readonly depth: Depth | null;
}

export type Report = (exchange: ReportExchange) => Outcome;
