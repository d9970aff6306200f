// Three-way merge of one object, per property and per instance.

import type { JCalComponent } from "../ical/jcal.ts";

/** A change that a true conflict overruled; for the journal. Names only tell where, the values are content (sealed). */
export interface Loss {
  /** `master`, or the RECURRENCE-ID of the instance. */
  readonly instance: string;
  /** Lower-case property name, or `component` for a whole instance. */
  readonly property: string;
  readonly side: "ours" | "theirs";
  readonly value: string;
}

export interface Merged {
  readonly calendar: JCalComponent;
  readonly losses: readonly Loss[];
}

/** `base` null: nothing is known of a common ancestor; everything that differs is a true conflict. */
export declare function mergeObjects(
  base: JCalComponent | null,
  ours: JCalComponent,
  theirs: JCalComponent,
): Merged;
