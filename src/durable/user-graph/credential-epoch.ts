// The credential epoch: requests authenticated under a lower one are refused. It only rises.

import type { Graph } from "./graph.ts";
import { transact } from "./transaction.ts";

export function raiseCredentialEpoch(graph: Graph, epoch: number): Promise<void> {
  return graph.enter(async () => {
    if (epoch <= graph.state.owner.credentialEpoch) return;
    transact(graph, graph.state.version, (write) => {
      graph.sql.exec("UPDATE owner SET credential_epoch = ? WHERE only = 1", epoch);
      write.afterCommit((state) => {
        state.owner = { ...state.owner, credentialEpoch: epoch };
      });
    });
  });
}
