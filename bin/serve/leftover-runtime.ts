// Ends a workerd that outlived a killed server: two on one folder would each believe to own its Durable Objects.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const endMsMax = 5_000;

/** Only a process whose environment names this very pid file is taken for ours; pids are used again. */
export async function endLeftoverRuntime(pidFile: string): Promise<void> {
  const pid = readPid(pidFile);
  if (pid !== undefined && environmentOf(pid).includes(`T_MINUS_RUNTIME_PID_FILE=${pidFile}`)) {
    process.kill(pid, "SIGKILL");
    for (let waited = 0; isAlive(pid); waited += 20) {
      if (waited > endMsMax) throw new Error(`workerd (pid ${pid}) of an earlier server does not end`);
      await sleep(20);
    }
  }
  rmSync(pidFile, { force: true });
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, "utf8"));
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function environmentOf(pid: number): string {
  try {
    return process.platform === "linux"
      ? readFileSync(`/proc/${pid}/environ`, "utf8")
      : execFileSync("ps", ["-E", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
