// The fake keeps the contract.

import { describe } from "vitest";
import { calendarStoreContract } from "./calendar-store-contract.ts";
import { memoryCalendarStore } from "./calendar-store-memory.ts";

describe("the calendar store in memory", () => {
  calendarStoreContract(async () => memoryCalendarStore());
});
