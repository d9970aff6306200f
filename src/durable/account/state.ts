// The port AccountState over the account's SQLite: calendars, roles, cursors, and how the last pass over each ended.

import type { AccountState, AccountStateCalendar } from "../../core/ports/account-state.ts";
import type { RemoteCalendar } from "../../core/ports/connector.ts";
import type { SealedCodec } from "../sql/sealed.ts";

export interface CalendarRecord extends AccountStateCalendar {
  readonly lastSyncAt: number | null;
  readonly error: string | null;
}

type Row = {
  provider_calendar_id: string;
  name: ArrayBuffer;
  role: "source" | "overlay";
  is_primary: number;
  writable: number;
  selected: number;
  cursor: string | null;
  last_sync_at: number | null;
  error: ArrayBuffer | null;
};

const statements = {
  live: `SELECT provider_calendar_id, name, role, is_primary, writable, selected, cursor, last_sync_at, error
    FROM remote_calendars WHERE gone_at IS NULL ORDER BY is_primary DESC, provider_calendar_id`,
  upsert: `INSERT INTO remote_calendars (provider_calendar_id, name, role, is_primary, writable, selected)
    VALUES (?1, ?2, ?3, ?4, ?5, 1)
    ON CONFLICT (provider_calendar_id) DO UPDATE SET name = ?2, role = ?3, is_primary = ?4, writable = ?5,
      cursor = CASE WHEN gone_at IS NULL THEN cursor END, gone_at = NULL`,
  gone: "UPDATE remote_calendars SET gone_at = ?2, is_primary = 0 WHERE provider_calendar_id = ?1 AND gone_at IS NULL",
  /** What the last one holds of ours is still to be cleared. */
  lastOverlay:
    "UPDATE remote_calendars SET role = 'source' WHERE role = 'overlay' AND provider_calendar_id <> ?",
  noPrimary: "UPDATE remote_calendars SET is_primary = 0 WHERE is_primary = 1",
  cursor: "UPDATE remote_calendars SET cursor = ?2 WHERE provider_calendar_id = ?1",
  failed: "UPDATE remote_calendars SET last_sync_at = ?2, error = ?3 WHERE provider_calendar_id = ?1",
  succeeded:
    "UPDATE remote_calendars SET last_sync_at = ?2, last_success_at = ?2, error = NULL WHERE provider_calendar_id = ?1",
} as const;

const nameOf = (id: string) => ({ column: "remote_calendars.name", row: id });
const errorOf = (id: string) => ({ column: "remote_calendars.error", row: id });

export async function readCalendars(sql: SqlStorage, codec: SealedCodec): Promise<readonly CalendarRecord[]> {
  const rows = sql.exec<Row>(statements.live).toArray();
  return Promise.all(
    rows.map(async (row) => ({
      providerCalendarId: row.provider_calendar_id,
      name: await codec.open({ ...nameOf(row.provider_calendar_id), blob: row.name }),
      role: row.role,
      primary: row.is_primary === 1,
      writable: row.writable === 1,
      selected: row.selected === 1,
      cursor: row.cursor,
      lastSyncAt: row.last_sync_at,
      error:
        row.error === null
          ? null
          : await codec.open({ ...errorOf(row.provider_calendar_id), blob: row.error }),
    })),
  );
}

export function accountState(
  storage: DurableObjectStorage,
  codec: SealedCodec,
  now: () => number,
): AccountState {
  const { sql } = storage;

  async function seal(calendars: readonly RemoteCalendar[]) {
    return Promise.all(
      calendars.map(async (calendar) => ({
        calendar,
        name: await codec.seal(nameOf(calendar.id), calendar.name),
      })),
    );
  }

  return {
    calendars: () => readCalendars(sql, codec),

    async saveListing(calendars) {
      const sealed = await seal(calendars);
      storage.transactionSync(() => {
        const overlay = sql
          .exec<{ provider_calendar_id: string }>(
            "SELECT provider_calendar_id FROM remote_calendars WHERE role = 'overlay' AND gone_at IS NULL",
          )
          .toArray()[0]?.provider_calendar_id;
        sql.exec(statements.noPrimary);
        for (const { calendar, name } of sealed) {
          const isOverlay = calendar.id === overlay;
          sql.exec(
            statements.upsert,
            calendar.id,
            name,
            isOverlay ? "overlay" : "source",
            calendar.primary && !isOverlay ? 1 : 0,
            calendar.writable ? 1 : 0,
          );
        }
      });
    },

    forgetCalendar: (id) => {
      sql.exec(statements.gone, id, now());
      return Promise.resolve();
    },

    async saveOverlay(calendar) {
      const name = await codec.seal(nameOf(calendar.id), calendar.name);
      storage.transactionSync(() => {
        sql.exec(statements.lastOverlay, calendar.id);
        // What was read from it as a source before is read anew in its new role.
        sql.exec(statements.upsert, calendar.id, name, "overlay", 0, calendar.writable ? 1 : 0);
        sql.exec(statements.cursor, calendar.id, null);
      });
    },

    saveCursor: (id, cursor) => {
      sql.exec(statements.cursor, id, cursor);
      return Promise.resolve();
    },

    async savePass(id, { at, error }) {
      if (error === null) {
        sql.exec(statements.succeeded, id, at);
        return;
      }
      const sealed = await codec.seal(errorOf(id), error);
      sql.exec(statements.failed, id, at, sealed);
    },
  };
}
