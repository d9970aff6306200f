// The dedicated calendar of an account that busy blocks of other accounts are written to; never the default for a person's own events.

export const OVERLAY_NAME = "External Busy";
